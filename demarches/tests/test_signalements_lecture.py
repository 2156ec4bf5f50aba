"""Who reads what of a report: contact, number and notes go to nobody whom they do not concern."""

import pytest
from django.utils import timezone

from demarches.services import signalements as services
from demarches.tests.factories import PieceJointeFactory, SignalementFactory
from demarches.workflow import StatutSignalement
from ecms.tests.files import photo, upload
from mairies.tests.factories import ServiceMunicipalFactory
from users.tests.factories import UtilisateurFactory, agent_of

URL = "/api/v1/signalements"
S = StatutSignalement
CANARIES = [
    *("canari@exemple.cm", "677123456", "Canari Prénom", "canari-compte", "SECRETCANARI"),
    "S-2026-CANA-RI22",
]
PUBLIC = {
    *("id", "mairie", "mairie_nom", "categorie", "categorie_display", "titre", "description"),
    *("adresse", "repere", "latitude", "longitude", "statut", "statut_display", "doublon_de"),
    *("photos", "date_creation", "date_modification", "date_prise_en_charge", "date_prevue"),
    *("date_resolution", "date_rejet"),
}


@pytest.fixture
def owner(db):
    return UtilisateurFactory(
        username="canari-compte", first_name="Canari", last_name="Prénom", email="c@exemple.cm"
    )


def report(mairie, owner, **fields):
    return SignalementFactory(
        mairie=mairie,
        signaleur=owner,
        email="canari@exemple.cm",
        telephone="+237677123456",
        numero_suivi="S-2026-CANA-RI22",
        code_suivi="SECRETCANARI2345",
        latitude="3.866000",
        longitude="11.516000",
        **fields,
    )


def body(answer) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode()


def found(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text]


def addresses(row) -> list[str]:
    near = f"{URL}/proches?latitude=3.866&longitude=11.516"
    return [URL, f"{URL}/{row.pk}", f"{URL}/{row.pk}/suivi", near, "/api/v1/carte/signalements"]


@pytest.mark.parametrize("anonymous", [False, True])
def test_the_public_and_other_mairies_learn_nothing(api, yaounde, owner, brice, chantal, anonymous):
    row = report(yaounde, owner, est_anonyme=anonymous)
    PieceJointeFactory(mairie=yaounde, de_signalement=True, signalement=row)
    services.resoudre(row, par=agent_of(yaounde), message="Fait")
    services.rouvrir(row, motif="Canari Prénom habite ici", par=owner)
    for user in (None, brice, chantal):
        for address in addresses(row):
            answer = api(user).get(address)
            assert answer.status_code == 200
            assert found(body(answer)) == [], (user, address)
    told = api().get(f"{URL}/{row.pk}").json()
    assert set(told) == PUBLIC | {"nombre_doublons"}
    assert set(api().get(URL).json()["results"][0]) == PUBLIC
    assert found(body(api(brice).get("/api/v1/signalements.csv"))) == []


def test_the_owner_reads_their_own(api, yaounde, owner):
    row = report(yaounde, owner, est_anonyme=True)
    told = api(owner).get(f"{URL}/{row.pk}").json()
    assert told["email"] == "canari@exemple.cm"
    assert told["numero_suivi"] == row.numero_suivi
    assert not {"service", "priorite", "agent_traitant", "code_suivi"} & set(told)


def test_agents_read_the_contact_of_those_who_gave_a_name(api, awa, yaounde, owner):
    row = report(yaounde, owner)
    told = api(awa).get(f"{URL}/{row.pk}").json()
    assert (told["email"], told["signaleur"]) == ("canari@exemple.cm", owner.pk)
    assert told["signaleur_nom"] == "Canari Prénom"
    assert told["priorite_display"] == "Normale"
    assert "SECRET" not in str(told)
    text = body(api(awa).get("/api/v1/signalements.csv"))
    assert "canari@exemple.cm" in text
    assert "SECRET" not in text


