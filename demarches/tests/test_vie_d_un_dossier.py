"""The life of a dossier over HTTP, with the mails read."""

import re
from datetime import date

import pytest
from django.urls import reverse

from demarches.tests.factories import (
    DemarcheAdministrativeFactory,
    FormulaireFactory,
    PieceJointeFactory,
)
from ecms.codes import read_secret
from ecms.models import Courriel

URL = "/api/v1/demarches"
DESK = "etat-civil@exemple.cm"
CITIZEN = "eloise@exemple.cm"

pytestmark = pytest.mark.django_db


@pytest.fixture
def formulaire(yaounde):
    yaounde.adresse = "Place de l'Hôtel-de-Ville"
    yaounde.save()
    formulaire = FormulaireFactory(
        mairie=yaounde,
        nom="Copie d'acte de naissance",
        delai_jours=3,
        cout_xaf=1500,
        email_notification=DESK,
    )
    formulaire.service.nom = "État civil"
    formulaire.service.horaires = {"lundi": [["08:00", "12:00"], ["13:00", "15:30"]]}
    formulaire.service.save()
    return formulaire


class Life:
    """One dossier of a visitor, and whoever acts on it."""

    def __init__(self, visitor, agent, mailbox, formulaire, **body):
        self.visitor, self.agent, self.mailbox = visitor, agent, mailbox
        contact = {"nom_demandeur": "Éloïse Ñkolo", "email_demandeur": CITIZEN}
        body = {"formulaire": formulaire.pk, **contact, **body}
        begun = visitor.post(URL, body, format="json").json()
        self.pk, self.numero, self.code = begun["id"], begun["numero_suivi"], begun["code_suivi"]

    def citizen(self, name, **body):
        return self._said(self._post(self.visitor, name, code_suivi=self.code, **body))

    def mairie(self, name, **body):
        return self._said(self._post(self.agent, name, **body))

    def mails(self) -> list:
        """Those that have come since the last time."""
        self.mailbox()
        new = list(self.mailbox())
        self.mailbox().clear()
        return new

    def mail(self, to=CITIZEN):
        found = [mail for mail in self.mails() if mail.to == [to]]
        assert len(found) == 1, found
        assert self.numero in found[0].subject
        return found[0]

    def link(self) -> str:
        return f"https://ecms.test/suivi/{self.numero}#{read_secret(self.code)}"

    def _post(self, client, name, **body):
        return client.post(f"{URL}/{self.pk}/{name}", body, format="json")

    def _said(self, answer) -> dict:
        assert answer.status_code == 200, answer.content
        return answer.json()


@pytest.fixture
def life(api, awa, mailbox, formulaire):
    return Life(api(), api(awa), mailbox, formulaire)


def test_from_filing_to_handing_over(life, yaounde, awa):
    assert life.mails() == []

    filed = life.citizen("deposer")
    assert filed["statut"] == "deposee"
    mails = {mail.to[0]: mail for mail in life.mails()}
    assert set(mails) == {CITIZEN, DESK}
    for said in (life.numero, life.code, life.link(), "Copie d'acte de naissance", "récépissé"):
        assert said in mails[CITIZEN].body
    assert date.fromisoformat(filed["echeance"]).strftime("%Y") in mails[CITIZEN].body
    # The desk learns the number and where to work on it, and has to sign in for the rest.
    desk = reverse("admin:demarches_demarcheadministrative_change", args=[life.pk])
    assert f"https://api.ecms.test{desk}" in mails[DESK].body
    for secret in (life.code, read_secret(life.code), "Éloïse", CITIZEN):
        assert secret not in mails[DESK].body + mails[DESK].alternatives[0][0]

    taken = life.mairie("prendre-en-charge")
    assert taken["statut"] == "en_cours"
    assert taken["agent_traitant"] == awa.pk
    assert "pris en charge" in life.mail().subject

    life.mairie("demander-piece", motif="L'acte de mariage de vos parents")
    asked = life.mail()
    assert "pièce" in asked.subject
    assert "L'acte de mariage de vos parents" in asked.body
    assert life.link() in asked.body

    PieceJointeFactory(mairie=yaounde, demarche_id=life.pk, demarche=None, champ="")
    assert life.citizen("completer")["statut"] == "en_cours"
    assert [mail.to for mail in life.mails()] == [[awa.email]]

    assert life.mairie("valider")["statut"] == "validee"
    assert "accepté" in life.mail().subject

    assert life.mairie("preparer")["statut"] == "prete"
    ready = life.mail().body
    for said in ("État civil", "Place de l'Hôtel-de-Ville", "1500 FCFA"):
        assert said in ready
    assert "lundi : 08:00–12:00, 13:00–15:30" in ready

    assert life.mairie("remettre")["statut"] == "remise"
    assert "remis" in life.mail().subject

    history = life.visitor.post(
        "/api/v1/suivi", {"numero_suivi": life.numero, "code_suivi": life.code}, format="json"
    ).json()["historique"]
    assert [line["statut"] for line in history] == [
        "deposee",
        "en_cours",
        "piece_demandee",
        "en_cours",
        "validee",
        "prete",
        "remise",
    ]


