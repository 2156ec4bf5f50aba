"""The desk for procedures: their definition is checked, their versions counted."""

import json

import pytest

from demarches.models import Formulaire
from demarches.tests.admin import FORMULAIRES, change_url, counted, errors_of, text_of
from demarches.tests.dossiers import CHAMPS, PIECES
from demarches.tests.factories import DemarcheAdministrativeFactory, FormulaireFactory
from mairies.tests.factories import ServiceMunicipalFactory
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db
ADD = f"{FORMULAIRES}add/"


def form(**changes) -> dict:
    return {
        "nom": "Certificat de résidence",
        "type": "certificat_residence",
        "service": "",
        "description": "",
        "champs": json.dumps(CHAMPS),
        "pieces_requises": json.dumps(PIECES),
        "cout_xaf": "1500",
        "delai_jours": "",
        "base_legale": "",
        "duree_conservation_jours": "1825",
        "email_notification": "",
        "est_actif": "on",
        "en_ligne": "on",
        **changes,
    }


def test_a_new_one(signed_in, awa, yaounde, douala):
    service = ServiceMunicipalFactory(mairie=yaounde)
    sent = form(service=service.pk, mairie=douala.pk, version=9, slug="vole")
    answer = signed_in(awa).post(ADD, sent)
    assert answer.status_code == 302, errors_of(answer)
    made = Formulaire.objects.get()
    assert (made.mairie, made.service, made.version) == (yaounde, service, 1)
    assert (made.slug, made.champs) == ("certificat-de-residence", CHAMPS)


def test_other_questions_are_a_new_version(signed_in, awa, yaounde):
    row = FormulaireFactory(mairie=yaounde, champs=CHAMPS, pieces_requises=PIECES)
    client, url = signed_in(awa), change_url(FORMULAIRES, row)
    assert client.post(url, form(nom="Autre nom", version=7)).status_code == 302
    row.refresh_from_db()
    assert (row.nom, row.version) == ("Autre nom", 1)
    assert client.post(url, form(champs=json.dumps(CHAMPS[:1]))).status_code == 302
    row.refresh_from_db()
    assert row.version == 2


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ('[{"cle": "A", "type": "texte"}]', "Question 1 (A)"),
        ('[{"cle": "a", "type": "inconnu"}]', "le type est inconnu"),
        ('{"a": 1}', "Une liste de questions est attendue"),
        ("[", "JSON"),
        ("[" * 5000, "JSON"),
        ("0", "Une liste de questions est attendue"),
    ],
)
def test_a_wrong_definition_is_said_in_the_form(signed_in, awa, definition, said):
    assert said in errors_of(signed_in(awa).post(ADD, form(champs=definition)))
    assert not Formulaire.objects.exists()


def test_a_wrong_paper_is_said_in_the_form(signed_in, awa):
    pieces = [{**PIECES[0], "cle": CHAMPS[0]["cle"]}]
    answer = signed_in(awa).post(ADD, form(pieces_requises=json.dumps(pieces)))
    assert "ont la même clé" in errors_of(answer)
    pieces = [{**PIECES[0], "cle": "É"}]
    answer = signed_in(awa).post(ADD, form(pieces_requises=json.dumps(pieces)))
    assert "Pièce 1 (É)" in errors_of(answer)
    assert not Formulaire.objects.exists()


@pytest.mark.parametrize("empty", ["", "{}", "[]", "null"])
def test_no_questions_at_all(signed_in, awa, empty):
    answer = signed_in(awa).post(ADD, form(champs=empty, pieces_requises=empty))
    assert answer.status_code == 302, errors_of(answer)
    made = Formulaire.objects.get()
    assert made.champs == made.pieces_requises == []


def test_a_service_of_another_mairie_is_not_offered(signed_in, awa, nadege, yaounde, douala):
    theirs = ServiceMunicipalFactory(mairie=douala, nom="CANARI")
    row = FormulaireFactory(mairie=yaounde)
    for account in (awa, nadege):
        client = signed_in(account)
        for url in (change_url(FORMULAIRES, row), ADD):
            assert "CANARI" not in text_of(client.get(url))
        answer = client.post(change_url(FORMULAIRES, row), form(service=theirs.pk))
        assert "service" in errors_of(answer)
    sent = form(service=theirs.pk, mairie=yaounde.pk)
    assert "service" in errors_of(signed_in(nadege).post(ADD, sent))


def test_one_with_dossiers_is_not_deleted(signed_in, awa, yaounde):
    free, used = FormulaireFactory.create_batch(2, mairie=yaounde)
    dossier = DemarcheAdministrativeFactory(mairie=yaounde, formulaire=used)
    client = signed_in(awa)
    page = text_of(client.get(f"{FORMULAIRES}{used.pk}/delete/"))
    assert dossier.numero_suivi not in page
    answer = client.post(f"{FORMULAIRES}{used.pk}/delete/", {"post": "yes"}, follow=True)
    assert "désactivez-le plutôt" in text_of(answer)
    client.post(f"{FORMULAIRES}{free.pk}/delete/", {"post": "yes"})
    assert list(Formulaire.objects.all()) == [used]


