"""The rows of hours and closings: what is sent, what is kept, what is said of a fault."""

from datetime import date, timedelta

import pytest

from mairies.horaires import JOURS
from mairies.models import ServiceMunicipal
from mairies.tests.factories import ServiceMunicipalFactory
from mairies.tests.horaires import lignes, rangees
from mairies.tests.test_admin import MAIRIES, SERVICES, errors_of, mairie_form, service_form
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db
SEMAINE = {
    "lundi": [["07:30", "12:00"], ["13:00", "15:30"]],
    "samedi": [["18:00", "24:00"]],
    "dimanche": [["00:00", "24:00"]],
}
FERMETURES = [
    {"date": "2026-12-25", "motif": "Noël", "demi_journee": None},
    {"date": "2026-12-31", "motif": "", "demi_journee": "apres_midi"},
]


@pytest.fixture
def service(yaounde):
    return ServiceMunicipalFactory(mairie=yaounde, horaires=SEMAINE, fermetures=FERMETURES)


@pytest.fixture
def desk(client, awa):
    client.force_login(awa)
    return client


def url_of(service) -> str:
    return f"{SERVICES}{service.pk}/change/"


def sent_by(page) -> dict:
    """What the page sends when nothing is touched: its inputs, as a browser reads them."""
    form = page.context["adminform"].form
    widgets = {name: form[name].subwidgets[0].data for name in ("horaires", "fermetures")}
    sent = {"horaires-presents": "1", "fermetures-suite": widgets["fermetures"]["suite"]}
    for jour in widgets["horaires"]["jours"]:
        sent |= rangees(**{jour["cle"]: jour["intervalles"]})
    for rang, ligne in enumerate(widgets["fermetures"]["lignes"]):
        for cle in ("date", "demi_journee", "motif"):
            sent[f"fermetures-{rang}-{cle}"] = ligne.get(cle) or ""
    return sent


def saved(desk, service, **sent) -> ServiceMunicipal:
    answer = desk.post(url_of(service), service_form(**sent))
    assert answer.status_code == 302, errors_of(answer)
    service.refresh_from_db()
    return service


def test_what_is_not_touched_stays(desk, service):
    page = desk.get(url_of(service))
    assert "JSON" not in page.content.decode()
    kept = saved(desk, service, **sent_by(page))
    assert (kept.horaires, kept.fermetures) == (SEMAINE, FERMETURES)
    assert "horaires" not in str(desk.get(f"{SERVICES}{service.pk}/history/").content)


def test_midnight_ends_an_interval(desk, service):
    kept = saved(desk, service, **rangees(lundi=[("18:00", "00:00")], mardi=[("00:00", "00:00")]))
    assert kept.horaires == {"lundi": [["18:00", "24:00"]], "mardi": [["00:00", "24:00"]]}


def test_a_day_without_hours_is_closed(desk, service):
    assert saved(desk, service, **rangees(lundi=[("", ""), ("", "")])).horaires == {}


def test_rows_left_empty_between_two_are_nothing(desk, service):
    sent = rangees(jeudi=[("", ""), ("08:00", "12:00"), ("", ""), ("13:00", "15:00")])
    assert saved(desk, service, **sent).horaires == {
        "jeudi": [["08:00", "12:00"], ["13:00", "15:00"]]
    }


