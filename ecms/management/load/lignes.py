"""The rows of the load: the n-th of each kind, always the same."""

import hashlib
from datetime import date, datetime, timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from documents.models import Actualite, DocumentOfficiel
from documents.workflow import Statut
from ecms.management.load import textes
from mairies.models import Mairie
from mairies.territoire import DEPARTEMENTS
from mairies.workflow import StatutMairie
from projets.models import MiseAJourProjet, Projet
from projets.workflow import Statut as StatutProjet

# What begins so is of the load; nothing else is ever touched.
PREFIXE = "charge-"
# Fixed, so that a row is the same whenever it is made.
DEPUIS = datetime(2021, 1, 4, 8, tzinfo=timezone.get_default_timezone())
JOURS = 5 * 365
BUDGET = 5_000_000


def nom_court(n: int) -> str:
    return f"{PREFIXE}{n:06}"


def mairie(n: int) -> Mairie:
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
    )


def actualite(n: int, mairies: list[Mairie]) -> Actualite:
    """Of a hundred, five are drafts, three archived, two scheduled and some expired or pinned."""
    sort = n % 100
    publication = _moment(n)
    statut = Statut.PUBLIEE
    if sort < 5:
        statut = Statut.BROUILLON
    elif sort < 8:
        statut = Statut.ARCHIVEE
    elif sort < 10:
        publication = timezone.now() + timedelta(days=365 + n % 300)
    return Actualite(
        mairie=_une(mairies, n),
        titre=textes.titre(n),
        slug=nom_court(n),
        resume=textes.resume(n),
        contenu=textes.article(n),
        categorie=_une(Actualite.Categorie.values, n),
        statut=statut,
        date_publication=None if statut == Statut.BROUILLON else publication,
        date_expiration=publication + timedelta(days=60) if sort in range(90, 94) else None,
        epinglee=sort == 50,
    )


def document(n: int, mairies: list[Mairie]) -> DocumentOfficiel:
    """Of twenty, one is not public. Each has a file of its own: one file for several rows would
    go with the first of them that is deleted."""
    contenu, publication = textes.pdf(n), _moment(n)
    return DocumentOfficiel(
        mairie=_une(mairies, n),
        titre=textes.titre(n),
        type=_une(DocumentOfficiel.Type.values, n),
        numero_reference=nom_court(n),
        date_document=publication.date(),
        annee=publication.year,
        description=textes.resume(n),
        fichier=ContentFile(contenu, name="charge.pdf"),
        nom_original=f"{nom_court(n)}.pdf",
        taille=len(contenu),
        type_mime="application/pdf",
        sha256=hashlib.sha256(contenu).hexdigest(),
        est_public=bool(n % 20),
        date_publication=publication,
    )


def projet(n: int, mairies: list[Mairie]) -> Projet:
    """Of ten, one is not public. Progress and spending are those of the last update."""
    debut: date = _moment(n).date()
    derniere = mises_a_jour(n)[-1:]
    fini = bool(derniere) and derniere[0].avancement == 100
    statut = StatutProjet.PLANIFIE if not derniere else StatutProjet.EN_COURS
    return Projet(
        mairie=_une(mairies, n),
        titre=textes.titre(n),
        slug=nom_court(n),
        description=textes.resume(n),
        categorie=_une(Projet.Categorie.values, n),
        statut=StatutProjet.TERMINE if fini else statut,
        budget_xaf=BUDGET * (1 + n % 40),
        depense_xaf=derniere[0].depense_xaf if derniere else 0,
        avancement=derniere[0].avancement if derniere else 0,
        date_debut=debut,
        date_fin_prevue=debut + timedelta(days=300),
        date_fin_reelle=debut + timedelta(days=280 + n % 60) if fini else None,
        lieu=_une(textes.LIEUX, n),
        latitude=round(2.5 + n * 0.0047 % 10, 6),
        longitude=round(9 + n * 0.0031 % 6, 6),
        est_public=bool(n % 10),
    )


def mises_a_jour(n: int, projet: Projet | None = None) -> list[MiseAJourProjet]:
    """None to four updates, each a quarter further, some above the budget."""
    budget = BUDGET * (1 + n % 40)
    return [
        MiseAJourProjet(
            projet=projet,
            titre=f"Point d'étape {etape}",
            description=textes.resume(n + etape),
            avancement=25 * etape,
            depense_xaf=budget * etape * (5 if n % 7 == 0 else 4) // 16,
        )
        for etape in range(1, n % 5 + 1)
    ]


def _moment(n: int) -> datetime:
    """A moment of the five years, spread evenly and out of order; no two rows near each other."""
    return DEPUIS + timedelta(days=n * 7919 % JOURS, minutes=n % 600)


def _une(choix, n: int):
    # Not n alone: what goes by n % 100 above would always be of the same few mairies.
    return choix[(n + n // 100) % len(choix)]
