"""A dossier that an agent begins in the admin for a person at the desk."""

import pytest

from demarches.models import DemarcheAdministrative
from demarches.tests.admin import DEMARCHES, act, change_url, errors_of, text_of
from demarches.tests.dossiers import CHAMPS, PIECES
from demarches.tests.factories import DemarcheAdministrativeFactory, FormulaireFactory
from demarches.workflow import StatutDemarche
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db
ADD = f"{DEMARCHES}add/"


@pytest.fixture
def formulaire(yaounde):
    return FormulaireFactory(mairie=yaounde, nom="Acte de naissance")


def given(formulaire, **fields) -> dict:
    return {
        "formulaire": formulaire.pk,
        "nom_demandeur": "Éloïse Ñkolo",
        "telephone_demandeur": "+237690000001",
        "email_demandeur": "",
        "langue": "fr",
        **fields,
    }


def test_it_is_begun_and_filed(signed_in, awa, formulaire, yaounde):
    desk = signed_in(awa)
    answer = desk.post(ADD, given(formulaire))
    row = DemarcheAdministrative.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"{DEMARCHES}{row.pk}/reponses/"
    assert (row.canal, row.statut, row.mairie) == ("guichet", "brouillon", yaounde)
    assert (row.demandeur, row.nom_demandeur) == (None, "Éloïse Ñkolo")
    assert row.numero_suivi
    assert row.code_suivi
    page = text_of(desk.get(change_url(DEMARCHES, row)))
    assert row.numero_suivi in page
    assert row.code_suivi not in page
    assert act(desk, DEMARCHES, "deposer", row) == ["1 dossier déposé."]
    line = DemarcheAdministrative.objects.get().suivis.get()
    assert (line.nouveau_statut, line.origine, line.auteur) == ("deposee", "agent", awa)


def test_what_is_missing_is_named(signed_in, awa, yaounde):
    formulaire = FormulaireFactory(mairie=yaounde, champs=CHAMPS, pieces_requises=PIECES)
    row = DemarcheAdministrativeFactory(
        mairie=yaounde, formulaire=formulaire, brouillon=True, canal="guichet", demandeur=None
    )
    DemarcheAdministrative.objects.update(nom_demandeur="", donnees={})
    (said,) = act(signed_in(awa), DEMARCHES, "deposer", row)
    assert "Quartier : " in said
    assert "Donnez le nom du demandeur." in said
    assert DemarcheAdministrative.objects.get().statut == StatutDemarche.BROUILLON
    page = text_of(signed_in(awa).get(change_url(DEMARCHES, row)))
    assert f"{row.pk}/reponses/#question-quartier" in page
    assert f"{row.pk}/reponses/#contact" in page


@pytest.mark.parametrize("missing", ["nom_demandeur", "telephone_demandeur", "formulaire"])
def test_a_person_must_be_reachable(signed_in, awa, formulaire, missing):
    answer = signed_in(awa).post(ADD, given(formulaire) | {missing: ""})
    assert errors_of(answer)
    assert not DemarcheAdministrative.objects.exists()


def test_procedures_of_ones_own_mairie_alone(signed_in, awa, formulaire, douala):
    elsewhere = FormulaireFactory(mairie=douala, nom="Acte de Douala")
    closed = FormulaireFactory(mairie=formulaire.mairie, nom="Acte retiré", est_actif=False)
    desk = signed_in(awa)
    page = text_of(desk.get(ADD))
    assert "Acte de naissance" in page
    assert "Acte de Douala" not in page
    assert "Acte retiré" not in page
    for refused in (elsewhere, closed):
        assert errors_of(desk.post(ADD, given(refused)))
    assert not DemarcheAdministrative.objects.exists()


def test_nothing_but_the_contact_is_believed(signed_in, awa, formulaire, douala, chantal):
    forged = {"mairie": douala.pk, "statut": "remise", "demandeur": chantal.pk, "canal": "en_ligne"}
    assert signed_in(awa).post(ADD, given(formulaire, **forged)).status_code == 302
    row = DemarcheAdministrative.objects.get()
    assert (row.mairie, row.statut) == (formulaire.mairie, StatutDemarche.BROUILLON)
    assert (row.demandeur, row.canal) == (None, "guichet")


def test_a_suspended_mairie_begins_nothing(signed_in, nadege, formulaire):
    formulaire.mairie.statut = "suspendue"
    formulaire.mairie.save()
    answer = signed_in(nadege).post(ADD, given(formulaire))
    assert "plus proposée" in errors_of(answer)
    assert not DemarcheAdministrative.objects.exists()


def test_it_takes_the_permission(signed_in, yaounde, formulaire):
    reader = signed_in(agent_of(yaounde, groups=["Lecture"]))
    assert reader.get(ADD).status_code == 403
    assert reader.post(ADD, given(formulaire)).status_code == 403


def test_the_national_administration_begins_one(signed_in, nadege, formulaire):
    assert signed_in(nadege).post(ADD, given(formulaire)).status_code == 302
    assert DemarcheAdministrative.objects.get().mairie == formulaire.mairie


def test_what_was_begun_online_is_filed_by_its_author(signed_in, awa, yaounde):
    draft = DemarcheAdministrativeFactory(mairie=yaounde, brouillon=True)
    act(signed_in(awa), DEMARCHES, "deposer", draft)
    assert DemarcheAdministrative.objects.get().statut == StatutDemarche.BROUILLON
