from datetime import timedelta

import factory
from django.utils import timezone

from documents.models import FAQ, Actualite, DocumentOfficiel, PageCMS
from documents.workflow import Statut
from ecms.tests.files import small_pdf
from mairies.tests.factories import MairieFactory


def yesterday():
    return timezone.now() - timedelta(days=1)


class ActualiteFactory(factory.django.DjangoModelFactory):
    """A draft; `publiee=True` for a news item that anyone may read."""

    mairie = factory.SubFactory(MairieFactory)
    titre = factory.Sequence(lambda n: f"Actualité {n}")
    slug = factory.Sequence(lambda n: f"actualite-{n}")
    contenu = "<p>Le marché central rouvre lundi.</p>"

    class Meta:
        model = Actualite

    class Params:
        publiee = factory.Trait(
            statut=Statut.PUBLIEE, date_publication=factory.LazyFunction(yesterday)
        )


class DocumentOfficielFactory(factory.django.DjangoModelFactory):
    """A document kept for the mairie; `publie=True` for one that anyone may read."""

    mairie = factory.SubFactory(MairieFactory)
    titre = factory.Sequence(lambda n: f"Arrêté n° {n}")
    type = DocumentOfficiel.Type.ARRETE
    annee = 2026
    fichier = factory.django.FileField(data=small_pdf(), filename="arrete.pdf")
    nom_original = "arrete.pdf"
    taille = len(small_pdf())
    type_mime = "application/pdf"

    class Meta:
        model = DocumentOfficiel

    class Params:
        publie = factory.Trait(est_public=True, date_publication=factory.LazyFunction(yesterday))


class FAQFactory(factory.django.DjangoModelFactory):
    mairie = factory.SubFactory(MairieFactory)
    question = factory.Sequence(lambda n: f"Question {n} ?")
    reponse = "<p>Du lundi au vendredi, de 7 h 30 à 15 h 30.</p>"

    class Meta:
        model = FAQ


class PageCMSFactory(factory.django.DjangoModelFactory):
    """A draft; `publiee=True` for a page that anyone may read."""

    mairie = factory.SubFactory(MairieFactory)
    titre = factory.Sequence(lambda n: f"Page {n}")
    slug = factory.Sequence(lambda n: f"page-{n}")
    contenu = "<p>La commune compte douze quartiers.</p>"

    class Meta:
        model = PageCMS

    class Params:
        publiee = factory.Trait(statut=Statut.PUBLIEE)
