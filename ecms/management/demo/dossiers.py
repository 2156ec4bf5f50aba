"""What people of the demo ask of their mairie, and what becomes of it.

Between braces stand the commune and its places (`ecms.management.demo.mairies`). Nobody is meant.
"""

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True)
class ActeDemo:
    """A service function of `demarches.services.demarches`, `jours` days ago, and its arguments;
    `par_agent` says on which side it is done."""

    jours: int
    nom: str
    faits: dict = field(default_factory=dict)
    par_agent: bool = True


@dataclass(frozen=True)
class DossierDemo:
    """A dossier begun `jours` days ago for the procedure of that name, and what follows; without
    `nom` it is that of the demo's citizen.

    Among `donnees`, a `timedelta` is the day that far from today, a pair of numbers a place that
    far (degrees) from the mairie. `fichiers` are those that answer questions; the papers that the
    procedure requires come by themselves.
    """

    formulaire: str
    jours: int
    donnees: dict
    actes: tuple[ActeDemo, ...] = ()
    nom: str = ""
    telephone: str = ""
    au_guichet: bool = False
    fichiers: tuple[str, ...] = ()


def jour(nombre: int) -> timedelta:
    return timedelta(days=nombre)


def depose(jours: int) -> ActeDemo:
    return ActeDemo(jours, "deposer", par_agent=False)


def pris(jours: int) -> ActeDemo:
    return ActeDemo(jours, "prendre_en_charge")


def mot(jours: int, message: str, *, interne: bool = False, par_agent: bool = True) -> ActeDemo:
    return ActeDemo(jours, "ecrire", {"message": message, "interne": interne}, par_agent)


NUMERO = {"numero_connu": True}
AU_GUICHET = {"nombre_copies": 2, "mode_remise": "guichet", "honneur": True}
# Numbers of the right form that belong to nobody we know.
TELEPHONES = ("+237699000011", "+237699000012", "+237699000013", "+237699000014", "+237699000015")

BROUILLON = DossierDemo(
    formulaire="Copie d'acte de mariage",
    jours=1,
    donnees={"nom_epoux": "Essomba Paul", "nom_epouse": "Ngo Bayiha Ruth"},
)

DEPOSEE = DossierDemo(
    formulaire="Copie d'acte de naissance",
    jours=0,
    donnees={
        "nom": "Mbarga",
        "prenoms": "Élise",
        "date_naissance": "1998-03-14",
        "lieu_naissance": "{commune}",
        "nom_mere": "Atangana Jeanne",
        **NUMERO,
        "numero_acte": "214/1998",
        "qualite": "titulaire",
        **AU_GUICHET,
    },
    actes=(depose(0),),
)

EN_RETARD = DossierDemo(
    formulaire="Certificat de résidence",
    jours=12,
    nom="Fotso Alain",
    telephone=TELEPHONES[0],
    donnees={
        "quartier": "{quartier}",
        "repere": "Deuxième rue après l'école publique, portail bleu",
        "depuis": "2019-09-01",
        "occupation": "locataire",
        "nom_hebergeant": "Tchoumi Bernard",
        "usage": "emploi",
        "honneur": True,
    },
    actes=(
        depose(12),
        ActeDemo(3, "changer_priorite", {"priorite": "haute"}),
        mot(3, "Le concours ferme vendredi : à traiter en premier.", interne=True),
    ),
)

EN_COURS = DossierDemo(
    formulaire="Permis de bâtir",
    jours=16,
    donnees={
        "travaux": "neuf",
        "droit": "titre",
        "numero_titre": "TF 12044",
        "terrain": (0.0061, -0.0035),
        "surface_terrain": 420,
        "surface_plancher": 168.5,
        "niveaux": 2,
        "valeur_travaux": 38_000_000,
        "honneur": True,
    },
    fichiers=("photos",),
    actes=(
        depose(16),
        pris(14),
        mot(9, "La visite du terrain est prévue mardi à 10 h. Merci d'y être présent."),
        mot(8, "J'y serai avec mon architecte.", par_agent=False),
        mot(6, "Visite faite : recul sur la voie conforme.", interne=True),
    ),
)

PIECE_DEMANDEE = DossierDemo(
    formulaire="Certificat de résidence",
    jours=6,
    nom="Aïssatou Bouba",
    telephone=TELEPHONES[1],
    donnees={
        "quartier": "{quartier}",
        "repere": "Derrière la mosquée, maison de deux étages",
        "depuis": "2023-02-15",
        "occupation": "heberge",
        "nom_hebergeant": "Bouba Hamidou",
        "personnes": [{"nom_personne": "Bouba Issa", "nee_le": "2017-06-02"}],
        "usage": "scolaire",
        "honneur": True,
    },
    actes=(
        depose(6),
        pris(5),
        ActeDemo(
            5,
            "demander_piece",
            {
                "motif": "L'attestation du chef de quartier est illisible : photographiez-la de "
                "nouveau, à plat et à la lumière du jour."
            },
        ),
    ),
)

