"""The national catalogue of procedures that each mairie of the demo offers.

Law and facts are public knowledge; where the law names no delay, the delay is an example.
Amounts are in francs (XAF), delays in working days.
"""

from demarches.models import Formulaire
from ecms.management.demo.formulaires_etat_civil import (
    COPIE_DECES,
    COPIE_MARIAGE,
    COPIE_NAISSANCE,
    DECLARATION_NAISSANCE,
)
from ecms.management.demo.formulaires_questions import (
    CNI,
    HONNEUR,
    FormulaireDemo,
    information,
    options,
    piece,
    question,
)

Type = Formulaire.Type

ACCUEIL, URBANISME = "Accueil et légalisation", "Urbanisme et permis de bâtir"
LOI_URBANISME = "Loi n° 2004/003 du 21 avril 2004 régissant l'urbanisme"
LOI_COLLECTIVITES = "Loi n° 2019/024 du 24 décembre 2019, Code général des collectivités"

CERTIFICAT_RESIDENCE = FormulaireDemo(
    nom="Certificat de résidence",
    type=Type.CERTIFICAT_RESIDENCE,
    service=ACCUEIL,
    description=(
        "Atteste que vous habitez la commune, par exemple pour un mariage ou un emploi. Timbre "
        "communal : 200 FCFA."
    ),
    base_legale=LOI_COLLECTIVITES,
    delai=2,
    cout=200,
    champs=[
        question("texte", "quartier", "Quartier", "Neighbourhood", longueur_max=100),
        question(
            "texte_long",
            "repere",
            "Où se trouve le logement ?",
            "Where is the home?",
            longueur_max=500,
            aide=(
                "Un repère connu : école, carrefour, église, mosquée…",
                "A known landmark: school, crossroads, church, mosque…",
            ),
        ),
        question("point", "position", "Position sur la carte", "Place on the map", besoin=False),
        question(
            "date", "depuis", "Vous y habitez depuis", "You live there since", maximum="aujourd_hui"
        ),
        question(
            "choix",
            "occupation",
            "Vous êtes",
            "You are",
            options=options(
                ("proprietaire", "Propriétaire", "Owner"),
                ("locataire", "Locataire", "Tenant"),
                ("heberge", "Hébergé", "Staying with somebody"),
            ),
        ),
        question(
            "texte",
            "nom_hebergeant",
            "Nom de la personne qui vous loge",
            "Name of the person you live with",
            afficher_si={"champ": "occupation", "different": "proprietaire"},
        ),
        question(
            "telephone",
            "telephone_hebergeant",
            "Son téléphone",
            "Her or his telephone",
            besoin=False,
            afficher_si={"champ": "nom_hebergeant", "rempli": True},
        ),
        question(
            "groupe",
            "personnes",
            "Personnes du foyer à mentionner",
            "People of the household to mention",
            besoin=False,
            maximum=15,
            champs=[
                question("texte", "nom_personne", "Nom et prénoms", "Full name"),
                question("date", "nee_le", "Date de naissance", "Date of birth", besoin=False),
            ],
        ),
        question(
            "choix",
            "usage",
            "Pour quel usage ?",
            "For what purpose?",
            options=options(
                ("mariage", "Mariage", "Marriage"),
                ("emploi", "Emploi ou concours", "Employment or examination"),
                ("scolaire", "Inscription scolaire", "School enrolment"),
                ("autre", "Autre", "Other"),
            ),
        ),
        question(
            "texte",
            "usage_precise",
            "Lequel ?",
            "Which one?",
            afficher_si={"champ": "usage", "egal": "autre"},
        ),
        HONNEUR,
    ],
    pieces=[
        CNI,
        piece(
            "justificatif_domicile",
            "Facture d'eau ou d'électricité, ou bail",
            "Water or electricity bill, or lease",
            obligatoire=False,
        ),
        piece(
            "attestation_chef",
            "Attestation du chef de quartier",
            "Statement of the neighbourhood head",
        ),
    ],
)

LEGALISATION = FormulaireDemo(
    nom="Légalisation et copie certifiée conforme",
    type=Type.LEGALISATION,
    service=ACCUEIL,
    description=(
        "L'original se présente au guichet : personne ne certifie ce qu'il n'a pas vu. Timbre "
        "communal : 200 FCFA par exemplaire."
    ),
    base_legale=LOI_COLLECTIVITES,
    delai=1,
    cout=200,
    champs=[
        question(
            "choix",
            "nature",
            "Que faut-il légaliser ?",
            "What is to be certified?",
            options=options(
                ("copie", "La copie d'un document", "The copy of a document"),
                ("signature", "Une signature", "A signature"),
            ),
        ),
        question(
            "choix_multiple",
            "documents",
            "Quels documents ?",
            "Which documents?",
            options=options(
                ("diplome", "Diplôme ou relevé de notes", "Diploma or transcript"),
                ("acte", "Acte d'état civil", "Civil status record"),
                ("identite", "Pièce d'identité", "Identity document"),
                ("contrat", "Contrat ou procuration", "Contract or power of attorney"),
                ("autre", "Autre", "Other"),
            ),
        ),
        question(
            "texte",
            "autre_document",
            "Quel autre document ?",
            "Which other document?",
            afficher_si={"champ": "documents", "egal": "autre"},
        ),
        question(
            "entier",
            "exemplaires",
            "Nombre d'exemplaires",
            "Number of copies",
            minimum=1,
            maximum=20,
        ),
        information(
            "presence",
            "Votre présence est nécessaire",
            "You have to come in person",
            (
                "La personne qui signe le fait devant l'agent, avec sa carte nationale d'identité.",
                "Whoever signs does so before the officer, with an identity card.",
            ),
            afficher_si={"champ": "nature", "egal": "signature"},
        ),
    ],
    pieces=[
        CNI,
        piece("original", "L'original du document", "The original document", en_ligne=False),
    ],
)

