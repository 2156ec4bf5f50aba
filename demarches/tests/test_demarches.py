"""Dossiers over HTTP: how they are begun and filed, online and at the desk."""

import uuid

import pytest

from demarches.models import DemarcheAdministrative
from demarches.tests.dossiers import CHAMPS, CONTACT, PIECES, URL, act, begin, begun, stored
from demarches.tests.factories import (
    DemarcheAdministrativeFactory,
    FormulaireFactory,
    PieceJointeFactory,
)
from ecms.codes import read_secret
from ecms.tests.files import small_pdf, upload
from users.tests.factories import UtilisateurFactory, agent_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def formulaire(yaounde):
    return FormulaireFactory(mairie=yaounde, nom="Certificat de résidence", champs=CHAMPS)


# Filing -------------------------------------------------------------------------------------------


def test_a_citizen_files(api, chantal, awa, formulaire):
    client = api(chantal)
    answer = begin(client, formulaire, donnees={"quartier": "Biyem-Assi"})
    draft = answer.json()
    assert (draft["statut"], draft["mairie"], draft["canal"]) == (
        "brouillon",
        "yaounde",
        "en_ligne",
    )
    assert answer.headers["Location"].endswith(f"{URL}/{draft['id']}")
    # A draft is its author's own affair.
    assert api(awa).get(URL).json()["count"] == 0
    assert api(awa).get(f"{URL}/{draft['id']}").status_code == 404
    filed = act(client, draft["id"], "deposer")
    assert filed.status_code == 200, filed.content
    assert filed.json()["statut"] == "deposee"
    assert api(awa).get(URL).json()["results"][0]["numero_suivi"] == draft["numero_suivi"]
    assert stored(draft["id"]).demandeur == chantal


def test_the_secret_is_told_once(api, chantal, awa, formulaire):
    client = api(chantal)
    draft = begun(client, formulaire, donnees={"quartier": "Mvan"})
    act(client, draft["id"], "deposer")
    secret = read_secret(draft["code_suivi"])
    assert stored(draft["id"]).code_suivi == secret
    for reader in (client, api(awa)):
        for address in (URL, f"{URL}/{draft['id']}", f"{URL}/{draft['id']}/suivi"):
            body = reader.get(address).content.decode()
            assert "code_suivi" not in body
            assert secret not in body
            assert draft["code_suivi"] not in body


def test_a_visitor_files_by_the_secret(api, formulaire):
    client = api()
    draft = begun(client, formulaire, **CONTACT)
    assert client.get(URL).status_code == 401
    assert client.get(f"{URL}/{draft['id']}").status_code == 401
    secret = {"code_suivi": draft["code_suivi"].lower()}
    changed = client.patch(
        f"{URL}/{draft['id']}", {**secret, "donnees": {"quartier": "Étoudi"}}, format="json"
    )
    assert changed.status_code == 200, changed.content
    again = act(client, draft["id"], "reprendre", **secret)
    assert again.json()["donnees"] == {"quartier": "Étoudi"}
    assert again.json()["nom_demandeur"] == "Éloïse Ñkolo"
    filed = act(client, draft["id"], "deposer", **secret)
    assert filed.status_code == 200, filed.content
    assert "Éloïse" not in filed.content.decode()
    # Once filed, the secret opens nothing personal any more.
    again = act(client, draft["id"], "reprendre", **secret)
    assert (again.status_code, again.json()["code"]) == (409, "demarche_deposee")
    assert again.json()["statut"] == "deposee"


@pytest.mark.parametrize("secret", ["", "ABCDABCDABCDABCD", 12, None, ["a"], "é" * 16])
@pytest.mark.parametrize("name", ["reprendre", "deposer", "annuler", "completer"])
def test_another_secret_opens_nothing(name, secret, api, formulaire):
    draft = begun(api(), formulaire, **CONTACT)
    assert act(api(), draft["id"], name, code_suivi=secret).status_code == 404
    assert stored(draft["id"]).statut == "brouillon"


def test_the_secret_of_another_dossier_opens_nothing(api, formulaire):
    mine, other = begun(api(), formulaire), begun(api(), formulaire, **CONTACT)
    answer = act(api(), other["id"], "reprendre", code_suivi=mine["code_suivi"])
    assert answer.status_code == 404


def test_a_right_secret_is_free_and_a_wrong_one_counts(api, formulaire, settings):
    settings.RATES = {**settings.RATES, "secret_adresse": (2, 60)}
    draft = begun(api(), formulaire, **CONTACT)
    for _time in range(5):
        answer = act(api(), draft["id"], "reprendre", code_suivi=draft["code_suivi"])
        assert answer.status_code == 200
    wrong = [act(api(), draft["id"], "reprendre", code_suivi="A" * 16) for _time in range(3)]
    assert [answer.status_code for answer in wrong] == [404, 404, 429]


