"""The projects of the demo's mairies: what communes really build, with amounts of that order.

Between braces stand the commune and its places (`ecms.management.demo.mairies`).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class EtapeDemo:
    """An update, `jours` days ago; `depense` is what was spent since the beginning, in FCFA."""

    titre: str
    description: str
    jours: int
    avancement: int
    depense: int
    motif_baisse: str = ""


@dataclass(frozen=True)
class ProjetDemo:
    """`debut` and `fin` count days from today, backwards when negative. `ecart` is how far from
    the mairie it is, in degrees; `statut` what it comes to after its updates."""

    titre: str
    categorie: str
    description: str
    budget: int
    debut: int
    fin: int
    statut: str
    source_financement: str
    lieu: str
    reference_marche: str
    ecart: tuple[float, float]
    etapes: tuple[EtapeDemo, ...] = ()
    est_public: bool = True
    banniere: str = ""
    document: tuple[str, str] | None = None


PROJETS = (
    ProjetDemo(
        titre="Bitumage : {axe}",
        categorie="voirie",
        description="Réhabilitation de 1,8 km de chaussée sur {axe} : décaissement, couche de "
        "base en grave concassée, enrobé de 5 cm, caniveaux maçonnés des deux côtés et douze "
        "ralentisseurs devant les écoles.\n\nPendant les travaux, la circulation est déviée par "
        "{deviation}.",
        budget=420_000_000,
        debut=-230,
        fin=-20,
        statut="en_cours",
        source_financement="Fonds routier et budget communal",
        lieu="{quartier}",
        reference_marche="012/AONO/CIPM/TVX",
        ecart=(0.0061, 0.0042),
        banniere="Bitumage : 1,8 km de route",
        document=(
            "Fiche du projet",
            "Longueur : 1,8 km. Durée prévue : sept mois. Maître d'ouvrage : la commune.",
        ),
        etapes=(
            EtapeDemo(
                "Le chantier est installé",
                "La base de vie est montée et le décaissement commence.",
                210,
                10,
                63_000_000,
            ),
            EtapeDemo(
                "Les caniveaux sont à moitié faits",
                "900 mètres de caniveaux sont maçonnés. La pluie a arrêté les terrassements.",
                120,
                45,
                236_000_000,
            ),
            EtapeDemo(
                "L'enrobé est posé sur le premier kilomètre",
                "Un avenant couvre le remplacement de deux buses qui se sont effondrées.",
                15,
                80,
                438_500_000,
            ),
        ),
    ),
    ProjetDemo(
        titre="Six forages d'eau potable",
        categorie="eau_assainissement",
        description="Six forages équipés de pompes à énergie solaire, avec une borne-fontaine "
        "chacun, dans les quartiers {quartiers}. Un comité d'usagers est formé pour chaque point "
        "d'eau.",
        budget=78_000_000,
        debut=-400,
        fin=-90,
        statut="termine",
        source_financement="Budget d'investissement public",
        lieu="{quartiers}",
        reference_marche="031/DC/CIPM/TVX",
        ecart=(-0.0084, 0.0057),
        etapes=(
            EtapeDemo(
                "Les études sont faites",
                "La géophysique a retenu six sites ; un septième était trop salé.",
                370,
                15,
                9_400_000,
            ),
            EtapeDemo(
                "Quatre forages sur six donnent de l'eau",
                "Le débit dépasse 1,2 m³ par heure à chacun.",
                240,
                65,
                52_000_000,
            ),
            EtapeDemo(
                "Les comptes de l'étape sont corrigés",
                "Une facture avait été enregistrée deux fois.",
                225,
                65,
                48_600_000,
                "Facture enregistrée deux fois",
            ),
            EtapeDemo(
                "Les six points d'eau sont ouverts",
                "La réception provisoire a été prononcée sans réserve.",
                100,
                100,
                76_900_000,
            ),
        ),
    ),
    ProjetDemo(
        titre="Hangars et latrines au {marche}",
        categorie="marches",
        description="Deux hangars de quarante comptoirs, un bloc de huit latrines et un point de "
        "collecte des ordures au {marche}. Les vendeuses recensées gardent leur place.",
        budget=135_000_000,
        debut=30,
        fin=240,
        statut="planifie",
        source_financement="FEICOM",
        lieu="{marche}",
        reference_marche="",
        ecart=(0.0027, -0.0069),
    ),
    ProjetDemo(
        titre="Éclairage solaire de la voie principale",
        categorie="electricite",
        description="Soixante lampadaires solaires. Le dossier attend l'avis de la commission "
        "de passation des marchés.",
        budget=54_000_000,
        debut=60,
        fin=150,
        statut="planifie",
        source_financement="Budget communal",
        lieu="{quartier}",
        reference_marche="",
        ecart=(-0.0031, -0.0022),
        est_public=False,
    ),
)
