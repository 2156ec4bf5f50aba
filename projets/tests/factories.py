import hashlib

import factory

from ecms.tests.files import small_pdf
from mairies.tests.factories import MairieFactory
from projets.models import DocumentProjet, MiseAJourProjet, Projet


class ProjetFactory(factory.django.DjangoModelFactory):
    """A project kept for the mairie; `public=True` for one that anyone may follow."""

    mairie = factory.SubFactory(MairieFactory)
    titre = factory.Sequence(lambda n: f"Projet {n}")
    slug = factory.Sequence(lambda n: f"projet-{n}")
    description = "Réfection de la voie principale."
    budget_xaf = 25_000_000

    class Meta:
        model = Projet

    class Params:
        public = factory.Trait(est_public=True)


class MiseAJourProjetFactory(factory.django.DjangoModelFactory):
    projet = factory.SubFactory(ProjetFactory, public=True)
    titre = factory.Sequence(lambda n: f"Mise à jour {n}")
    avancement = 40
    depense_xaf = 10_000_000

    class Meta:
        model = MiseAJourProjet


class DocumentProjetFactory(factory.django.DjangoModelFactory):
    """A paper kept for the mairie; `public=True` for one that anyone may read."""

    projet = factory.SubFactory(ProjetFactory, public=True)
    titre = factory.Sequence(lambda n: f"Plan {n}")
    type = DocumentProjet.Type.PLAN
    fichier = factory.django.FileField(data=small_pdf(), filename="plan.pdf")
    nom_original = "plan.pdf"
    taille = len(small_pdf())
    type_mime = "application/pdf"
    sha256 = hashlib.sha256(small_pdf()).hexdigest()

    class Meta:
        model = DocumentProjet

    class Params:
        public = factory.Trait(est_public=True)
