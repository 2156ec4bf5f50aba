"""Numbers and secrets: unique, readable aloud, and forgiving to whoever types them."""

import re

import pytest
from django.db import IntegrityError

from demarches.models import Signalement
from demarches.tests.factories import SignalementFactory
from ecms import codes

NUMBER = re.compile(r"S-\d{4}-[A-HJKMNP-TV-Z2-9]{4}-[A-HJKMNP-TV-Z2-9]{4}")


def new_report() -> Signalement:
    """One that is complete but for its number."""
    saved = SignalementFactory()
    return SignalementFactory.build(
        mairie=saved.mairie, signaleur=None, numero_suivi="", code_suivi=codes.new_secret()
    )


def drawn(*numbers: str):
    """Draws `numbers` one after the other."""
    left = iter(numbers)
    return lambda prefix: next(left)


def test_it_works(db):
    report = new_report()
    codes.save_with_number(report, "S")
    assert NUMBER.fullmatch(Signalement.objects.get(pk=report.pk).numero_suivi)


def test_nothing_is_mistaken_for_something_else():
    assert not set("ILOU01") & set(codes.ALPHABET)
    assert len(set(codes.ALPHABET)) == len(codes.ALPHABET) == 30
    drawn = "".join(codes.new_secret() for _ in range(500))
    assert set(drawn) == set(codes.ALPHABET)


def test_a_thousand_secrets_differ():
    found = {codes.new_secret() for _ in range(1000)}
    assert len(found) == 1000
    assert {len(secret) for secret in found} == {16}


@pytest.mark.parametrize(
    ("moment", "year"), [("2026-12-31T22:59:59Z", 2026), ("2026-12-31T23:00:00Z", 2027)]
)
def test_the_year_is_that_of_douala(time_machine, moment, year):
    time_machine.move_to(moment)
    assert codes.new_number("D").startswith(f"D-{year}-")


def test_a_number_that_is_taken_is_drawn_again(db):
    taken = SignalementFactory(numero_suivi="S-2026-AAAA-AAAA").numero_suivi
    report = new_report()
    codes.save_with_number(report, "S", make=drawn(taken, taken, "S-2026-BBBB-BBBB"))
    report.refresh_from_db()
    assert report.numero_suivi == "S-2026-BBBB-BBBB"


def test_it_gives_up_when_all_are_taken(db):
    taken = SignalementFactory().numero_suivi
    report = new_report()
    with pytest.raises(IntegrityError, match="no free number"):
        codes.save_with_number(report, "S", make=drawn(*[taken] * codes.TRIES))
    assert not Signalement.objects.filter(titre=report.titre).exists()


def test_another_refusal_is_not_tried_again(db):
    report = new_report()
    report.repere = report.adresse = ""
    with pytest.raises(IntegrityError, match="demarches_signalement_situe"):
        codes.save_with_number(report, "S", make=drawn("S-2026-CCCC-CCCC"))


def test_a_shown_secret_is_read_again():
    secret = codes.new_secret()
    shown = codes.show_secret(secret)
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", shown)
    for typed in (
        shown,
        secret,
        shown.lower(),
        f"  {shown} \n",
        shown.replace("-", " "),
        shown.replace("-", "\u2011"),
        shown.replace("-", "–"),
    ):
        assert codes.read_secret(typed) == secret


@pytest.mark.parametrize("typed", [None, 12, ["A"], {"a": 1}, True, "", "--", "é" * 16, "A" * 65])
def test_what_cannot_be_a_secret_is_none(typed):
    assert codes.read_secret(typed) == ""


def test_a_number_is_read_in_any_case():
    assert codes.read_number(" s-2026-7k3f-9qxm\n") == "S-2026-7K3F-9QXM"
