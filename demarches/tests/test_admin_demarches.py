"""The desk for dossiers: read, moved on by steps, and isolated."""

import pytest

from demarches import tasks
from demarches.models import DemarcheAdministrative, Suivi
from demarches.services import demarches as services
from demarches.tests.admin import DEMARCHES, act, change_url, counted, text_of
from demarches.tests.factories import (
    DemarcheAdministrativeFactory,
    PieceJointeFactory,
    SuiviFactory,
)
from demarches.workflow import StatutDemarche
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db
S = StatutDemarche
XSS = "<script>alert(1)</script>"
DEFINITION = [
    {"cle": "nom", "type": "texte", "libelle": {"fr": f"Nom {XSS}", "en": "Name"}},
    {"cle": "ne", "type": "date", "libelle": {"fr": "Né le"}},
    {"cle": "marie", "type": "booleen", "libelle": {"fr": "Marié"}},
    {
        "cle": "motif",
        "type": "choix_multiple",
        "libelle": {"fr": "Motif"},
        "options": [
            {"valeur": "a", "libelle": {"fr": "École"}},
            {"valeur": "b", "libelle": {"fr": "Voyage"}},
        ],
    },
    {"cle": "lieu", "type": "point", "libelle": {"fr": "Lieu"}},
    {
        "cle": "enfants",
        "type": "groupe",
        "libelle": {"fr": "Enfant"},
        "champs": [{"cle": "prenom", "type": "texte", "libelle": {"fr": "Prénom"}}],
    },
    {"cle": "acte", "type": "fichier", "libelle": {"fr": "Acte"}},
]
REPONSES = {
    "nom": f"Ngoŋ {XSS}",
    "ne": "1990-03-02",
    "marie": False,
    "motif": ["b", "a"],
    "lieu": {"latitude": 3.866, "longitude": 11.516},
    "enfants": [{"prenom": "Awa"}, {"prenom": "Éloïse"}],
    "ancienne": "plus demandée",
}


@pytest.fixture
def demarche(yaounde, chantal):
    return DemarcheAdministrativeFactory(
        mairie=yaounde,
        demandeur=chantal,
        definition=DEFINITION,
        donnees=REPONSES,
        code_suivi="SECRETCANARI",
    )


def stored(demarche) -> DemarcheAdministrative:
    return DemarcheAdministrative.objects.get(pk=demarche.pk)


def test_the_list_is_that_of_the_mairie_without_drafts(signed_in, awa, demarche, yaounde):
    other = DemarcheAdministrativeFactory()
    draft = DemarcheAdministrativeFactory(mairie=yaounde, brouillon=True)
    at_the_desk = DemarcheAdministrativeFactory(mairie=yaounde, brouillon=True, canal="guichet")
    page = text_of(signed_in(awa).get(DEMARCHES))
    assert demarche.numero_suivi in page
    assert at_the_desk.numero_suivi in page
    assert other.numero_suivi not in page
    assert draft.numero_suivi not in page
    assert signed_in(awa).get(change_url(DEMARCHES, draft)).status_code == 302


def test_the_answers_are_read_beside_their_questions_and_escaped(signed_in, awa, demarche):
    page = text_of(signed_in(awa).get(change_url(DEMARCHES, demarche)))
    assert XSS not in page
    for words in (
        "Nom &lt;script&gt;",
        "Ngoŋ &lt;script&gt;",
        "2 mars 1990",
        "Non",
        "Voyage, École",
        "3.866, 11.516",
        "Enfant 2 – Prénom",
        "Éloïse",
        "plus demandée",
    ):
        assert words in page, words


def test_the_secret_is_nowhere(signed_in, nadege, demarche):
    client = signed_in(nadege)
    for url in (DEMARCHES, change_url(DEMARCHES, demarche), f"{DEMARCHES}{demarche.pk}/history/"):
        assert "SECRET" not in text_of(client.get(url))


@pytest.mark.parametrize(
    "lookup",
    ["code_suivi__startswith=S", "email_demandeur__contains=a", "demandeur__password__gt=a"],
)
def test_what_no_filter_names_cannot_be_probed(signed_in, nadege, demarche, lookup):
    assert signed_in(nadege).get(f"{DEMARCHES}?{lookup}").status_code == 400


def test_the_history_is_whole_for_agents(signed_in, awa, demarche, yaounde):
    note = {"nature": Suivi.Nature.NOTE, "est_visible": False, "message": f"Note {XSS}"}
    SuiviFactory(demarche=demarche, mairie=yaounde, auteur=awa, **note)
    services.prendre_en_charge(demarche, par=awa)
    page = text_of(signed_in(awa).get(change_url(DEMARCHES, demarche)))
    assert "Note &lt;script&gt;" in page
    assert "Déposée → En cours" in page


def test_nothing_is_written_by_hand(signed_in, awa, demarche):
    client, before = signed_in(awa), stored(demarche).date_modification
    sent = {"statut": "remise", "nom_demandeur": "X", "donnees": "{}"}
    assert client.post(change_url(DEMARCHES, demarche), sent).status_code == 403
    assert client.post(f"{DEMARCHES}{demarche.pk}/delete/", {"post": "yes"}).status_code == 403
    assert stored(demarche).date_modification == before