def test_refused(life):
    life.citizen("deposer")
    life.mairie("prendre-en-charge")
    life.mails()
    refused = life.mairie("rejeter", motif="Vous n'êtes pas né(e) dans cette commune.")
    assert (refused["statut"], refused["date_cloture"] is not None) == ("rejetee", True)
    mail = life.mail()
    assert "rejeté" in mail.subject
    assert "Vous n'êtes pas né(e) dans cette commune." in mail.body
    assert life.code not in mail.body


def test_given_up(life):
    life.citizen("deposer")
    life.mails()
    assert life.citizen("annuler")["statut"] == "annulee"
    mails = {mail.to[0] for mail in life.mails()}
    assert mails == {CITIZEN, DESK}


def test_a_draft_given_up_tells_nobody(life):
    assert life.citizen("annuler")["statut"] == "annulee"
    assert life.mails() == []


def test_in_english(api, awa, mailbox, formulaire):
    life = Life(api(), api(awa), mailbox, formulaire, langue="en")
    life.citizen("deposer")
    life.mairie("prendre-en-charge")
    mails = [mail for mail in life.mails() if mail.to == [CITIZEN]]
    assert {mail.alternatives[0][0].count('lang="en"') for mail in mails} == {1}


def test_the_reason_is_that_of_its_own_mail(life):
    """A mail that waits tells of its own step, not of a later one."""
    life.citizen("deposer")
    life.mairie("prendre-en-charge")
    life.mails()
    life.mairie("demander-piece", motif="Le recto")
    life.citizen("completer", message="Le voici.")
    life.mairie("demander-piece", motif="Le verso")
    asked = [mail.body for mail in life.mails() if mail.to == [CITIZEN]]
    assert [re.search("Le (recto|verso)", body)[1] for body in asked] == ["recto", "verso"]


def test_no_secret_waits_in_the_queue(life):
    life.citizen("deposer")
    for courriel in Courriel.objects.all():
        assert read_secret(life.code) not in str(courriel.contexte)
        assert life.code not in str(courriel.contexte)


def test_mail_goes_to_the_address_of_the_dossier_else_of_the_account(
    api, awa, chantal, yaounde, mailbox
):
    for given, to in (("autre@exemple.cm", "autre@exemple.cm"), ("", chantal.email)):
        demarche = DemarcheAdministrativeFactory(
            mairie=yaounde, demandeur=chantal, email_demandeur=given
        )
        api(awa).post(f"{URL}/{demarche.pk}/prendre-en-charge")
        assert mailbox()[-1].to == [to]


def test_an_address_that_was_not_verified_gets_nothing(api, awa, chantal, yaounde, mailbox):
    chantal.is_verified = chantal.email_verifie = False
    chantal.save()
    demarche = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=chantal, email_demandeur="")
    api(awa).post(f"{URL}/{demarche.pk}/prendre-en-charge")
    assert mailbox() == []


def test_the_receipt_is_queued_with_the_filing(life, monkeypatch):
    queued = []
    monkeypatch.setattr(
        "demarches.services.demarches.async_task", lambda *args: queued.append(args)
    )
    life.citizen("deposer")
    assert queued == [("demarches.tasks.faire_recepisse", life.pk)]
