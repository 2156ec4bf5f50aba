"""Following a dossier or a report by its number and its secret: enough, and nothing personal."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from demarches.services import demarches as services
from demarches.services.historique import Nature, Origine, noter
from demarches.tests.factories import DemarcheAdministrativeFactory, SignalementFactory
from ecms.codes import show_secret

URL = "/api/v1/suivi"
CANARIES = {
    "nom_demandeur": "CANARI-NOM",
    "email_demandeur": "canari-adresse@exemple.cm",
    "telephone_demandeur": "+237677123456",
    "donnees": {"quartier": "CANARI-REPONSE"},
}

pytestmark = pytest.mark.django_db


def follow(client, numero, code, **extra):
    return client.post(URL, {"numero_suivi": numero, "code_suivi": code}, format="json", **extra)


def followed(client, row) -> dict:
    answer = follow(client, row.numero_suivi, row.code_suivi)
    assert answer.status_code == 200, answer.content
    assert answer.headers["Cache-Control"] == "private, no-store"
    return answer.json()


def test_a_dossier(api, awa, yaounde):
    demarche = DemarcheAdministrativeFactory(mairie=yaounde, echeance="2026-12-24")
    services.prendre_en_charge(demarche, par=awa)
    found = followed(api(), demarche)
    assert (found["objet"], found["id"]) == ("demarche", demarche.pk)
    assert (found["statut"], found["statut_display"]) == ("en_cours", "En cours")
    assert (found["intitule"], found["mairie"]) == (demarche.formulaire.nom, "yaounde")
    assert found["echeance"] == "2026-12-24"
    assert found["dates"]["date_prise_en_charge"]
    assert found["dates"]["date_cloture"] is None
    (line,) = found["historique"]
    assert (line["statut"], line["origine_display"]) == ("en_cours", "La mairie")
    assert found["piece_demandee"] is None


def test_a_report(api, yaounde):
    signalement = SignalementFactory(
        mairie=yaounde, titre="CANARI-TITRE", description="CANARI-TEXTE", email="c@exemple.cm"
    )
    found = followed(api(), signalement)
    assert (found["objet"], found["statut"]) == ("signalement", "signale")
    assert found["intitule"] == "Voirie"
    assert "CANARI" not in str(found)
    assert "c@exemple.cm" not in str(found)


def test_a_draft_gives_its_id(api, yaounde):
    draft = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=None, brouillon=True)
    assert followed(api(), draft)["id"] == draft.pk


def test_nothing_personal(api, awa, yaounde):
    awa.first_name, awa.last_name = "CANARI-AGENT", "Atangana"
    awa.save()
    demarche = DemarcheAdministrativeFactory(mairie=yaounde, **CANARIES)
    services.prendre_en_charge(demarche, par=awa)
    demandeur = demarche.demandeur
    services.ecrire(demarche, message="CANARI-MESSAGE", interne=False, par=demandeur)
    services.ecrire(demarche, message="CANARI-NOTE", interne=True, par=awa)
    services.affecter(demarche, agent=awa, par=awa)
    noter(demarche, nature=Nature.PIECE, origine=Origine.DEMANDEUR, message="CANARI-FICHIER.pdf")
    services.demander_piece(demarche, motif="Le verso", par=awa)
    services.completer(demarche, par=demandeur, message="CANARI-MOT")
    found = followed(api(), demarche)
    assert "CANARI" not in str(found).upper()
    for value in ("677123456", demandeur.username, demandeur.email, awa.username):
        assert value not in str(found)
    assert [line["statut"] for line in found["historique"]] == [
        "en_cours",
        "piece_demandee",
        "en_cours",
    ]


def test_what_the_mairie_wrote_and_asks_for(api, awa, yaounde):
    demarche = DemarcheAdministrativeFactory(mairie=yaounde, statut="en_cours")
    services.ecrire(demarche, message="Il manque le verso.", interne=False, par=awa)
    services.demander_piece(demarche, motif="Le verso de la carte", par=awa)
    found = followed(api(), demarche)
    assert [line["message"] for line in found["historique"]] == [
        "Il manque le verso.",
        "Le verso de la carte",
    ]
    assert found["piece_demandee"]["motif"] == "Le verso de la carte"
    services.completer(demarche, par=None, message="Voilà")
    assert followed(api(), demarche)["piece_demandee"] is None


def test_as_people_type_it(api):
    demarche = DemarcheAdministrativeFactory()
    typed = show_secret(demarche.code_suivi).lower()
    answer = follow(api(), f" {demarche.numero_suivi.lower()} ", f" {typed} ")
    assert answer.status_code == 200


def test_in_english(api, awa, yaounde):
    demarche = DemarcheAdministrativeFactory(mairie=yaounde)
    answer = follow(
        api(),
        demarche.numero_suivi,
        demarche.code_suivi,
        headers={"Accept-Language": "en"},
    )
    assert answer.status_code == 200


def said(answer) -> tuple:
    body = answer.json()
    return answer.status_code, {k: v for k, v in body.items() if k != "request_id"}


def test_a_wrong_number_and_a_wrong_secret_are_alike(api, django_assert_num_queries):
    demarche, other = DemarcheAdministrativeFactory(), SignalementFactory()
    client = api()
    wrong = [
        (demarche.numero_suivi, "A" * 16),
        (demarche.numero_suivi, other.code_suivi),
        (other.numero_suivi, demarche.code_suivi),
        ("D-2026-AAAA-AAAA", demarche.code_suivi),
        ("D-2026-AAAA-AAAA", "A" * 16),
        (demarche.numero_suivi, "é" * 16),
        (demarche.numero_suivi, "----------------"),
    ]
    follow(client, *wrong[0])
    queries = None
    answers = []
    for pair in wrong:
        with django_assert_num_queries(queries) if queries else counting() as counted:
            answers.append(said(follow(client, *pair)))
        queries = queries or len(counted)
    assert len({str(answer) for answer in answers}) == 1
    assert answers[0][0] == 404


def counting():
    return CaptureQueriesContext(connection)


@pytest.mark.parametrize(
    "body", [{}, {"numero_suivi": "D-1"}, {"numero_suivi": 1, "code_suivi": []}]
)
def test_both_are_asked_for(body, api):
    assert api().post(URL, body, format="json").status_code == 400


def test_wrong_tries_are_counted_and_right_ones_are_free(api, settings):
    settings.RATES = {**settings.RATES, "secret_adresse": (2, 60)}
    demarche = DemarcheAdministrativeFactory()
    for _time in range(4):
        followed(api(), demarche)
    wrong = [follow(api(), demarche.numero_suivi, "A" * 16) for _time in range(3)]
    assert [answer.status_code for answer in wrong] == [404, 404, 429]
    # Nor does a right one pass now: it would tell which one is.
    assert follow(api(), demarche.numero_suivi, demarche.code_suivi).status_code == 429


def test_an_address_never_carries_it(api):
    demarche = DemarcheAdministrativeFactory()
    query = {"numero_suivi": demarche.numero_suivi, "code_suivi": demarche.code_suivi}
    assert api().get(URL, query).status_code == 405
