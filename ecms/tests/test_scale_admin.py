"""The lists of the admin stay cheap when there is much to list: the load of `seed_load`, some
thousands of rows, and subscribers, registrations, accounts and mails beside it."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from demarches.models import DemarcheAdministrative, RendezVous, Signalement
from documents.models import Actualite, DocumentOfficiel
from ecms.admin import figures, lists
from ecms.management.load.chargement import analyser, charger
from ecms.management.load.sortes import Tailles
from ecms.models import Courriel
from ecms.tests.test_scale import plan_of
from evenements.models import AbonneNewsletter, Evenement, InscriptionEvenement
from mairies.models import Mairie
from projets.models import Projet
from users.models import Session, Utilisateur
from users.tests.factories import agent_of

MAIRIE = "charge-000003"
SMALL = Tailles(
    mairies=3,
    citoyens=60,
    actualites=180,
    documents=180,
    projets=60,
    evenements=180,
    dossiers=180,
    signalements=180,
    rendez_vous=180,
)
TEN_TIMES = Tailles(
    mairies=6,
    citoyens=300,
    actualites=900,
    documents=900,
    projets=600,
    evenements=900,
    dossiers=1200,
    signalements=1200,
    rendez_vous=900,
)
LARGE = Tailles(
    mairies=12,
    citoyens=600,
    actualites=2400,
    documents=2400,
    evenements=2400,
    dossiers=4800,
    signalements=4800,
    rendez_vous=2400,
)
# The pages that are counted: a list, what its address asks.
ASKED = [
    (DemarcheAdministrative, {}),
    (DemarcheAdministrative, {"statut__exact": "deposee"}),
    (DemarcheAdministrative, {"en_retard": "oui"}),
    (DemarcheAdministrative, {"agent": "personne"}),
    (DemarcheAdministrative, {"q": "marché"}),
    (DemarcheAdministrative, {"p": "2"}),
    (Signalement, {}),
    (Signalement, {"ouvert": "oui"}),
    (Signalement, {"categorie__exact": "eau"}),
    (Signalement, {"q": "é"}),
    (RendezVous, {}),
    (RendezVous, {"jour": "semaine"}),
    (Actualite, {}),
    (Actualite, {"etat": "publiee"}),
    (Actualite, {"q": "marché"}),
    (DocumentOfficiel, {}),
    (DocumentOfficiel, {"annee": "2021"}),
    (Projet, {}),
    (Evenement, {}),
    (Evenement, {"quand": "a_venir"}),
    (InscriptionEvenement, {}),
    (AbonneNewsletter, {}),
    (AbonneNewsletter, {"statut__exact": "confirme"}),
]
OF_THE_COUNTRY = [
    (Utilisateur, {}),
    (Utilisateur, {"q": "charge"}),
    (Session, {}),
    (Courriel, {}),
    (Courriel, {"gabarit": "users/bienvenue"}),
    (DemarcheAdministrative, {"mairie__id__exact": "1"}),
]
# Whoever asks, the list, what is asked, the index that gives the page without a sort.
PLANS = [
    ("agent", DemarcheAdministrative, {}, "demarches_demarche_commune"),
    ("agent", DemarcheAdministrative, {"statut__exact": "remise"}, "demarches_demarche_etape"),
    ("national", DemarcheAdministrative, {}, "demarches_demarche_pays"),
    ("national", DemarcheAdministrative, {"statut__exact": "remise"}, "demarches_demarche_etat"),
    ("agent", Signalement, {}, "demarches_signalement_mairie"),
    ("agent", Signalement, {"statut__exact": "resolu"}, "demarches_signalement_statut"),
    ("national", Signalement, {}, "demarches_signalement_pays"),
    ("national", Signalement, {"statut__exact": "resolu"}, "demarches_signalement_etat"),
    ("agent", RendezVous, {}, "demarches_rendezvous_mairie"),
    ("national", RendezVous, {}, "demarches_rendezvous_pays"),
    ("agent", Actualite, {}, "documents_actualite_liste"),
    ("national", Actualite, {}, "documents_actualite_toutes"),
    ("agent", DocumentOfficiel, {}, "documents_officiel_liste"),
    ("national", DocumentOfficiel, {}, "documents_officiel_tous"),
    ("agent", Evenement, {}, "evenements_evenement_agents"),
    ("national", Evenement, {}, "evenements_evenement_tous"),
    ("national", InscriptionEvenement, {}, "evenements_inscription_pays"),
    ("national", AbonneNewsletter, {}, "evenements_abonne_pays"),
    ("national", Utilisateur, {}, "users_utilisateur_pkey"),
    ("national", Session, {}, "users_session_recentes"),
    ("national", Courriel, {}, "ecms_courriel_pkey"),
]
# What an address may order by, of each list that grows with the country.
SORTED = {
    DemarcheAdministrative: ["depot"],
    Signalement: ["date_creation"],
    RendezVous: ["debut"],
    Actualite: ["date_publication"],
    DocumentOfficiel: ["date_publication"],
    Evenement: ["debut"],
    InscriptionEvenement: [],
    AbonneNewsletter: [],
    Utilisateur: [],
    Session: ["created_at"],
    Courriel: [],
}
AT_MOST = 14

pytestmark = pytest.mark.django_db


@pytest.fixture
def desks(nadege, monkeypatch):
    """Who is at the admin, once there is a load: an agent of one of its mairies, and Nadège."""
    # What awaits them is not counted anew in the midst of a slow run.
    monkeypatch.setattr(figures, "KEPT_SECONDS", 3600)

    def desks_of_the_load() -> dict[str, Client]:
        mairie = Mairie.objects.get(slug=MAIRIE)
        found = Utilisateur.objects.filter(username="agent")
        people = {"agent": found.first() or agent_of(mairie, username="agent"), "national": nadege}
        return {who: signed_in(account) for who, account in people.items()}

    return desks_of_the_load


def signed_in(account) -> Client:
    client = Client()
    client.force_login(account, backend="users.backends.Backend")
    # The first page opens the session that the others use, and counts what awaits.
    assert client.get("/admin/").status_code == 200
    return client


def load(sizes: Tailles, beside: int) -> None:
    """The load, and `beside` rows of each kind that it does not make."""
    charger(sizes)
    for model in (AbonneNewsletter, InscriptionEvenement, Session, Courriel):
        model.objects.bulk_create(_beside(model, beside))
    analyser()


def _beside(model, count: int):
    now, already = timezone.now(), model.objects.count()
    mairies = list(Mairie.objects.filter(slug__startswith="charge-").values_list("pk", flat=True))
    evenements = list(Evenement.objects.order_by("pk").values_list("pk", flat=True))
    accounts = list(Utilisateur.objects.order_by("pk").values_list("pk", flat=True))
    for n in range(already, already + count):
        yield {
            AbonneNewsletter: lambda n=n: AbonneNewsletter(
                mairie_id=mairies[n % len(mairies)],
                email=f"abonne{n}@exemple.cm",
                jeton=f"jeton-{n}",
                statut="confirme" if n % 3 else "en_attente",
                date_confirmation=now if n % 3 else None,
            ),
            InscriptionEvenement: lambda n=n: InscriptionEvenement(
                evenement_id=evenements[n % len(evenements)],
                nom=f"Inscrit {n}",
                email=f"inscrit{n}@exemple.cm",
                code=f"code-{n}",
                statut="confirmee",
            ),
            Session: lambda n=n: Session(
                utilisateur_id=accounts[n % len(accounts)], expires_at=now + timedelta(days=1)
            ),
            Courriel: lambda n=n: Courriel(
                gabarit="users/bienvenue", destinataire=f"x{n}@exemple.cm", statut="envoye"
            ),
        }[model]()


def list_of(model) -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


def queries(client, address: str, **asked) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address, asked)
    assert response.status_code == 200, (address, asked, response.status_code)
    # A session is marked as used once in a while, whatever the page.
    sent = [query["sql"] for query in captured]
    return [sql for sql in sent if not sql.startswith('UPDATE "users_session"')]


def counts(desks) -> dict:
    """How many queries each list takes, a whole page of it, and each home."""
    found = {}
    for who, client in desks.items():
        asked = ASKED + (OF_THE_COUNTRY if who == "national" else [])
        for model, what in asked:
            found[who, model.__name__, *what.items()] = len(queries(client, list_of(model), **what))
        found[who, "home"] = len(queries(client, "/admin/"))
        cache.clear()
        found[who, "home, counted anew"] = len(queries(client, "/admin/"))
    return found


def page_plan(client, model, asked: dict) -> str:
    """How PostgreSQL finds the rows of a page of a list."""
    table = f'FROM "{model._meta.db_table}"'
    sent = queries(client, list_of(model), **asked)
    (page,) = [sql for sql in sent if table in sql and sql.endswith("LIMIT 50")]
    return plan_of(page)


def test_ten_times_the_rows_take_the_same_queries(desks):
    load(SMALL, beside=120)
    few = counts(desks())
    load(TEN_TIMES, beside=1200)
    many = counts(desks())
    assert many == few, {key: (few[key], many[key]) for key in few if few[key] != many[key]}
    lists_only = {key: number for key, number in many.items() if "home" not in str(key)}
    assert max(lists_only.values()) <= AT_MOST, lists_only
    assert max(many.values()) <= 30, many


def test_a_page_is_read_from_an_index(desks):
    load(LARGE, beside=4000)
    clients = desks()
    for who, model, asked, index in PLANS:
        plan = page_plan(clients[who], model, asked)
        assert index in plan, f"{who} {model.__name__} {asked}\n{plan}"
        assert "Sort" not in plan.replace("Incremental Sort", ""), f"{who} {model.__name__}\n{plan}"


def test_no_list_orders_by_what_no_index_orders(desks):
    load(SMALL, beside=3)
    client = desks()["national"]
    for model, columns in SORTED.items():
        model_admin = admin.site._registry[model]
        assert list(model_admin.sortable_by) == columns, model
        assert model_admin.date_hierarchy is None
        shown = ["action_checkbox", *model_admin.list_display]
        for number, column in enumerate(shown):
            if column in columns:
                continue
            asked = queries(client, list_of(model), o=f"-{number}")
            assert _orders(asked, model) == _orders(queries(client, list_of(model)), model), column


def _orders(sent: list[str], model) -> list[str]:
    table = f'FROM "{model._meta.db_table}"'
    return [sql.rpartition("ORDER BY")[2] for sql in sent if table in sql and "LIMIT 50" in sql]


def test_an_address_orders_by_one_column(desks):
    load(SMALL, beside=3)
    client = desks()["agent"]
    number = admin.site._registry[Signalement].list_display.index("date_creation")
    # An agent's list has no column for the mairie, but one to choose the row.
    (order,) = _orders(queries(client, list_of(Signalement), o=f"{number}.-1.2"), Signalement)
    assert (
        order.split(" LIMIT")[0].strip().startswith('"demarches_signalement"."date_creation" ASC')
    )


def test_what_the_country_searches_has_a_bound(desks, monkeypatch):
    load(SMALL, beside=3)
    monkeypatch.setattr(lists, "SEARCHED", 20)
    clients = desks()
    rows = DemarcheAdministrative.objects.filter(mairie__slug=MAIRIE).order_by("-date_creation")
    last = rows.last()
    DemarcheAdministrative.objects.filter(pk=last.pk).update(nom_demandeur="Ngo Bidoung Élise")

    def shown(who, **asked):
        return clients[who].get(list_of(DemarcheAdministrative), asked)

    beyond = shown("national", q="bidoung elise")
    assert last.numero_suivi not in beyond.content.decode()
    assert "premières lignes de la liste" in beyond.content.decode()
    # By its number, in the rows of its mairie, by its agents: found.
    found = [
        shown("national", q=last.numero_suivi.lower()),
        shown("national", q="bidoung elise", mairie__id__exact=last.mairie_id),
        shown("agent", q="bidoung elise"),
    ]
    for page in found:
        assert last.numero_suivi in page.content.decode()
        assert "premières lignes de la liste" not in page.content.decode()


def test_no_page_reads_what_all_the_rows_have(desks):
    """No filter lists the values of a column, no calendar the days of all rows."""
    load(SMALL, beside=20)
    national = desks()["national"]
    for model in {model for model, _asked in ASKED + OF_THE_COUNTRY}:
        for sql in queries(national, list_of(model)):
            if f'FROM "{model._meta.db_table}"' in sql and "LIMIT" not in sql:
                assert "DISTINCT" not in sql, sql
                assert "MIN(" not in sql, sql