def test_refusals_are_told_row_by_row_and_the_rest_is_done(signed_in, awa, demarche, yaounde):
    other = DemarcheAdministrativeFactory(mairie=yaounde)
    services.prendre_en_charge(other, par=awa)
    said = act(signed_in(awa), DEMARCHES, "prendre_en_charge", demarche, other)
    assert sorted(said)[0] == "1 dossier pris en charge."
    assert sorted(said)[1].startswith(f"{other.numero_suivi} : « En cours » ne peut pas devenir")
    assert stored(demarche).statut == S.EN_COURS


def test_ones_own_dossier_is_not_on_ones_desk(signed_in, awa, yaounde):
    own = DemarcheAdministrativeFactory(mairie=yaounde, demandeur=awa)
    client = signed_in(awa)
    assert own.numero_suivi not in text_of(client.get(DEMARCHES))
    assert client.get(change_url(DEMARCHES, own)).status_code == 302
    act(client, DEMARCHES, "prendre_en_charge", own)
    assert stored(own).statut == S.DEPOSEE


def test_another_mairie_acts_on_nothing(signed_in, brice, demarche):
    assert act(signed_in(brice), DEMARCHES, "prendre_en_charge", demarche) == []
    assert stored(demarche).statut == S.DEPOSEE


@pytest.mark.parametrize(("role", "status"), [("Lecture", 200), ("Contenu", 403)])
def test_roles(signed_in, yaounde, demarche, role, status):
    client = signed_in(agent_of(yaounde, groups=[role]))
    assert client.get(DEMARCHES).status_code == status
    assert client.get(change_url(DEMARCHES, demarche)).status_code == status
    sent = {"action": "prendre_en_charge", "_selected_action": [demarche.pk]}
    client.post(DEMARCHES, sent)
    assert stored(demarche).statut == S.DEPOSEE


def test_a_guichet_acts(signed_in, yaounde, demarche):
    act(signed_in(agent_of(yaounde, groups=["Guichet"])), DEMARCHES, "prendre_en_charge", demarche)
    assert stored(demarche).statut == S.EN_COURS


def test_papers_and_the_receipt_are_delivered(signed_in, awa, demarche, yaounde):
    piece = PieceJointeFactory(
        demarche=demarche, mairie=yaounde, champ="acte", nom_original=f"a{XSS}.pdf"
    )
    tasks.faire_recepisse(demarche.pk)
    client = signed_in(awa)
    page = text_of(client.get(change_url(DEMARCHES, demarche)))
    assert XSS not in page
    for url in (
        f"{DEMARCHES}{demarche.pk}/pieces/{piece.pk}/",
        f"{DEMARCHES}{demarche.pk}/recepisse/",
    ):
        assert url in page
        answer = client.get(url)
        assert answer.getvalue().startswith(b"%PDF")
        assert "attachment" in answer["Content-Disposition"]


def test_papers_of_others_do_not_exist(signed_in, brice, yaounde, demarche):
    piece = PieceJointeFactory(demarche=demarche, mairie=yaounde)
    draft = PieceJointeFactory(mairie=yaounde, brouillon=True)
    own = DemarcheAdministrativeFactory(mairie=brice.mairie_agent)
    tasks.faire_recepisse(demarche.pk)
    client = signed_in(brice)
    for dossier, paper in ((demarche, piece), (own, piece), (draft.demarche, draft)):
        assert client.get(f"{DEMARCHES}{dossier.pk}/pieces/{paper.pk}/").status_code == 404
    for dossier in (demarche, own):
        assert client.get(f"{DEMARCHES}{dossier.pk}/recepisse/").status_code == 404


def test_papers_are_for_those_who_may_read_the_dossier(client, signed_in, yaounde, demarche):
    piece = PieceJointeFactory(demarche=demarche, mairie=yaounde)
    url = f"{DEMARCHES}{demarche.pk}/pieces/{piece.pk}/"
    assert client.get(url).status_code == 302
    assert signed_in(agent_of(yaounde, groups=["Contenu"])).get(url).status_code == 404


def test_the_number_of_queries_is_fixed(signed_in, awa, yaounde):
    client = signed_in(awa)
    numbers = []
    for more in (3, 27):
        rows = DemarcheAdministrativeFactory.create_batch(more, mairie=yaounde, agent_traitant=awa)
        for each in rows:
            SuiviFactory(demarche=rows[0], mairie=yaounde, auteur=each.demandeur)
            PieceJointeFactory(demarche=rows[0], mairie=yaounde)
        with counted() as listed:
            text_of(client.get(DEMARCHES))
        with counted() as read:
            text_of(client.get(change_url(DEMARCHES, rows[0])))
        numbers.append((listed(), read()))
    assert numbers[0] == numbers[1]
    assert max(numbers[0]) < 18


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_pages_open_in_both_languages(signed_in, nadege, demarche, language):
    client, headers = signed_in(nadege), {"Accept-Language": language}
    for url in (DEMARCHES, change_url(DEMARCHES, demarche)):
        assert client.get(url, headers=headers).status_code == 200
