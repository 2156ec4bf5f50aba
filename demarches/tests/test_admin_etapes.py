"""What an agent does to a dossier from its page: the steps, and when each is there."""

import pytest

from demarches.models import DemarcheAdministrative, Suivi
from demarches.services import demarches as services
from demarches.tests.admin import DEMARCHES, act, change_url, steps_of, take, text_of
from demarches.tests.dossiers import CHAMPS, PIECES
from demarches.tests.factories import DemarcheAdministrativeFactory, PieceJointeFactory
from demarches.workflow import StatutDemarche
from ecms.tests.files import small_pdf, upload
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db
S = StatutDemarche
XSS = "<script>alert(1)</script>"
QUESTIONS = [*CHAMPS, {"cle": "acte", "type": "fichier", "libelle": {"fr": f"Acte {XSS}"}}]


@pytest.fixture
def demarche(yaounde, chantal):
    return DemarcheAdministrativeFactory(
        mairie=yaounde, demandeur=chantal, definition=QUESTIONS, pieces_requises=PIECES
    )


def stored(demarche) -> DemarcheAdministrative:
    return DemarcheAdministrative.objects.get(pk=demarche.pk)


def test_a_dossier_is_moved_along_from_its_page(signed_in, awa, demarche):
    client = signed_in(awa)
    taken = {
        "prendre_en_charge": ({}, S.EN_COURS),
        "demander_piece": ({"piece": "identite", "motif": "Illisible"}, S.PIECE_DEMANDEE),
        "completer": ({"message": ""}, S.EN_COURS),
        "valider": ({}, S.VALIDEE),
        "preparer": ({}, S.PRETE),
        "remettre": ({}, S.REMISE),
    }
    for step, (fields, statut) in taken.items():
        assert step in steps_of(client, DEMARCHES, demarche), step
        (said,) = take(client, DEMARCHES, step, demarche, **fields)
        assert said.startswith("1 ")
        assert stored(demarche).statut == statut, step
    assert stored(demarche).agent_traitant == awa
    assert demarche.suivis.filter(auteur=awa).count() == len(taken)


@pytest.mark.parametrize(
    ("statut", "expected"),
    [
        (S.DEPOSEE, {"prendre_en_charge"}),
        (S.EN_COURS, {"valider", "demander_piece", "me_l_affecter", "rejeter"}),
        (S.PIECE_DEMANDEE, {"completer", "me_l_affecter", "rejeter"}),
        (S.VALIDEE, {"preparer", "remettre", "me_l_affecter"}),
        (S.PRETE, {"remettre", "me_l_affecter"}),
    ],
)
def test_the_buttons_are_what_the_state_allows(signed_in, awa, demarche, statut, expected):
    DemarcheAdministrative.objects.update(statut=statut, date_piece_demandee=demarche.date_depot)
    always = {"affecter", "priorite", "joindre", "ecrire", "noter"}
    assert set(steps_of(signed_in(awa), DEMARCHES, demarche)) == expected | always


def test_what_is_closed_takes_words_alone(signed_in, awa, demarche):
    services.prendre_en_charge(demarche, par=awa)
    client = signed_in(awa)
    assert take(client, DEMARCHES, "rejeter", demarche, motif="Faux") == ["1 dossier rejeté."]
    assert stored(demarche).motif_rejet == "Faux"
    assert steps_of(client, DEMARCHES, demarche) == ["ecrire", "noter"]


def test_the_asked_paper_is_named_in_the_words_of_the_person(signed_in, awa, demarche):
    DemarcheAdministrative.objects.update(langue="en")
    services.prendre_en_charge(demarche, par=awa)
    client = signed_in(awa)
    page = text_of(client.get(f"{DEMARCHES}{demarche.pk}/etape/demander_piece/"))
    assert "Pièce d&#x27;identité" in page
    assert XSS not in page
    take(client, DEMARCHES, "demander_piece", demarche, piece="identite", motif=" Illisible ")
    assert demarche.suivis.latest("pk").message == "Identity card : Illisible"


@pytest.mark.parametrize("fields", [{}, {"motif": "  "}, {"piece": "inconnue", "motif": "x"}])
def test_a_paper_or_a_word_is_asked_for(signed_in, awa, demarche, fields):
    services.prendre_en_charge(demarche, par=awa)
    url = f"{DEMARCHES}{demarche.pk}/etape/demander_piece/"
    assert signed_in(awa).post(url, fields).context["form"].errors
    assert stored(demarche).statut == S.EN_COURS


