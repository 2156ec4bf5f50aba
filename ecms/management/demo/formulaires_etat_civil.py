"""The procedures of civil status: copies of records, free by law, and the declaration of births."""

from demarches.models import Formulaire
from ecms.management.demo.formulaires_questions import (
    CNI,
    COPIES,
    HONNEUR,
    QUALITE,
    REMISE,
    FormulaireDemo,
    information,
    numero_d_acte,
    options,
    piece,
    question,
)

Type = Formulaire.Type

ETAT_CIVIL = "État civil"
LOI_ETAT_CIVIL = (
    "Ordonnance n° 81/02 du 29 juin 1981, modifiée par la loi n° 2011/011 du 6 mai 2011"
)
GRATUIT = (
    "Établir l'acte est gratuit, la loi le veut ; certaines communes demandent un timbre communal "
    "de 200 FCFA par copie, à payer au guichet."
)

COPIE_NAISSANCE = FormulaireDemo(
    nom="Copie d'acte de naissance",
    type=Type.ACTE_NAISSANCE,
    service=ETAT_CIVIL,
    description=f"À demander à la mairie où la naissance a été déclarée. {GRATUIT}",
    base_legale=LOI_ETAT_CIVIL,
    delai=3,
    champs=[
        question("texte", "nom", "Nom sur l'acte", "Surname on the record", longueur_max=100),
        question("texte", "prenoms", "Prénoms", "Given names", besoin=False, longueur_max=150),
        question(
            "date",
            "date_naissance",
            "Date de naissance",
            "Date of birth",
            minimum="1900-01-01",
            maximum="aujourd_hui",
        ),
        question("texte", "lieu_naissance", "Lieu de naissance", "Place of birth"),
        question("texte", "nom_pere", "Nom du père", "Father's name", besoin=False),
        question("texte", "nom_mere", "Nom de la mère", "Mother's name"),
        *numero_d_acte(),
        *QUALITE,
        COPIES,
        *REMISE,
        HONNEUR,
    ],
    pieces=[CNI],
)

COPIE_MARIAGE = FormulaireDemo(
    nom="Copie d'acte de mariage",
    type=Type.ACTE_MARIAGE,
    service=ETAT_CIVIL,
    description=f"À demander à la mairie où le mariage a été célébré. {GRATUIT}",
    base_legale=LOI_ETAT_CIVIL,
    delai=3,
    champs=[
        question("texte", "nom_epoux", "Nom et prénoms de l'époux", "Husband's full name"),
        question("texte", "nom_epouse", "Nom et prénoms de l'épouse", "Wife's full name"),
        question(
            "date",
            "date_mariage",
            "Date du mariage",
            "Date of the marriage",
            maximum="aujourd_hui",
        ),
        *numero_d_acte(),
        *QUALITE,
        COPIES,
        *REMISE,
        HONNEUR,
    ],
    pieces=[CNI],
)

COPIE_DECES = FormulaireDemo(
    nom="Copie d'acte de décès",
    type=Type.ACTE_DECES,
    service=ETAT_CIVIL,
    description=(
        "À demander à la mairie où le décès a été déclaré. Un décès se déclare dans les 90 jours, "
        f"par le chef de famille, un parent ou toute personne qui en a connaissance. {GRATUIT}"
    ),
    base_legale=LOI_ETAT_CIVIL,
    delai=3,
    champs=[
        question("texte", "nom_defunt", "Nom et prénoms du défunt", "Full name of the deceased"),
        question("date", "date_deces", "Date du décès", "Date of death", maximum="aujourd_hui"),
        question("texte", "lieu_deces", "Lieu du décès", "Place of death"),
        *numero_d_acte(),
        *QUALITE,
        COPIES,
        *REMISE,
        HONNEUR,
    ],
    pieces=[
        CNI,
        piece(
            "lien",
            "Justificatif du lien avec le défunt",
            "Proof of the relation with the deceased",
            obligatoire=False,
        ),
    ],
)

DECLARATION_NAISSANCE = FormulaireDemo(
    nom="Déclaration de naissance",
    type=Type.ACTE_NAISSANCE,
    service=ETAT_CIVIL,
    description=(
        "Une naissance se déclare au guichet de la commune où elle a eu lieu, dans les 90 jours. "
        "Ensuite, sur réquisition du procureur jusqu'à six mois ; au-delà, il faut un jugement "
        "supplétif. Déclarer une naissance est gratuit."
    ),
    base_legale=LOI_ETAT_CIVIL,
    delai=5,
    en_ligne=False,
    champs=[
        question(
            "choix",
            "age",
            "Depuis la naissance, il s'est écoulé",
            "Since the birth, there have passed",
            options=options(
                ("90_jours", "90 jours au plus", "90 days at most"),
                ("6_mois", "De 90 jours à six mois", "From 90 days to six months"),
                ("plus", "Plus de six mois", "More than six months"),
            ),
        ),
        information(
            "requisition",
            "Réquisition du procureur",
            "Instruction of the prosecutor",
            (
                "Passé 90 jours, la naissance se déclare sur réquisition du procureur.",
                "After 90 days, a birth is declared on the prosecutor's instruction.",
            ),
            afficher_si={"champ": "age", "egal": "6_mois"},
        ),
        information(
            "jugement",
            "Jugement supplétif",
            "Suppletive judgment",
            (
                "Passé six mois, seul un jugement supplétif permet d'établir l'acte.",
                "After six months, only a suppletive judgment lets the record be made.",
            ),
            afficher_si={"champ": "age", "egal": "plus"},
        ),
        question("texte", "nom_enfant", "Nom et prénoms de l'enfant", "Full name of the child"),
        question(
            "date", "date_naissance", "Date de naissance", "Date of birth", maximum="aujourd_hui"
        ),
        question("texte", "formation", "Lieu de l'accouchement", "Place of delivery"),
        question("texte", "nom_mere", "Nom de la mère", "Mother's name"),
        question("texte", "nom_pere", "Nom du père", "Father's name", besoin=False),
    ],
    pieces=[
        piece("certificat_accouchement", "Certificat d'accouchement", "Certificate of delivery"),
        piece("cni_parents", "Cartes d'identité des parents", "Identity cards of both parents"),
        piece(
            "cni_temoins", "Cartes d'identité de deux témoins", "Identity cards of two witnesses"
        ),
        piece("demande", "Demande adressée au maire", "Request to the mayor"),
    ],
)
