"""What the mairies of the load publish."""

import hashlib
from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from documents.models import Actualite, DocumentOfficiel
from documents.workflow import Statut
from ecms.management.load import textes
from ecms.management.load.lignes.communs import moment, nom_court, une
from ecms.management.load.lignes.partage import Partage
from evenements.models import Evenement
from evenements.workflow import StatutEvenement
from projets.models import MiseAJourProjet, Projet
from projets.workflow import Statut as StatutProjet

BUDGET = 5_000_000


def actualite(n: int, partage: Partage) -> Actualite:
    """Of a hundred, five are drafts, three archived, two scheduled and some expired or pinned."""
    sort = n % 100
    publication = moment(n)
    statut = Statut.PUBLIEE
    if sort < 5:
        statut = Statut.BROUILLON
    elif sort < 8:
        statut = Statut.ARCHIVEE
    elif sort < 10:
        publication = timezone.now() + timedelta(days=365 + n % 300)
    return Actualite(
        mairie=une(partage.mairies, n),
        titre=textes.titre(n),
        slug=nom_court(n),
        resume=textes.resume(n),
        contenu=textes.article(n),
        categorie=une(Actualite.Categorie.values, n),
        statut=statut,
        date_publication=None if statut == Statut.BROUILLON else publication,
        date_expiration=publication + timedelta(days=60) if sort in range(90, 94) else None,
        epinglee=sort == 50,
    )


def document(n: int, partage: Partage) -> DocumentOfficiel:
    """Of twenty, one is not public. Each has a file of its own: one file for several rows would
    go with the first of them that is deleted."""
    contenu, publication = textes.pdf(n), moment(n)
    return DocumentOfficiel(
        mairie=une(partage.mairies, n),
        titre=textes.titre(n),
        type=une(DocumentOfficiel.Type.values, n),
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


def projet(n: int, partage: Partage) -> Projet:
    """Of ten, one is not public. Progress and spending are those of the last update."""
    debut: date = moment(n).date()
    derniere = mises_a_jour(n)[-1:]
    fini = bool(derniere) and derniere[0].avancement == 100
    statut = StatutProjet.PLANIFIE if not derniere else StatutProjet.EN_COURS
    return Projet(
        mairie=une(partage.mairies, n),
        titre=textes.titre(n),
        slug=nom_court(n),
        description=textes.resume(n),
        categorie=une(Projet.Categorie.values, n),
        statut=StatutProjet.TERMINE if fini else statut,
        budget_xaf=BUDGET * (1 + n % 40),
        depense_xaf=derniere[0].depense_xaf if derniere else 0,
        avancement=derniere[0].avancement if derniere else 0,
        date_debut=debut,
        date_fin_prevue=debut + timedelta(days=300),
        date_fin_reelle=debut + timedelta(days=280 + n % 60) if fini else None,
        lieu=une(textes.LIEUX, n),
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


def evenement(n: int, partage: Partage) -> Evenement:
    """Over the year before the load and the year after it; of twenty, one is a draft."""
    jour = partage.jour + timedelta(days=n * 13 % 700 - 350)
    statuts = {0: StatutEvenement.BROUILLON, 1: StatutEvenement.ANNULE, 2: StatutEvenement.REPORTE}
    return Evenement(
        mairie=une(partage.mairies, n),
        titre=textes.titre(n),
        slug=nom_court(n),
        description=f"<p>{textes.resume(n)}</p>",
        categorie=une(Evenement.Categorie.values, n),
        debut=jour + timedelta(hours=8 + n % 10),
        fin=jour + timedelta(hours=10 + n % 10),
        lieu=une(textes.LIEUX, n),
        statut=statuts.get(n % 20, StatutEvenement.PUBLIE),
    )
