import pytest

from ecms.tests.files import files_in, small_pdf, upload
from projets.models import DocumentProjet, MiseAJourProjet, Projet
from projets.tests.factories import DocumentProjetFactory, MiseAJourProjetFactory, ProjetFactory
from users.tests.factories import agent_of

LIST = "/admin/projets/projet/"
ADD = f"{LIST}add/"
# The formsets of the change page, in the order of `ProjetAdmin.inlines`.
UPDATE, PAPERS, PAPER = "mises_a_jour-2", "documents", "documents-2"

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def bridge(yaounde):
    return ProjetFactory(mairie=yaounde, titre="Le pont", statut="en_cours")


def change_url(projet):
    return f"{LIST}{projet.pk}/change/"


def form(**changes):
    empty = [
        "image", "date_debut", "date_fin_prevue", "date_fin_reelle", "maitre_ouvrage", "entreprise",
        "reference_marche", "source_financement", "responsable", "lieu", "latitude", "longitude",
    ]  # fmt: skip
    formsets = {}
    for prefix in ("mises_a_jour", UPDATE, PAPERS, PAPER):
        formsets |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return {
        **dict.fromkeys(empty, ""),
        "titre": "Le pont",
        "description": "Quarante mètres.",
        "categorie": "voirie",
        "statut": "en_cours",
        "budget_xaf": 1000,
        **formsets,
        **changes,
    }


def one(prefix, **values):
    added = {f"{prefix}-0-{name}": value for name, value in values.items()}
    return {f"{prefix}-TOTAL_FORMS": 1, **added}


def errors_of(response):
    """The messages of a form that was shown again."""
    assert response.status_code == 200
    return str(response.context["errors"])


def test_a_new_one(signed_in, awa, yaounde, douala):
    sent = form(statut="planifie", mairie=douala.pk, slug="vole", avancement=99, depense_xaf=9)
    response = signed_in(awa).post(ADD, sent)
    assert response.status_code == 302, errors_of(response)
    projet = Projet.objects.get()
    assert (projet.mairie, projet.slug) == (yaounde, "le-pont")
    assert (projet.avancement, projet.depense_xaf) == (0, 0)


def test_an_agent_sees_the_rows_of_their_mairie(signed_in, awa, nadege, bridge):
    ProjetFactory(titre="CANARI")
    assert "CANARI" not in signed_in(awa).get(LIST).content.decode()
    assert "CANARI" in signed_in(nadege).get(LIST).content.decode()


def test_the_form_does_not_move_it(signed_in, awa, bridge):
    sent = form(statut="suspendu", date_fin_reelle="01/01/2026", titre="Le grand pont")
    assert signed_in(awa).post(change_url(bridge), sent).status_code == 302
    bridge.refresh_from_db()
    assert (bridge.statut, bridge.date_fin_reelle) == ("en_cours", None)
    assert bridge.titre == "Le grand pont"


def test_a_new_one_is_planned_or_under_way(signed_in, awa):
    refused = signed_in(awa).post(ADD, form(statut="termine"))
    assert "statut" in refused.context["adminform"].form.errors


def test_the_day_of_the_end_may_be_put_right(signed_in, awa, yaounde):
    projet = ProjetFactory(
        mairie=yaounde, statut="termine", avancement=100, date_fin_reelle="2026-01-02"
    )
    sent = form(date_fin_reelle="05/01/2026")
    assert signed_in(awa).post(change_url(projet), sent).status_code == 302
    projet.refresh_from_db()
    assert f"{projet.date_fin_reelle}" == "2026-01-05"


def test_an_update_is_added_by_the_service(signed_in, awa, bridge):
    sent = one(UPDATE, titre="Les piles", avancement=30, depense_xaf=400)
    response = signed_in(awa).post(change_url(bridge), form(**sent))
    assert response.status_code == 302, errors_of(response)
    bridge.refresh_from_db()
    assert (bridge.avancement, bridge.depense_xaf) == (30, 400)
    assert MiseAJourProjet.objects.get().auteur == awa


def test_an_update_that_is_refused_is_said_in_the_form(signed_in, awa, bridge):
    Projet.objects.update(depense_xaf=500)
    sent = one(UPDATE, titre="Les piles", avancement=30, depense_xaf=400)
    response = signed_in(awa).post(change_url(bridge), form(**sent))
    assert "dites pourquoi" in errors_of(response)
    assert not MiseAJourProjet.objects.exists()


def test_updates_are_not_edited(signed_in, awa, bridge):
    row = MiseAJourProjetFactory(projet=bridge, titre="Avant")
    hostile = {
        "mises_a_jour-TOTAL_FORMS": 1, "mises_a_jour-INITIAL_FORMS": 1,
        "mises_a_jour-0-id": row.pk, "mises_a_jour-0-projet": bridge.pk,
        "mises_a_jour-0-titre": "Après", "mises_a_jour-0-avancement": 1,
        "mises_a_jour-0-DELETE": "on",
    }  # fmt: skip
    signed_in(awa).post(change_url(bridge), form(**hostile))
    for page in ("change", "delete"):
        url = f"/admin/projets/miseajourprojet/{row.pk}/{page}/"
        assert signed_in(awa).post(url, {"titre": "Après", "post": "yes"}).status_code == 403
    row.refresh_from_db()
    assert row.titre == "Avant"