def test_a_request_without_the_rows_changes_none(desk, service):
    sent = {
        name: value
        for name, value in service_form().items()
        if not name.startswith(("horaires", "fermetures"))
    }
    assert desk.post(url_of(service), sent).status_code == 302
    service.refresh_from_db()
    assert (service.horaires, service.fermetures) == (SEMAINE, FERMETURES)


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        (("15:30", "07:30"), "le début doit précéder"),
        (("07:30", ""), "une heure de début et une de fin"),
        (("", "07:30"), "une heure de début et une de fin"),
        (("7h30", "15:30"), "les heures s'écrivent"),
        (("\x00", "15:30"), "les heures s'écrivent"),
        (("٠٧:٣٠", "15:30"), "les heures s'écrivent"),
        (("25:00", "26:00"), "les heures s'écrivent"),
        (("x" * 200_000, "15:30"), "les heures s'écrivent"),
    ],
)
def test_wrong_hours_are_said_beside_their_day(desk, service, interval, said):
    answer = desk.post(url_of(service), service_form(**rangees(mardi=[interval])))
    form = answer.context["adminform"].form
    assert any(said in each for each in form.errors["horaires"])
    jours = {jour["cle"]: jour for jour in form["horaires"].subwidgets[0].data["jours"]}
    assert [jour for jour in JOURS if jours[jour]["erreurs"]] == ["mardi"]
    # What was typed is still there.
    assert jours["mardi"]["intervalles"][0] == interval
    service.refresh_from_db()
    assert service.horaires == SEMAINE


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"date": "2026-02-30"}, "cette date n'existe pas"),
        ({"motif": "Noël"}, "la date s'écrit"),
        ({"date": "2026-12-25", "motif": "x" * 201}, "200 caractères"),
        ({"date": "2026-12-25", "motif": "a\x00b"}, "caractère interdit"),
        ({"date": "2026-12-25", "demi_journee": "soir"}, "demi-journée est"),
    ],
)
def test_a_wrong_closing_is_said_beside_its_row(desk, service, row, said):
    sent = lignes("fermetures", {"date": "2026-11-01"}, {}, row)
    answer = desk.post(url_of(service), service_form(**sent))
    form = answer.context["adminform"].form
    assert any(said in each for each in form.errors["fermetures"])
    shown = form["fermetures"].subwidgets[0].data["lignes"]
    assert [bool(ligne.get("erreurs")) for ligne in shown[:2]] == [False, True]


def test_closings_are_kept_as_the_api_tells_them(desk, service):
    sent = lignes("fermetures", {"date": "2027-01-01", "motif": " Nouvel An "})
    assert saved(desk, service, **sent).fermetures == [
        {"date": "2027-01-01", "motif": "Nouvel An", "demi_journee": None}
    ]


def test_a_year_of_closings_does_not_fill_the_request(desk, service):
    days = [(date(2026, 1, 1) + timedelta(n)).isoformat() for n in range(366)]
    rows = [{"date": day, "motif": "Fermé", "demi_journee": "matin"} for day in days]
    ServiceMunicipal.objects.filter(pk=service.pk).update(fermetures=rows)
    sent = service_form(**sent_by(desk.get(url_of(service))))
    assert len(sent) < 500
    assert desk.post(url_of(service), sent).status_code == 302
    service.refresh_from_db()
    assert sorted(service.fermetures, key=lambda row: row["date"]) == rows


@pytest.mark.parametrize(
    "suite",
    ["{", "0", "{}", "[" * 50_000, '["\\ud800"]', "[[]]", "[{}]", '[{"date": 1}]', "\x00", "[NaN]"],
)
def test_a_forged_rest_is_refused(desk, service, suite):
    answer = desk.post(url_of(service), service_form(**lignes("fermetures", suite=suite)))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["fermetures"]


def test_thousands_of_inputs_are_no_crash(desk, service):
    many = {f"horaires-lundi-{rang}-de": "08:00" for rang in range(3000)}
    assert desk.post(url_of(service), service_form(**many)).status_code == 400
    few = {f"horaires-lundi-{rang}-de": "08:00" for rang in range(6, 300)}
    assert saved(desk, service, **rangees(), **few).horaires == {}


def test_closed_days_of_a_mairie(desk, yaounde):
    sent = mairie_form(**lignes("jours_fermes", "2026-05-20", "", "2026-01-01"))
    assert desk.post(f"{MAIRIES}{yaounde.pk}/change/", sent).status_code == 302
    yaounde.refresh_from_db()
    assert yaounde.jours_fermes == ["2026-05-20", "2026-01-01"]
    twice = mairie_form(**lignes("jours_fermes", "2026-05-20", "2026-05-20"))
    answer = desk.post(f"{MAIRIES}{yaounde.pk}/change/", twice)
    assert "déjà dans la liste" in errors_of(answer)


def test_a_colour_may_stay_empty(desk, yaounde):
    url = f"{MAIRIES}{yaounde.pk}/change/"
    assert desk.post(url, mairie_form(couleur_primaire="#0A6B3D")).status_code == 302
    yaounde.refresh_from_db()
    assert (yaounde.couleur_primaire, yaounde.couleur_secondaire) == ("#0A6B3D", "")
    assert 'data-couleur="id_couleur_primaire"' in desk.get(url).content.decode()


def test_whoever_reads_has_no_rows_to_fill(client, yaounde, service):
    client.force_login(agent_of(yaounde, groups=["Lecture"]))
    assert "horaires-presents" not in client.get(url_of(service)).content.decode()
