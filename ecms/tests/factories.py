from datetime import timedelta

import factory
from django.utils import timezone

from ecms.models import (
    Changement,
    Compteur,
    Courriel,
    Effacement,
    Importation,
    LimitCounter,
    PendingHit,
    RequeteIdempotente,
)


class CourrielFactory(factory.django.DjangoModelFactory):
    gabarit = "users/code"
    destinataire = factory.Sequence(lambda n: f"destinataire{n}@example.cm")

    class Meta:
        model = Courriel


class LimitCounterFactory(factory.django.DjangoModelFactory):
    key = factory.Sequence(lambda n: f"{n:064x}")
    count = 1
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=1))

    class Meta:
        model = LimitCounter


class CompteurFactory(factory.django.DjangoModelFactory):
    nom = Compteur.TACHE
    sujet = factory.Sequence("ecms.tasks.numero_{}".format)
    issue = "success"

    class Meta:
        model = Compteur


class PendingHitFactory(factory.django.DjangoModelFactory):
    counter = "documents.actualite.nombre_vues"
    object_id = factory.Sequence(lambda n: n + 1)

    class Meta:
        model = PendingHit


class RequeteIdempotenteFactory(factory.django.DjangoModelFactory):
    cle = factory.Sequence(lambda n: f"{n:064x}")
    empreinte = "0" * 64
    statut = 201
    reponse = "{}"

    class Meta:
        model = RequeteIdempotente


class ImportationFactory(factory.django.DjangoModelFactory):
    mairie = factory.SubFactory("mairies.tests.factories.MairieFactory")
    utilisateur = factory.SubFactory("users.tests.factories.UtilisateurFactory")
    liste = "documents.faq"
    fichier = factory.django.FileField(filename="faq.csv", data=b"question")
    nom = "faq.csv"

    class Meta:
        model = Importation


class ChangementFactory(factory.django.DjangoModelFactory):
    nom = "documents_faq"

    class Meta:
        model = Changement


class EffacementFactory(factory.django.DjangoModelFactory):
    modele = "users.utilisateur"
    cle = factory.Sequence(lambda n: n + 1_000_000)
    ligne_creee = factory.LazyFunction(timezone.now)

    class Meta:
        model = Effacement