def test_an_anonymous_report_is_anonymous_for_agents_too(api, awa, nadege, yaounde, owner):
    row = report(yaounde, owner, est_anonyme=True)
    services.ajouter_photo(row, photo=upload(photo((90, 60)), "x.jpg"), par=owner)
    services.rejeter(row, motif="Voie privée", par=awa)
    services.rouvrir(row, motif="Toujours là", par=owner)
    personal = [c for c in CANARIES if c != "S-2026-CANA-RI22"]
    for user in (awa, nadege):
        for address in [*addresses(row), "/api/v1/signalements.csv"]:
            text = body(api(user).get(address))
            assert [c for c in personal if c in text] == [], address
        told = api(user).get(f"{URL}/{row.pk}").json()
        assert not {"email", "telephone", "signaleur", "signaleur_nom"} & set(told)
    assert set(row.suivis.values_list("auteur", flat=True)) == {None, awa.pk}
    assert row.photos.get().depose_par is None


def test_a_code_that_is_wrong_shows_an_agent_no_contact(api, awa, nadege, yaounde, owner):
    row = report(yaounde, owner, est_anonyme=True)
    for user in (awa, nadege):
        services.resoudre(row, par=awa)
        given = {"motif": "Encore", "code_suivi": "A" * 16}
        answer = api(user).post(f"{URL}/{row.pk}/rouvrir", given)
        assert answer.status_code == 200
        assert found(body(answer)) == ["S-2026-CANA-RI22"]


def test_an_account_that_comes_with_the_code_of_an_anonymous_report_is_not_named(
    api, awa, yaounde, owner
):
    row = report(yaounde, None, est_anonyme=True)
    given = {"photo": upload(photo((90, 60)), "x.jpg"), "code_suivi": row.code_suivi}
    assert api(owner).post(f"{URL}/{row.pk}/photos", given, format="multipart").status_code == 201
    services.resoudre(row, par=awa)
    given = {"motif": "Encore", "code_suivi": row.code_suivi}
    assert api(owner).post(f"{URL}/{row.pk}/rouvrir", given).status_code == 200
    assert "Canari Prénom" not in body(api(awa).get(f"{URL}/{row.pk}/suivi"))
    assert set(row.suivis.values_list("auteur", flat=True)) == {None, awa.pk}
    assert row.photos.get().depose_par is None


def test_an_anonymous_reporter_is_told_and_may_act(api, awa, yaounde, owner, mailbox):
    row = report(yaounde, owner, est_anonyme=True)
    services.resoudre(row, par=awa)
    assert mailbox()[0].to == ["canari@exemple.cm"]
    answer = api(owner).post(f"{URL}/{row.pk}/rouvrir", {"motif": "Encore"})
    assert answer.status_code == 200


def test_staff_without_the_permission_are_the_public(api, yaounde, owner):
    row = report(yaounde, owner)
    writer = agent_of(yaounde, groups=("Contenu",))
    assert set(api(writer).get(f"{URL}/{row.pk}").json()) == PUBLIC | {"nombre_doublons"}
    assert api(writer).get("/api/v1/signalements.csv").status_code == 403


def test_a_refused_report_is_public_no_more(api, awa, yaounde, owner, brice):
    row = report(yaounde, owner)
    kept = PieceJointeFactory(mairie=yaounde, de_signalement=True, signalement=row)
    services.rejeter(row, motif="x", par=awa)
    for user in (None, brice, UtilisateurFactory()):
        assert api(user).get(f"{URL}/{row.pk}").status_code == 404
        assert api(user).get(f"{URL}/{row.pk}/suivi").status_code == 404
        assert api(user).get(URL).json()["count"] == 0
    for user in (awa, owner):
        told = api(user).get(f"{URL}/{row.pk}").json()
        assert told["photos"][0]["id"] == kept.pk
    assert api(awa).get(f"{URL}?statut=rejete").json()["count"] == 1


