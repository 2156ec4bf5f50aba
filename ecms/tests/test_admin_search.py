"""Ctrl+K: the pages of the sidebar that the person may open, in their language."""

import pytest

SEARCH = "/admin/search/"


@pytest.fixture
def signed_in(client):
    def sign_in(user):
        client.force_login(user, backend="users.backends.Backend")
        return client

    return sign_in


def found(client, words, language="fr", **more) -> str:
    answer = client.get(SEARCH, {"s": words, **more}, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_pages_are_found_whatever_the_accents(signed_in, awa):
    client = signed_in(awa)
    assert "/admin/documents/actualite/" in found(client, "actualites", extended=1)
    assert "/admin/evenements/evenement/" in found(client, "EVENEMENTS")
    assert "rendezvous/agenda/" in found(client, "agenda rendez")


def test_what_was_found_follows_the_language(signed_in, awa):
    client = signed_in(awa)
    assert "Signalements" in found(client, "signal", extended=1)
    assert "Signalements" not in found(client, "signal", "en", extended=1)
    assert "/admin/demarches/signalement/" in found(client, "reports", "en", extended=1)


def test_what_was_found_follows_the_rights(signed_in, awa):
    client = signed_in(awa)
    assert "/admin/documents/actualite/" in found(client, "actualites")
    assert "/admin/mairies/demandecreationsite/" not in found(client, "demandes")
    awa.groups.clear()
    assert "/admin/documents/actualite/" not in found(client, "actualites")


@pytest.mark.parametrize(
    "asked",
    [{}, {"s": ""}, {"s": "x" * 5000}, {"s": "mairie", "page": "abc"}, {"page": 9}],
)
def test_nothing_that_is_asked_fails(signed_in, awa, asked):
    assert signed_in(awa).get(SEARCH, asked).status_code == 200
    assert signed_in(awa).get(SEARCH, {**asked, "extended": "1"}).status_code == 200


def test_nobody_searches_before_the_door(client, db):
    assert client.get(SEARCH, {"s": "mairie"}).status_code == 302
