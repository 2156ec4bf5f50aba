"""What may be kept, by whom and for how long; and writes that know what they overwrite."""

from datetime import timedelta

import pytest
from django.utils import timezone

from documents.models import Actualite
from documents.tests.factories import ActualiteFactory
from ecms import hits
from ecms.api.caching import etag_of, matches
from ecms.tests.together import together
from mairies.tests.factories import DemandeCreationSiteFactory, ServiceMunicipalFactory

ADDRESSES = ["/api/v1/actualites", "/api/v1/actualites/{id}", "/api/v1/mairies", "/api/v1/regions"]


@pytest.fixture
def actualite(yaounde):
    return ActualiteFactory(mairie=yaounde, publiee=True)


def vary_of(answer) -> set[str]:
    return {name.strip().lower() for name in answer.headers["Vary"].split(",")}


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_works(address, api, actualite):
    address = address.format(id=actualite.pk)
    answer = api().get(address)
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert vary_of(answer) == {"accept-language", "authorization", "origin"}
    etag = answer.headers["ETag"]
    again = api().get(address, headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert again.content == b""
    assert "Content-Type" not in again.headers
    for name in ("ETag", "Cache-Control", "X-Request-ID"):
        assert name in again.headers
    assert again.headers["ETag"] == etag
    assert vary_of(again) == vary_of(answer)


def test_the_tag_is_compared_weakly(api, actualite):
    address = f"/api/v1/actualites/{actualite.pk}"
    etag = api().get(address).headers["ETag"]
    for given in (etag, etag.removeprefix("W/"), f'"x", {etag}', "*"):
        assert api().get(address, headers={"If-None-Match": given}).status_code == 304
    for given in ('"x"', "", "x", etag.strip('W/"'), etag[:-2]):
        assert api().get(address, headers={"If-None-Match": given}).status_code == 200


def test_head_says_what_get_says(api, actualite):
    address = f"/api/v1/actualites/{actualite.pk}"
    got, head = api().get(address), api().head(address)
    assert head.status_code == 200
    for name in ("ETag", "Cache-Control", "Vary", "Content-Type"):
        assert head.headers[name] == got.headers[name]
    answer = api().head(address, headers={"If-None-Match": got.headers["ETag"]})
    assert answer.status_code == 304


def test_a_change_changes_the_tag(api, awa, actualite):
    address = f"/api/v1/actualites/{actualite.pk}"
    before = api().get(address).headers["ETag"]
    api(awa).patch(address, {"titre": "Autre titre"})
    answer = api().get(address, headers={"If-None-Match": before})
    assert answer.status_code == 200
    assert answer.headers["ETag"] != before


def test_each_language_has_its_own(api, yaounde):
    tags = {
        language: api().get("/api/v1/mairies", headers={"Accept-Language": language}).headers
        for language in ("fr", "en")
    }
    assert tags["fr"]["Content-Language"] == "fr"
    assert tags["en"]["Content-Language"] == "en"


def test_readings_change_neither_the_tag_nor_the_date(api, awa, actualite):
    address = f"/api/v1/actualites/{actualite.pk}"
    client = api(awa)
    first, before = client.get(address), Actualite.objects.get(pk=actualite.pk)
    for _ in range(3):
        api().get(address)
    second = client.get(address)
    assert second.json()["nombre_vues"] == first.json()["nombre_vues"] + 3
    assert second.headers["ETag"] == first.headers["ETag"]
    hits.fold()
    assert client.get(address).headers["ETag"] == first.headers["ETag"]
    after = Actualite.objects.get(pk=actualite.pk)
    assert after.date_modification == before.date_modification
    assert after.nombre_vues == before.nombre_vues + 3


def test_what_is_personal_is_kept_nowhere(api, awa, chantal, actualite):
    for account in (awa, chantal):
        for address in (*ADDRESSES, "/api/v1/auth/profile", "/api/v1/auth/sessions"):
            answer = api(account).get(address.format(id=actualite.pk))
            assert answer.headers["Cache-Control"] == "private, no-store", address


def test_a_signed_in_reader_may_still_ask_whether_it_changed(api, awa, actualite):
    address = f"/api/v1/actualites/{actualite.pk}"
    etag = api(awa).get(address).headers["ETag"]
    answer = api(awa).get(address, headers={"If-None-Match": etag})
    assert answer.status_code == 304
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_an_answer_to_a_post_is_no_version_of_a_row(api, awa, db):
    answer = api(awa).post("/api/v1/services", {"nom": "Guichet"})
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert api(awa).options("/api/v1/services").headers["Cache-Control"] == "private, no-store"


def test_what_is_kept_ends_at_the_next_publication(api, actualite):
    coming = timezone.now() + timedelta(seconds=20)
    ActualiteFactory(mairie=actualite.mairie, publiee=True, date_publication=coming)
    seconds = api().get("/api/v1/actualites").headers["Cache-Control"].rpartition("=")[2]
    assert 0 <= int(seconds) <= 20


# Writes -------------------------------------------------------------------------------------------


def rows(yaounde):
    yield f"/api/v1/actualites/{ActualiteFactory(mairie=yaounde).pk}", {"titre": "Titre"}
    yield f"/api/v1/services/{ServiceMunicipalFactory(mairie=yaounde).pk}", {"nom": "Nom"}
    yield "/api/v1/mairies/yaounde", {"slogan": "Paix", "latitude": "3.8", "longitude": "11.5"}
    yield f"/api/v1/mairies/{yaounde.pk}", {"slogan": "Travail"}


def test_a_write_that_knows_the_version_passes(api, awa, yaounde):
    client = api(awa)
    for address, body in rows(yaounde):
        etag = client.get(address).headers["ETag"]
        for given in (etag, etag.removeprefix("W/"), "*"):
            answer = client.patch(address, body, headers={"If-Match": given})
            assert answer.status_code == 200, answer.content
            etag = answer.headers["ETag"]
            # The tag of the answer is the tag of the row: one can write on.
            assert client.get(address).headers["ETag"] == etag
            if given != "*" and etag.removeprefix("W/") != given.removeprefix("W/"):
                break


def test_a_stale_write_is_a_412(api, awa, yaounde):
    client = api(awa)
    for address, body in rows(yaounde):
        stale = client.get(address).headers["ETag"]
        assert client.patch(address, body, headers={"If-Match": stale}).status_code == 200
        for method in ("patch", "put", "delete"):
            answer = getattr(client, method)(address, body, headers={"If-Match": stale})
            if answer.status_code != 405:
                assert answer.status_code == 412, (address, method)
                assert answer.json()["code"] == "version_perimee"


def test_an_action_knows_versions_too(api, nadege):
    address = "/api/v1/demandes-creation-site"
    demande = DemandeCreationSiteFactory()
    answer = api(nadege).post(
        f"{address}/{demande.pk}/rejeter", {"motif_rejet": "Non"}, headers={"If-Match": '"x"'}
    )
    assert answer.status_code == 412
    demande.refresh_from_db()
    assert demande.statut == "en_attente"


def test_a_stale_write_out_of_reach_is_a_404(api, brice, yaounde):
    address = f"/api/v1/actualites/{ActualiteFactory(mairie=yaounde).pk}"
    answer = api(brice).patch(address, {"titre": "x"}, headers={"If-Match": '"x"'})
    assert answer.status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_writers_at_once_one_is_stale(api, awa, yaounde):
    row = ActualiteFactory(mairie=yaounde)
    address = f"/api/v1/actualites/{row.pk}"
    clients = [api(awa), api(awa)]
    etag = clients[0].get(address).headers["ETag"]

    def write(client, title):
        return lambda: client.patch(address, {"titre": title}, headers={"If-Match": etag})

    answers = together(write(clients[0], "Un"), write(clients[1], "Deux"))
    assert sorted(answer.status_code for answer in answers) == [200, 412]


@pytest.mark.django_db(transaction=True)
def test_of_two_deletions_at_once_one_finds_nothing(api, awa, yaounde):
    row = ActualiteFactory(mairie=yaounde)
    clients = [api(awa), api(awa)]
    deletions = [lambda c=c: c.delete(f"/api/v1/actualites/{row.pk}") for c in clients]
    assert sorted(a.status_code for a in together(*deletions)) == [204, 404]


def test_volatile_fields_of_rows_are_left_out():
    def tag(vues, b, told):
        return etag_of(told({"vues": vues, "b": b}), volatile=frozenset({"vues"}))

    for told in (lambda row: row, lambda row: [row], lambda row: {"count": 1, "results": [row]}):
        assert tag(1, 2, told) == tag(9, 2, told) != tag(1, 3, told)


def test_matches():
    assert matches('W/"a"', 'W/"a"')
    assert matches('"b" , "a"', 'W/"a"')
    assert not matches("", 'W/"a"')
    assert not matches('W/"b"', 'W/"a"')
