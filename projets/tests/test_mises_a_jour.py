import pytest
from django.db import connection
from django.db.models.deletion import ProtectedError

from ecms.tests.files import files_in, photo, upload
from ecms.tests.together import together
from projets import services
from projets.models import MiseAJourProjet, Projet
from projets.tests.factories import MiseAJourProjetFactory, ProjetFactory
from users.tests.factories import agent_of

SENT = {"titre": "Les piles sont coulées", "avancement": 40, "depense_xaf": 12_000_000}

pytestmark = pytest.mark.django_db


def url(projet):
    return f"/api/v1/projets/{projet.pk}/mises-a-jour"


@pytest.fixture
def bridge(yaounde):
    return ProjetFactory(mairie=yaounde, public=True, statut="en_cours")


def test_it_works(api, awa, bridge):
    created = api(awa).post(url(bridge), SENT)
    assert created.status_code == 201, created.json()
    assert created.json()["auteur"] == awa.pk
    bridge.refresh_from_db()
    assert (bridge.avancement, bridge.depense_xaf) == (40, 12_000_000)
    (row,) = api().get(url(bridge)).json()["results"]
    assert (row["titre"], row["avancement"], row["depense_xaf"]) == tuple(SENT.values())
    assert "auteur" not in row
    project = api().get(f"/api/v1/projets/{bridge.pk}").json()
    assert (project["avancement"], project["taux_depense"]) == (40, 48.0)


def test_newest_first_of_this_project_alone(api, bridge):
    for title in ("un", "deux"):
        MiseAJourProjetFactory(projet=bridge, titre=title)
    MiseAJourProjetFactory()
    assert [r["titre"] for r in api().get(url(bridge)).json()["results"]] == ["deux", "un"]


def test_an_image_is_re_encoded(api, awa, bridge):
    sent = {**SENT, "image": upload(photo(), "pont.jpg", "image/jpeg")}
    answer = api(awa).post(url(bridge), sent, format="multipart")
    assert answer.status_code == 201, answer.json()
    assert answer.json()["image"].endswith(".webp")


def test_appended_never_edited(api, awa, bridge):
    row = MiseAJourProjetFactory(projet=bridge)
    for method in ("put", "patch", "delete"):
        assert getattr(api(awa), method)(url(bridge), SENT).status_code == 405
        assert getattr(api(awa), method)(f"{url(bridge)}/{row.pk}", SENT).status_code == 404
    with pytest.raises(ProtectedError):
        bridge.delete()


def test_spending_falls_only_with_a_reason(api, awa, bridge):
    assert api(awa).post(url(bridge), SENT).status_code == 201
    lower = {**SENT, "depense_xaf": 11_000_000}
    for reason in ({}, {"motif_baisse": ""}, {"motif_baisse": "   "}):
        refused = api(awa).post(url(bridge), {**lower, **reason})
        assert (refused.status_code, list(refused.json()["fields"])) == (400, ["motif_baisse"])
    bridge.refresh_from_db()
    assert bridge.depense_xaf == 12_000_000
    explained = api(awa).post(url(bridge), {**lower, "motif_baisse": "Avoir du fournisseur"})
    assert explained.status_code == 201
    bridge.refresh_from_db()
    assert bridge.depense_xaf == 11_000_000
    assert api().get(url(bridge)).json()["results"][0]["motif_baisse"] == "Avoir du fournisseur"


def test_a_cancelled_project_has_no_updates(api, awa, bridge, settings):
    Projet.objects.update(statut="annule")
    sent = {**SENT, "image": upload(photo(), "pont.jpg", "image/jpeg")}
    refused = api(awa).post(url(bridge), sent, format="multipart")
    assert (refused.status_code, refused.json()["code"]) == (409, "projet_annule")
    assert not MiseAJourProjet.objects.exists()
    assert files_in(settings.MEDIA_ROOT) == []


def test_a_finished_project_stays_at_100(api, awa, yaounde):
    done = ProjetFactory(
        mairie=yaounde, statut="termine", avancement=100, date_fin_reelle="2026-01-01"
    )
    refused = api(awa).post(url(done), SENT)
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["avancement"])
    # The last bill comes after the works.
    assert api(awa).post(url(done), {**SENT, "avancement": 100}).status_code == 201


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("titre", ""),
        ("avancement", 101),
        ("avancement", -1),
        ("avancement", None),
        ("depense_xaf", -1),
        ("depense_xaf", 1.5),
        ("depense_xaf", 2**63),
        ("motif_baisse", "x" * 301),
        ("image", "une image"),
    ],
)
def test_what_cannot_be_is_refused(api, awa, bridge, field, value):
    answer = api(awa).post(url(bridge), {**SENT, field: value})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert Projet.objects.get().avancement == 0


