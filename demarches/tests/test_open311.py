"""What Open311 tells: services, and the reports that anyone may read, in XML and JSON."""

from datetime import date

import pytest
from django.core.validators import URLValidator
from django.urls import get_resolver
from django.utils import timezone

from demarches.models import Signalement
from demarches.open311 import urls, views
from demarches.tests.factories import PieceJointeFactory, SignalementFactory, SuiviFactory
from demarches.tests.open311 import BASE, ask, numbers, said, tree
from mairies.categories import CategorieSignalement
from mairies.tests.factories import MairieFactory

FIELDS = {
    *("service_request_id", "status", "status_notes", "service_name", "service_code"),
    *("description", "agency_responsible", "service_notice", "requested_datetime"),
    *("updated_datetime", "expected_datetime", "address", "address_id", "zipcode"),
    *("lat", "long", "media_url"),
}


@pytest.fixture
def report(yaounde):
    return SignalementFactory(
        mairie=yaounde,
        titre="Nid-de-poule",
        description="Profond d'un mètre <b>&</b> large.",
        adresse="Avenue Kennedy",
        repere="Face à l'école",
        latitude="3.866667",
        longitude="11.516667",
    )


def test_it_works(report):
    answer = ask("requests.json", {"jurisdiction_id": "yaounde"})
    assert answer.headers["Content-Type"] == "application/json"
    (found,) = answer.json()
    assert set(found) == FIELDS
    assert found["service_request_id"] == report.numero_suivi
    assert found["status"] == "open"
    assert found["service_code"] == "voirie"
    assert found["description"] == "Nid-de-poule\n\nProfond d'un mètre <b>&</b> large."
    assert found["address"] == "Avenue Kennedy, Face à l'école"
    assert (found["lat"], found["long"]) == (3.866667, 11.516667)
    assert found["agency_responsible"] == "Yaoundé"
    created = timezone.localtime(report.date_creation).isoformat(timespec="seconds")
    assert found["requested_datetime"] == created
    assert created.endswith("+01:00")


def test_xml_says_the_same(report):
    answer = ask("requests.xml")
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b"<?xml")
    root, (found,) = tree(answer.content)
    assert root == "service_requests"
    (told,) = ask("requests.json").json()
    assert found == {k: None if v is None else str(v) for k, v in told.items()}


@pytest.mark.parametrize("suffix", ["xml", "json"])
def test_one_report_is_a_list_of_one(report, suffix):
    SignalementFactory(mairie=report.mairie)
    for number in (report.numero_suivi, report.numero_suivi.lower()):
        answer = ask(f"requests/{number}.{suffix}")
        content = answer.json() if suffix == "json" else tree(answer.content)[1]
        assert [row["service_request_id"] for row in content] == [report.numero_suivi]


def test_one_report_of_another_jurisdiction_is_none(report, douala):
    assert ask(f"requests/{report.numero_suivi}.json?jurisdiction_id=yaounde").status_code == 200
    said(ask(f"requests/{report.numero_suivi}.json?jurisdiction_id=douala"), 404)
    said(ask("requests/S-2026-AAAA-AAAA.xml"), 404)


def test_without_a_suffix_what_the_client_accepts(report):
    assert ask("requests", Accept="application/json").json()
    assert tree(ask("requests", Accept="text/xml").content)[0] == "service_requests"
    assert tree(ask("requests").content)[0] == "service_requests"
    assert "Accept" in ask("requests").headers["Vary"]
    # The address decides, whatever else is accepted.
    assert ask("requests.json", Accept="text/html").json()


def test_services_are_the_categories(db):
    services = ask("services.json").json()
    assert [each["service_code"] for each in services] == CategorieSignalement.values
    for each in services:
        assert each["metadata"] is False
        assert each["type"] == "realtime"
        assert all(each[name] for name in ("service_name", "description", "keywords", "group"))
    root, found = tree(ask("services.xml").content)
    assert root == "services"
    assert found[0]["metadata"] == "false"
    assert [each["service_name"] for each in found] == [each["service_name"] for each in services]


def test_a_service_asks_nothing_of_its_own(db):
    content = {"service_code": "voirie", "attributes": []}
    assert ask("services/voirie.json").json() == content
    assert tree(ask("services/voirie.xml").content) == ("service_definition", content)
    assert "service_code" in said(ask("services/rien.xml"), 404)


def test_discovery(db):
    found = ask("discovery.json").json()
    (endpoint,) = found["endpoints"]
    assert endpoint["url"] == "https://api.ecms.test/open311/v2"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    root, in_xml = tree(ask("discovery.xml").content)
    assert (root, in_xml) == ("discovery", found)


def test_labels_are_in_the_language_of_the_client(report):
    french, english = (
        ask("requests.json", **{"Accept-Language": language}).json()[0] for language in ("fr", "en")
    )
    assert french["service_name"] != english["service_name"]
    assert french["service_code"] == english["service_code"]


@pytest.mark.parametrize(
    ("statut", "status"),
    [
        *[("signale", "open"), ("en_cours", "open"), ("planifie", "open")],
        *[("resolu", "closed"), ("doublon", "closed")],
    ],
)
def test_states_are_open_or_closed(report, statut, status):
    other = SignalementFactory(mairie=report.mairie, statut="signale")
    now = timezone.now()
    Signalement.objects.filter(pk=report.pk).update(
        statut=statut, date_resolution=now, doublon_de=other
    )
    Signalement.objects.exclude(pk=report.pk).update(repere="x")
    assert ask(f"requests/{report.numero_suivi}.json").json()[0]["status"] == status
    assert (report.numero_suivi in numbers({"status": status})) is True
    other_state = {"open": "closed", "closed": "open"}[status]
    assert report.numero_suivi not in numbers({"status": other_state})
    assert report.numero_suivi in numbers({"status": "open,closed"})


