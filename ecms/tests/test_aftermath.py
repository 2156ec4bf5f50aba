"""What serves once serves once, also when a backup has forgotten that it did."""

import re

import pytest
import time_machine
from django.apps import apps
from django.db import models

from ecms.backups import aftermath
from users.models import CodeSecours, SecondFacteur
from users.services import second_factor, totp
from users.tests.factories import TokenVerificationFactory, UtilisateurFactory
from users.tests.second_factor import code_of, enrol

HERE = {"address": "192.0.2.7"}
# Every column that opens something, with why a restored one does no harm. A new one is thought
# of before it is added here.
UNDONE = "declared in ecms.backups.aftermath"
SAME_ROW = "serves any number of times, for the row that is back with it"
OPENS = {
    "users.TokenVerification.code_otp": UNDONE,
    "users.TokenVerification.is_used": "the codes are blank",
    "users.TokenVerification.type_token": "what a code is for",
    "users.Session.generation": UNDONE,
    "users.Session.generation_opened_at": "the sessions are over",
    "users.Session.generation_seen": "the sessions are over",
    "users.Session.last_used_at": "the sessions are over",
    "users.SecondFacteur.secret": SAME_ROW,
    "users.SecondFacteur.dernier_pas": UNDONE,
    "users.CodeSecours.empreinte": UNDONE,
    "users.CodeSecours.utilise_le": UNDONE,
    "sessions.Session.session_key": UNDONE,
    "django_q.OrmQ.key": UNDONE,
    "ecms.RequeteIdempotente.cle": "answers as it did; what came since is lost with its effect",
    "ecms.RequeteIdempotente.empreinte": "of the body that the key came with",
    "ecms.LimitCounter.key": "counts, and opens nothing",
    "ecms.Effacement.cle": "names what is gone",
    "demarches.DemarcheAdministrative.code_suivi": SAME_ROW,
    "demarches.RendezVous.code": SAME_ROW,
    "demarches.Signalement.code_suivi": SAME_ROW,
    "evenements.InscriptionEvenement.code": SAME_ROW,
    # Who has left is on the list of erasures.
    "evenements.AbonneNewsletter.jeton": SAME_ROW,
}
LOOKS_LIKE_ONE = re.compile(
    r"(^|_)(code|cle|key|jeton|token|secret|empreinte|otp|generation|pas|used|utilise)(_|$)"
)


def test_what_opens_something_is_thought_of():
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if LOOKS_LIKE_ONE.search(field.name)
        and not isinstance(field, models.ForeignKey)
        and not model._meta.proxy
    }
    assert found == OPENS.keys()


@pytest.mark.django_db(transaction=True)
@time_machine.travel("2026-03-02T08:00:00Z", tick=False)
def test_recovery_codes_are_void_and_can_be_renewed():
    awa = UtilisateurFactory(username="awa")
    secret = enrol(awa)
    first, *_others = second_factor.renew_recovery_codes(awa)

    assert aftermath.run()["codes de secours annulés"] == second_factor.RECOVERY_CODES

    assert second_factor.recovery_codes_left(awa) == 0
    with pytest.raises(second_factor.WrongCode):
        second_factor.verify(awa, first, **HERE)
    # The telephone is theirs still, and the way to new ones, from the next minute on.
    with time_machine.travel("2026-03-02T08:01:00Z", tick=False):
        second_factor.verify(awa, code_of(secret), **HERE)
    again, *_others = second_factor.renew_recovery_codes(awa)
    second_factor.verify(awa, again, **HERE)


@pytest.mark.django_db(transaction=True)
@time_machine.travel("2026-03-02T08:00:00Z", tick=False)
def test_a_code_that_was_used_a_moment_ago_is_passed():
    awa = UtilisateurFactory(username="awa")
    secret = enrol(awa)
    second_factor.verify(awa, code_of(secret), **HERE)
    # The backup was made just before.
    SecondFacteur.objects.update(dernier_pas=0)

    assert aftermath.run()["codes d'application passés"] == 1

    for step in range(-totp.DRIFT, totp.DRIFT + 1):
        with pytest.raises(second_factor.WrongCode):
            second_factor.verify(awa, code_of(secret, step), **HERE)


@pytest.mark.django_db(transaction=True)
@time_machine.travel("2026-03-02T08:00:00Z", tick=False)
def test_undone_again_it_is_the_same():
    TokenVerificationFactory(utilisateur=UtilisateurFactory(), code_otp="123456")
    enrol(UtilisateurFactory(username="awa"))
    assert sum(aftermath.run().values()) > 0
    assert sum(aftermath.run().values()) == 0
    assert not CodeSecours.objects.exists()
