"""The life of a dossier, as the desk leads it."""

import pytest
from playwright.sync_api import expect

from demarches.models import DemarcheAdministrative
from demarches.tests.dossiers import CHAMPS, PIECES
from demarches.tests.factories import DemarcheAdministrativeFactory, FormulaireFactory
from e2e import people
from ecms.tests.files import small_pdf

SI_MARIE = {"champ": "marie", "egal": True}
MARIE = {"cle": "marie", "type": "booleen", "libelle": {"fr": "Marié", "en": "Married"}}
QUESTIONS = [CHAMPS[0], MARIE, {**CHAMPS[1], "afficher_si": SI_MARIE}]
PAPER = {"name": "cni.pdf", "mimeType": "application/pdf", "buffer": small_pdf()}


@pytest.fixture
def mairie(site):
    return people.town_hall()


@pytest.fixture
def formulaire(mairie):
    return FormulaireFactory(
        mairie=mairie,
        nom="Certificat de résidence",
        slug=people.anew("residence"),
        champs=QUESTIONS,
        pieces_requises=PIECES,
    )


@pytest.fixture
def desk(sit_down, mairie):
    return sit_down(people.agent(mairie))


def filed(formulaire) -> DemarcheAdministrative:
    number = people.anew("D").upper()
    return DemarcheAdministrativeFactory(
        mairie=formulaire.mairie,
        formulaire=formulaire,
        numero_suivi=number,
        code_suivi=number,
        demandeur=None,
        nom_demandeur="Éloïse Ñkolo",
        email_demandeur=f"{people.anew('eloise')}@exemple.cm",
        definition=QUESTIONS,
        pieces_requises=PIECES,
        donnees={"quartier": "Bastos"},
    )


def test_dossier_is_taken_a_paper_asked_for_and_it_is_validated(desk, site, formulaire):
    dossier, words, page = filed(formulaire), desk.words, desk.page
    desk.open("")
    desk.menu(words("Dossiers", "Files"))
    desk.follow(page.get_by_role("link", name=words("À prendre", "To take"), exact=True))
    desk.check()
    desk.follow(page.get_by_role("link", name=dossier.numero_suivi).first)
    desk.check()
    assert desk.steps()[0] == words("Prendre en charge", "Take on")
    assert words("Valider", "Accept") not in desk.steps()

    desk.press(words("Prendre en charge", "Take on"))
    desk.expect_said(words("1 dossier pris en charge.", "1 file taken charge of."))
    assert words("Prendre en charge", "Take on") not in desk.steps()
    desk.check()

    ask_for_identity(desk)
    (*_before, mail) = site.messages_to(dossier.email_demandeur, at_least=2)
    assert mail["Subject"] == f"Dossier {dossier.numero_suivi} : une pièce est demandée"
    assert "Pièce d'identité : Recto et verso." in mail.get_body(("plain",)).get_content()

    bring_paper(desk)
    desk.press(words("Valider", "Accept"))
    desk.expect_said(words("1 dossier validé.", "1 file approved."))
    assert desk.steps()[0] == words("Prêt au guichet", "Ready at the desk")
    for gone in (words("Valider", "Accept"), words("Demander une pièce", "Ask for a paper")):
        assert gone not in desk.steps()
    assert desk.timeline() == words(
        [
            "En cours → Validée",
            "Pièce demandée → En cours",
            "En cours → Pièce demandée",
            "Déposée → En cours",
        ],
        [
            "In progress → Approved",
            "Paper requested → In progress",
            "In progress → Paper requested",
            "Submitted → In progress",
        ],
    )
    desk.check()


def ask_for_identity(desk) -> None:
    words, page = desk.words, desk.page
    desk.press(words("Demander une pièce", "Ask for a paper"))
    desk.check()
    paper = page.get_by_label(words("Pièce", "Paper"), exact=True)
    paper.select_option(label=words("Pièce d'identité", "Identity card"))
    page.get_by_label(words("Motif ou message", "Reason or message")).fill("Recto et verso.")
    desk.press(words("Demander une pièce", "Ask for a paper"))
    desk.expect_said(words("1 pièce demandée.", "1 paper asked for."))
    assert words("Valider", "Accept") not in desk.steps()
    desk.check()


def bring_paper(desk) -> None:
    words, page = desk.words, desk.page
    desk.press(words("La pièce est là", "The paper is here"))
    desk.check()
    remark = words("Remarque (la personne la lit)", "Remark (the person reads it)")
    page.get_by_label(remark).fill("Vue au guichet.")
    desk.press(words("La pièce est là", "The paper is here"))
    desk.expect_said(words("1 dossier complété.", "1 file completed."))
    desk.check()


def test_dossier_is_begun_and_filed_at_the_desk(desk, formulaire):
    words, page = desk.words, desk.page
    desk.open("")
    desk.menu(words("Dossiers", "Files"))
    desk.follow(page.get_by_role("link", name=words("Ajouter", "Add")).first)
    desk.check()
    page.get_by_label(words("Formulaire", "Form")).select_option(label=formulaire.nom)
    page.get_by_label(words("Nom du demandeur", "Applicant's name")).fill("Éloïse Ñkolo")
    phone = words("Téléphone du demandeur", "Applicant's telephone")
    page.get_by_label(phone).fill("677000001")
    desk.press(words("Enregistrer", "Save"))

    children = page.get_by_label(words("Enfants", "Children"))
    expect(children).to_be_hidden()
    page.get_by_label(words("Marié", "Married")).select_option(label=words("Oui", "Yes"))
    children.fill("3")
    desk.check()
    desk.press(words("Enregistrer et déposer", "Save and file"))
    missing = words("Il manque encore, pour déposer :", "Still missing before filing:")
    expect(page.get_by_text(missing)).to_be_visible()
    expect(children).to_have_value("3")
    desk.check()

    page.get_by_label(words("Quartier", "District")).fill("Bastos")
    paper = page.get_by_role("button", name=words("Pièce d'identité", "Identity card"))
    paper.set_input_files(PAPER)
    desk.press(words("Enregistrer et déposer", "Save and file"))
    desk.expect_said(words("Dossier déposé.", "File submitted."))
    expect(page.get_by_role("link", name="cni.pdf")).to_be_visible()
    desk.check()
    dossier = DemarcheAdministrative.objects.get(formulaire=formulaire)
    assert (dossier.statut, dossier.canal) == ("deposee", "guichet")
    assert dossier.donnees == {"quartier": "Bastos", "marie": True, "enfants": 3}
    assert desk.steps()[0] == words("Prendre en charge", "Take on")