def test_an_account_needed_is_asked_for(api, chantal, yaounde):
    formulaire = FormulaireFactory(mairie=yaounde, necessite_compte=True)
    refused = begin(api(), formulaire, **CONTACT)
    assert (refused.status_code, refused.json()["code"]) == (409, "compte_necessaire")
    draft = begun(api(chantal), formulaire)
    # The secret is no way around.
    answer = act(api(), draft["id"], "deposer", code_suivi=draft["code_suivi"])
    assert answer.status_code == 404


def test_an_unverified_account_is_refused(api, formulaire):
    account = UtilisateurFactory(non_verifie=True)
    refused = begin(api(account), formulaire)
    assert (refused.status_code, refused.json()["code"]) == (403, "adresse_non_verifiee")
    draft = DemarcheAdministrativeFactory(
        mairie=formulaire.mairie, formulaire=formulaire, demandeur=account, brouillon=True
    )
    assert act(api(account), draft.pk, "deposer").status_code == 403
    assert api(account).get(f"{URL}/{draft.pk}").status_code == 200


def test_everything_missing_is_told_at_once(api, formulaire):
    formulaire.pieces_requises = PIECES
    formulaire.save()
    draft = begun(api(), formulaire)
    answer = act(api(), draft["id"], "deposer", code_suivi=draft["code_suivi"])
    assert answer.status_code == 400
    fields = answer.json()["fields"]
    assert set(fields) == {"nom_demandeur", "email_demandeur", "donnees", "pieces"}
    assert set(fields["donnees"]) == {"quartier"}
    assert set(fields["pieces"]) == {"identite"}
    assert stored(draft["id"]).statut == "brouillon"


def test_its_papers_go_with_it(api, chantal, formulaire):
    formulaire.pieces_requises = PIECES
    formulaire.save()
    draft = begun(api(chantal), formulaire, donnees={"quartier": "Mvan"})
    assert act(api(chantal), draft["id"], "deposer").status_code == 400
    PieceJointeFactory(mairie=formulaire.mairie, demarche=stored(draft["id"]), champ="identite")
    assert act(api(chantal), draft["id"], "deposer").status_code == 200


@pytest.mark.parametrize(
    "donnees", [{"inconnue": "a"}, {"enfants": "deux"}, {"quartier": "a" * 300_000}, [1], "a"]
)
def test_a_draft_refuses_what_is_wrong(donnees, api, chantal, formulaire):
    answer = begin(api(chantal), formulaire, donnees=donnees)
    assert answer.status_code == 400
    assert "donnees" in answer.json()["fields"]
    assert not DemarcheAdministrative.objects.exists()


def test_a_filed_dossier_is_not_changed_by_its_owner(api, chantal, yaounde):
    demarche = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=chantal)
    for body in ({"nom_demandeur": "Autre"}, {"donnees": {}}, {"priorite": "urgente"}):
        answer = api(chantal).patch(f"{URL}/{demarche.pk}", body, format="json")
        assert (answer.status_code, answer.json()["code"]) == (409, "demarche_deposee")
    demarche.refresh_from_db()
    assert (demarche.nom_demandeur, demarche.priorite) == ("Awa Ngono", "normale")


def test_nothing_else_is_believed(api, chantal, awa, formulaire):
    draft = begun(
        api(chantal),
        formulaire,
        statut="validee",
        numero_suivi="D-1",
        code_suivi="A" * 16,
        agent_traitant=awa.pk,
        mairie="douala",
        priorite="urgente",
        cout_xaf=1,
        echeance="2020-01-01",
    )
    row = stored(draft["id"])
    assert (row.statut, row.agent_traitant, row.priorite) == ("brouillon", None, "normale")
    assert (row.mairie, row.echeance) == (formulaire.mairie, None)
    assert row.numero_suivi != "D-1"
    assert row.code_suivi != "A" * 16


def test_it_goes_on_in_the_language_of_the_person(api, chantal, formulaire):
    chantal.langue = "en"
    chantal.save()
    assert begun(api(chantal), formulaire)["langue"] == "en"
    answer = api().post(
        URL, {"formulaire": formulaire.pk}, format="json", headers={"Accept-Language": "en"}
    )
    assert answer.json()["langue"] == "en"


# Which procedures ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"est_actif": False},
        {"mairie__inactive": True},
    ],
)
def test_a_closed_procedure_is_unknown(change, api, chantal):
    closed = FormulaireFactory(**change)
    absent = api(chantal).post(URL, {"formulaire": 987654321}, format="json")
    answer = begin(api(chantal), closed)
    assert answer.status_code == absent.status_code == 400
    said = str(answer.json()["fields"]).replace(str(closed.pk), "?")
    assert said == str(absent.json()["fields"]).replace("987654321", "?")


def test_a_procedure_of_the_desk_is_not_filed_online(api, chantal, yaounde):
    formulaire = FormulaireFactory(mairie=yaounde, en_ligne=False)
    answer = begin(api(chantal), formulaire)
    assert (answer.status_code, answer.json()["code"]) == (409, "pas_en_ligne")


