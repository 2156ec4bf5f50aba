from datetime import timedelta

import pytest
from django.utils import timezone

from documents.models import Actualite
from documents.tests.factories import ActualiteFactory
from documents.workflow import Statut
from ecms import hits
from ecms.tests.files import files_in, photo, pixel_bomb, upload
from users.tests.factories import agent_of

LIST = "/admin/documents/actualite/"
ADD = f"{LIST}add/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def theirs(douala):
    return ActualiteFactory(mairie=douala, titre="CANARI de Douala", slug="canari")


def change_url(news):
    return f"{LIST}{news.pk}/change/"


def form(**changes):
    return {
        "titre": "Le marché rouvre",
        "resume": "",
        "contenu": "<p>Lundi.</p>",
        "image": "",
        "categorie": "nouvelle",
        "date_publication_0": "",
        "date_publication_1": "",
        "date_expiration_0": "",
        "date_expiration_1": "",
        **changes,
    }


def errors_of(response):
    """The messages of a form that was shown again."""
    assert response.status_code == 200
    return str(response.context["errors"])


def test_an_agent_sees_the_rows_of_their_mairie(signed_in, awa, yaounde, theirs):
    ActualiteFactory(mairie=yaounde, titre="Nouvelle de Yaoundé")
    page = signed_in(awa).get(LIST).content.decode()
    assert "Nouvelle de Yaoundé" in page
    assert "CANARI" not in page
    assert "Douala" not in page


def test_the_national_administrator_sees_all(signed_in, nadege, theirs):
    page = signed_in(nadege).get(LIST).content.decode()
    assert "CANARI" in page
    assert signed_in(nadege).get(change_url(theirs)).status_code == 200


@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_the_pages_of_others_are_out_of_reach(signed_in, awa, theirs, page):
    url = f"{LIST}{theirs.pk}/{page}/"
    response = signed_in(awa).get(url)
    assert response.status_code == 302
    assert b"CANARI" not in signed_in(awa).get(url, follow=True).content
    posted = signed_in(awa).post(url, form(titre="Volé", post="yes"))
    assert posted.status_code == 302
    assert Actualite.objects.get().titre == "CANARI de Douala"


@pytest.mark.parametrize(
    "query", ["?q=CANARI", "?mairie__id__exact={pk}", "?mairie={pk}", "?mairie__slug=douala"]
)
def test_no_query_reaches_them(signed_in, awa, theirs, query):
    response = signed_in(awa).get(LIST + query.format(pk=theirs.mairie_id), follow=True)
    assert b"CANARI de" not in response.content


def test_filters_do_not_list_the_other_mairies(signed_in, awa, nadege, theirs):
    assert "Douala" not in signed_in(awa).get(LIST).content.decode()
    assert "Douala" in signed_in(nadege).get(LIST).content.decode()


def test_a_new_one(signed_in, awa, yaounde):
    client = signed_in(awa)
    assert 'name="mairie"' not in client.get(ADD).content.decode()
    response = client.post(ADD, form())
    assert response.status_code == 302, errors_of(response)
    news = Actualite.objects.get()
    assert (news.mairie, news.auteur, news.slug) == (yaounde, awa, "le-marche-rouvre")
    assert (news.statut, news.date_publication) == ("brouillon", None)


def test_what_is_ours_to_decide_is_ignored(signed_in, awa, brice, yaounde, douala):
    stolen = {"mairie": douala.pk, "auteur": brice.pk, "slug": "vole", "nombre_vues": 9}
    assert signed_in(awa).post(ADD, form(**stolen)).status_code == 302
    news = Actualite.objects.get()
    assert (news.mairie, news.auteur, news.slug) == (yaounde, awa, "le-marche-rouvre")
    assert news.nombre_vues == 0
    assert signed_in(awa).post(change_url(news), form(**stolen)).status_code == 302
    news.refresh_from_db()
    assert (news.mairie, news.auteur, news.slug) == (yaounde, awa, "le-marche-rouvre")


def test_the_national_administrator_names_the_mairie_once(signed_in, nadege, yaounde, douala):
    client = signed_in(nadege)
    assert "mairie" in client.post(ADD, form()).context["adminform"].form.errors
    assert client.post(ADD, form(mairie=yaounde.pk)).status_code == 302
    news = Actualite.objects.get()
    client.post(change_url(news), form(mairie=douala.pk))
    news.refresh_from_db()
    assert news.mairie == yaounde


def test_the_same_title_twice(signed_in, awa):
    for _time in range(2):
        assert signed_in(awa).post(ADD, form()).status_code == 302
    slugs = Actualite.objects.order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["le-marche-rouvre", "le-marche-rouvre-2"]


def test_a_new_one_leads_to_its_page_where_it_is_published(signed_in, awa, api):
    client = signed_in(awa)
    answer = client.post(ADD, form())
    news = Actualite.objects.get()
    assert answer["Location"] == change_url(news)
    assert api().get("/api/v1/actualites").json()["count"] == 0
    client.post(f"{LIST}{news.pk}/etape/publier/")
    assert api().get("/api/v1/actualites").json()["count"] == 1


