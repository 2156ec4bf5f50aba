"""What a citizen and a mairie write to each other, and what agents note among themselves."""

import pytest

from demarches.tests.factories import DemarcheAdministrativeFactory, FormulaireFactory
from users.tests.factories import UtilisateurFactory, agent_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def demarche(yaounde, chantal):
    return DemarcheAdministrativeFactory(mairie=yaounde, demandeur=chantal, statut="en_cours")


def url(demarche) -> str:
    return f"/api/v1/demarches/{demarche.pk}/messages"


def write(client, demarche, message="Bonjour à tous", **body):
    return client.post(url(demarche), {"message": message, **body}, format="json")


def read(client, demarche) -> list[dict]:
    answer = client.get(url(demarche))
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_both_sides_read_each_other(api, awa, chantal, demarche):
    sent = write(api(chantal), demarche, "Où en êtes-vous ?")
    assert sent.status_code == 201, sent.content
    assert sent.json()["origine"] == "demandeur"
    assert write(api(awa), demarche, "Bientôt prêt.").json()["origine"] == "agent"
    assert [m["message"] for m in read(api(chantal), demarche)] == [
        "Où en êtes-vous ?",
        "Bientôt prêt.",
    ]
    assert len(read(api(awa), demarche)) == 2


def test_the_citizen_is_told_by_mail_without_the_text(api, awa, chantal, demarche, mailbox):
    write(api(awa), demarche, "CANARI du message")
    (mail,) = mailbox()
    assert mail.to == [chantal.email]
    assert demarche.numero_suivi in mail.subject
    assert f"https://ecms.test/suivi/{demarche.numero_suivi}#{demarche.code_suivi}" in mail.body
    assert "CANARI" not in mail.body + mail.alternatives[0][0]


def test_the_agent_of_the_dossier_is_told_the_number_alone(api, awa, chantal, demarche, mailbox):
    demarche.agent_traitant = awa
    demarche.save()
    write(api(chantal), demarche, "CANARI du message")
    (mail,) = mailbox()
    assert mail.to == [awa.email]
    assert demarche.numero_suivi in mail.subject
    for secret in ("CANARI", demarche.nom_demandeur, demarche.code_suivi, chantal.email):
        assert secret not in mail.body + mail.alternatives[0][0]


def test_an_agent_who_works_elsewhere_by_now_is_told_nothing(
    api, awa, chantal, demarche, douala, mailbox
):
    demarche.formulaire.email_notification = "accueil@exemple.cm"
    demarche.formulaire.save()
    demarche.agent_traitant = awa
    demarche.save()
    awa.profilagentcommunal.mairie = douala
    awa.profilagentcommunal.save()
    write(api(chantal), demarche)
    assert [mail.to for mail in mailbox()] == [["accueil@exemple.cm"]]
    assert api(awa).get(url(demarche)).status_code == 404


def test_without_an_agent_the_desk_of_the_procedure_is_told(api, chantal, yaounde, mailbox):
    formulaire = FormulaireFactory(mairie=yaounde, email_notification="etat-civil@exemple.cm")
    demarche = DemarcheAdministrativeFactory(
        mairie=yaounde, formulaire=formulaire, demandeur=chantal
    )
    write(api(chantal), demarche)
    (mail,) = mailbox()
    assert mail.to == ["etat-civil@exemple.cm"]


def test_a_note_is_the_agents_own(api, awa, chantal, demarche, mailbox):
    noted = write(api(awa), demarche, "À vérifier", interne=True)
    assert (noted.json()["nature"], noted.json()["interne"]) == ("note", True)
    assert read(api(chantal), demarche) == []
    assert "À vérifier" not in api(chantal).get(f"{url(demarche)[:-9]}/suivi").content.decode()
    (line,) = read(api(agent_of(demarche.mairie)), demarche)
    assert line["message"] == "À vérifier"
    assert mailbox() == []


def test_a_citizen_writes_no_note(api, chantal, demarche):
    answer = write(api(chantal), demarche, interne=True)
    assert answer.status_code == 400
    assert "interne" in answer.json()["fields"]
    assert not demarche.suivis.exists()


