"""Procedures, dossiers, reports and appointments stay cheap when there are many: the load of
`seed_load`, some thousands of rows."""

import pytest
from django.utils import timezone

from demarches.models import DemarcheAdministrative, Formulaire, RendezVous, Signalement
from ecms import remembered
from ecms.management.load.chargement import analyser, charger
from ecms.management.load.sortes import Tailles
from ecms.tests.test_scale import page_plan, queries
from mairies.models import Mairie
from users.models import Utilisateur
from users.tests.factories import agent_of

SMALL = Tailles(mairies=3, citoyens=30, dossiers=150, signalements=150, rendez_vous=90)
TEN_TIMES = Tailles(mairies=6, citoyens=300, dossiers=1500, signalements=1500, rendez_vous=900)
LARGE = Tailles(mairies=6, citoyens=200, dossiers=4000, signalements=4000, rendez_vous=2000)
# Some forty appointments a day in each mairie.
BUSY = Tailles(mairies=3, citoyens=10, rendez_vous=12_000)
MAIRIE, CITOYEN = "charge-000003", "charge-000001"
# Whoever asks, the list, what is asked, the index that gives the page without a sort.
PLANS = [
    ("agent", "demarches", {}, "demarches_demarche_commune"),
    ("agent", "demarches", {"mairie": MAIRIE}, "demarches_demarche_commune"),
    ("agent", "demarches", {"statut": "remise"}, "demarches_demarche_etape"),
    (
        "agent",
        "demarches",
        {"en_retard": "true", "ordering": "echeance"},
        "demarches_demarche_echeance",
    ),
    ("citizen", "demarches", {}, "demarches_demarche_demandeur"),
    ("national", "demarches", {}, "demarches_demarche_pays"),
    ("visitor", "signalements", {}, "demarches_signalement_pays"),
    ("visitor", "signalements", {"mairie": MAIRIE}, "demarches_signalement_mairie"),
    (
        "visitor",
        "signalements",
        {"mairie": MAIRIE, "statut": "resolu"},
        "demarches_signalement_statut",
    ),
    (
        "visitor",
        "signalements",
        {"mairie": MAIRIE, "categorie": "eau"},
        "demarches_signalement_sorte",
    ),
    ("visitor", "signalements", {"statut": "resolu"}, "demarches_signalement_etat"),
    ("agent", "signalements", {"mairie": MAIRIE}, "demarches_signalement_mairie"),
    (
        "agent",
        "signalements",
        {"mairie": MAIRIE, "statut": "resolu"},
        "demarches_signalement_statut",
    ),
    ("citizen", "signalements", {"miens": "true"}, "demarches_signalement_auteur"),
    ("agent", "rendez-vous", {}, "demarches_rendezvous_mairie"),
    ("agent", "rendez-vous", {"mairie": MAIRIE}, "demarches_rendezvous_mairie"),
    ("citizen", "rendez-vous", {}, "demarches_rendezvous_citoyen"),
]
MODELS = {
    "demarches": DemarcheAdministrative,
    "signalements": Signalement,
    "rendez-vous": RendezVous,
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def everyone(api, nadege):
    """Clients of who asks, once there is a load: an agent of one of its mairies, a citizen."""

    def clients():
        agent = agent_of(Mairie.objects.get(slug=MAIRIE), username="agent")
        DemarcheAdministrative.objects.update(agent_traitant=agent)
        Signalement.objects.update(agent_traitant=agent)
        return {
            "visitor": api(),
            "citizen": api(Utilisateur.objects.get(username=CITOYEN)),
            "agent": api(agent),
            "national": api(nadege),
        }

    return clients


def give_to_citizen(count: int) -> None:
    """Let `count` rows of each kind be one citizen's own, so that whole pages are."""
    citizen = Utilisateur.objects.get(username=CITOYEN)
    for model in (DemarcheAdministrative, Signalement, RendezVous):
        ids = list(model.objects.order_by("pk").values_list("pk", flat=True)[:count])
        owner = model.objects.all().owner_lookup
        model.objects.filter(pk__in=ids).update(**{owner: citizen})
    analyser()


def lists() -> list[tuple[str, str, dict]]:
    """Who reads which list, asking for what; whole pages of it."""
    day = timezone.localdate(RendezVous.objects.filter(mairie__slug=MAIRIE).first().debut)
    service = RendezVous.objects.filter(mairie__slug=MAIRIE).first().service_id
    return [
        ("agent", "demarches", {}),
        ("agent", "demarches", {"mairie": MAIRIE, "statut": "remise"}),
        ("agent", "demarches", {"en_retard": "true"}),
        ("citizen", "demarches", {}),
        ("visitor", "signalements", {}),
        ("visitor", "signalements", {"mairie": MAIRIE, "categorie": "eau"}),
        ("agent", "signalements", {"mairie": MAIRIE}),
        ("visitor", "carte/signalements", {}),
        ("visitor", "carte/signalements", {"mairie": MAIRIE}),
        ("agent", "rendez-vous", {}),
        ("agent", "rendez-vous", {"date": day}),
        ("citizen", "rendez-vous", {}),
        ("visitor", "formulaires", {}),
        ("visitor", "formulaires", {"mairie": MAIRIE}),
        ("visitor", "creneaux", {"service": service}),
    ]


def details() -> list[tuple[str, str]]:
    """Who reads which row: one with a file, with a photo, with duplicates."""
    of_mairie = {"mairie__slug": MAIRIE}
    dossier = DemarcheAdministrative.objects.filter(**of_mairie, statut="remise").first()
    own = DemarcheAdministrative.objects.filter(demandeur__username=CITOYEN).first()
    report = Signalement.objects.filter(photos__isnull=False).exclude(statut="rejete").first()
    original = Signalement.objects.filter(doublons__isnull=False).exclude(statut="rejete").first()
    appointment = RendezVous.objects.filter(**of_mairie).first()
    formulaire = Formulaire.objects.filter(**of_mairie).first()
    return [
        ("agent", f"demarches/{dossier.pk}"),
        ("agent", f"demarches/{dossier.pk}/suivi"),
        ("citizen", f"demarches/{own.pk}"),
        ("citizen", f"demarches/{own.pk}/suivi"),
        ("visitor", f"signalements/{report.pk}"),
        ("visitor", f"signalements/{original.pk}"),
        ("visitor", f"signalements/{report.pk}/suivi"),
        ("agent", f"rendez-vous/{appointment.pk}"),
        ("visitor", f"formulaires/{formulaire.pk}"),
    ]


def counts(clients) -> dict:
    """How many queries each list takes when it is asked for the first time, and each row."""
    remembered.forget()
    asked = [(who, name, what | {"page_size": 50}) for who, name, what in lists()]
    of_lists = {
        f"{who} {name} {sorted(what)}": len(queries(clients[who], f"/api/v1/{name}", **what))
        for who, name, what in asked
    }
    of_rows = {
        f"{who} {number} {path.split('/')[0]} {path.count('/')}": len(
            queries(clients[who], f"/api/v1/{path}")
        )
        for number, (who, path) in enumerate(details())
    }
    return of_lists | of_rows


def test_ten_times_the_rows_take_the_same_queries(everyone):
    charger(SMALL)
    clients = everyone()
    give_to_citizen(60)
    few = counts(clients)
    charger(TEN_TIMES)
    assert counts(clients) == few
    assert max(few.values()) <= 10, few


def test_a_page_is_read_from_an_index(everyone):
    charger(LARGE)
    clients = everyone()
    give_to_citizen(600)
    for who, name, asked, index in PLANS:
        plan = page_plan(clients[who], name, asked, MODELS[name])
        assert index in plan, f"{who} {name} {asked}\n{plan}"
        assert "Sort" not in plan, f"{who} {name} {asked}\n{plan}"
    # In the order of the list, what is late is found among what waits, or along the list.
    plan = page_plan(clients["agent"], "demarches", {"en_retard": "true"}, DemarcheAdministrative)
    assert "Seq Scan on demarches_demarcheadministrative" not in plan, plan


def test_the_appointments_of_a_day_are_read_from_an_index(everyone):
    charger(BUSY)
    appointment = RendezVous.objects.filter(mairie__slug=MAIRIE).first()
    day = timezone.localdate(appointment.debut)
    plan = page_plan(everyone()["agent"], "rendez-vous", {"date": day}, RendezVous)
    assert "demarches_rendezvous_mairie" in plan, plan
    # In order of time from the index; the desks of one start are a handful.
    assert "Presorted Key: demarches_rendezvous.debut" in plan, plan


def test_an_agent_who_filed_a_dossier_elsewhere_still_finds_it(everyone):
    charger(SMALL)
    clients = everyone()
    elsewhere = DemarcheAdministrative.objects.exclude(mairie__slug=MAIRIE).first()
    agent = Utilisateur.objects.get(username="agent")
    found = clients["agent"].get("/api/v1/demarches", {"page_size": 100}).json()
    assert elsewhere.pk not in {row["id"] for row in found["results"]}
    DemarcheAdministrative.objects.filter(pk=elsewhere.pk).update(demandeur=agent)
    found = clients["agent"].get("/api/v1/demarches", {"page_size": 100}).json()
    assert elsewhere.pk in {row["id"] for row in found["results"]}
