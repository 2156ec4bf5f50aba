"""The desk for problem reports: sorted, moved on, and anonymous where they are."""

import pytest

from demarches.models import Signalement
from demarches.services import signalements as services
from demarches.tests.admin import (
    NO_HISTORY,
    SIGNALEMENTS,
    act,
    change_url,
    counted,
    errors_of,
    text_of,
)
from demarches.tests.factories import PieceJointeFactory, SignalementFactory, SuiviFactory
from demarches.workflow import StatutSignalement
from mairies.tests.factories import ServiceMunicipalFactory
from users.tests.factories import UtilisateurFactory, agent_of

pytestmark = pytest.mark.django_db
S = StatutSignalement
XSS = "<script>alert(1)</script>"


@pytest.fixture
def row(yaounde):
    return SignalementFactory(
        mairie=yaounde,
        titre=f"Trou {XSS}",
        signaleur=UtilisateurFactory(first_name="Éloïse", last_name="Bikoro"),
        email="canari@exemple.cm",
        telephone="+237677000001",
    )


def form(**changes) -> dict:
    return {"categorie": "voirie", "service": "", "priorite": "normale", **NO_HISTORY, **changes}


def step(row, name: str) -> str:
    return f"{SIGNALEMENTS}{row.pk}/etape/{name}/"


def test_the_page_shows_the_contact_and_the_photos(signed_in, awa, row, yaounde):
    photo = PieceJointeFactory(mairie=yaounde, de_signalement=True, signalement=row)
    PieceJointeFactory(mairie=yaounde, de_signalement=True, signalement=row, est_visible=False)
    page = text_of(signed_in(awa).get(change_url(SIGNALEMENTS, row)))
    for words in ("Éloïse Bikoro", "canari@exemple.cm", photo.photo.small_url, "Photo masquée"):
        assert words in page, words
    assert XSS not in page
    assert "SECRET" not in page


def test_who_is_anonymous_is_shown_to_nobody(signed_in, awa, nadege, row):
    Signalement.objects.update(est_anonyme=True)
    for account in (awa, nadege):
        client = signed_in(account)
        page = text_of(client.get(SIGNALEMENTS))
        page += text_of(client.get(change_url(SIGNALEMENTS, row)))
        for words in ("Bikoro", "canari", "677", row.signaleur.username):
            assert words not in page, words
        for probe in ("email__startswith=c", f"signaleur={row.signaleur_id}", "code_suivi__gt=A"):
            assert client.get(f"{SIGNALEMENTS}?{probe}").status_code == 400
        for word in ("canari", "677"):
            assert row.numero_suivi not in text_of(client.get(f"{SIGNALEMENTS}?q={word}"))


def test_of_the_mairie_alone(signed_in, brice, row):
    client = signed_in(brice)
    assert row.numero_suivi not in text_of(client.get(SIGNALEMENTS))
    assert client.post(change_url(SIGNALEMENTS, row), form(priorite="haute")).status_code == 302
    act(client, SIGNALEMENTS, "resoudre", row, _step=1)
    row.refresh_from_db()
    assert (row.priorite, row.statut) == ("normale", S.SIGNALE)


def test_another_category_goes_to_its_service(signed_in, awa, row, yaounde):
    service = ServiceMunicipalFactory(mairie=yaounde, categories_signalements=["eclairage"])
    client = signed_in(awa)
    sent = form(categorie="eclairage", titre="Autre", statut="resolu", est_anonyme="on")
    answer = client.post(change_url(SIGNALEMENTS, row), sent)
    assert answer.status_code == 302, errors_of(answer)
    row.refresh_from_db()
    assert (row.categorie, row.service, row.statut) == ("eclairage", service, S.SIGNALE)
    assert row.titre.startswith("Trou")
    line = row.suivis.get()
    assert (line.auteur, line.est_visible) == (awa, False)
    assert "Catégorie" in line.message or "catégorie" in line.message


