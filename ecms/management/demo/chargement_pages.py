"""Writes the pages and the questions of a mairie of the demo."""

from documents.models import FAQ, PageCMS
from documents.services.pages import creer_page
from ecms.management.demo import images
from ecms.management.demo.pages import PAGES, QUESTIONS, PageDemo
from mairies.models import Mairie


def ecrire_pages(mairie: Mairie, lieux: dict[str, str]) -> None:
    """Write `PAGES` and `QUESTIONS`; `lieux` says what stands for the names between braces."""
    mots = {**lieux, "adresse": mairie.adresse, "email": mairie.email}
    _ecrire(PAGES, mairie, mots, parent=None)
    FAQ.objects.bulk_create(
        FAQ(
            mairie=mairie,
            question=demo.question,
            reponse=demo.reponse,
            categorie=demo.categorie,
            ordre=ordre,
        )
        for ordre, demo in enumerate(QUESTIONS, start=1)
    )


def _ecrire(
    pages: tuple[PageDemo, ...], mairie: Mairie, mots: dict[str, str], *, parent: PageCMS | None
) -> None:
    for ordre, demo in enumerate(pages, start=1):
        page = PageCMS(
            mairie=mairie,
            titre=demo.titre,
            contenu=demo.contenu.strip().format_map(mots),
            meta_description=demo.meta_description.format_map(mots),
            statut=demo.statut,
            afficher_dans_menu=demo.afficher_dans_menu,
            parent=parent,
            ordre=ordre,
        )
        if demo.banniere:
            couleurs = (mairie.couleur_primaire, mairie.couleur_secondaire)
            page.image_bandeau = images.banniere(mairie.nom, mairie.slogan, couleurs)
        _ecrire(demo.enfants, mairie, mots, parent=creer_page(page))
