"""The steps of a report at the desk: what may be done now, and whose rows it takes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from demarches.models import PieceJointe, Signalement
from demarches.services import signalements as services
from demarches.tests.admin import SIGNALEMENTS, act, change_url, text_of
from demarches.tests.factories import PieceJointeFactory, SignalementFactory
from demarches.workflow import StatutSignalement
from ecms.tests.files import photo, upload
from mairies.tests.factories import ServiceMunicipalFactory
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db
S = StatutSignalement
OPEN = ["prendre_en_charge", "planifier", "resoudre", "doublon", "rejeter"]
ALWAYS = ["noter", "photo"]


@pytest.fixture
def row(yaounde):
    return SignalementFactory(mairie=yaounde, email="eloise@exemple.cm")


def step(row, name: str) -> str:
    return f"{SIGNALEMENTS}{row.pk}/etape/{name}/"


def buttons(client, row) -> list[str]:
    page = client.get(change_url(SIGNALEMENTS, row))
    return [each.name for each in page.context.get("steps", [])]


def test_the_steps_that_the_state_allows_now(signed_in, awa, row, yaounde):
    client = signed_in(awa)
    assert buttons(client, row) == [*OPEN, *ALWAYS]
    services.prendre_en_charge(row, par=awa)
    assert buttons(client, row) == [*OPEN[1:], *ALWAYS]
    services.planifier(row, par=awa, date_prevue=timezone.localdate())
    assert buttons(client, row) == [*OPEN, *ALWAYS]
    PieceJointeFactory(mairie=yaounde, de_signalement=True, signalement=row)
    services.resoudre(row, par=awa)
    assert buttons(client, row) == ["rouvrir", *ALWAYS, "photos"]
    reader = signed_in(agent_of(yaounde, groups=["Lecture"]))
    assert buttons(reader, row) == []
    assert reader.get(step(row, "noter")).status_code == 302


def test_the_works_are_planned(signed_in, awa, row, mailbox):
    client, demain = signed_in(awa), timezone.localdate() + timedelta(days=1)
    for wrong in ("", "x", "9999-99-99", "9999-12-31", "2020-01-01", "\x00"):
        answer = client.post(step(row, "planifier"), {"date_prevue": wrong})
        assert answer.context["form"].errors["date_prevue"], wrong
    client.post(step(row, "planifier"), {"date_prevue": demain.isoformat(), "message": "Tôt"})
    row.refresh_from_db()
    assert (row.statut, row.date_prevue, row.agent_traitant) == (S.PLANIFIE, demain, awa)
    assert "Tôt" in mailbox()[-1].body


def test_a_duplicate_names_its_original(signed_in, awa, row, yaounde, douala):
    original = SignalementFactory(mairie=yaounde)
    elsewhere = SignalementFactory(mairie=douala)
    client = signed_in(awa)
    said = set()
    for wrong in (elsewhere.numero_suivi, "S-99999999", "x", "1" * 40):
        form = client.post(step(row, "doublon"), {"doublon_de": wrong}).context["form"]
        said.add(str(form.errors["doublon_de"]))
    assert len(said) == 1
    assert client.post(step(row, "doublon"), {"doublon_de": "\x00"}).context["form"].errors
    client.post(step(row, "doublon"), {"doublon_de": row.numero_suivi})
    row.refresh_from_db()
    assert row.statut == S.SIGNALE
    client.post(step(row, "doublon"), {"doublon_de": f" {original.numero_suivi.lower()} "})
    row.refresh_from_db()
    assert (row.statut, row.doublon_de) == (S.DOUBLON, original)


def test_the_reports_around_are_named(signed_in, awa, yaounde, douala):
    place = {"latitude": "3.866700", "longitude": "11.516700"}
    row = SignalementFactory(mairie=yaounde, **place)
    near = SignalementFactory(mairie=yaounde, titre="<b>Trou</b>", **place)
    elsewhere = SignalementFactory(mairie=douala, **place)
    page = text_of(signed_in(awa).get(step(row, "doublon")))
    assert near.numero_suivi in page
    assert "<b>Trou" not in page
    assert elsewhere.numero_suivi not in page


def test_opened_again(signed_in, awa, row):
    services.resoudre(row, par=awa)
    Signalement.objects.update(date_resolution=timezone.now() - timedelta(days=90))
    signed_in(awa).post(step(row, "rouvrir"), {"motif": "Revenu"})
    row.refresh_from_db()
    assert row.statut == S.SIGNALE
    assert row.suivis.last().origine == "agent"


def test_a_note_is_for_the_colleagues(signed_in, awa, row, mailbox):
    client = signed_in(awa)
    client.post(step(row, "noter"), {"message": "Voir avec la CUY"})
    line = row.suivis.get()
    assert (line.nature, line.est_visible, line.auteur) == ("note", False, awa)
    assert "Voir avec la CUY" in text_of(client.get(change_url(SIGNALEMENTS, row)))
    assert mailbox() == []


def test_sorted_in_the_list(signed_in, awa, row, yaounde, douala):
    service = ServiceMunicipalFactory(mairie=yaounde)
    theirs = ServiceMunicipalFactory(mairie=douala, nom="CANARI")
    other = SignalementFactory(mairie=yaounde)
    client = signed_in(awa)
    page = client.post(SIGNALEMENTS, {"action": "confier", "_selected_action": [row.pk]})
    assert "CANARI" not in text_of(page)
    for wrong in (theirs.pk, "x", 10**30):
        act(client, SIGNALEMENTS, "confier", row, service=wrong, _step=1)
    row.refresh_from_db()
    assert row.service is None
    said = act(client, SIGNALEMENTS, "confier", row, other, service=service.pk, _step=1)
    assert said == ["2 signalements confiés."]
    act(client, SIGNALEMENTS, "priorite", row, other, priorite="urgente", _step=1)
    rows = Signalement.objects.values_list("service", "priorite").distinct()
    assert list(rows.order_by()) == [(service.pk, "urgente")]


def test_photos_are_added_hidden_and_shown(signed_in, awa, row, yaounde):
    client = signed_in(awa)
    sent = {"photo": upload(photo((40, 30)), "apres.jpg")}
    assert client.post(step(row, "photo"), sent).status_code == 302
    piece = row.photos.get()
    assert (piece.depose_par, piece.est_visible) == (awa, True)
    assert "<img" in text_of(client.get(step(row, "photos")))
    stranger = PieceJointeFactory(mairie=yaounde, de_signalement=True)
    refused = client.post(step(row, "photos"), {"masquer": [stranger.pk]})
    assert refused.context["form"].errors["masquer"]
    client.post(step(row, "photos"), {"masquer": [piece.pk]})
    assert not PieceJointe.objects.get(pk=piece.pk).est_visible
    client.post(step(row, "photos"), {"montrer": [piece.pk]})
    assert PieceJointe.objects.get(pk=piece.pk).est_visible
    assert PieceJointe.objects.get(pk=stranger.pk).est_visible


def test_a_file_that_is_no_photo_is_refused(signed_in, awa, row):
    sent = {"photo": upload(b"%PDF-1.4 nothing", "photo.jpg")}
    answer = signed_in(awa).post(step(row, "photo"), sent, follow=True)
    assert answer.status_code == 200
    assert not row.photos.exists()


NAMES = [*OPEN, "rouvrir", "confier", "priorite", *ALWAYS, "photos"]


@pytest.mark.parametrize("name", NAMES)
def test_another_mairie_s_report_is_as_an_absent_one(signed_in, brice, row, yaounde, name):
    PieceJointeFactory(mairie=yaounde, de_signalement=True, signalement=row)
    sent = {"motif": "x", "message": "x", "doublon_de": row.numero_suivi, "_step": 1}
    client = signed_in(brice)
    for method in (client.get, client.post):
        theirs = method(step(row, name), sent)
        nobody = method(f"{SIGNALEMENTS}{10**17}/etape/{name}/", sent)
        assert (theirs.status_code, theirs["Location"]) == (302, nobody["Location"])
    act(client, SIGNALEMENTS, name, row, **sent)
    row.refresh_from_db()
    assert row.statut == S.SIGNALE
    assert not row.suivis.exists()


def test_filters_name_nobody_elsewhere(signed_in, awa, brice, row, douala):
    ServiceMunicipalFactory(mairie=douala, nom="CANARI")
    colleague = agent_of(row.mairie, username="paul", first_name="Paul", last_name="Essomba")
    taken = SignalementFactory(mairie=row.mairie)
    services.prendre_en_charge(taken, par=colleague)
    client = signed_in(awa)
    page = text_of(client.get(SIGNALEMENTS))
    assert "Essomba" in page
    assert "CANARI" not in page
    found = {
        f"agent={colleague.pk}": {taken},
        "agent=personne": {row},
        "ouvert=oui": {row, taken},
        "ouvert=non": set(),
        f"date_creation_to={timezone.localdate().isoformat()}": {row, taken},
        "date_creation_to=2020-01-01": set(),
        f"agent={brice.pk}": {row, taken},
        "agent=x": {row, taken},
        "agent=99999999999999999999": {row, taken},
        "service=abc": {row, taken},
        "date_creation_from=9999-99-99": {row, taken},
    }
    for query, rows in found.items():
        page = text_of(client.get(f"{SIGNALEMENTS}?{query}"))
        assert {each for each in (row, taken) if each.numero_suivi in page} == rows, query