PERMIS_BATIR = FormulaireDemo(
    nom="Permis de bâtir",
    type=Type.PERMIS_BATIR,
    service=URBANISME,
    description=(
        "Avant toute construction, agrandissement ou surélévation. Les droits dépendent de la "
        "valeur des travaux : le service les calcule et vous les fait connaître."
    ),
    base_legale=LOI_URBANISME,
    delai=30,
    necessite_compte=True,
    champs=[
        question(
            "choix",
            "travaux",
            "Nature des travaux",
            "Kind of works",
            options=options(
                ("neuf", "Construction neuve", "New building"),
                ("extension", "Agrandissement ou surélévation", "Extension or raising"),
                ("cloture", "Clôture", "Fence"),
            ),
        ),
        question(
            "choix",
            "droit",
            "Votre titre sur le terrain",
            "Your right to the land",
            options=options(
                ("titre", "Titre foncier", "Land title"),
                ("bail", "Bail", "Lease"),
                ("autorisation", "Autorisation d'occuper", "Permission to occupy"),
            ),
        ),
        question(
            "texte",
            "numero_titre",
            "Numéro du titre foncier",
            "Number of the land title",
            longueur_max=60,
            afficher_si={"champ": "droit", "egal": "titre"},
        ),
        question("point", "terrain", "Position du terrain", "Place of the land"),
        question(
            "nombre",
            "surface_terrain",
            "Surface du terrain (m²)",
            "Area of the land (m²)",
            minimum=1,
            maximum=1_000_000,
        ),
        question(
            "nombre",
            "surface_plancher",
            "Surface de plancher (m²)",
            "Floor area (m²)",
            minimum=1,
            maximum=100_000,
            afficher_si={"champ": "travaux", "different": "cloture"},
        ),
        question(
            "entier",
            "niveaux",
            "Nombre de niveaux, rez-de-chaussée compris",
            "Number of floors, ground floor included",
            minimum=1,
            maximum=40,
            afficher_si={"champ": "travaux", "different": "cloture"},
        ),
        question(
            "entier",
            "valeur_travaux",
            "Valeur estimée des travaux (FCFA)",
            "Estimated value of the works (XAF)",
            minimum=1,
        ),
        question("photo", "photos", "Photos du terrain", "Photos of the land", nombre_max=4),
        HONNEUR,
    ],
    pieces=[
        CNI,
        piece(
            "titre_foncier",
            "Titre foncier, bail ou autorisation d'occuper",
            "Land title, lease or permission to occupy",
        ),
        piece("plan_situation", "Plan de situation", "Location plan"),
        piece("plans", "Plans de la construction", "Plans of the building"),
        piece("devis", "Devis estimatif et descriptif", "Descriptive estimate"),
        piece(
            "certificat_urbanisme",
            "Certificat d'urbanisme",
            "Planning certificate",
            obligatoire=False,
        ),
    ],
)

OCCUPATION_VOIRIE = FormulaireDemo(
    nom="Occupation temporaire de la voirie",
    type=Type.OCCUPATION_VOIRIE,
    service=URBANISME,
    description=(
        "Étal, terrasse, chantier, cérémonie : toute occupation d'un trottoir, d'une place ou "
        "d'une rue. La redevance dépend de la surface et de la durée ; le service la calcule."
    ),
    base_legale="Loi n° 2009/019 du 15 décembre 2009 portant fiscalité locale",
    delai=10,
    champs=[
        question(
            "choix",
            "objet",
            "Pourquoi occuper l'espace public ?",
            "Why occupy public space?",
            options=options(
                ("commerce", "Étal ou terrasse", "Stall or terrace"),
                ("chantier", "Chantier", "Building site"),
                ("ceremonie", "Deuil, mariage ou fête", "Funeral, wedding or feast"),
            ),
        ),
        question("texte", "lieu", "Rue ou place", "Street or square", longueur_max=200),
        question("point", "position", "Position sur la carte", "Place on the map", besoin=False),
        question(
            "nombre", "surface", "Surface occupée (m²)", "Area (m²)", minimum=1, maximum=10_000
        ),
        question("date", "du", "Du", "From", minimum="aujourd_hui"),
        question("date", "au", "Au", "Until", minimum="aujourd_hui"),
        question(
            "heure",
            "heure_debut",
            "À partir de",
            "Starting at",
            afficher_si={"champ": "objet", "egal": "ceremonie"},
        ),
        question(
            "booleen",
            "rue_barree",
            "Faut-il barrer la rue ?",
            "Must the street be closed?",
            afficher_si={"champ": "objet", "parmi": ["chantier", "ceremonie"]},
        ),
        question(
            "texte_long",
            "deviation",
            "Par où passera la circulation ?",
            "Where will traffic pass?",
            longueur_max=1000,
            afficher_si={"champ": "rue_barree", "egal": True},
        ),
        question(
            "telephone", "telephone_responsable", "Téléphone du responsable", "Telephone on site"
        ),
        HONNEUR,
    ],
    pieces=[CNI, piece("plan", "Plan ou croquis des lieux", "Plan or sketch of the place")],
)

FORMULAIRES = (
    COPIE_NAISSANCE,
    COPIE_MARIAGE,
    COPIE_DECES,
    CERTIFICAT_RESIDENCE,
    LEGALISATION,
    PERMIS_BATIR,
    OCCUPATION_VOIRIE,
    DECLARATION_NAISSANCE,
)