COMPLETEE = DossierDemo(
    formulaire="Copie d'acte de décès",
    jours=8,
    donnees={
        "nom_defunt": "Mbarga Joseph",
        "date_deces": "2021-11-30",
        "lieu_deces": "Hôpital de district",
        "numero_connu": False,
        "indices": "Déclaré par ma sœur aînée dans la semaine du décès.",
        "qualite": "descendant",
        **AU_GUICHET,
    },
    actes=(
        depose(8),
        pris(7),
        ActeDemo(
            7, "demander_piece", {"motif": "Joignez ce qui prouve votre lien avec le défunt."}
        ),
        ActeDemo(
            4,
            "completer",
            {"message": "Mon acte de naissance est au nom du défunt, vous l'avez déjà délivré."},
            par_agent=False,
        ),
    ),
)

VALIDEE = DossierDemo(
    formulaire="Occupation temporaire de la voirie",
    jours=5,
    nom="Association des commerçants du {marche}",
    telephone=TELEPHONES[2],
    donnees={
        "objet": "ceremonie",
        "lieu": "Esplanade du {marche}",
        "position": (0.0012, -0.0026),
        "surface": 250,
        "du": jour(9),
        "au": jour(9),
        "heure_debut": "09:00",
        "rue_barree": True,
        "deviation": "Par {deviation}, fléchée par nos soins",
        "telephone_responsable": TELEPHONES[2],
        "honneur": True,
    },
    actes=(depose(5), pris(4), ActeDemo(1, "valider")),
)

REJETEE = DossierDemo(
    formulaire="Copie d'acte de naissance",
    jours=21,
    nom="Ngassa Mireille",
    telephone=TELEPHONES[3],
    donnees={
        "nom": "Ngassa",
        "prenoms": "Mireille",
        "date_naissance": "1987-07-09",
        "lieu_naissance": "Nkongsamba",
        "nom_mere": "Kemajou Berthe",
        "numero_connu": False,
        "qualite": "titulaire",
        **AU_GUICHET,
    },
    actes=(
        depose(21),
        pris(20),
        ActeDemo(
            19,
            "rejeter",
            {
                "motif": "Cet acte ne figure pas dans nos registres : la naissance a été déclarée "
                "à Nkongsamba. Adressez votre demande à cette commune."
            },
        ),
    ),
)

PRETE = DossierDemo(
    formulaire="Copie d'acte de mariage",
    jours=7,
    nom="Onana Célestin",
    telephone=TELEPHONES[4],
    donnees={
        "nom_epoux": "Onana Célestin",
        "nom_epouse": "Abena Solange",
        "date_mariage": "2014-12-20",
        **NUMERO,
        "numero_acte": "087/2014",
        "qualite": "titulaire",
        **AU_GUICHET,
        "mode_remise": "tiers",
        "nom_tiers": "Abena Solange",
    },
    actes=(depose(7), pris(6), ActeDemo(6, "valider"), ActeDemo(4, "preparer")),
)

REMISE = DossierDemo(
    formulaire="Légalisation et copie certifiée conforme",
    jours=10,
    nom="Djoumessi Carine",
    telephone=TELEPHONES[0],
    au_guichet=True,
    donnees={"nature": "copie", "documents": ["diplome", "identite"], "exemplaires": 3},
    actes=(depose(10), pris(10), ActeDemo(10, "valider"), ActeDemo(10, "remettre")),
)

ANNULEE = DossierDemo(
    formulaire="Certificat de résidence",
    jours=30,
    donnees={
        "quartier": "{quartier}",
        "repere": "À côté de la boulangerie",
        "depuis": "2012-01-10",
        "occupation": "proprietaire",
        "usage": "autre",
        "usage_precise": "Abonnement d'eau",
        "honneur": True,
    },
    actes=(depose(30), ActeDemo(29, "annuler", par_agent=False)),
)

AU_COMPTOIR = DossierDemo(
    formulaire="Déclaration de naissance",
    jours=2,
    nom="Eyenga Martin",
    telephone=TELEPHONES[1],
    au_guichet=True,
    donnees={
        "age": "90_jours",
        "nom_enfant": "Eyenga Grâce Divine",
        "date_naissance": jour(-11),
        "formation": "Centre médical d'arrondissement",
        "nom_mere": "Biloa Christelle",
        "nom_pere": "Eyenga Martin",
    },
    actes=(depose(2), pris(2)),
)

DOSSIERS = (
    ANNULEE,
    REJETEE,
    EN_COURS,
    EN_RETARD,
    REMISE,
    COMPLETEE,
    PRETE,
    PIECE_DEMANDEE,
    VALIDEE,
    AU_COMPTOIR,
    BROUILLON,
    DEPOSEE,
)
