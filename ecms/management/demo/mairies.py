"""The mairies of the demo. What is said of them is public knowledge; nobody is named."""

from dataclasses import dataclass, field

SEMAINE = ("lundi", "mardi", "mercredi", "jeudi", "vendredi")


def en_semaine(*intervalles: tuple[str, str]) -> dict[str, list[list[str]]]:
    """The same hours from Monday to Friday."""
    return {jour: [list(intervalle) for intervalle in intervalles] for jour in SEMAINE}


BUREAUX = en_semaine(("07:30", "15:30"))
# A chef-lieu's desks take dossiers in the morning and hand acts out afterwards.
DEPOT_ET_RETRAIT = en_semaine(("08:00", "11:00"), ("11:30", "15:30"))

# The holidays of a fixed date; a mairie adds those that are announced each year.
JOURS_FERIES = ("01-01", "02-11", "05-01", "05-20", "08-15", "12-25")


@dataclass(frozen=True)
class MairieDemo:
    """An active mairie, with the places that its news name."""

    slug: str
    nom: str
    adresse: str
    latitude: str
    longitude: str
    couleurs: tuple[str, str]
    slogan: str
    description: str
    lieux: dict[str, str] = field(default_factory=dict)
    bandeau: str = ""


MAIRIES = (
    MairieDemo(
        slug="yaounde-1er",
        nom="Yaoundé 1er",
        adresse="Nlongkak, Yaoundé",
        latitude="3.885000",
        longitude="11.520000",
        couleurs=("#0a6b3d", "#f2b705"),
        slogan="Une mairie proche de vous",
        description=(
            "<p>La commune d'arrondissement de Yaoundé 1er s'étend au nord de la capitale, de "
            "Nlongkak à Etoudi. Avec les six autres communes d'arrondissement, elle forme la "
            "communauté urbaine de Yaoundé.</p>"
        ),
        lieux={
            "marche": "marché d'Etoudi",
            "axe": "la route de Nlongkak à Etoudi",
            "deviation": "Bastos",
            "quartiers": "Nlongkak, Bastos, Etoudi et Emana",
            "quartier": "Etoudi",
        },
        bandeau="Jeudi propre : les bureaux ouvrent à 10 h ce jeudi.",
    ),
    MairieDemo(
        slug="douala-1er",
        nom="Douala 1er",
        adresse="Bonanjo, Douala",
        latitude="4.043500",
        longitude="9.688600",
        couleurs=("#0b4f8a", "#e4572e"),
        slogan="Le fleuve, le travail, la ville",
        description=(
            "<p>La commune d'arrondissement de Douala 1er, au bord du Wouri, réunit le quartier "
            "administratif de Bonanjo et le centre commercial d'Akwa.</p>"
        ),
        lieux={
            "marche": "marché de Deïdo",
            "axe": "la rue qui mène d'Akwa à Deïdo",
            "deviation": "Bali",
            "quartiers": "Bonanjo, Akwa, Bali et Deïdo",
            "quartier": "Deïdo",
        },
    ),
    MairieDemo(
        slug="bafoussam-1er",
        nom="Bafoussam 1er",
        adresse="Bafoussam",
        latitude="5.476800",
        longitude="10.417000",
        couleurs=("#7a1f2b", "#d9a441"),
        slogan="Bâtir ensemble sur les hauts plateaux",
        description=(
            "<p>La commune d'arrondissement de Bafoussam 1er occupe le centre du chef-lieu de la "
            "région de l'Ouest, carrefour marchand des hauts plateaux.</p>"
        ),
        lieux={
            "marche": "marché A",
            "axe": "la rue du marché A à Tamdja",
            "deviation": "Djeleng",
            "quartiers": "Tamdja, Djeleng, Famla et Banengo",
            "quartier": "Tamdja",
        },
    ),
)

SUSPENDUE = "ebolowa-1er"

# Mairies that ask for their space: slug, office of the person who asks, message.
DEMANDES = (
    (
        "garoua-1er",
        "Secrétariat général",
        "La commune de Garoua 1er souhaite publier ses communiqués et recevoir les demandes "
        "d'actes de ses habitants en ligne.",
    ),
    (
        "buea",
        "Council Secretariat",
        "Buea Council wishes to open its space, so that residents may read our notices and "
        "report problems online.",
    ),
)

# The desks of each active mairie, in their order.
SERVICES = (
    {
        "nom": "État civil",
        "icone": "famille",
        "localisation": "Rez-de-chaussée, guichets 1 à 3",
        "description": (
            "Naissances, mariages, décès, copies d'actes. Dépôt des dossiers de 8 h à 11 h, "
            "retrait des actes de 11 h 30 à 15 h 30. Une naissance se déclare dans les 90 jours à "
            "la commune où elle a eu lieu ; un décès, dans les 90 jours aussi. Établir un acte de "
            "naissance, de mariage ou de décès est gratuit."
        ),
        "horaires": DEPOT_ET_RETRAIT,
        "rdv_en_ligne": True,
        "duree_rdv": 20,
        "guichets": 3,
    },
    {
        "nom": "Accueil et légalisation",
        "icone": "tampon",
        "localisation": "Rez-de-chaussée, hall",
        "description": (
            "Renseignements, légalisation de signatures, certificats de résidence. Apportez "
            "l'original de la pièce et votre carte nationale d'identité ; timbre communal : "
            "200 FCFA."
        ),
        "horaires": BUREAUX,
        "categories_signalements": ["autre", "securite"],
    },
    {
        "nom": "Urbanisme et permis de bâtir",
        "icone": "plan",
        "localisation": "Premier étage, bureau 12",
        "description": (
            "Permis de bâtir, certificats d'urbanisme, occupation temporaire de la voirie."
        ),
        "horaires": en_semaine(("08:00", "12:00"), ("13:00", "15:00")),
        "rdv_en_ligne": True,
        "duree_rdv": 30,
        "preavis_heures": 48,
    },
    {
        "nom": "Services techniques",
        "icone": "outils",
        "localisation": "Cour arrière",
        "description": "Voirie, éclairage public, assainissement, espaces verts.",
        "horaires": BUREAUX,
        "categories_signalements": [
            *("voirie", "eclairage", "eau", "assainissement", "espaces_verts"),
        ],
    },
    {
        "nom": "Hygiène et salubrité",
        "icone": "feuille",
        "localisation": "Cour arrière",
        "description": (
            "Propreté des rues et des marchés, contrôle des restaurants, désinfection, "
            "organisation du jeudi propre."
        ),
        "horaires": BUREAUX,
        "categories_signalements": ["proprete", "bruit"],
    },
    {
        "nom": "Affaires sociales, éducation et sports",
        "icone": "ecole",
        "localisation": "Premier étage, bureau 7",
        "description": (
            "Écoles maternelles et primaires publiques, bourses et aides, associations de "
            "jeunes, équipements sportifs."
        ),
        "horaires": BUREAUX,
    },
    {
        "nom": "Recette municipale",
        "icone": "caisse",
        "localisation": "Rez-de-chaussée, guichet 5",
        "description": "Paiement des taxes communales, droits de place des marchés, timbres.",
        "horaires": en_semaine(("08:00", "14:30")),
    },
)