def test_of_the_mairie_alone(signed_in, brice, yaounde):
    row = FormulaireFactory(mairie=yaounde, nom="CANARI")
    client = signed_in(brice)
    assert "CANARI" not in text_of(client.get(FORMULAIRES))
    assert client.post(change_url(FORMULAIRES, row), form()).status_code == 302
    row.refresh_from_db()
    assert row.nom == "CANARI"


def test_roles(signed_in, yaounde):
    row = FormulaireFactory(mairie=yaounde, nom="Avant")
    reader = signed_in(agent_of(yaounde, groups=["Lecture"]))
    assert reader.get(change_url(FORMULAIRES, row)).status_code == 200
    assert reader.post(change_url(FORMULAIRES, row), form()).status_code == 403
    assert signed_in(agent_of(yaounde, groups=["Contenu"])).get(FORMULAIRES).status_code == 403
    row.refresh_from_db()
    assert row.nom == "Avant"


def test_the_number_of_queries_is_fixed(signed_in, awa, yaounde):
    client, numbers = signed_in(awa), []
    for more in (3, 27):
        rows = FormulaireFactory.create_batch(more, mairie=yaounde)
        with counted() as listed:
            text_of(client.get(FORMULAIRES))
        with counted() as read:
            text_of(client.get(change_url(FORMULAIRES, rows[0])))
        numbers.append((listed(), read()))
    assert numbers[0] == numbers[1]


def take(client, row, step: str) -> list[str]:
    answer = client.post(f"{FORMULAIRES}{row.pk}/etape/{step}/", follow=True)
    return [str(message) for message in answer.context["messages"]]


def offered(client, row) -> list[str]:
    return [step.name for step in client.get(change_url(FORMULAIRES, row)).context["steps"]]


def test_offering_a_procedure_and_no_longer(signed_in, awa, yaounde):
    row = FormulaireFactory(mairie=yaounde, champs=CHAMPS)
    client = signed_in(awa)
    assert offered(client, row) == ["desactiver", "dupliquer"]
    assert take(client, row, "desactiver") == ["1 formulaire désactivé."]
    row.refresh_from_db()
    assert (row.est_actif, row.champs, row.version) == (False, CHAMPS, 1)
    assert offered(client, row) == ["activer", "dupliquer"]
    take(client, row, "activer")
    row.refresh_from_db()
    assert row.est_actif


def test_a_copy_is_a_procedure_of_its_own(signed_in, awa, yaounde):
    row = FormulaireFactory(
        mairie=yaounde, nom="N" * 200, champs=CHAMPS, pieces_requises=PIECES, version=7
    )
    client = signed_in(awa)
    for _twice in range(2):
        assert take(client, row, "dupliquer") == ["1 copie créée, inactive."]
    copies = Formulaire.objects.exclude(pk=row.pk)
    assert {copy.slug for copy in copies} & {row.slug} == set()
    for copy in copies:
        assert (copy.mairie, copy.service, copy.type) == (yaounde, row.service, row.type)
        assert (copy.champs, copy.pieces_requises) == (CHAMPS, PIECES)
        assert (copy.est_actif, copy.version) == (False, 1)
        assert copy.nom.startswith("Copie de N")


def test_steps_are_for_whoever_keeps_the_procedures_of_the_mairie(signed_in, brice, yaounde):
    row = FormulaireFactory(mairie=yaounde)
    for account in (brice, agent_of(yaounde, groups=["Lecture"])):
        client = signed_in(account)
        for step in ("desactiver", "dupliquer"):
            client.post(f"{FORMULAIRES}{row.pk}/etape/{step}/")
    row.refresh_from_db()
    assert row.est_actif
    assert list(Formulaire.objects.all()) == [row]


def test_the_list_is_filtered_by_ones_own_services(signed_in, awa, nadege, yaounde, douala):
    ours, theirs = FormulaireFactory(mairie=yaounde), FormulaireFactory(mairie=douala)
    other = FormulaireFactory(mairie=yaounde, nom="AUTRE")
    client = signed_in(awa)
    page = client.get(FORMULAIRES, {"service": ours.service_id})
    assert list(page.context["cl"].result_list) == [ours]
    assert theirs.service.nom not in text_of(page)
    for hostile in (theirs.service_id, "x", "9" * 40, "-1"):
        page = client.get(FORMULAIRES, {"service": hostile}, follow=True)
        assert set(page.context["cl"].result_list) == {ours, other}, hostile
    national = signed_in(nadege)
    assert ours.service.nom not in filters_of(national.get(FORMULAIRES))
    chosen = national.get(FORMULAIRES, {"mairie__id__exact": yaounde.pk})
    assert ours.service.nom in filters_of(chosen)
    for hostile in ("x", "9" * 40, "²"):
        assert national.get(FORMULAIRES, {"mairie__id__exact": hostile}).status_code in {200, 302}


def filters_of(page) -> str:
    specs = page.context["cl"].filter_specs
    return " ".join(str(choice) for spec in specs for choice in getattr(spec, "lookup_choices", []))