def test_the_secret_opens_writing(api, demarche):
    answer = write(api(), demarche, code_suivi=demarche.code_suivi)
    assert answer.status_code == 201, answer.content
    assert answer.json()["origine"] == "demandeur"
    assert "auteur_nom" not in answer.json()
    assert api().get(url(demarche)).status_code == 401
    assert write(api(), demarche, code_suivi="A" * 16).status_code == 404
    assert write(api(), demarche).status_code == 404


def test_an_agent_without_the_permission_is_no_agent_by_the_secret(api, demarche):
    colleague = api(agent_of(demarche.mairie, groups=["Contenu"]))
    code = {"code_suivi": demarche.code_suivi}
    assert write(colleague, demarche, **code).json()["origine"] == "demandeur"
    assert write(colleague, demarche, interne=True, **code).status_code == 400


def test_an_agent_reads_by_the_permission_to_read(api, demarche):
    assert read(api(agent_of(demarche.mairie, groups=["Lecture"])), demarche) == []
    assert write(api(agent_of(demarche.mairie, groups=["Lecture"])), demarche).status_code == 404
    outsider = api(agent_of(demarche.mairie, groups=["Contenu"]))
    assert outsider.get(url(demarche)).status_code == 404


def test_others_read_nothing(api, brice, demarche):
    for account in (brice, UtilisateurFactory()):
        assert api(account).get(url(demarche)).status_code == 404
        assert write(api(account), demarche).status_code == 404
    assert not demarche.suivis.exists()


@pytest.mark.parametrize("message", ["", "   ", "a" * 5001, None, ["a"], "a\x00b"])
def test_a_message_has_words(message, api, chantal, demarche):
    assert write(api(chantal), demarche, message).status_code == 400


def test_a_draft_has_no_messages(api, chantal, yaounde):
    draft = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=chantal, brouillon=True)
    answer = write(api(chantal), draft)
    assert (answer.status_code, answer.json()["code"]) == (409, "demarche_en_brouillon")


def test_a_closed_dossier_takes_the_mairies_alone(api, awa, chantal, demarche):
    api(awa).post(f"{url(demarche)[:-9]}/rejeter", {"motif": "Hors commune"})
    answer = write(api(chantal), demarche)
    assert (answer.status_code, answer.json()["code"]) == (409, "demarche_close")
    assert answer.json()["statut"] == "rejetee"
    assert write(api(awa), demarche).status_code == 201


def test_an_unverified_account_writes_nothing(api, yaounde):
    account = UtilisateurFactory(non_verifie=True)
    demarche = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=account)
    assert write(api(account), demarche).json()["code"] == "adresse_non_verifiee"


def test_whoever_wants_no_mail_gets_none(api, awa, chantal, demarche, mailbox):
    chantal.notifications_email = False
    chantal.save()
    write(api(awa), demarche)
    assert mailbox() == []


def test_messages_are_counted(api, chantal, demarche, settings):
    settings.RATES = {**settings.RATES, "message": (2, 60)}
    answers = [write(api(chantal), demarche) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]


def listed(client, demarche, **body):
    return client.post(f"{url(demarche)}/lister", body, format="json")


def test_the_secret_lists_what_both_sides_wrote(api, awa, chantal, demarche):
    write(api(chantal), demarche, "Où en êtes-vous ?")
    write(api(awa), demarche, "Bientôt prêt.")
    write(api(awa), demarche, "À vérifier", interne=True)
    answer = listed(api(), demarche, code_suivi=demarche.code_suivi)
    assert answer.status_code == 200, answer.content
    told = answer.json()["results"]
    assert [(m["origine"], m["message"]) for m in told] == [
        ("demandeur", "Où en êtes-vous ?"),
        ("agent", "Bientôt prêt."),
    ]
    assert "auteur_nom" not in told[1]
    colleague = api(agent_of(demarche.mairie, groups=["Contenu"]))
    assert listed(colleague, demarche, code_suivi=demarche.code_suivi).json() == answer.json()
    assert listed(api(chantal), demarche).json() == answer.json()


def test_no_other_secret_lists_anything(api, brice, demarche):
    other = DemarcheAdministrativeFactory(mairie=demarche.mairie)
    for client in (api(), api(brice), api(UtilisateurFactory())):
        assert listed(client, demarche).status_code == 404
        assert listed(client, demarche, code_suivi="A" * 16).status_code == 404
        assert listed(client, demarche, code_suivi=other.code_suivi).status_code == 404
