"""What the publications give to feeds and sitemaps."""

from datetime import datetime

from django.db.models import Case, F, Max, When
from django.db.models.functions import Greatest, Now
from django.utils.feedgenerator import Enclosure

from documents.models import Actualite, DocumentOfficiel, PageCMS
from ecms.flux.adresses import api_address, own_address, page_address
from ecms.flux.registre import Entree, Flux, Pages, annoncer, publier


def actualites():
    # Pinned ones have no place of their own here: readers sort by date.
    return Actualite.objects.order_by("-date_publication", "-pk")


def documents():
    return DocumentOfficiel.objects.order_by("-date_publication", "-pk")


def pages():
    return PageCMS.objects.order_by("ordre", "pk")


def entree_actualite(actualite: Actualite, mairie) -> Entree:
    return Entree(
        identite=api_address(f"actualites/{actualite.pk}"),
        titre=actualite.titre,
        lien=page_address(mairie, f"actualites/{actualite.slug}"),
        publiee=actualite.date_publication,
        modifiee=actualite.date_modification,
        resume=actualite.resume,
        contenu=actualite.contenu,
        categories=[(actualite.categorie, actualite.get_categorie_display())],
        pieces=_image(actualite.image),
    )


def entree_document(document: DocumentOfficiel, mairie) -> Entree:
    identite = api_address(f"documents-officiels/{document.pk}")
    fichier = f"{identite}/fichier"
    type_mime = document.type_mime or "application/octet-stream"
    return Entree(
        identite=identite,
        titre=" – ".join(filter(None, [document.numero_reference, document.titre])),
        lien=fichier,
        publiee=document.date_publication,
        modifiee=document.date_modification,
        resume=document.description,
        categories=[(document.type, document.get_type_display())],
        pieces=[Enclosure(fichier, str(document.taille), type_mime)],
    )


def derniere_actualite(lignes) -> datetime | None:
    """An expiry that has passed changed the feed too."""
    expired = Case(When(date_expiration__lte=Now(), then=F("date_expiration")))
    return _latest(lignes, "date_modification", "date_publication", expired)


def dernier_document(lignes) -> datetime | None:
    return _latest(lignes, "date_modification", "date_publication")


def prochain_changement(lignes) -> datetime | None:
    return lignes.next_change()


def _latest(lignes, *dates) -> datetime | None:
    """Of all that has been published, also what is so no more. What never was tells nothing."""
    published = lignes.order_by().filter(date_publication__lte=Now())
    return published.aggregate(date=Max(Greatest(*dates)))["date"]


def _image(image) -> list[Enclosure]:
    try:
        return [Enclosure(own_address(image.url), str(image.size), "image/webp")] if image else []
    except OSError:
        # The row outlived its file: the news is still worth reading.
        return []


publier(
    Flux(
        nom="actualites",
        titre="Actualités – %(mairie)s",
        lignes=actualites,
        entree=entree_actualite,
        dernier=derniere_actualite,
        changement=prochain_changement,
    )
)
publier(
    Flux(
        nom="documents",
        titre="Documents officiels – %(mairie)s",
        lignes=documents,
        entree=entree_document,
        dernier=dernier_document,
        changement=prochain_changement,
    )
)
annoncer(Pages(pages, "pages/{slug}"))
annoncer(Pages(actualites, "actualites/{slug}", changement=prochain_changement))
annoncer(Pages(documents, "documents/{pk}", champ="pk", changement=prochain_changement))
