from datetime import timedelta

import pytest
from django.utils import timezone

from documents.models import Actualite
from documents.tests.factories import ActualiteFactory
from documents.workflow import Statut

URL = "/api/v1/actualites"

pytestmark = pytest.mark.django_db


def titles(response):
    assert response.status_code == 200, response.json()
    return [row["titre"] for row in response.json()["results"]]


def days(n):
    return timezone.now() + timedelta(days=n)


@pytest.fixture
def published(yaounde):
    return ActualiteFactory(mairie=yaounde, titre="Marché", slug="marche", publiee=True)


def test_it_works(api, published):
    (row,) = api().get(URL).json()["results"]
    assert (row["titre"], row["mairie"], row["mairie_nom"]) == ("Marché", "yaounde", "Yaoundé")
    assert (row["categorie"], row["categorie_display"]) == ("nouvelle", "Nouvelle")
    detail = api().get(f"{URL}/{published.pk}").json()
    assert detail == {**row, "contenu": published.contenu}


def test_by_slug_with_its_mairie(api, published, douala):
    assert api().get(f"{URL}/marche", {"mairie": "yaounde"}).json()["id"] == published.pk
    assert api().get(f"{URL}/marche", {"mairie": "douala"}).status_code == 404
    assert api().get(f"{URL}/marche", {"mairie": "atlantide"}).status_code == 404
    unsaid = api().get(f"{URL}/marche")
    assert (unsaid.status_code, list(unsaid.json()["fields"])) == (400, ["mairie"])


@pytest.mark.parametrize("key", ["0", "987654", "9" * 18, "9" * 100, "a" * 101])
def test_an_unknown_one_is_not_found(api, published, key):
    assert api().get(f"{URL}/{key}", {"mairie": "yaounde"}).status_code == 404


@pytest.mark.parametrize(
    ("hidden", "fields"),
    [
        ("a draft", {}),
        ("a dated draft", {"date_publication": days(-1)}),
        ("put away", {"statut": Statut.ARCHIVEE, "date_publication": days(-1)}),
        ("not yet", {"statut": Statut.PUBLIEE, "date_publication": days(1)}),
        (
            "expired",
            {
                "statut": Statut.PUBLIEE,
                "date_publication": days(-2),
                "date_expiration": days(-1),
            },
        ),
        ("a closed space", {"publiee": True, "mairie__inactive": True}),
        ("a suspended space", {"publiee": True, "mairie__statut": "suspendue"}),
    ],
)
def test_what_is_not_public_is_not_found(api, chantal, brice, nadege, hidden, fields):
    news = ActualiteFactory(**fields)
    for client in (api(), api(chantal), api(brice)):
        assert titles(client.get(URL)) == []
        assert client.get(f"{URL}/{news.pk}").status_code == 404
        asked = {"mairie": news.mairie.slug}
        assert client.get(f"{URL}/{news.slug}", asked).status_code == 404
    assert api(nadege).get(f"{URL}/{news.pk}").status_code == 200


def test_an_agent_sees_what_their_mairie_prepares(api, awa, yaounde):
    ActualiteFactory(mairie=yaounde, titre="Brouillon")
    ActualiteFactory(mairie=yaounde, titre="Demain", publiee=True, date_publication=days(1))
    assert set(titles(api(awa).get(URL))) == {"Brouillon", "Demain"}
    assert titles(api(awa).get(URL, {"statut": "brouillon"})) == ["Brouillon"]


def test_it_appears_and_disappears_at_its_hour_without_any_job(api, yaounde):
    news = ActualiteFactory(mairie=yaounde, publiee=True, date_publication=days(1))
    assert api().get(f"{URL}/{news.pk}").status_code == 404
    Actualite.objects.update(date_publication=timezone.now())
    assert api().get(f"{URL}/{news.pk}").status_code == 200
    Actualite.objects.update(date_publication=days(-2), date_expiration=timezone.now())
    assert api().get(f"{URL}/{news.pk}").status_code == 404


def test_what_is_pinned_comes_first_in_its_mairies_own_news(api, yaounde, douala):
    ActualiteFactory(mairie=yaounde, titre="Ancienne", publiee=True, date_publication=days(-3))
    ActualiteFactory(
        mairie=yaounde, titre="Épinglée", publiee=True, date_publication=days(-4), epinglee=True
    )
    ActualiteFactory(mairie=douala, titre="Récente", publiee=True, date_publication=days(-1))
    assert titles(api().get(URL)) == ["Récente", "Ancienne", "Épinglée"]
    assert titles(api().get(URL, {"mairie": "yaounde"})) == ["Épinglée", "Ancienne"]
    by_date = api().get(URL, {"mairie": "yaounde", "ordering": "-date_publication"})
    assert titles(by_date) == ["Ancienne", "Épinglée"]


def test_visitors_are_not_told_what_is_the_staffs(api, awa, brice, nadege, chantal, published):
    staff = {"statut", "statut_display", "nombre_vues", "auteur", "date_creation"}
    url = f"{URL}/{published.pk}"
    for client in (api(), api(chantal), api(brice)):
        assert not staff & set(client.get(url).json())
        assert not staff & set(client.get(URL).json()["results"][0])
    for client in (api(awa), api(nadege)):
        assert staff <= set(client.get(url).json())
        assert staff <= set(client.get(URL).json()["results"][0])


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"categorie": "sport"}, ["Finale"]),
        ({"search": "FINALE"}, ["Finale"]),
        ({"search": "eau potable"}, ["L'eau"]),
        ({"epinglee": "true"}, []),
        ({"publiee_avant": "2026-01-01T00:00:00Z"}, []),
        ({"publiee_apres": "2020-01-01T00:00:00+01:00"}, ["Finale", "L'eau"]),
        ({"ordering": "-titre"}, ["L'eau", "Finale"]),
    ],
)
def test_filters(api, asked, found):
    ActualiteFactory(titre="Finale", categorie="sport", publiee=True, date_publication=days(-1))
    ActualiteFactory(
        titre="L'eau", resume="De l'eau potable", publiee=True, date_publication=days(-2)
    )
    assert titles(api().get(URL, asked)) == found


@pytest.mark.parametrize(
    "asked",
    [
        {"categorie": "inconnue"},
        {"statut": "inconnu"},
        {"epinglee": "peut-être"},
        {"mairie": "atlantide"},
        {"publiee_apres": "hier"},
        {"ordering": "nombre_vues"},
        {"ordering": "auteur__password"},
    ],
)
def test_an_unknown_filter_value_is_refused(api, asked):
    response = api().get(URL, asked)
    assert response.status_code == 400
    assert list(response.json()["fields"]) == list(asked)


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_is_fixed(api, awa, yaounde, django_assert_num_queries, rows):
    for _row in range(rows):
        ActualiteFactory(publiee=True)
        ActualiteFactory(mairie=yaounde)
    agent, visitor = api(awa), api()
    # What changed, when the next change comes, the rows with their number.
    with django_assert_num_queries(3):
        assert len(titles(visitor.get(URL))) == rows
    # What changed, the mairie of that name, the rows.
    with django_assert_num_queries(3):
        visitor.get(URL, {"mairie": "yaounde"})
    with django_assert_num_queries(2):
        assert len(titles(agent.get(URL, {"page_size": 50}))) == 2 * rows
