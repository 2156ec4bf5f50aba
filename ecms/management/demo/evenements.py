"""The agenda of the demo: what town halls invite to.

Between braces stand the commune and its places (`ecms.management.demo.mairies`).
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class EvenementDemo:
    """`jours` counts from today, backwards when negative, and on to `semaine` (Monday is 0).

    `heures` are Douala's, None for whole days. `reglages` are columns as they are; `inscrits` how
    many persons each registration is for; `acte` what becomes of it after it is published.
    """

    titre: str
    categorie: str
    description: str
    lieu: str
    jours: int
    semaine: int | None = None
    heures: tuple[int, int] | None = None
    duree: int = 1
    reglages: dict = field(default_factory=dict)
    # recurrence, how often
    retour: tuple[str, int] | None = None
    inscrits: tuple[int, ...] = ()
    acte: str = ""
    message: str = ""
    banniere: str = ""
    brouillon: bool = False


EVENEMENTS = (
    EvenementDemo(
        titre="Session ordinaire du conseil municipal",
        categorie="conseil",
        description="<p>Examen du compte administratif et du budget. Les séances du conseil sont "
        "publiques : chacun peut y assister, sans prendre la parole.</p>",
        lieu="Salle des actes, hôtel de ville de {commune}",
        jours=12,
        semaine=2,
        heures=(10, 14),
    ),
    EvenementDemo(
        titre="Investissement humain : le jeudi propre",
        categorie="autre",
        description="<p>Chaque jeudi matin, chacun balaie devant sa porte. La commune prête des "
        "pelles et des râteaux, et passe ramasser.</p>",
        lieu="{quartiers}",
        jours=3,
        semaine=3,
        heures=(7, 10),
        retour=("hebdomadaire", 12),
    ),
    EvenementDemo(
        titre="Réunion publique : l'éclairage de vos rues",
        categorie="reunion_publique",
        description="<p>La commune présente les rues qui seront éclairées l'an prochain, et "
        "vous écoute. Inscrivez-vous : la salle compte 40 places.</p>",
        lieu="Foyer municipal, {quartier}",
        jours=18,
        semaine=1,
        heures=(16, 18),
        reglages={
            "inscription_requise": True,
            "capacite": 40,
            "liste_attente": True,
            "personnes_max_par_inscription": 4,
        },
        inscrits=(1, 2, 1, 3, 2),
    ),
    EvenementDemo(
        titre="Atelier : créer un compte et déposer un dossier en ligne",
        categorie="education",
        description="<p>Deux heures devant un ordinateur, avec un agent. Apportez votre téléphone "
        "et votre carte d'identité.</p>",
        lieu="Centre multimédia, {commune}",
        jours=9,
        heures=(9, 11),
        reglages={
            "inscription_requise": True,
            "capacite": 6,
            "liste_attente": True,
            "personnes_max_par_inscription": 2,
        },
        inscrits=(2, 1, 2, 1, 1, 2),
        retour=("mensuelle_jour", 3),
    ),
    EvenementDemo(
        titre="Foire agricole de {commune}",
        categorie="marche",
        description="<p>Trois jours de produits du terroir : manioc, plantain, macabo, miel, "
        "petit élevage. Entrée libre.</p>",
        lieu="Esplanade du {marche}",
        jours=26,
        semaine=4,
        duree=3,
        banniere="Foire agricole",
    ),
    EvenementDemo(
        titre="Vaccination gratuite des enfants",
        categorie="sante",
        description="<p>Pour les enfants de 0 à 5 ans. Apportez le carnet de vaccination.</p>",
        lieu="Centre de santé, {quartier}",
        jours=5,
        duree=2,
    ),
    EvenementDemo(
        titre="Finale du championnat inter-quartiers",
        categorie="sport",
        description="<p>Les deux meilleures équipes de la commune se rencontrent.</p>",
        lieu="Stade municipal",
        jours=7,
        semaine=6,
        heures=(15, 18),
        acte="reporter",
        message="Le terrain est inondé : la date sera donnée dès qu'il sera sec.",
    ),
    EvenementDemo(
        titre="Concert des chorales",
        categorie="culture",
        description="<p>Six chorales des quartiers de {commune}.</p>",
        lieu="Foyer municipal, {quartier}",
        jours=14,
        semaine=5,
        heures=(18, 21),
        reglages={"inscription_requise": True, "capacite": 100},
        inscrits=(2, 4),
        acte="annuler",
        message="La sonorisation est en panne. Nous vous prions de nous en excuser.",
    ),
    EvenementDemo(
        titre="Journée de reboisement",
        categorie="autre",
        description="<p>Cinq cents plants ont été mis en terre. Merci à tous.</p>",
        lieu="{quartier}",
        jours=-11,
        heures=(8, 12),
    ),
    EvenementDemo(
        titre="Accueil des nouveaux habitants",
        categorie="ceremonie",
        description="<p>La date est à convenir avec le cabinet du maire.</p>",
        lieu="Hôtel de ville de {commune}",
        jours=40,
        heures=(17, 19),
        brouillon=True,
    ),
)
