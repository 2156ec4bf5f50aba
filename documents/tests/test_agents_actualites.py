import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from documents.models import Actualite
from documents.services import actualites as services
from documents.tests.factories import ActualiteFactory
from documents.workflow import TRANSITIONS, Statut
from ecms.exceptions import TransitionInterdite
from users.tests.factories import agent_of

URL = "/api/v1/actualites"
SENT = {"titre": "Le marché rouvre", "contenu": "<p>Lundi.</p>"}

pytestmark = pytest.mark.django_db


def test_it_works(api, awa, yaounde):
    client = api(awa)
    created = client.post(URL, SENT)
    assert created.status_code == 201, created.json()
    body = created.json()
    assert (body["mairie"], body["slug"]) == ("yaounde", "le-marche-rouvre")
    assert (body["statut"], body["auteur"], body["nombre_vues"]) == ("brouillon", awa.pk, 0)
    url = f"{URL}/{body['id']}"
    assert api().get(url).status_code == 404
    published = client.patch(url, {"statut": "publiee"}).json()
    assert published["date_publication"] is not None
    assert api().get(url).status_code == 200
    assert client.delete(url).status_code == 204
    assert api().get(url).status_code == 404


def test_published_at_once(api, awa):
    url = f"{URL}/{api(awa).post(URL, {**SENT, 'statut': 'publiee'}).json()['id']}"
    assert api().get(url).json()["titre"] == SENT["titre"]


def test_what_is_ours_to_decide_is_ignored(api, awa, brice, yaounde, douala):
    stolen = {
        "mairie": "douala",
        "slug": "vole",
        "auteur": brice.pk,
        "nombre_vues": 9,
        "date_creation": "2020-01-01T00:00:00Z",
        "id": 77,
    }
    created = api(awa).post(URL, {**SENT, **stolen})
    assert created.status_code == 201
    news = Actualite.objects.get()
    assert (news.mairie, news.auteur, news.slug) == (yaounde, awa, "le-marche-rouvre")
    assert (news.nombre_vues, news.date_creation.year) == (0, timezone.now().year)
    assert api(awa).patch(f"{URL}/{news.pk}", stolen).status_code == 200
    again = Actualite.objects.get()
    assert (again.pk, again.mairie, again.slug, again.auteur) == (news.pk, yaounde, news.slug, awa)


def test_the_national_administrator_names_the_mairie(api, nadege, yaounde):
    assert list(api(nadege).post(URL, SENT).json()["fields"]) == ["mairie"]
    assert api(nadege).post(URL, {**SENT, "mairie": "yaounde"}).status_code == 201


@pytest.mark.parametrize("method", ["patch", "put", "delete"])
def test_another_mairies_is_not_found(api, brice, yaounde, method):
    for news in (ActualiteFactory(mairie=yaounde), ActualiteFactory(mairie=yaounde, publiee=True)):
        theirs = getattr(api(brice), method)(f"{URL}/{news.pk}", SENT)
        absent = getattr(api(brice), method)(f"{URL}/987654", SENT)
        assert theirs.status_code == absent.status_code == 404
        assert {**theirs.json(), "request_id": ""} == {**absent.json(), "request_id": ""}
        by_slug = getattr(api(brice), method)(f"{URL}/{news.slug}?mairie=yaounde", SENT)
        assert by_slug.status_code == 404
    assert not Actualite.objects.filter(titre=SENT["titre"]).exists()
    assert Actualite.objects.count() == 2


def test_a_role_without_the_permission_may_not(api, chantal, yaounde, douala):
    news, other = ActualiteFactory(mairie=yaounde), ActualiteFactory(mairie=douala)
    for client in (api(agent_of(yaounde, groups=["Lecture"])), api(chantal)):
        assert client.post(URL, SENT).status_code == 403
        for pk in (news.pk, other.pk, 987654):
            assert client.patch(f"{URL}/{pk}", SENT).status_code == 403
            assert client.delete(f"{URL}/{pk}").status_code == 403
    assert api().post(URL, SENT).status_code == 401
    assert api().delete(f"{URL}/{news.pk}").status_code == 401


def test_by_slug_too(api, awa, yaounde):
    ActualiteFactory(mairie=yaounde, slug="marche")
    response = api(awa).patch(f"{URL}/marche?mairie=yaounde", {"titre": "Autre"})
    assert (response.status_code, response.json()["titre"]) == (200, "Autre")


