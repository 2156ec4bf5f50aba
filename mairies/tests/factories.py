from datetime import timedelta

import factory
from django.utils import timezone

from ecms.tests.files import small_pdf
from mairies.models import DemandeCreationSite, Mairie, ServiceMunicipal
from mairies.workflow import StatutMairie


class MairieFactory(factory.django.DjangoModelFactory):
    """An active mairie; `inactive=True` for one that has not opened its space."""

    nom = factory.Sequence(lambda n: f"Commune {n}")
    slug = factory.Sequence(lambda n: f"commune-{n}")
    region = "centre"
    departement = "mfoundi"
    statut = StatutMairie.ACTIVE
    date_activation = factory.LazyFunction(lambda: timezone.now() - timedelta(days=30))

    class Meta:
        model = Mairie

    class Params:
        inactive = factory.Trait(statut=StatutMairie.NON_ACTIVEE, date_activation=None)


class ServiceMunicipalFactory(factory.django.DjangoModelFactory):
    mairie = factory.SubFactory(MairieFactory)
    nom = factory.Sequence(lambda n: f"Service {n}")

    class Meta:
        model = ServiceMunicipal


class DemandeCreationSiteFactory(factory.django.DjangoModelFactory):
    """An open request of a mairie that has no space yet."""

    mairie = factory.SubFactory(MairieFactory, inactive=True)
    nom_demandeur = "Jeanne Mballa"
    fonction_demandeur = "Secrétaire générale"
    email = factory.Sequence(lambda n: f"mairie{n}@example.cm")
    telephone = "+237677000001"
    justificatif = factory.django.FileField(data=small_pdf(), filename="justificatif.pdf")

    class Meta:
        model = DemandeCreationSite
