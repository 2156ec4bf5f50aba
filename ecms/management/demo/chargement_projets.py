"""Writes the projects of a mairie of the demo, through the services, one update after the other."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from ecms.management.demo import images
from ecms.management.demo.projets import PROJETS, EtapeDemo, ProjetDemo
from mairies.models import Mairie
from projets.models import DocumentProjet, MiseAJourProjet, Projet
from projets.services import ajouter_document, ajouter_mise_a_jour, creer_projet, modifier_projet
from projets.workflow import Statut


def lancer_projets(mairie: Mairie, lieux: dict[str, str], *, auteur) -> None:
    """Write `PROJETS`; `lieux` says what stands for the names between braces."""
    for demo in PROJETS:
        projet = creer_projet(_projet(demo, mairie, lieux))
        for etape in demo.etapes:
            _avancer(projet, etape, auteur)
        if demo.document:
            _joindre(projet, *demo.document)
        if projet.statut != demo.statut:
            _finir(projet, demo)


def _projet(demo: ProjetDemo, mairie: Mairie, lieux: dict[str, str]) -> Projet:
    nord, est = (Decimal(str(degres)) for degres in demo.ecart)
    projet = Projet(
        mairie=mairie,
        titre=demo.titre.format_map(lieux),
        description=demo.description.format_map(lieux),
        categorie=demo.categorie,
        statut=Statut.EN_COURS if demo.etapes else Statut.PLANIFIE,
        budget_xaf=demo.budget,
        date_debut=_jour(demo.debut),
        date_fin_prevue=_jour(demo.fin),
        maitre_ouvrage=f"Mairie de {mairie.nom}",
        reference_marche=demo.reference_marche,
        source_financement=demo.source_financement,
        lieu=demo.lieu.format_map(lieux),
        latitude=Decimal(mairie.latitude) + nord,
        longitude=Decimal(mairie.longitude) + est,
        est_public=demo.est_public,
    )
    if demo.banniere:
        couleurs = (mairie.couleur_primaire, mairie.couleur_secondaire)
        projet.image = images.banniere(demo.banniere, mairie.nom, couleurs)
    return projet


def _avancer(projet: Projet, etape: EtapeDemo, auteur) -> None:
    mise_a_jour = ajouter_mise_a_jour(
        MiseAJourProjet(
            projet=projet,
            titre=etape.titre,
            description=etape.description,
            avancement=etape.avancement,
            depense_xaf=etape.depense,
            motif_baisse=etape.motif_baisse,
        ),
        auteur=auteur,
    )
    # As if it had been told on its day.
    told = timezone.now() - timedelta(days=etape.jours)
    MiseAJourProjet.objects.filter(pk=mise_a_jour.pk).update(date_creation=told)


def _joindre(projet: Projet, titre: str, texte: str) -> None:
    fichier = images.lettre(projet.maitre_ouvrage, "", projet.titre, "", texte)
    fichier.name = f"{projet.slug}.pdf"
    document = DocumentProjet(projet=projet, titre=titre, type="rapport", est_public=True)
    ajouter_document(document, fichier=fichier)


def _finir(projet: Projet, demo: ProjetDemo) -> None:
    projet.refresh_from_db()
    projet.statut = demo.statut
    if demo.statut == Statut.TERMINE:
        projet.date_fin_reelle = _jour(-demo.etapes[-1].jours)
    modifier_projet(projet)


def _jour(jours: int) -> date:
    return timezone.localdate() + timedelta(days=jours)
