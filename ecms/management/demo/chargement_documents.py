"""Files the official documents of a mairie of the demo, through the service that agents use."""

from datetime import timedelta

from django.utils import timezone

from documents.models import DocumentOfficiel
from documents.services.officiels import deposer_document, modifier_document
from ecms.management.demo import images
from ecms.uploads import inspect_document
from mairies.models import Mairie

Type = DocumentOfficiel.Type

# Type, number, title, description, and how many days ago it was signed.
DOCUMENTS = (
    (
        Type.ARRETE,
        "012/AM",
        "Arrêté réglementant le stationnement autour du marché",
        "Le stationnement est interdit sur les deux côtés de la rue du marché, de 6 h à 19 h.",
        400,
    ),
    (
        Type.ARRETE,
        "031/AM",
        "Arrêté réglementant le stationnement et les livraisons autour du marché",
        "Remplace l'arrêté précédent : les livraisons sont permises de 5 h à 7 h.",
        45,
    ),
    (
        Type.BUDGET,
        "004/CM",
        "Budget primitif de l'exercice",
        "Le budget adopté par le conseil municipal, en recettes et en dépenses.",
        300,
    ),
    (
        Type.COMPTE_RENDU,
        "002/CM",
        "Compte rendu de la session ordinaire du conseil municipal",
        "Ordre du jour, délibérations adoptées et questions diverses.",
        30,
    ),
)
# The second decree takes the place of the first.
REMPLACE, PAR = 0, 1


def deposer_documents(mairie: Mairie, *, auteur) -> None:
    deposes = [_deposer(mairie, auteur, *document) for document in DOCUMENTS]
    deposes[REMPLACE].remplace_par = deposes[PAR]
    modifier_document(deposes[REMPLACE])


def _deposer(mairie: Mairie, auteur, type_, numero, titre, description, jours) -> DocumentOfficiel:
    date = timezone.localdate() - timedelta(days=jours)
    document = DocumentOfficiel(
        mairie=mairie,
        titre=titre,
        type=type_,
        numero_reference=f"{numero}/{date.year}",
        date_document=date,
        annee=date.year,
        description=description,
        est_public=True,
        date_publication=timezone.now() - timedelta(days=jours - 1),
    )
    papier = images.lettre(f"Mairie de {mairie.nom}", "", titre, "", description)
    papier.name = f"{document.numero_reference.replace('/', '-')}.pdf"
    inspect_document(papier).write_to(document)
    return deposer_document(document, auteur=auteur)
