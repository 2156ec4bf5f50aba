"""What the projects give to sitemaps."""

from ecms.flux.registre import Pages, annoncer
from projets.models import Projet


def projets():
    return Projet.objects.order_by("-date_creation", "-pk")


annoncer(Pages(projets, "projets/{slug}"))