@pytest.mark.parametrize("step", ["rejeter", "ecrire", "noter"])
def test_words_are_asked_for(signed_in, awa, demarche, step):
    services.prendre_en_charge(demarche, par=awa)
    url, name = f"{DEMARCHES}{demarche.pk}/etape/{step}/", "motif" if step == "rejeter" else ""
    before = demarche.suivis.count()
    for words in ("", "  ", "a\x00b", "x" * 5001):
        form = signed_in(awa).post(url, {name or "message": words}).context["form"]
        assert form.errors, words
    assert (stored(demarche).statut, demarche.suivis.count()) == (S.EN_COURS, before)


def test_a_dossier_is_given_to_a_colleague_who_may_act(signed_in, awa, brice, demarche, yaounde):
    colleague = agent_of(yaounde, groups=["Guichet"])
    reader = agent_of(yaounde, groups=["Lecture"])
    client, url = signed_in(awa), f"{DEMARCHES}{demarche.pk}/etape/affecter/"
    offered = set(client.get(url).context["form"].fields["agent"].queryset)
    assert offered == {awa, colleague}
    for refused in (brice.pk, reader.pk, 0, "x", 10**30):
        assert client.post(url, {"agent": refused}).context["form"].errors, refused
    assert stored(demarche).agent_traitant is None
    assert take(client, DEMARCHES, "affecter", demarche, agent=colleague.pk)
    assert stored(demarche).agent_traitant == colleague
    services.prendre_en_charge(demarche, par=colleague)
    assert take(client, DEMARCHES, "me_l_affecter", demarche) == ["1 dossier est à vous."]
    assert "me_l_affecter" not in steps_of(client, DEMARCHES, demarche)
    assert stored(demarche).agent_traitant == awa


def test_the_priority_is_changed(signed_in, awa, demarche):
    client = signed_in(awa)
    take(client, DEMARCHES, "priorite", demarche, priorite="urgente")
    assert stored(demarche).priorite == "urgente"
    answer = client.post(f"{DEMARCHES}{demarche.pk}/etape/priorite/", {"priorite": "x"})
    assert answer.context["form"].errors


def test_the_person_is_written_to_and_colleagues_are_noted_to(signed_in, awa, demarche, mailbox):
    client = signed_in(awa)
    assert take(client, DEMARCHES, "noter", demarche, message=f"Voir {XSS}") == ["1 note ajoutée."]
    assert mailbox() == []
    take(client, DEMARCHES, "ecrire", demarche, message="Bonjour")
    assert [mail.to for mail in mailbox()] == [[demarche.email_demandeur]]
    note, message = demarche.suivis.order_by("pk")
    assert (note.nature, note.est_visible) == (Suivi.Nature.NOTE, False)
    assert (message.nature, message.est_visible) == (Suivi.Nature.MESSAGE, True)
    page = client.get(change_url(DEMARCHES, demarche))
    assert XSS not in text_of(page)
    told = [(each.who, each.message, each.internal) for each in page.context["timeline"]["entries"]]
    assert told == [("awa", "Bonjour", False), ("awa", f"Voir {XSS}", True)]


def test_a_long_history_is_cut(signed_in, awa, demarche, yaounde):
    line = {"demarche": demarche, "mairie": yaounde, "nature": "message", "origine": "agent"}
    Suivi.objects.bulk_create([Suivi(message=f"Mot {n}.", **line) for n in range(101)])
    page = text_of(signed_in(awa).get(change_url(DEMARCHES, demarche)))
    assert "Mot 100." in page
    assert "Mot 0." not in page
    assert "Les 100 lignes les plus récentes" in page


def test_a_paper_comes_to_the_desk_and_is_taken_back(signed_in, awa, demarche):
    services.prendre_en_charge(demarche, par=awa)
    services.demander_piece(demarche, motif="Acte", par=awa)
    client = signed_in(awa)
    pdf = upload(small_pdf(), "acte.pdf")
    assert take(client, DEMARCHES, "joindre", demarche, champ="acte", fichier=pdf)
    piece = demarche.pieces.get()
    assert (piece.champ, piece.depose_par) == ("acte", awa)
    assert "retirer_piece" in steps_of(client, DEMARCHES, demarche)
    take(client, DEMARCHES, "retirer_piece", demarche, piece=piece.pk)
    assert not demarche.pieces.exists()
    assert "retirer_piece" not in steps_of(client, DEMARCHES, demarche)