def test_out_of_reach_like_its_project(api, awa, brice, chantal, yaounde, bridge):
    hidden = ProjetFactory(mairie=yaounde)
    MiseAJourProjetFactory(projet=hidden)
    for client in (api(), api(chantal), api(brice)):
        assert client.get(url(hidden)).status_code == 404
    assert api(awa).get(url(hidden)).json()["count"] == 1
    for projet in (hidden, bridge):
        assert api(brice).post(url(projet), SENT).status_code == 404
    assert api(brice).post("/api/v1/projets/987654/mises-a-jour", SENT).status_code == 404
    assert MiseAJourProjet.objects.count() == 1


def test_a_role_without_the_permission_may_not(api, chantal, yaounde, bridge):
    for client in (api(chantal), api(agent_of(yaounde, groups=["Lecture"]))):
        assert client.post(url(bridge), SENT).status_code == 403
    assert api().post(url(bridge), SENT).status_code == 401
    technician = agent_of(yaounde, groups=["Technique"])
    assert api(technician).post(url(bridge), SENT).status_code == 201


def test_the_author_is_told_to_the_staff_alone(api, awa, brice, chantal, bridge):
    MiseAJourProjetFactory(projet=bridge, auteur=awa)
    assert api(awa).get(url(bridge)).json()["results"][0]["auteur"] == awa.pk
    for client in (api(), api(brice), api(chantal)):
        assert "auteur" not in client.get(url(bridge)).json()["results"][0]


@pytest.mark.parametrize("rows", [1, 12])
def test_the_number_of_queries_is_fixed(api, bridge, django_assert_num_queries, rows):
    MiseAJourProjetFactory.create_batch(rows, projet=bridge)
    with django_assert_num_queries(3):
        assert api().get(url(bridge)).json()["count"] == rows


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_after_the_other(awa, bridge):
    def update(spent):
        row = MiseAJourProjet(projet=bridge, titre="x", avancement=spent, depense_xaf=spent)
        # Whoever comes second may find more spent than they tell: they say why.
        row.motif_baisse = "Arrivée en second"
        return lambda: services.ajouter_mise_a_jour(row, auteur=awa)

    together(*[update(spent) for spent in range(10, 90, 10)])
    latest = MiseAJourProjet.objects.first()
    bridge.refresh_from_db()
    assert MiseAJourProjet.objects.count() == 8
    assert (bridge.avancement, bridge.depense_xaf) == (latest.avancement, latest.depense_xaf)
    assert latest.pk == max(MiseAJourProjet.objects.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_the_lower_one_is_judged_by_what_was_kept(awa, bridge):
    def update(spent):
        row = MiseAJourProjet(projet=bridge, titre="x", avancement=10, depense_xaf=spent)

        def act():
            try:
                return services.ajouter_mise_a_jour(row, auteur=awa).depense_xaf
            except services.ValidationError:
                return None

        return act

    kept = [spent for spent in together(update(100), update(50), update(75)) if spent]
    told = list(MiseAJourProjet.objects.order_by("pk").values_list("depense_xaf", flat=True))
    assert told == sorted(told)
    assert sorted(kept) == told
    bridge.refresh_from_db()
    assert bridge.depense_xaf == 100


@pytest.mark.django_db(transaction=True)
def test_an_edit_and_an_update_at_once_lose_nothing(awa, bridge):
    row = MiseAJourProjet(projet=bridge, titre="x", avancement=60, depense_xaf=5)
    edited = Projet.objects.get(pk=bridge.pk)
    edited.titre = "Changé"
    together(
        lambda: services.ajouter_mise_a_jour(row, auteur=awa),
        lambda: services.modifier_projet(edited),
    )
    kept = Projet.objects.get()
    assert (kept.titre, kept.avancement, kept.depense_xaf) == ("Changé", 60, 5)


def test_the_database_has_the_last_word_on_percentages(bridge):
    with pytest.raises(Exception, match="avancement"), connection.cursor() as cursor:
        cursor.execute("UPDATE projets_projet SET avancement = 101")
