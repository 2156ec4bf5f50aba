"""What people of the demo report to their mairie, and what becomes of it.

Between braces stand the commune's places (`ecms.management.demo.mairies`).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class SignalementDemo:
    """Reported `jours` days ago, `ecart` degrees away from the mairie; `actes` are what the agent
    does with it: (service function, its arguments). `doublon_du` is the place in this list of the
    report that it repeats."""

    categorie: str
    titre: str
    description: str
    repere: str
    ecart: tuple[float, float]
    jours: int
    actes: tuple[tuple[str, dict], ...] = ()
    doublon_du: int | None = None
    est_anonyme: bool = False
    par_compte: bool = False
    photo: str = ""


SIGNALEMENTS = (
    SignalementDemo(
        categorie="voirie",
        titre="Nid-de-poule profond",
        description="Un trou d'un mètre de large au milieu de la chaussée. Les motos l'évitent en "
        "passant sur le trottoir.",
        repere="{quartier}, devant la pharmacie",
        ecart=(0.00412, 0.00231),
        jours=9,
        par_compte=True,
        photo="Nid-de-poule",
        actes=(
            ("prendre_en_charge", {"message": "Un agent est passé mesurer le trou."}),
            ("planifier", {"jours": 6, "message": "Enrobé à froid, une demi-journée."}),
        ),
    ),
    SignalementDemo(
        categorie="voirie",
        titre="Trou dangereux",
        description="Attention au grand trou, un taxi y a laissé une roue hier soir.",
        repere="{quartier}, en face de la pharmacie",
        ecart=(0.00418, 0.00226),
        jours=4,
        doublon_du=0,
    ),
    SignalementDemo(
        categorie="eclairage",
        titre="Trois lampadaires éteints",
        description="La rue est dans le noir entre l'école et le carrefour depuis une semaine.",
        repere="{quartier}, derrière l'école publique",
        ecart=(-0.00305, 0.00187),
        jours=12,
        actes=(
            ("prendre_en_charge", {"message": ""}),
            ("resoudre", {"message": "Les trois ampoules et un câble ont été remplacés."}),
        ),
    ),
    SignalementDemo(
        categorie="proprete",
        titre="Bac à ordures qui déborde",
        description="Le bac n'a pas été vidé depuis le marché de samedi.",
        repere="Entrée du marché central",
        ecart=(0.00120, -0.00264),
        jours=2,
    ),
    SignalementDemo(
        categorie="assainissement",
        titre="Caniveau bouché",
        description="À chaque pluie l'eau entre dans les cours.",
        repere="{deviation}",
        ecart=(-0.00221, -0.00348),
        jours=5,
        est_anonyme=True,
        actes=(("prendre_en_charge", {"message": "Curage demandé à l'équipe du secteur."}),),
    ),
    SignalementDemo(
        categorie="bruit",
        titre="Musique jusqu'à trois heures du matin",
        description="Le bar ne respecte pas l'heure de fermeture.",
        repere="Près de la gare routière",
        ecart=(0.00532, -0.00115),
        jours=15,
        est_anonyme=True,
        actes=(("rejeter", {"motif": "Le bruit de voisinage se signale à la police."}),),
    ),
)