def test_the_form_does_not_publish(signed_in, awa, yaounde):
    signed_in(awa).post(ADD, form(statut="publiee"))
    assert Actualite.objects.get().statut == "brouillon"
    news = ActualiteFactory(mairie=yaounde, statut=Statut.ARCHIVEE, titre="Avant")
    signed_in(awa).post(change_url(news), form(statut="publiee", titre="Après"))
    news.refresh_from_db()
    assert (news.statut, news.titre) == (Statut.ARCHIVEE, "Après")


def test_html_is_sanitised(signed_in, awa):
    signed_in(awa).post(ADD, form(contenu="<p onclick='x'>Bonjour<script>y</script></p>"))
    assert Actualite.objects.get().contenu == "<p>Bonjour</p>"


def test_a_text_beyond_measure_is_a_form_error(signed_in, awa):
    response = signed_in(awa).post(ADD, form(contenu="<b>" * 30_000))
    assert "trop complexe" in errors_of(response)


def test_an_image_in_two_widths(signed_in, awa, settings):
    sent = form(image=upload(photo(), "IMG_0001.jpg", "image/jpeg"))
    assert signed_in(awa).post(ADD, sent).status_code == 302
    assert len(files_in(settings.MEDIA_ROOT)) == 2


def test_an_image_is_taken_away(signed_in, awa, settings, django_capture_on_commit_callbacks):
    signed_in(awa).post(ADD, form(image=upload(photo(), "IMG_0001.jpg", "image/jpeg")))
    url = change_url(Actualite.objects.get())
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in(awa).post(url, form(**{"image-clear": "on"})).status_code == 302
    assert not Actualite.objects.get().image
    assert files_in(settings.MEDIA_ROOT) == []


def test_a_hostile_image_is_a_form_error(signed_in, awa, settings):
    response = signed_in(awa).post(ADD, form(image=upload(pixel_bomb(), "bombe.png", "image/png")))
    assert "image" in response.context["adminform"].form.errors
    assert files_in(settings.MEDIA_ROOT) == []


def test_an_expiry_before_the_publication_is_said_in_the_form(signed_in, awa):
    dates = {
        "date_publication_0": "02/05/2026",
        "date_publication_1": "08:00",
        "date_expiration_0": "01/05/2026",
        "date_expiration_1": "08:00",
    }
    response = signed_in(awa).post(ADD, form(**dates))
    assert "vient après la publication" in errors_of(response)


def test_what_the_database_refuses_is_said_in_the_form_and_nothing_typed_is_lost(
    signed_in, awa, yaounde, settings
):
    """Only the service knows the date of publication."""
    news = ActualiteFactory(mairie=yaounde, publiee=True, titre="Avant")
    past = {"date_expiration_0": "01/05/2020", "date_expiration_1": "08:00"}
    sent = form(titre="Un long travail", image=upload(photo(), "a.jpg"), **past)
    response = signed_in(awa).post(change_url(news), sent)
    assert "vient après la publication" in errors_of(response)
    assert "Un long travail" in response.content.decode()
    assert Actualite.objects.get().titre == "Avant"
    assert files_in(settings.MEDIA_ROOT) == []


def test_readings_are_told_exactly(signed_in, awa, yaounde, api):
    news = ActualiteFactory(mairie=yaounde, publiee=True)
    for _time in range(3):
        api().get(f"/api/v1/actualites/{news.pk}")
    page = signed_in(awa).get(change_url(news))
    assert page.context["adminform"].form.instance.vues == 3
    hits.fold()
    signed_in(awa).post(change_url(news), form())
    assert Actualite.objects.get().nombre_vues == 3


def test_a_bulk_action_does_nothing_to_others(signed_in, awa, yaounde, theirs):
    own = ActualiteFactory(mairie=yaounde)
    sent = {
        "action": "delete_selected",
        "_selected_action": [own.pk, theirs.pk],
        "post": "yes",
        "select_across": "1",
    }
    signed_in(awa).post(LIST, sent)
    assert list(Actualite.objects.all()) == [theirs]


@pytest.mark.parametrize("group", ["Lecture", "Guichet"])
def test_a_role_without_the_permission_may_not(signed_in, yaounde, group):
    news = ActualiteFactory(mairie=yaounde)
    client = signed_in(agent_of(yaounde, groups=[group]))
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, form()).status_code == 403
    assert client.post(change_url(news), form()).status_code == 403
    assert client.post(f"{LIST}{news.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_citizen_is_shown_the_door(signed_in, chantal):
    assert signed_in(chantal).get(LIST).status_code == 302


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_pages_open_in_both_languages(signed_in, awa, nadege, yaounde, language):
    news = ActualiteFactory(mairie=yaounde, publiee=True, date_expiration=tomorrow())
    for user in (awa, nadege):
        client = signed_in(user)
        for url in (LIST, ADD, change_url(news), f"{LIST}{news.pk}/history/"):
            page = client.get(url, headers={"accept-language": language})
            assert page.status_code == 200
            assert f'<html lang="{language}"' in page.content.decode()


def tomorrow():
    return timezone.now() + timedelta(days=1)


@pytest.mark.parametrize("rows", [5, 30])
def test_the_number_of_queries_is_fixed(signed_in, awa, yaounde, django_assert_num_queries, rows):
    ActualiteFactory.create_batch(rows, mairie=yaounde, publiee=True, auteur=awa)
    client = signed_in(awa)
    # The first page opens the session that the others use.
    client.get("/admin/")
    with django_assert_num_queries(6):
        client.get(LIST)