def test_one_that_closes_meanwhile_takes_no_draft(api, chantal, formulaire):
    draft = begun(api(chantal), formulaire, donnees={"quartier": "Mvan"})
    formulaire.est_actif = False
    formulaire.save()
    answer = act(api(chantal), draft["id"], "deposer")
    assert (answer.status_code, answer.json()["code"]) == (409, "formulaire_ferme")


# At the desk --------------------------------------------------------------------------------------


def test_an_agent_files_for_somebody(api, awa, yaounde):
    formulaire = FormulaireFactory(
        mairie=yaounde, en_ligne=False, champs=CHAMPS, pieces_requises=PIECES
    )
    client = api(awa)
    draft = begun(client, formulaire, canal="guichet", **CONTACT)
    assert stored(draft["id"]).demandeur is None
    changed = client.patch(
        f"{URL}/{draft['id']}", {"donnees": {"quartier": "Nlongkak"}}, format="json"
    )
    assert changed.status_code == 200, changed.content
    # The agent has seen the papers.
    assert act(client, draft["id"], "deposer").status_code == 200
    assert act(client, draft["id"], "prendre-en-charge").status_code == 200


@pytest.mark.parametrize("who", ["citizen", "visitor", "reader", "technician"])
def test_no_one_else_files_at_the_desk(who, api, chantal, formulaire):
    account = {
        "citizen": lambda: chantal,
        "visitor": lambda: None,
        "reader": lambda: agent_of(formulaire.mairie, groups=["Lecture"]),
        "technician": lambda: agent_of(formulaire.mairie, groups=["Technique"]),
    }[who]()
    answer = begin(api(account), formulaire, canal="guichet", **CONTACT)
    assert answer.status_code in {401, 403}
    assert not DemarcheAdministrative.objects.exists()


def test_the_desk_is_for_ones_own_mairie(api, brice, formulaire):
    answer = begin(api(brice), formulaire, canal="guichet", **CONTACT)
    assert answer.status_code == 400
    assert "formulaire" in answer.json()["fields"]
    assert not DemarcheAdministrative.objects.exists()


# Retries ------------------------------------------------------------------------------------------


def test_the_same_key_begins_one_dossier(api, formulaire):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    body = {"formulaire": formulaire.pk, **CONTACT}
    first, second = (api().post(URL, body, format="json", headers=key) for _time in range(2))
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert DemarcheAdministrative.objects.count() == 1
    other = api().post(URL, {**body, "nom_demandeur": "Autre"}, format="json", headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "cle_reutilisee")


def test_filing_again_is_a_conflict_or_a_replay(api, chantal, formulaire):
    draft = begun(api(chantal), formulaire, donnees={"quartier": "Mvan"})
    url, key = f"{URL}/{draft['id']}/deposer", {"Idempotency-Key": str(uuid.uuid4())}
    first, second = (api(chantal).post(url, {}, headers=key) for _time in range(2))
    assert first.json() == second.json()
    assert api(chantal).post(url, {}).json()["code"] == "transition_interdite"
    assert stored(draft["id"]).suivis.count() == 1


def test_filing_is_counted(api, formulaire, settings):
    settings.RATES = {**settings.RATES, "demarche": (2, 60)}
    answers = [begin(api(), formulaire, **CONTACT) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]


def test_a_draft_that_is_given_up_stays_its_authors(api, chantal, awa, formulaire):
    draft = begun(api(chantal), formulaire, donnees={"quartier": "CANARI"})
    assert act(api(chantal), draft["id"], "annuler").status_code == 200
    for path in ("", "/pieces", "/messages", "/suivi"):
        address = f"{URL}/{draft['id']}{path}"
        assert api(awa).get(address).status_code == 404
        assert api(chantal).get(address).status_code == 200
    assert api(awa).get(URL).json()["count"] == 0
    text = b"".join(api(awa).get(f"{URL}.csv").streaming_content).decode()
    assert draft["numero_suivi"] not in text


def test_nobody_writes_in_the_draft_of_another(api, chantal, nadege, formulaire):
    draft = begun(api(chantal), formulaire)
    address = f"{URL}/{draft['id']}"
    changed = api(nadege).patch(address, {"donnees": {"quartier": "Essos"}}, format="json")
    assert (changed.status_code, changed.json()["code"]) == (409, "reserve_au_demandeur")
    paper = {"fichier": upload(small_pdf(), "a.pdf")}
    assert api(nadege).post(f"{address}/pieces", paper, format="multipart").status_code == 409
    assert stored(draft["id"]).donnees == {}
    assert not stored(draft["id"]).pieces.exists()


def test_a_name_is_one_line(api, formulaire):
    draft = begun(api(), formulaire, nom_demandeur="Awa\r\n\r\nVotre compte est suspendu")
    assert stored(draft["id"]).nom_demandeur == "Awa  Votre compte est suspendu"
