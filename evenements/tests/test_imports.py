"""Addresses that come in a file: each is asked, none is subscribed, nobody who left comes back."""

import pytest

from ecms.tests.imports import Desk, lines_of
from evenements.models import AbonneNewsletter
from evenements.services import abonnes as services
from evenements.tests.factories import AbonneNewsletterFactory
from evenements.workflow import StatutAbonne

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(awa):
    return Desk(awa, AbonneNewsletter)


def test_new_addresses_are_asked_to_confirm(desk, yaounde, mailbox):
    shown = desk.send("Adresse électronique;Nom;Langue\nPaul@Exemple.CM;Paul;anglais\n")
    assert [effect for _line, effect, _ in lines_of(shown)] == ["new"]
    assert mailbox() == []
    assert desk.confirm(shown).status_code == 302
    row = AbonneNewsletter.objects.get()
    assert (row.email, row.nom, row.langue, row.mairie) == (
        "paul@exemple.cm",
        "Paul",
        "en",
        yaounde,
    )
    assert (row.statut, row.date_confirmation) == (StatutAbonne.EN_ATTENTE, None)
    assert [mail.to for mail in mailbox()] == [["paul@exemple.cm"]]


def test_known_addresses_are_left_as_they_are(desk, yaounde, douala, mailbox):
    for statut, email in [
        ("confirme", "a@exemple.cm"),
        ("desinscrit", "b@exemple.cm"),
        ("rejete", "c@exemple.cm"),
        ("en_attente", "d@exemple.cm"),
    ]:
        row = AbonneNewsletterFactory(mairie=yaounde, email=email, nom="Avant")
        services.confirmer(row.jeton)
        AbonneNewsletter.objects.filter(pk=row.pk).update(statut=statut)
    AbonneNewsletterFactory(mairie=douala, email="e@exemple.cm")
    before = list(AbonneNewsletter.objects.order_by("pk").values())
    shown = desk.send("email;nom\n" + "".join(f"{x}@Exemple.cm;Après\n" for x in "abcde"))
    assert [(effect, note) for _line, effect, note in lines_of(shown)][:4] == [
        ("same", "Déjà abonnée."),
        ("same", "S'est désinscrite : elle n'est pas réabonnée."),
        ("same", "Son serveur l'a rejetée : elle n'est pas réabonnée."),
        ("same", "Déjà invitée à confirmer."),
    ]
    assert lines_of(shown)[4][1] == "new"
    desk.confirm(shown)
    after = list(AbonneNewsletter.objects.order_by("pk").values())
    assert after[:-1] == before
    assert [mail.to for mail in mailbox()] == [["e@exemple.cm"]]


def test_one_that_leaves_in_between_is_left_alone(desk, yaounde, mailbox):
    shown = desk.send("email\na@exemple.cm\nb@exemple.cm\n")
    row = AbonneNewsletterFactory(mairie=yaounde, email="a@exemple.cm")
    services.desinscrire(row.jeton)
    again = desk.confirm(shown)
    assert again.status_code == 200
    assert [effect for _line, effect, _ in lines_of(again)] == ["same", "new"]
    assert mailbox() == []


@pytest.mark.parametrize("address", ["x", "é@exemple.cm", '"a b"@exemple.cm', "a@b@c", "=1+1"])
def test_wrong_addresses(desk, address):
    quoted = address.replace('"', '""')
    ((_line, effect, errors),) = lines_of(desk.send(f'email\n"{quoted}"\n'))
    assert (effect, errors[0][0]) == ("wrong", "Adresse électronique")


def test_the_same_address_twice(desk):
    shown = desk.send("email\na@exemple.cm\nA@exemple.cm\n")
    assert [effect for _line, effect, _ in lines_of(shown)] == ["new", "wrong"]