@pytest.mark.parametrize(("old", "new"), list(itertools.product(Statut, Statut)))
def test_the_statut_moves_along_the_table(api, awa, yaounde, old, new):
    news = ActualiteFactory(mairie=yaounde, statut=old, date_publication=timezone.now())
    response = api(awa).patch(f"{URL}/{news.pk}", {"statut": new, "titre": "Changé"})
    news.refresh_from_db()
    if new == old or new in TRANSITIONS[old]:
        assert (response.status_code, news.statut, news.titre) == (200, new, "Changé")
        return
    assert (response.status_code, response.json()["code"]) == (409, "transition_interdite")
    assert str(old.label) in response.json()["detail"]
    assert news.statut == old
    assert news.titre != "Changé"


@pytest.mark.parametrize(
    "dates",
    [
        {"date_publication": "2026-05-02T08:00:00Z", "date_expiration": "2026-05-01T08:00:00Z"},
        {"date_publication": "2026-05-02T08:00:00Z", "date_expiration": "2026-05-02T08:00:00Z"},
        {"statut": "publiee", "date_expiration": "2020-01-01T00:00:00Z"},
    ],
)
def test_it_expires_after_its_publication(api, awa, yaounde, dates):
    created = api(awa).post(URL, {**SENT, **dates})
    assert created.status_code == 400
    assert created.json()["detail"] == "L'expiration vient après la publication."
    news = ActualiteFactory(mairie=yaounde)
    assert api(awa).patch(f"{URL}/{news.pk}", dates).status_code == 400
    assert Actualite.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("titre", ""),
        ("titre", "x" * 201),
        ("titre", {"a": 1}),
        ("resume", "x" * 501),
        ("contenu", None),
        ("contenu", "<script>x</script>"),
        ("contenu", "<b>" * 30_000),
        ("contenu", "x" * 100_001),
        ("categorie", "inconnue"),
        ("statut", "inconnu"),
        ("date_publication", "demain"),
        ("epinglee", "peut-être"),
        ("image", "une image"),
    ],
)
def test_what_cannot_be_is_refused(api, awa, field, value):
    response = api(awa).post(URL, {**SENT, field: value})
    assert response.status_code == 400
    assert list(response.json()["fields"]) == [field]
    assert not Actualite.objects.exists()


@pytest.mark.parametrize("missing", SENT)
def test_title_and_text_are_needed(api, awa, missing):
    body = {name: value for name, value in SENT.items() if name != missing}
    assert list(api(awa).post(URL, body).json()["fields"]) == [missing]


def test_html_is_sanitised(api, awa):
    hostile = "<h2>Bal</h2><script>x</script><a href='javascript:x'>ici</a><p style='a'>là</p>"
    body = api(awa).post(URL, {**SENT, "contenu": hostile}).json()
    assert body["contenu"] == Actualite.objects.get().contenu
    assert "script" not in body["contenu"]
    assert "style" not in body["contenu"]
    assert body["contenu"].startswith("<h2>Bal</h2>")


def test_a_stale_version_is_refused(api, awa, yaounde):
    news, client = ActualiteFactory(mairie=yaounde), api(awa)
    url = f"{URL}/{news.pk}"
    etag = client.get(url)["ETag"]
    assert client.patch(url, {"titre": "un"}, headers={"if-match": etag}).status_code == 200
    for stale in (
        client.patch(url, {"titre": "x"}, headers={"if-match": etag}),
        client.delete(url, headers={"if-match": etag}),
    ):
        assert (stale.status_code, stale.json()["code"]) == (412, "version_perimee")
    fresh = client.get(url)["ETag"]
    assert client.delete(url, headers={"if-match": fresh}).status_code == 204


def test_what_was_read_meanwhile_is_not_lost(awa, yaounde):
    news = ActualiteFactory(mairie=yaounde)
    Actualite.objects.update(nombre_vues=5)
    news.titre = "Changé"
    services.modifier_actualite(news)
    assert Actualite.objects.get().nombre_vues == 5


def test_the_move_is_judged_by_what_is_kept(awa, yaounde):
    news = ActualiteFactory(mairie=yaounde, statut=Statut.BROUILLON)
    Actualite.objects.update(statut=Statut.ARCHIVEE)
    news.statut, news.date_publication = Statut.PUBLIEE, timezone.now() - timedelta(days=1)
    with pytest.raises(TransitionInterdite):
        services.modifier_actualite(news)
