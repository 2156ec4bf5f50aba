"""The mairies of the load, what they offer, and who lives there."""

from datetime import timedelta

from demarches.models import Formulaire
from ecms.management.load import textes
from ecms.management.load.lignes.communs import DEPUIS, nom_court, telephone, une
from ecms.management.load.lignes.partage import Partage
from mairies.categories import CategorieSignalement
from mairies.models import Mairie, ServiceMunicipal
from mairies.territoire import DEPARTEMENTS
from mairies.workflow import StatutMairie
from users.models import Utilisateur

SERVICES = ("État civil", "Service technique", "Hygiène et salubrité")
OUVERT = {
    jour: [["07:30", "15:30"]] for jour in ("lundi", "mardi", "mercredi", "jeudi", "vendredi")
}
# Reserved (RFC 2606): no mail arrives there.
DOMAINE = "charge.example"
# Minutes of an appointment: 24 of them fill a day.
DUREE, GUICHETS = 20, 10

Type = Formulaire.Type
# Type, cost (XAF), delay (working days), whether it takes an account.
FORMULAIRES = (
    ("Copie d'acte de naissance", Type.ACTE_NAISSANCE, 1_000, 5, False),
    ("Certificat de résidence", Type.CERTIFICAT_RESIDENCE, 1_500, 3, False),
    ("Légalisation d'un document", Type.LEGALISATION, 500, 2, False),
    ("Permis de bâtir", Type.PERMIS_BATIR, 75_000, 45, True),
)
CHAMPS = [
    {
        "cle": "nom_complet",
        "type": "texte",
        "libelle": {"fr": "Nom complet", "en": "Full name"},
        "obligatoire": True,
        "longueur_max": 150,
    },
    {
        "cle": "date_naissance",
        "type": "date",
        "libelle": {"fr": "Date de naissance", "en": "Date of birth"},
        "obligatoire": True,
        "maximum": "aujourd_hui",
    },
    {
        "cle": "usage",
        "type": "choix",
        "libelle": {"fr": "Usage", "en": "Purpose"},
        "options": [
            {"valeur": "ecole", "libelle": {"fr": "École", "en": "School"}},
            {"valeur": "emploi", "libelle": {"fr": "Emploi", "en": "Employment"}},
            {"valeur": "voyage", "libelle": {"fr": "Voyage", "en": "Travel"}},
        ],
    },
    {
        "cle": "copies",
        "type": "entier",
        "libelle": {"fr": "Nombre de copies", "en": "Number of copies"},
        "minimum": 1,
        "maximum": 10,
    },
]
PIECE = "piece_identite"
PIECES = [
    {
        "cle": PIECE,
        "libelle": {"fr": "Pièce d'identité", "en": "Identity document"},
        "obligatoire": False,
        "en_ligne": True,
    }
]


def mairie(n: int, partage: Partage) -> Mairie:
    departements = sorted(DEPARTEMENTS.values(), key=lambda d: d.code)
    departement = departements[n % len(departements)]
    return Mairie(
        nom=f"Commune de charge {n}",
        slug=nom_court(n),
        region=departement.region,
        departement=departement.code,
        statut=StatutMairie.ACTIVE,
        date_activation=DEPUIS,
        # Over the whole country, none upon another.
        latitude=round(2.5 + n * 0.17 % 10, 6),
        longitude=round(9 + n * 0.29 % 6, 6),
        population=10_000 + n * 137,
        horaires=OUVERT,
    )


def nom_de_service(n: int) -> str:
    return f"{nom_court(n)} {SERVICES[(n - 1) % len(SERVICES)]}"


def service(n: int, partage: Partage) -> ServiceMunicipal:
    """Three for each mairie in turn; the first takes appointments, each answers for a third of
    the categories of problem reports."""
    rang = (n - 1) % len(SERVICES)
    return ServiceMunicipal(
        mairie=partage.mairies[(n - 1) // len(SERVICES)],
        nom=nom_de_service(n),
        ordre=rang,
        rdv_en_ligne=rang == 0,
        duree_rdv=DUREE,
        guichets=GUICHETS,
        horizon_jours=120,
        categories_signalements=CategorieSignalement.values[rang :: len(SERVICES)],
    )


def formulaire(n: int, partage: Partage) -> Formulaire:
    """Four for each mairie in turn."""
    rang = (n - 1) % len(FORMULAIRES)
    chez = partage.mairies[(n - 1) // len(FORMULAIRES)]
    nom, type_, cout, delai, necessite_compte = FORMULAIRES[rang]
    return Formulaire(
        mairie=chez,
        service=partage.services[chez.pk][0],
        nom=nom,
        slug=nom_court(n),
        type=type_,
        description=textes.resume(n),
        champs=CHAMPS,
        pieces_requises=PIECES,
        cout_xaf=cout,
        delai_jours=delai,
        necessite_compte=necessite_compte,
    )


def citoyen(n: int, partage: Partage) -> Utilisateur:
    """A citizen whom nobody signs in as: no password fits."""
    return Utilisateur(
        username=nom_court(n),
        password="!",  # noqa: S106 what Django keeps for an account without one
        first_name=une(textes.PRENOMS, n),
        last_name=textes.NOMS[n % len(textes.NOMS)],
        email=f"{nom_court(n)}@{DOMAINE}",
        is_verified=True,
        email_verifie=True,
        mairie=une(partage.mairies, n),
        telephone=telephone(n),
        notifications_email=False,
        consentement_le=DEPUIS + timedelta(minutes=n),
    )
