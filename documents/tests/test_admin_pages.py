"""Pages and questions in the admin: the API's rules, through the other door."""

import pytest

from documents.models import FAQ, PageCMS
from documents.tests.factories import FAQFactory, PageCMSFactory
from documents.workflow import Statut
from users.tests.factories import agent_of

PAGES, FAQS = "/admin/documents/pagecms/", "/admin/documents/faq/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


def page_form(**changes):
    return {
        "titre": "État civil",
        "contenu": "<p onclick='x'>Naissances.</p>",
        "image_bandeau": "",
        "parent": "",
        "ordre": "0",
        "afficher_dans_menu": "on",
        "meta_titre": "",
        "meta_description": "",
        **changes,
    }


def faq_form(**changes):
    return {
        "question": "Où déclarer ?",
        "reponse": "<p onclick='x'>Ici.</p>",
        "categorie": "",
        "ordre": "0",
        "est_active": "on",
        **changes,
    }


def errors_of(response):
    assert response.status_code == 200
    return str(response.context["errors"])


def url_of(row):
    return f"{PAGES if isinstance(row, PageCMS) else FAQS}{row.pk}/change/"


def pickable(response):
    return set(response.context["adminform"].form.fields["parent"].queryset)


def test_a_new_page(signed_in, awa, yaounde):
    response = signed_in(awa).post(f"{PAGES}add/", page_form(slug="vole", mairie="9"))
    assert response.status_code == 302, errors_of(response)
    page = PageCMS.objects.get()
    assert (page.mairie, page.slug, page.contenu) == (yaounde, "etat-civil", "<p>Naissances.</p>")


def test_a_new_question(signed_in, awa, yaounde):
    response = signed_in(awa).post(f"{FAQS}add/", faq_form())
    assert response.status_code == 302, errors_of(response)
    faq = FAQ.objects.get()
    assert (faq.mairie, faq.reponse) == (yaounde, "<p>Ici.</p>")


def test_the_page_above_is_one_of_the_mairie(signed_in, awa, nadege, yaounde, douala):
    page, other = PageCMSFactory(mairie=yaounde), PageCMSFactory(mairie=yaounde)
    theirs = PageCMSFactory(mairie=douala, publiee=True)
    assert pickable(signed_in(awa).get(f"{PAGES}add/")) == {page, other}
    for user in (awa, nadege):
        client = signed_in(user)
        assert pickable(client.get(url_of(page))) == {other}
        refused = client.post(url_of(page), page_form(parent=theirs.pk))
        assert "parent" in refused.context["adminform"].form.errors
    assert PageCMS.objects.get(pk=page.pk).parent is None


def test_the_administrator_does_not_mix_mairies(signed_in, nadege, yaounde, douala):
    theirs = PageCMSFactory(mairie=douala)
    sent = page_form(mairie=yaounde.pk, parent=theirs.pk)
    assert "dans cette mairie" in errors_of(signed_in(nadege).post(f"{PAGES}add/", sent))


def test_a_loop_is_said_in_the_form(signed_in, awa, yaounde):
    top = PageCMSFactory(mairie=yaounde)
    under = PageCMSFactory(mairie=yaounde, parent=top)
    sent = page_form(titre="Un long travail", parent=under.pk)
    response = signed_in(awa).post(url_of(top), sent)
    assert "sous elle-même" in errors_of(response)
    assert "Un long travail" in response.content.decode()


def test_the_form_does_not_publish(signed_in, awa, yaounde):
    page = PageCMSFactory(mairie=yaounde, statut=Statut.ARCHIVEE)
    assert signed_in(awa).post(url_of(page), page_form(statut="publiee")).status_code == 302
    assert PageCMS.objects.get().statut == Statut.ARCHIVEE


def test_the_order_is_changed_in_the_list(signed_in, awa, yaounde):
    one, two = PageCMSFactory(mairie=yaounde), PageCMSFactory(mairie=yaounde)
    sent = {
        "form-TOTAL_FORMS": "2",
        "form-INITIAL_FORMS": "2",
        "form-0-id": one.pk,
        "form-0-ordre": "5",
        "form-1-id": two.pk,
        "form-1-ordre": "1",
        "_save": "1",
    }
    assert signed_in(awa).post(PAGES, sent).status_code == 302
    assert list(PageCMS.objects.order_by("ordre")) == [two, one]


def test_a_page_with_others_under_it_is_not_deleted(signed_in, awa, yaounde):
    top = PageCMSFactory(mairie=yaounde)
    PageCMSFactory(mairie=yaounde, parent=top)
    signed_in(awa).post(f"{PAGES}{top.pk}/delete/", {"post": "yes"})
    assert PageCMS.objects.count() == 2


@pytest.mark.parametrize("make", [PageCMSFactory, FAQFactory])
def test_the_rows_of_others_are_out_of_reach(signed_in, awa, douala, make):
    row = make(mairie=douala)
    client = signed_in(awa)
    assert str(row) not in client.get(url_of(row).rsplit("/", 3)[0] + "/").content.decode()
    assert client.get(url_of(row)).status_code == 302
    assert client.post(url_of(row), page_form() | faq_form()).status_code == 302
    assert str(type(row).objects.get()) == str(row)


@pytest.mark.parametrize("make", [PageCMSFactory, FAQFactory])
def test_a_role_without_the_permission_may_not(signed_in, yaounde, make):
    row = make(mairie=yaounde)
    client = signed_in(agent_of(yaounde, groups=["Lecture"]))
    assert client.get(url_of(row)).status_code == 200
    assert client.post(url_of(row), page_form() | faq_form()).status_code == 403


def test_a_citizen_is_shown_the_door(signed_in, chantal):
    for url in (PAGES, FAQS):
        assert signed_in(chantal).get(url).status_code == 302


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_pages_open_in_both_languages(signed_in, awa, nadege, yaounde, language):
    rows = [PageCMSFactory(mairie=yaounde), FAQFactory(mairie=yaounde)]
    for user in (awa, nadege):
        client = signed_in(user)
        for url in (PAGES, f"{PAGES}add/", FAQS, f"{FAQS}add/", *map(url_of, rows)):
            answer = client.get(url, headers={"accept-language": language})
            assert answer.status_code == 200
            assert f'<html lang="{language}"' in answer.content.decode()


@pytest.mark.parametrize("rows", [5, 30])
@pytest.mark.parametrize(("url", "make"), [(PAGES, PageCMSFactory), (FAQS, FAQFactory)])
def test_the_number_of_queries_is_fixed(
    signed_in, awa, yaounde, django_assert_num_queries, rows, url, make
):
    make.create_batch(rows, mairie=yaounde)
    client = signed_in(awa)
    # The first page opens the session that the others use.
    client.get("/admin/")
    with django_assert_num_queries(6):
        client.get(url)