def test_the_history_by_reader(api, awa, yaounde, owner):
    row = report(yaounde, owner)
    services.modifier(row, par=awa, priorite="haute")
    services.resoudre(row, par=awa, message="Réparé")
    services.rouvrir(row, motif="Devant chez moi, porte bleue", par=owner)
    address = f"{URL}/{row.pk}/suivi"
    told = api().get(address).json()
    assert [line["nouveau_statut"] for line in told] == ["resolu", "signale"]
    assert [line["message"] for line in told] == ["Réparé", ""]
    assert told[0]["nouveau_statut_display"] == "Résolu"
    assert "auteur_nom" not in told[0]
    assert "porte bleue" in body(api(owner).get(address))
    whole = api(awa).get(address).json()
    assert [line["nature"] for line in whole] == ["modification", "statut", "statut"]


# Lists --------------------------------------------------------------------------------------------


def test_filters(api, awa, brice, yaounde, douala, chantal):
    service = ServiceMunicipalFactory(mairie=yaounde)
    lamp = SignalementFactory(
        mairie=yaounde, categorie="eclairage", titre="Lampadaire éteint", service=service
    )
    mine = SignalementFactory(mairie=douala, signaleur=chantal, titre="Nid-de-poule")
    done = SignalementFactory(mairie=douala, statut=S.RESOLU, date_resolution=timezone.now())

    def ids(query, user=None):
        answer = api(user).get(f"{URL}?{query}")
        assert answer.status_code == 200, answer.content
        return {row["id"] for row in answer.json()["results"]}

    assert ids("mairie=yaounde") == {lamp.pk}
    assert ids("categorie=eclairage") == {lamp.pk}
    assert ids("statut=resolu") == ids("ouvert=false") == {done.pk}
    assert ids("ouvert=true") == {lamp.pk, mine.pk}
    assert ids("search=LAMPADAIRES+eteints") == {lamp.pk}
    assert ids("miens=true", chantal) == {mine.pk}
    assert ids("miens=true") == set()
    assert ids(f"service={service.pk}", awa) == {lamp.pk}
    for user in (None, brice, agent_of(yaounde, groups=("Contenu",))):
        assert api(user).get(f"{URL}?service={service.pk}").status_code == 400
    assert api().get(f"{URL}?statut=x").status_code == 400
    assert api().get(f"{URL}?ordering=email").status_code == 400


@pytest.mark.parametrize("rows", [1, 15])
def test_the_number_of_queries_is_fixed(api, awa, yaounde, django_assert_num_queries, rows):
    service = ServiceMunicipalFactory(mairie=yaounde)
    for row in SignalementFactory.create_batch(
        rows, mairie=yaounde, service=service, agent_traitant=awa
    ):
        PieceJointeFactory(mairie=yaounde, de_signalement=True, signalement=row)
    with django_assert_num_queries(3):
        assert len(api().get(URL).json()["results"]) == rows
    client = api(awa)
    client.get(URL)
    with django_assert_num_queries(5):
        assert len(client.get(URL).json()["results"]) == rows
    with django_assert_num_queries(4):
        assert body(client.get("/api/v1/signalements.csv")).count("\n") == rows + 1


def test_the_csv_is_the_agents(api, awa, yaounde, douala, owner):
    SignalementFactory(mairie=douala, titre="Ailleurs")
    report(yaounde, owner, titre='=HYPERLINK("x")')
    text = body(api(awa).get("/api/v1/signalements.csv"))
    assert "'=HYPERLINK" in text
    assert "Ailleurs" not in text
    assert [api(u).get("/api/v1/signalements.csv").status_code for u in (None, owner)] == [401, 403]


def test_duplicates_are_counted(api, awa, yaounde):
    original, *others = SignalementFactory.create_batch(3, mairie=yaounde)
    for other in others:
        services.marquer_doublon(other, doublon_de=original, par=awa)
    assert api().get(f"{URL}/{original.pk}").json()["nombre_doublons"] == 2
    assert api().get(f"{URL}/{others[0].pk}").json()["doublon_de"] == original.pk
