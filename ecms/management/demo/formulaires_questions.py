"""What a procedure of the demo is made of, and the questions and papers that several share, in
French and English."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FormulaireDemo:
    """A procedure; `service` is the name of the desk that answers."""

    nom: str
    type: str
    service: str
    description: str
    base_legale: str
    delai: int | None
    champs: list[dict]
    pieces: list[dict] = field(default_factory=list)
    cout: int = 0
    en_ligne: bool = True
    necessite_compte: bool = False


def question(type_: str, cle: str, fr: str, en: str, *, besoin: bool = True, **plus) -> dict:
    """A question, obligatory unless `besoin` is false; `aide` is a pair (French, English)."""
    champ = {"cle": cle, "type": type_, "libelle": {"fr": fr, "en": en}}
    if aide := plus.pop("aide", None):
        champ["aide"] = dict(zip(("fr", "en"), aide, strict=True))
    if besoin and "obligatoire_si" not in plus:
        champ["obligatoire"] = True
    return {**champ, **plus}


def information(cle: str, fr: str, en: str, aide: tuple[str, str], **plus) -> dict:
    return question("information", cle, fr, en, besoin=False, aide=aide, **plus)


def options(*mots: tuple[str, str, str]) -> list[dict]:
    """Options from (value, French, English)."""
    return [{"valeur": valeur, "libelle": {"fr": fr, "en": en}} for valeur, fr, en in mots]


def piece(
    cle: str, fr: str, en: str, *, obligatoire: bool = True, en_ligne: bool = True, aide=None
) -> dict:
    paper = {"cle": cle, "libelle": {"fr": fr, "en": en}}
    if aide:
        paper["aide"] = dict(zip(("fr", "en"), aide, strict=True))
    return {**paper, "obligatoire": obligatoire, "en_ligne": en_ligne}


HONNEUR = question(
    "declaration",
    "honneur",
    "Je certifie sur l'honneur que ces renseignements sont exacts.",
    "I certify on my honour that this information is true.",
)
CNI = piece(
    "piece_identite",
    "Carte nationale d'identité, passeport ou récépissé",
    "National identity card, passport or receipt",
)
COPIES = question(
    "entier",
    "nombre_copies",
    "Nombre de copies",
    "Number of copies",
    minimum=1,
    maximum=10,
    aide=(
        "L'acte est gratuit ; certaines communes demandent 200 FCFA de timbre par copie.",
        "The record is free; some councils ask for a council stamp of 200 XAF for each copy.",
    ),
)
QUALITE = [
    question(
        "choix",
        "qualite",
        "Vous demandez cette copie en tant que",
        "You ask for this copy as",
        options=options(
            ("titulaire", "Personne que l'acte concerne", "The person the record is about"),
            ("parent", "Père, mère ou tuteur", "Father, mother or guardian"),
            ("conjoint", "Conjoint", "Spouse"),
            ("descendant", "Enfant ou héritier", "Child or heir"),
            ("mandataire", "Mandataire", "Authorised representative"),
        ),
    ),
    question(
        "texte",
        "nom_mandant",
        "Nom de la personne qui vous a donné mandat",
        "Name of the person who authorised you",
        longueur_max=150,
        afficher_si={"champ": "qualite", "egal": "mandataire"},
    ),
    question(
        "fichier",
        "procuration",
        "Procuration légalisée",
        "Certified power of attorney",
        afficher_si={"champ": "qualite", "egal": "mandataire"},
    ),
]
REMISE = [
    question(
        "choix",
        "mode_remise",
        "Comment souhaitez-vous recevoir le document ?",
        "How do you wish to receive the document?",
        options=options(
            ("guichet", "Au guichet, de 11 h 30 à 15 h 30", "At the desk, 11:30 to 15:30"),
            ("tiers", "Par une personne de mon choix", "Through a person of my choice"),
        ),
    ),
    question(
        "texte",
        "nom_tiers",
        "Nom de cette personne",
        "Name of this person",
        longueur_max=150,
        aide=(
            "Elle présentera sa carte nationale d'identité.",
            "She or he will show an identity card.",
        ),
        afficher_si={"champ": "mode_remise", "egal": "tiers"},
    ),
]


def numero_d_acte() -> list[dict]:
    """The number of the record, or what helps to find it without."""
    return [
        question(
            "booleen",
            "numero_connu",
            "Connaissez-vous le numéro de l'acte ?",
            "Do you know the number of the record?",
        ),
        question(
            "texte",
            "numero_acte",
            "Numéro de l'acte",
            "Number of the record",
            longueur_max=40,
            aide=("Il figure en haut de l'acte.", "It stands at the top of the record."),
            afficher_si={"champ": "numero_connu", "egal": True},
        ),
        question(
            "texte_long",
            "indices",
            "Ce qui peut aider à le retrouver",
            "What may help to find it",
            besoin=False,
            longueur_max=1000,
            aide=(
                "Centre d'état civil, nom de l'officier, acte d'un frère ou d'une sœur…",
                "Civil status centre, name of the registrar, record of a brother or sister…",
            ),
            afficher_si={"champ": "numero_connu", "egal": False},
        ),
    ]