def test_a_paper_is_added_and_taken_away(signed_in, awa, bridge):
    client = signed_in(awa)
    pdf = upload(small_pdf(), "Plan masse.pdf", "application/pdf")
    sent = one(PAPER, titre="Plan", type="plan", fichier=pdf)
    response = client.post(change_url(bridge), form(**sent))
    assert response.status_code == 302, errors_of(response)
    document = DocumentProjet.objects.get()
    assert (document.nom_original, document.taille) == ("Plan masse.pdf", len(small_pdf()))
    page = client.get(change_url(bridge))
    assert "Plan masse.pdf" in page.content.decode()
    answer = client.get(f"/admin/projets/documentprojet/{document.pk}/fichier/")
    assert b"".join(answer.streaming_content) == small_pdf()
    kept = {
        f"{PAPERS}-TOTAL_FORMS": 1, f"{PAPERS}-INITIAL_FORMS": 1, f"{PAPERS}-0-id": document.pk,
        f"{PAPERS}-0-projet": bridge.pk, f"{PAPERS}-0-titre": "Plan", f"{PAPERS}-0-type": "plan",
    }  # fmt: skip
    shown = client.post(change_url(bridge), form(**kept, **{f"{PAPERS}-0-est_public": "on"}))
    assert shown.status_code == 302, errors_of(shown)
    assert DocumentProjet.objects.get().est_public
    gone = client.post(change_url(bridge), form(**kept, **{f"{PAPERS}-0-DELETE": "on"}))
    assert gone.status_code == 302, errors_of(gone)
    assert not DocumentProjet.objects.exists()


def test_a_hostile_paper_is_a_form_error(signed_in, awa, bridge, settings):
    exe = upload(b"MZ\x90\x00" + b"\0" * 64, "plan.pdf", "application/pdf")
    sent = one(PAPER, titre="Plan", type="plan", fichier=exe)
    response = signed_in(awa).post(change_url(bridge), form(**sent))
    assert "document" in errors_of(response)
    assert files_in(settings.PRIVATE_ROOT) == []


def test_a_paper_of_another_mairie_is_not_released(signed_in, awa, brice, chantal, yaounde):
    document = DocumentProjetFactory(projet__mairie=yaounde)
    url = f"/admin/projets/documentprojet/{document.pk}/fichier/"
    assert signed_in(brice).get(url).status_code == 404
    assert signed_in(chantal).get(url).status_code == 302
    assert b"".join(signed_in(awa).get(url).streaming_content) == small_pdf()


@pytest.mark.parametrize("group", ["Lecture", "Guichet"])
def test_a_role_without_the_permission_may_not(signed_in, yaounde, bridge, group):
    client = signed_in(agent_of(yaounde, groups=[group]))
    assert client.get(ADD).status_code == 403
    sent = form(**one(UPDATE, titre="x", avancement=30, depense_xaf=400))
    assert client.post(change_url(bridge), sent).status_code == 403
    assert not MiseAJourProjet.objects.exists()


def test_reading_only_is_possible(signed_in, yaounde, bridge):
    MiseAJourProjetFactory(projet=bridge)
    DocumentProjetFactory(projet=bridge)
    assert (
        signed_in(agent_of(yaounde, groups=["Lecture"])).get(change_url(bridge)).status_code == 200
    )


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_pages_open_in_both_languages(signed_in, awa, nadege, bridge, language):
    Projet.objects.update(date_fin_prevue="2020-01-01")
    update = MiseAJourProjetFactory(projet=bridge, auteur=awa)
    document = DocumentProjetFactory(projet=bridge)
    pages = [LIST, ADD, change_url(bridge), f"{LIST}{bridge.pk}/history/"]
    for name, row in (("miseajourprojet", update), ("documentprojet", document)):
        pages += [f"/admin/projets/{name}/", f"/admin/projets/{name}/{row.pk}/change/"]
    for user in (awa, nadege):
        for url in pages:
            page = signed_in(user).get(url, headers={"accept-language": language})
            assert page.status_code == 200, url
            assert f'<html lang="{language}"' in page.content.decode()


@pytest.mark.parametrize("rows", [5, 30])
def test_the_number_of_queries_is_fixed(signed_in, awa, yaounde, django_assert_num_queries, rows):
    ProjetFactory.create_batch(rows, mairie=yaounde)
    projet = Projet.objects.first()
    MiseAJourProjetFactory.create_batch(rows, projet=projet, auteur=awa)
    DocumentProjetFactory.create_batch(rows, projet=projet)
    client = signed_in(awa)
    # The first page opens the session that the others use.
    client.get("/admin/")
    with django_assert_num_queries(6):
        client.get(LIST)
    with django_assert_num_queries(8):
        client.get(change_url(projet))
