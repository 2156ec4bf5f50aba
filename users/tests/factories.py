import functools
from datetime import timedelta

import factory
from django.contrib.auth.hashers import get_hasher, make_password
from django.contrib.auth.models import Group
from django.utils import timezone

from users.models import (
    CodeSecours,
    Consentement,
    ExportDonnees,
    ProfilAgentCommunal,
    SecondFacteur,
    Session,
    TokenVerification,
    Utilisateur,
)
from users.services import sealing, totp

PASSWORD = "Mot-de-passe-237"


@functools.cache
def _hashed(password: str | None, algorithm: str) -> str:
    return make_password(password, hasher=algorithm)


def hashed(password: str | None) -> str:
    """Hashed once in a run: what a test spends on hashing is what it hashes itself."""
    return _hashed(password, get_hasher().algorithm)


class ProfilAgentCommunalFactory(factory.django.DjangoModelFactory):
    """`ProfilAgentCommunalFactory(mairie=...)` makes an agent's account as well."""

    utilisateur = factory.SubFactory(
        "users.tests.factories.UtilisateurFactory", role_user=Utilisateur.Role.AGENT, is_staff=True
    )
    mairie = factory.SubFactory("mairies.tests.factories.MairieFactory")

    class Meta:
        model = ProfilAgentCommunal


class UtilisateurFactory(factory.django.DjangoModelFactory):
    """A citizen with a verified address and the password `PASSWORD`.

    `non_verifie=True` leaves the address a claim, `admin_national=True` makes a national
    administrator, `agent=True` an agent (of `profil__mairie`; see `agent_of`), `groups=[...]`
    joins groups by name.
    """

    username = factory.Sequence(lambda n: f"utilisateur{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username.lower()}@example.cm")
    password = factory.Transformer(PASSWORD, transform=hashed)
    is_verified = True
    email_verifie = factory.SelfAttribute("is_verified")

    class Meta:
        model = Utilisateur
        skip_postgeneration_save = True

    class Params:
        non_verifie = factory.Trait(is_verified=False)
        admin_national = factory.Trait(is_superuser=True, is_staff=True)
        agent = factory.Trait(
            role_user=Utilisateur.Role.AGENT,
            is_staff=True,
            profil=factory.RelatedFactory(
                ProfilAgentCommunalFactory, factory_related_name="utilisateur"
            ),
        )

    @factory.post_generation
    def groups(self, create, names, **kwargs):
        if create and names:
            self.groups.set([Group.objects.get(name=name) for name in names])


def agent_of(mairie, *, groups=("Administration de la mairie",), service=None, **fields):
    """An agent of `mairie` (and of `service`), with the rights of `groups`."""
    return UtilisateurFactory(
        agent=True, profil__mairie=mairie, profil__service=service, groups=groups, **fields
    )


class TokenVerificationFactory(factory.django.DjangoModelFactory):
    """A code that is still good."""

    utilisateur = factory.SubFactory(UtilisateurFactory)
    type_token = TokenVerification.Type.EMAIL_VERIFICATION
    code_otp = "204817"
    expire_at = factory.LazyFunction(lambda: timezone.now() + timedelta(minutes=6))
    adresse = factory.SelfAttribute("utilisateur.email")

    class Meta:
        model = TokenVerification


class SessionFactory(factory.django.DjangoModelFactory):
    utilisateur = factory.SubFactory(UtilisateurFactory)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))
    user_agent = "Firefox"

    class Meta:
        model = Session


class SecondFacteurFactory(factory.django.DjangoModelFactory):
    """See `users.tests.second_factor.enrol` for one whose secret is known."""

    utilisateur = factory.SubFactory(UtilisateurFactory)
    secret = factory.LazyFunction(lambda: sealing.seal(totp.new_secret()))

    class Meta:
        model = SecondFacteur


class CodeSecoursFactory(factory.django.DjangoModelFactory):
    facteur = factory.SubFactory(SecondFacteurFactory)
    empreinte = factory.Sequence(lambda n: sealing.fingerprints(f"CODE{n}")[0])

    class Meta:
        model = CodeSecours


class ConsentementFactory(factory.django.DjangoModelFactory):
    utilisateur = factory.SubFactory(UtilisateurFactory)
    version = "1"

    class Meta:
        model = Consentement


class ExportDonneesFactory(factory.django.DjangoModelFactory):
    """An archive that is still being made."""

    utilisateur = factory.SubFactory(UtilisateurFactory)

    class Meta:
        model = ExportDonnees