def test_papers_are_checked_as_by_the_api(signed_in, awa, demarche):
    client, before = signed_in(awa), upload(b"MZ no document", "acte.pdf")
    (said,) = take(client, DEMARCHES, "joindre", demarche, champ="acte", fichier=before)
    assert said.startswith(demarche.numero_suivi)
    assert not demarche.pieces.exists()
    other = PieceJointeFactory(demarche=demarche, mairie=demarche.mairie)
    answer = client.post(f"{DEMARCHES}{demarche.pk}/etape/retirer_piece/", {"piece": other.pk})
    assert answer.context["form"].errors
    assert demarche.pieces.get() == other


def test_only_what_the_desk_began_is_given_up_there(signed_in, awa, demarche, yaounde):
    client = signed_in(awa)
    assert "annuler" not in steps_of(client, DEMARCHES, demarche)
    take(client, DEMARCHES, "annuler", demarche)
    assert stored(demarche).statut == S.DEPOSEE
    ours = DemarcheAdministrativeFactory(mairie=yaounde, canal="guichet", demandeur=None)
    assert "annuler" in steps_of(client, DEMARCHES, ours)
    assert client.get(f"{DEMARCHES}{ours.pk}/etape/annuler/").status_code == 200
    take(client, DEMARCHES, "annuler", ours)
    assert stored(ours).statut == S.ANNULEE


ALL = [
    *("deposer", "prendre_en_charge", "completer", "valider", "preparer", "remettre", "noter"),
    *("demander_piece", "affecter", "me_l_affecter", "priorite", "joindre", "retirer_piece"),
    *("ecrire", "rejeter", "annuler"),
]


@pytest.mark.parametrize("step", ALL)
def test_the_steps_of_others_do_not_exist(signed_in, brice, yaounde, demarche, step):
    words = {"motif": "x", "message": "x", "agent": brice.pk, "priorite": "haute"}
    url = f"{DEMARCHES}{demarche.pk}/etape/{step}/"
    reader = agent_of(yaounde, groups=["Lecture"])
    for stranger in (brice, reader):
        client = signed_in(stranger)
        for answer in (client.get(url), client.post(url, words)):
            assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert stored(demarche).date_modification == demarche.date_modification
    assert not demarche.suivis.exists()


@pytest.mark.parametrize(
    "step", ["prendre_en_charge", "valider", "preparer", "affecter", "priorite"]
)
def test_no_list_acts_on_rows_of_others(signed_in, brice, demarche, step):
    words = {"agent": brice.pk, "priorite": "haute", "_step": "1"}
    act(signed_in(brice), DEMARCHES, step, demarche, **words)
    assert stored(demarche).date_modification == demarche.date_modification


def test_many_are_given_at_once(signed_in, awa, demarche, yaounde, brice):
    rows = [demarche, DemarcheAdministrativeFactory(mairie=yaounde)]
    client = signed_in(awa)
    act(client, DEMARCHES, "affecter", *rows)
    assert stored(demarche).agent_traitant is None
    act(client, DEMARCHES, "affecter", *rows, agent=brice.pk, _step="1")
    assert stored(demarche).agent_traitant is None
    said = act(client, DEMARCHES, "affecter", *rows, agent=awa.pk, _step="1")
    assert said == ["2 dossiers affectés."]
    act(client, DEMARCHES, "priorite", *rows, priorite="haute", _step="1")
    assert {stored(row).priorite for row in rows} == {"haute"}


def test_the_national_administration_gives_those_of_one_mairie(signed_in, nadege, demarche, awa):
    rows = [demarche, DemarcheAdministrativeFactory()]
    client = signed_in(nadege)
    act(client, DEMARCHES, "affecter", *rows, agent=awa.pk, _step="1")
    assert stored(demarche).agent_traitant is None
    act(client, DEMARCHES, "affecter", demarche, agent=awa.pk, _step="1")
    assert stored(demarche).agent_traitant == awa
    assert "me_l_affecter" not in steps_of(client, DEMARCHES, demarche)
