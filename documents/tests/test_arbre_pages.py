"""The pages of a mairie are a tree, whoever moves them, and however many at once."""

import pytest

from documents.models import PageCMS
from documents.services import pages as services
from documents.tests.factories import PageCMSFactory
from ecms.tests.together import together

URL = "/api/v1/pages"
SENT = {"titre": "Naissances", "contenu": "<p>x</p>"}

pytestmark = pytest.mark.django_db


def chain(mairie, length):
    """Pages one under the other, from the top down."""
    pages = [PageCMSFactory(mairie=mairie)]
    for _level in range(length - 1):
        pages.append(PageCMSFactory(mairie=mairie, parent=pages[-1]))
    return pages


def move(client, page, parent):
    return client.patch(f"{URL}/{page.pk}", {"parent": parent and parent.pk})


def parent_of(page):
    return PageCMS.objects.get(pk=page.pk).parent_id


def test_it_works(api, awa, yaounde):
    top, other = PageCMSFactory(mairie=yaounde), PageCMSFactory(mairie=yaounde)
    created = api(awa).post(URL, {**SENT, "parent": top.pk})
    assert (created.status_code, created.json()["parent"]) == (201, top.pk)
    page = PageCMS.objects.get(pk=created.json()["id"])
    assert move(api(awa), page, other).json()["parent"] == other.pk
    assert move(api(awa), page, None).json()["parent"] is None


@pytest.mark.parametrize("below", [0, 1, 2])
def test_no_page_stands_under_itself(api, awa, yaounde, below):
    pages = chain(yaounde, 3)
    refused = move(api(awa), pages[0], pages[below])
    assert (refused.status_code, refused.json()["code"]) == (409, "page_en_boucle")
    assert parent_of(pages[0]) is None


@pytest.mark.parametrize("publiee", [True, False])
def test_a_page_of_another_mairie_is_like_none(api, awa, yaounde, douala, publiee):
    theirs = PageCMSFactory(mairie=douala, publiee=publiee)
    page = PageCMSFactory(mairie=yaounde)
    for send in (
        lambda pk: api(awa).post(URL, {**SENT, "parent": pk}),
        lambda pk: api(awa).patch(f"{URL}/{page.pk}", {"parent": pk}),
    ):
        refused, absent = send(theirs.pk), send(987654)
        assert refused.status_code == absent.status_code == 400
        said = [str(answer.json()["fields"]) for answer in (refused, absent)]
        assert said[0].replace(str(theirs.pk), "?") == said[1].replace("987654", "?")
    assert PageCMS.objects.count() == 2


def test_the_national_administrator_does_not_mix_them_either(api, nadege, yaounde, douala):
    theirs, page = PageCMSFactory(mairie=douala), PageCMSFactory(mairie=yaounde)
    created = api(nadege).post(URL, {**SENT, "mairie": "yaounde", "parent": theirs.pk})
    assert (created.status_code, list(created.json()["fields"])) == (400, ["parent"])
    assert move(api(nadege), page, theirs).status_code == 400
    assert PageCMS.objects.count() == 2


def test_five_levels_at_most(api, awa, yaounde):
    pages = chain(yaounde, services.NIVEAUX_AU_PLUS)
    refused = api(awa).post(URL, {**SENT, "parent": pages[-1].pk})
    assert (refused.status_code, refused.json()["code"]) == (409, "page_trop_profonde")
    assert "5" in refused.json()["detail"]
    assert api(awa).post(URL, {**SENT, "parent": pages[-2].pk}).status_code == 201


def test_what_is_under_a_moved_page_counts(api, awa, yaounde):
    three, two = chain(yaounde, 3), chain(yaounde, 2)
    deeper = chain(yaounde, 4)
    assert move(api(awa), three[0], deeper[-1]).json()["code"] == "page_trop_profonde"
    assert move(api(awa), two[0], three[-1]).status_code == 200
    assert move(api(awa), three[0], deeper[0]).status_code == 409


def test_a_page_with_others_under_it_stays(api, awa, yaounde):
    top, under = chain(yaounde, 2)
    refused = api(awa).delete(f"{URL}/{top.pk}")
    assert (refused.status_code, refused.json()["code"]) == (409, "element_utilise")
    assert api(awa).delete(f"{URL}/{under.pk}").status_code == 204
    assert api(awa).delete(f"{URL}/{top.pk}").status_code == 204


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_time", range(3))
def test_two_moves_at_once_make_no_loop(api, awa, yaounde, _time):
    one, two = PageCMSFactory(mairie=yaounde), PageCMSFactory(mairie=yaounde)
    clients = [api(awa), api(awa)]
    answers = together(lambda: move(clients[0], one, two), lambda: move(clients[1], two, one))
    assert sorted(a.status_code for a in answers) == [200, 409]
    assert {parent_of(one), parent_of(two)} in ({None, one.pk}, {None, two.pk})


@pytest.mark.django_db(transaction=True)
def test_three_moves_at_once_make_no_loop(api, awa, yaounde):
    pages = [PageCMSFactory(mairie=yaounde) for _n in range(3)]
    clients = [api(awa) for _n in range(3)]
    answers = together(
        *[lambda n=n: move(clients[n], pages[n], pages[(n + 1) % 3]) for n in range(3)]
    )
    assert sorted(a.status_code for a in answers) == [200, 200, 409]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_time", range(3))
def test_nothing_is_put_under_a_page_that_goes(api, awa, yaounde, _time):
    top = PageCMSFactory(mairie=yaounde)
    clients = [api(awa), api(awa)]
    deleted, created = together(
        lambda: clients[0].delete(f"{URL}/{top.pk}"),
        lambda: clients[1].post(URL, {**SENT, "parent": top.pk}),
    )
    assert (deleted.status_code, created.status_code) in {(204, 400), (409, 201)}


@pytest.mark.django_db(transaction=True)
def test_the_same_title_at_once(api, awa):
    clients = [api(awa) for _n in range(4)]
    answers = together(*[lambda c=c: c.post(URL, SENT) for c in clients])
    slugs = sorted(answer.json()["slug"] for answer in answers)
    assert slugs == ["naissances", "naissances-2", "naissances-3", "naissances-4"]
