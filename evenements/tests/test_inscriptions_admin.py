"""Who comes, at the desk: added, ticked and cancelled by the rules of the API."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ecms.tests import walking
from evenements.models import InscriptionEvenement
from evenements.tests.agenda import a, compter, dans, inscrire, ouvert
from evenements.tests.factories import InscriptionEvenementFactory

pytestmark = pytest.mark.django_db
LISTE = reverse("admin:evenements_inscriptionevenement_changelist")
AJOUT = reverse("admin:evenements_inscriptionevenement_add")


@pytest.fixture
def desk(client, awa):
    awa.user_permissions.set(walking.all_permissions())
    client.force_login(awa)
    return client


def adresse(row, etape: str = "") -> str:
    base = reverse("admin:evenements_inscriptionevenement_change", args=[row.pk])
    return base.replace("change/", f"etape/{etape}/") if etape else base


def etapes(client, row) -> list[str]:
    return [step.name for step in client.get(adresse(row)).context["steps"]]


def personne(row, **champs) -> dict:
    return {
        "evenement": row.pk,
        "nom": "Ebogo Marie",
        "email": "Marie@Exemple.cm",
        "telephone": "",
        "nombre_personnes": "2",
        "langue": "fr",
        **champs,
    }


def aujourd_hui(yaounde, **champs):
    return ouvert(yaounde, debut=a(dans(0), "23:58"), fin=a(dans(1), "10:00"), **champs)


def test_somebody_at_the_desk_gets_a_place_and_a_mail(desk, yaounde, mailbox):
    row = ouvert(yaounde, capacite=3)
    answer = desk.post(AJOUT, personne(row))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    prise = InscriptionEvenement.objects.get()
    assert (prise.email, prise.statut, prise.participant) == ("marie@exemple.cm", "confirmee", None)
    row.refresh_from_db()
    assert row.places_prises == 2
    assert [mail.to for mail in mailbox()] == [["marie@exemple.cm"]]
    desk.post(AJOUT, personne(row, email="autre@exemple.cm"))
    assert InscriptionEvenement.objects.get(email="autre@exemple.cm").statut == "en_attente"


@pytest.mark.parametrize(
    ("champs", "evenement"),
    [
        ({}, {"capacite": 1, "liste_attente": False}),
        ({"nombre_personnes": "6"}, {}),
        ({"nombre_personnes": "0"}, {}),
        ({"nombre_personnes": "9" * 30}, {}),
        ({"email": "pas une adresse"}, {}),
        ({"email": ""}, {}),
        ({"nom": "\x00"}, {}),
        ({"evenement": "abc"}, {}),
        ({"evenement": "9" * 30}, {}),
        ({}, {"statut": "annule"}),
        ({}, {"inscription_requise": False}),
        ({}, {"inscription_fin": timezone.now() - timedelta(days=1)}),
    ],
)
def test_the_rules_are_those_of_the_api(desk, yaounde, champs, evenement):
    row = ouvert(yaounde, **evenement)
    answer = desk.post(AJOUT, personne(row, **champs))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors
    assert not InscriptionEvenement.objects.exists()


def test_an_event_of_another_mairie_is_not_offered(desk, yaounde, douala):
    ici, la_bas = ouvert(yaounde, titre="Chez nous"), ouvert(douala, titre="Ailleurs")
    for address in (AJOUT, f"{AJOUT}?evenement={la_bas.pk}"):
        page = desk.get(address)
        offered = page.context["adminform"].form.fields["evenement"].queryset
        assert list(offered) == [ici]
        assert "Ailleurs" not in page.content.decode()
        answer = desk.post(address, personne(la_bas))
        assert "evenement" in answer.context["adminform"].form.errors
    assert not InscriptionEvenement.objects.exists()


@pytest.mark.parametrize("value", ["abc", "-1", "9" * 40, "1&evenement=x"])
def test_an_address_is_not_looked_up_as_it_comes(desk, yaounde, value):
    ouvert(yaounde)
    assert desk.get(f"{AJOUT}?evenement={value}").status_code == 200
    assert desk.get(f"{LISTE}?evenement={value}").status_code == 200


def test_presence_is_noted_on_the_day(desk, api, yaounde):
    plus_tard = InscriptionEvenementFactory(evenement=ouvert(yaounde))
    assert etapes(desk, plus_tard) == ["annuler"]
    prise = InscriptionEvenementFactory(evenement=aujourd_hui(yaounde, places_prises=1))
    assert etapes(desk, prise) == ["presente", "absente", "annuler"]
    desk.post(adresse(prise, "presente"))
    prise.refresh_from_db()
    assert prise.statut == "presente"
    assert etapes(desk, prise) == ["absente"]
    sent = {"action": "presente", "_selected_action": [plus_tard.pk]}
    answer = desk.post(LISTE, sent, follow=True)
    assert "Le jour de l'événement n'est pas venu." in str([*answer.context["messages"]])


def test_who_waits_moves_up_when_one_is_cancelled(desk, api, yaounde):
    row = ouvert(yaounde, capacite=1)
    prise, _attend = (inscrire(api(), row, n) for n in range(2))
    sent = {"action": "annuler", "_selected_action": [prise["id"]]}
    assert desk.post(LISTE, sent).context["form"] is not None
    desk.post(LISTE, {**sent, "_step": "1"})
    statuts = row.inscriptions.order_by("pk").values_list("statut", flat=True)
    assert list(statuts) == ["annulee", "confirmee"]


def test_the_list_of_one_event(desk, yaounde, douala):
    ici, autre, la_bas = ouvert(yaounde), ouvert(yaounde), ouvert(douala)
    for row in (ici, ici, autre, la_bas):
        InscriptionEvenementFactory(evenement=row)
    found = {
        row.pk: desk.get(f"{LISTE}?evenement={row.pk}").context["cl"].result_count
        for row in (ici, autre, la_bas)
    }
    assert found == {ici.pk: 2, autre.pk: 1, la_bas.pk: 0}
    page = desk.get(f"{LISTE}?evenement={la_bas.pk}")
    assert la_bas.titre not in page.content.decode()


@pytest.mark.parametrize("name", ["presente", "absente", "annuler"])
def test_nobody_else_takes_a_step(desk, douala, name):
    prise = InscriptionEvenementFactory(evenement=aujourd_hui(douala, places_prises=1))
    for answer in (
        desk.get(adresse(prise, name)),
        desk.post(adresse(prise, name)),
        desk.get(adresse(prise)),
    ):
        assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    desk.post(LISTE, {"action": name, "_selected_action": [prise.pk], "_step": "1"})
    prise.refresh_from_db()
    assert prise.statut == "confirmee"


def test_the_list_asks_as_often_for_any_number_of_rows(desk, yaounde):
    asked = []
    for rows in (5, 25):
        for _n in range(rows):
            InscriptionEvenementFactory(evenement=ouvert(yaounde))
        asked.append(compter(desk, LISTE))
    assert asked[0] == asked[1] <= 12