def test_notes_are_what_the_mairie_said_last(report):
    def note(message, **facts):
        facts = {"nature": "statut", "origine": "agent", "nouveau_statut": "signale", **facts}
        SuiviFactory(
            mairie=report.mairie, demarche=None, signalement=report, message=message, **facts
        )

    def notes():
        return ask("requests.json").json()[0]["status_notes"]

    assert notes() == "Signalé"
    note("Une équipe passe lundi.")
    note("")
    note("CANARI interne", est_visible=False)
    note("CANARI note", nature="note", est_visible=False)
    note("CANARI message", nature="message")
    note("CANARI du demandeur", origine="demandeur")
    note("Ce n'est plus vrai.", nouveau_statut="resolu")
    assert notes() == "Une équipe passe lundi."
    note("C'est réparé.")
    assert notes() == "C'est réparé."


def test_the_first_photo_that_is_shown(report):
    def url():
        return ask("requests.json").json()[0]["media_url"]

    assert url() is None
    facts = {"mairie": report.mairie, "de_signalement": True, "signalement": report}
    PieceJointeFactory(**facts, est_visible=False)
    assert url() is None
    shown = PieceJointeFactory(**facts)
    PieceJointeFactory(**facts)
    assert url() == f"https://api.ecms.test/media/{shown.photo.name}"
    URLValidator()(url())


def test_a_planned_day_is_a_moment(report):
    Signalement.objects.update(date_prevue=date(2026, 12, 24))
    found = ask("requests.json").json()[0]
    assert found["expected_datetime"] == "2026-12-24T00:00:00+01:00"


def test_a_title_that_begins_the_text_is_not_said_twice(report):
    Signalement.objects.update(titre="Un trou…", description="Un trou au milieu.")
    assert ask("requests.json").json()[0]["description"] == "Un trou au milieu."


def test_xml_holds_what_xml_can(report):
    Signalement.objects.update(titre="a\x01\x0b]]>é😀", description="<!DOCTYPE x>\x1f\ufffe")
    _root, (found,) = tree(ask("requests.xml").content)
    assert found["description"] == "a]]>é😀\n\n<!DOCTYPE x>"


# Who sees what ------------------------------------------------------------------------------------


@pytest.mark.parametrize("statut", ["non_activee", "suspendue"])
def test_a_mairie_that_is_not_active_tells_nothing(report, statut):
    closed = SignalementFactory(mairie=MairieFactory(slug="fermee", statut=statut))
    assert numbers() == [report.numero_suivi]
    assert numbers({"service_request_id": closed.numero_suivi}) == []
    said(ask(f"requests/{closed.numero_suivi}.json"), 404)
    for path in ("requests.json", "services.json", "services/voirie.json"):
        assert "jurisdiction_id" in said(ask(path, {"jurisdiction_id": "fermee"}), 404)
    unknown = ask("requests.json", {"jurisdiction_id": "nulle-part"})
    assert unknown.content == ask("requests.json", {"jurisdiction_id": "fermee"}).content


def test_what_was_rejected_is_not_told(report, yaounde):
    rejected = SignalementFactory(mairie=yaounde, statut="rejete", date_rejet=timezone.now())
    for query in ({}, {"status": "closed"}, {"service_request_id": rejected.numero_suivi}):
        assert rejected.numero_suivi not in numbers(query)
    said(ask(f"requests/{rejected.numero_suivi}.xml"), 404)


@pytest.mark.parametrize("anonymous", [False, True])
def test_nobody_learns_who_reported(yaounde, chantal, awa, anonymous):
    chantal.first_name = chantal.last_name = "Canari"
    chantal.save()
    report = SignalementFactory(
        mairie=yaounde,
        signaleur=chantal,
        email="canari@exemple.cm",
        telephone="+237677123456",
        est_anonyme=anonymous,
        agent_traitant=awa,
        code_suivi="CANARI234567",
    )
    for path in ("requests", f"requests/{report.numero_suivi}"):
        for suffix in ("json", "xml"):
            said = ask(f"{path}.{suffix}").content.decode().lower()
            for canary in ("canari", "chantal", "677123456", "677 12", "awa"):
                assert canary not in said, canary


def test_an_account_changes_nothing(report, api, awa):
    rejected = SignalementFactory(
        mairie=report.mairie, statut="rejete", date_rejet=timezone.now(), signaleur=awa
    )
    answer = api(awa).get(f"{BASE}/requests.json")
    assert answer.content == ask("requests.json").content
    assert api(awa).get(f"{BASE}/requests/{rejected.numero_suivi}.json").status_code == 404
    bad = ask("requests.json", Authorization="Bearer nonsense")
    assert bad.status_code == 200


def test_every_view_says_why_it_is_not_scoped():
    found = {pattern.callback.cls for pattern in urls.urlpatterns}
    assert all(view.unscoped.strip() and issubclass(view, views.Open311View) for view in found)
    mounted = [p for p in get_resolver().url_patterns if str(p.pattern) == "open311/v2/"]
    assert len(mounted) == 1


def test_other_sites_read_it_when_they_are_configured(report, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://carte.exemple.cm"]
    allowed = ask("requests.json", Origin="https://carte.exemple.cm")
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://carte.exemple.cm"
    other = ask("requests.json", Origin="https://evil.example")
    assert "Access-Control-Allow-Origin" not in other.headers


@pytest.mark.parametrize("suffix", ["json", "xml"])
def test_it_is_cached_and_not_sent_twice(report, suffix):
    first = ask(f"requests.{suffix}")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    again = ask(f"requests.{suffix}", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
