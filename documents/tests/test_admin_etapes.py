"""The steps of what is published, and the filters of its lists."""

from datetime import timedelta

import pytest
from django.utils import timezone

from documents.etats import CONDITIONS, Etat, etat_de
from documents.models import Actualite
from documents.tests.factories import (
    ActualiteFactory,
    DocumentOfficielFactory,
    FAQFactory,
    PageCMSFactory,
)
from documents.workflow import Statut
from users.tests.factories import agent_of

NEWS = "/admin/documents/actualite/"
STEPS = {
    ActualiteFactory: ["publier", "programmer", "brouillon", "archiver", "epingler", "desepingler"],
    DocumentOfficielFactory: ["publier", "interne", "remplacer", "retablir"],
    FAQFactory: ["afficher", "masquer"],
    PageCMSFactory: ["publier", "brouillon", "archiver"],
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def desk(signed_in, awa):
    return signed_in(awa)


def page_of(row) -> str:
    return f"/admin/documents/{row._meta.model_name}/{row.pk}/"


def buttons(client, row) -> list[str]:
    return [step.name for step in client.get(f"{page_of(row)}change/").context.get("steps", [])]


def take(client, row, name, **answers):
    """What is said after a step."""
    answer = client.post(f"{page_of(row)}etape/{name}/", answers, follow=True)
    row.refresh_from_db()
    return [str(message) for message in answer.context["messages"]]


def in_days(days: int):
    return timezone.now() + timedelta(days=days)


def typed(date) -> dict:
    local = timezone.localtime(date)
    return {"le_0": f"{local:%d/%m/%Y}", "le_1": f"{local:%H:%M}"}


def test_the_life_of_a_news_item(desk, yaounde):
    news = ActualiteFactory(mairie=yaounde)
    assert buttons(desk, news) == ["publier", "programmer", "archiver", "epingler"]
    assert take(desk, news, "programmer", **typed(in_days(2))) == ["1 actualité programmée."]
    assert etat_de(news) == Etat.PROGRAMMEE
    assert buttons(desk, news) == ["publier", "programmer", "brouillon", "archiver", "epingler"]
    take(desk, news, "publier")
    assert etat_de(news) == Etat.PUBLIEE
    assert buttons(desk, news) == ["brouillon", "archiver", "epingler"]
    assert take(desk, news, "publier") == [f"{news} : Cette actualité est déjà publiée."]
    take(desk, news, "archiver")
    assert buttons(desk, news) == ["brouillon", "epingler"]
    assert "ne peut pas devenir" in take(desk, news, "publier")[0]
    take(desk, news, "brouillon")
    take(desk, news, "epingler")
    assert (news.statut, news.epinglee) == (Statut.BROUILLON, True)
    assert buttons(desk, news)[-1] == "desepingler"
    take(desk, news, "desepingler")
    assert not news.epinglee


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"le_0": "01/01/2020", "le_1": "08:00"},
        {"le_0": "01/01/9999", "le_1": "08:00"},
        {"le_0": "\x00", "le_1": "x"},
        {"le_0": ["01/01/2027"] * 2},
    ],
)
def test_a_date_that_cannot_be_is_asked_again(desk, yaounde, answers):
    news = ActualiteFactory(mairie=yaounde)
    answer = desk.post(f"{page_of(news)}etape/programmer/", answers)
    assert answer.context["form"].errors["le"]
    news.refresh_from_db()
    assert news.statut == Statut.BROUILLON


def test_the_form_tells_the_date_that_is_set(desk, yaounde):
    news = ActualiteFactory(mairie=yaounde, date_publication=in_days(3))
    form = desk.get(f"{page_of(news)}etape/programmer/").context["form"]
    assert form.fields["le"].initial == news.date_publication


def test_what_expires_before_it_appears_is_refused(desk, yaounde):
    news = ActualiteFactory(mairie=yaounde, date_expiration=in_days(1))
    said = take(desk, news, "programmer", **typed(in_days(2)))
    assert said == [f"{news} : L'expiration vient après la publication."]
    assert news.statut == Statut.BROUILLON


def test_a_step_leaves_alone_what_others_wrote_meanwhile(yaounde, desk):
    news = ActualiteFactory(mairie=yaounde, titre="Ancien")
    Actualite.objects.update(titre="Relu")
    take(desk, news, "publier")
    assert news.titre == "Relu"


def test_pages_and_questions_and_documents(desk, yaounde):
    page = PageCMSFactory(mairie=yaounde)
    assert buttons(desk, page) == ["publier", "archiver"]
    take(desk, page, "publier")
    assert (page.statut, buttons(desk, page)) == ("publiee", ["brouillon", "archiver"])
    faq = FAQFactory(mairie=yaounde)
    assert buttons(desk, faq) == ["masquer"]
    take(desk, faq, "masquer")
    assert (faq.est_active, buttons(desk, faq)) == (False, ["afficher"])
    document = DocumentOfficielFactory(mairie=yaounde)
    assert buttons(desk, document) == ["publier", "remplacer"]
    take(desk, document, "publier")
    assert document.est_public
    assert document.date_publication is not None
    assert buttons(desk, document) == ["interne", "remplacer"]