def test_a_service_of_another_mairie_is_not_offered(signed_in, awa, nadege, row, douala):
    theirs = ServiceMunicipalFactory(mairie=douala, nom="CANARI2")
    for account in (awa, nadege):
        client = signed_in(account)
        assert "CANARI2" not in text_of(client.get(change_url(SIGNALEMENTS, row)))
        answer = client.post(change_url(SIGNALEMENTS, row), form(service=theirs.pk))
        assert "service" in errors_of(answer)


def test_moved_on(signed_in, awa, row, mailbox):
    client = signed_in(awa)
    said = act(client, SIGNALEMENTS, "prendre_en_charge", row, _step=1)
    assert said == ["1 signalement pris en charge."]
    act(client, SIGNALEMENTS, "resoudre", row, message="Rebouché", _step=1)
    row.refresh_from_db()
    assert (row.statut, row.agent_traitant) == (S.RESOLU, awa)
    assert "Rebouché" in mailbox()[-1].body
    (refused,) = act(client, SIGNALEMENTS, "prendre_en_charge", row, _step=1)
    assert refused.startswith(f"{row.numero_suivi} : « Résolu » ne peut pas devenir")
    assert "Signalé → En cours" in text_of(client.get(change_url(SIGNALEMENTS, row)))


def test_a_refusal_needs_its_reason(signed_in, awa, row):
    client = signed_in(awa)
    refused = client.post(step(row, "rejeter"), {"motif": " "})
    assert refused.context["form"].errors["motif"]
    act(client, SIGNALEMENTS, "rejeter", row, motif="Voie privée", _step=1)
    row.refresh_from_db()
    assert row.statut == S.REJETE


def test_roles(signed_in, yaounde, row):
    works = signed_in(agent_of(yaounde, groups=["Technique"]))
    act(works, SIGNALEMENTS, "prendre_en_charge", row, _step=1)
    # They see no dossiers, but the history of what they work on.
    assert "Signalé → En cours" in text_of(works.get(change_url(SIGNALEMENTS, row)))
    assert works.get(f"{SIGNALEMENTS}add/").status_code == 403
    reader = signed_in(agent_of(yaounde, groups=["Lecture"]))
    assert reader.get(change_url(SIGNALEMENTS, row)).status_code == 200
    assert reader.post(change_url(SIGNALEMENTS, row), form()).status_code == 403
    assert signed_in(agent_of(yaounde, groups=["Contenu"])).get(SIGNALEMENTS).status_code == 403


def test_filters_and_search(signed_in, awa, row, yaounde):
    lamp = SignalementFactory(mairie=yaounde, categorie="eclairage", repere="Carrefour Mvog-Mbi")
    services.prendre_en_charge(lamp, par=awa)
    client = signed_in(awa)
    for query in (
        "categorie__exact=eclairage",
        "statut__exact=en_cours",
        "q=mvog",
        f"q={lamp.numero_suivi}",
        "agent=moi",
    ):
        page = text_of(client.get(f"{SIGNALEMENTS}?{query}"))
        assert lamp.numero_suivi in page, query
        assert row.numero_suivi not in page, query
    year = lamp.date_creation.year
    assert row.numero_suivi in text_of(client.get(f"{SIGNALEMENTS}?date_creation__year={year}"))


def test_the_number_of_queries_is_fixed(signed_in, awa, yaounde):
    client, numbers = signed_in(awa), []
    for more in (3, 27):
        rows = SignalementFactory.create_batch(more, mairie=yaounde)
        for each in rows:
            line = {"demarche": None, "signalement": rows[0], "auteur": each.signaleur}
            SuiviFactory(mairie=yaounde, **line)
        with counted() as listed:
            text_of(client.get(SIGNALEMENTS))
        with counted() as read:
            text_of(client.get(change_url(SIGNALEMENTS, rows[0])))
        numbers.append((listed(), read()))
    assert numbers[0] == numbers[1]