def test_a_list_says_what_was_refused(desk, yaounde):
    drafts = ActualiteFactory.create_batch(2, mairie=yaounde)
    archived = ActualiteFactory(mairie=yaounde, statut=Statut.ARCHIVEE)
    chosen = [row.pk for row in (*drafts, archived)]
    answer = desk.post(NEWS, {"action": "publier", "_selected_action": chosen}, follow=True)
    said = [str(message) for message in answer.context["messages"]]
    assert said[-1] == "2 actualités publiées."
    assert len(said) == 2
    assert Actualite.objects.filter(statut="publiee").count() == 2


@pytest.mark.parametrize("make", STEPS)
def test_the_rows_of_others_do_not_move(desk, douala, make):
    row = make(mairie=douala)
    before = type(row).objects.values().get()
    for name in STEPS[make]:
        answers = {"remplacant": row.pk, **typed(in_days(2))}
        for method in (desk.get, desk.post):
            answer = method(f"{page_of(row)}etape/{name}/", answers)
            assert (answer.status_code, answer["Location"]) == (302, "/admin/")
        desk.post(
            page_of(row).rsplit("/", 2)[0] + "/",
            {"action": name, "_selected_action": [row.pk], "select_across": "1", **answers},
        )
    assert type(row).objects.values().get() == before


@pytest.mark.parametrize("make", STEPS)
def test_a_reader_has_no_steps(signed_in, yaounde, make):
    row = make(mairie=yaounde)
    client = signed_in(agent_of(yaounde, groups=["Lecture"]))
    assert buttons(client, row) == []
    before = type(row).objects.values().get()
    for name in STEPS[make]:
        client.post(f"{page_of(row)}etape/{name}/", typed(in_days(2)))
    assert type(row).objects.values().get() == before


def one_of_each(mairie) -> dict:
    return {
        Etat.BROUILLON: ActualiteFactory(mairie=mairie),
        Etat.PROGRAMMEE: ActualiteFactory(
            mairie=mairie, statut=Statut.PUBLIEE, date_publication=in_days(1)
        ),
        Etat.PUBLIEE: ActualiteFactory(mairie=mairie, publiee=True),
        Etat.EXPIREE: ActualiteFactory(
            mairie=mairie,
            statut=Statut.PUBLIEE,
            date_publication=in_days(-3),
            date_expiration=in_days(-1),
        ),
        Etat.ARCHIVEE: ActualiteFactory(mairie=mairie, statut=Statut.ARCHIVEE),
    }


def listed(client, query: str) -> set:
    answer = client.get(f"{NEWS}?{query}")
    assert answer.status_code in {200, 302}
    return set(answer.context["cl"].result_list) if answer.status_code == 200 else set()


def test_news_by_what_became_of_it(desk, yaounde, douala):
    one_of_each(douala)
    rows = one_of_each(yaounde)
    for etat, row in rows.items():
        assert etat_de(row) == etat
        assert set(Actualite.objects.filter(CONDITIONS[etat], mairie=yaounde)) == {row}
        assert listed(desk, f"etat={etat}") == {row}
    assert listed(desk, "etat=inconnu") == set(rows.values())


def test_news_of_oneself_and_of_days(desk, awa, brice, yaounde, douala):
    ActualiteFactory(mairie=douala, auteur=brice, publiee=True)
    own = ActualiteFactory(mairie=yaounde, auteur=awa, date_publication=in_days(0))
    other = ActualiteFactory(mairie=yaounde, date_publication=in_days(-10))
    assert listed(desk, "ecrit_par=moi") == {own}
    assert listed(desk, "ecrit_par=autres") == {other}
    today = f"{timezone.localdate():%d/%m/%Y}"
    assert listed(desk, f"date_publication_from={today}&date_publication_to={today}") == {own}
    for wrong in ("x", "32/13/2026", "01/01/0001", "31/12/9999", ""):
        assert listed(desk, f"date_publication_to={wrong}") == {own, other}


@pytest.mark.parametrize("query", ["auteur__email__startswith=a", "auteur__password__gt=a"])
def test_no_address_looks_into_accounts(desk, yaounde, query):
    ActualiteFactory(mairie=yaounde)
    assert desk.get(f"{NEWS}?{query}").status_code in {302, 400}


def test_who_sees_it_is_said_on_its_page(desk, yaounde):
    rows = one_of_each(yaounde)
    pages = {etat: desk.get(f"{page_of(r)}change/").content.decode() for etat, r in rows.items()}
    online = f'href="https://ecms.test/mairies/{yaounde.slug}/actualites/'
    assert [etat for etat in pages if online in pages[etat]] == [Etat.PUBLIEE]
    assert "Tout le monde à partir du" in pages[Etat.PROGRAMMEE]
    assert "Plus personne depuis le" in pages[Etat.EXPIREE]
    for etat in (Etat.BROUILLON, Etat.ARCHIVEE):
        assert "Seulement les agents de la mairie." in pages[etat]
