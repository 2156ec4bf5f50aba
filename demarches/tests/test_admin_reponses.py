"""The answers of a draft of the desk, typed in the admin, and its papers."""

import pytest

from demarches.models import DemarcheAdministrative, Formulaire
from demarches.services import demarches as services
from demarches.services import pieces
from demarches.tests.admin import DEMARCHES, counted, text_of
from demarches.tests.dossiers import PIECES
from demarches.tests.factories import DemarcheAdministrativeFactory, FormulaireFactory
from demarches.workflow import StatutDemarche
from ecms.tests.files import photo, small_pdf, upload
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db
S = StatutDemarche
XSS = '"><script>alert(1)</script>'


def asked(cle: str, type_: str, **more) -> dict:
    return {"cle": cle, "type": type_, "libelle": {"fr": f"Question {cle} {XSS}"}, **more}


def options(*values: str) -> list[dict]:
    return [{"valeur": value, "libelle": {"fr": f"Option {value} {XSS}"}} for value in values]


LIGNES = [asked("prenom", "texte", obligatoire=True), asked("age", "entier")]
CHAMPS = [
    asked("avis", "information", aide={"fr": f"Lisez\n{XSS}"}),
    asked("nom", "texte", obligatoire=True, aide={"fr": XSS}),
    asked("recit", "texte_long"),
    asked("poids", "nombre"),
    asked("rang", "entier"),
    asked("ne", "date"),
    asked("a", "heure"),
    asked("courriel", "email"),
    asked("tel", "telephone"),
    asked("sexe", "choix", options=options("f", "g")),
    asked("langues", "choix_multiple", options=options("fr", "en"), choix_max=2),
    asked("maries", "booleen"),
    asked("mariage", "date", afficher_si={"champ": "maries", "egal": True}, obligatoire=True),
    asked("lieu", "point"),
    asked("enfants", "groupe", champs=LIGNES, minimum=1, maximum=3),
    asked("acte", "fichier", nombre_max=2),
    asked("portrait", "photo"),
    asked("vrai", "declaration"),
]
CONTACT = {
    "contact-nom_demandeur": "Éloïse Ñkolo",
    "contact-telephone_demandeur": "+237690000001",
    "contact-email_demandeur": "",
    "contact-langue": "fr",
}
REMPLI = {
    **CONTACT,
    "q-nom": f" Awa {XSS} ",
    "q-recit": "Une\r\nhistoire",
    "q-poids": "3,25",
    "q-rang": "1 000",
    "q-ne": "2026-01-31",
    "q-a": "08:30",
    "q-courriel": "awa@exemple.cm",
    "q-tel": "690000002",
    "q-sexe": "g",
    "q-langues": ["en", "fr"],
    "q-maries": "oui",
    "q-mariage": "2020-02-29",
    "q-lieu-latitude": "3,866",
    "q-lieu-longitude": "11.5",
    "q-enfants-lignes": "3",
    "q-enfants-0-prenom": "Jean",
    "q-enfants-0-age": "4",
    "q-enfants-1-prenom": "",
    "q-enfants-2-prenom": "Ève",
    "q-vrai": "on",
}
LUES = {
    "nom": f"Awa {XSS}",
    "recit": "Une\nhistoire",
    "poids": 3.25,
    "rang": 1000,
    "ne": "2026-01-31",
    "a": "08:30",
    "courriel": "awa@exemple.cm",
    "tel": "+237690000002",
    "sexe": "g",
    "langues": ["fr", "en"],
    "maries": True,
    "mariage": "2020-02-29",
    "lieu": {"latitude": 3.866, "longitude": 11.5},
    "enfants": [{"prenom": "Jean", "age": 4}, {"prenom": "Ève"}],
    "vrai": True,
}


@pytest.fixture
def draft(awa, yaounde):
    formulaire = FormulaireFactory(mairie=yaounde, champs=CHAMPS, pieces_requises=PIECES)
    contact = {"nom_demandeur": "Éloïse", "telephone_demandeur": "+237690000001"}
    return services.commencer(formulaire, par=awa, canal="guichet", langue="fr", **contact)


def page_of(demarche) -> str:
    return f"{DEMARCHES}{demarche.pk}/reponses/"


def stored(demarche) -> DemarcheAdministrative:
    return DemarcheAdministrative.objects.get(pk=demarche.pk)


def errors_of(answer) -> dict:
    """By question, what the page says beside it."""
    found = {}
    for question in answer.context["questions"]:
        said = list(question.erreurs)
        said += question.saisie.errors if question.saisie else []
        if said:
            found[question.cle] = [str(each) for each in said]
    return found


def test_every_type_of_question_is_answered(signed_in, awa, draft):
    desk = signed_in(awa)
    answer = desk.post(page_of(draft), {**REMPLI, "enregistrer": "1"})
    assert (answer.status_code, answer["Location"]) == (302, page_of(draft))
    row = stored(draft)
    assert row.donnees == LUES
    assert (row.nom_demandeur, row.statut) == ("Éloïse Ñkolo", S.BROUILLON)
    page = text_of(desk.get(page_of(draft)))
    assert XSS not in page
    for words in ('value="3.25"', 'value="2026-01-31"', 'value="Ève"', "Une\nhistoire"):
        assert words in page, words
    again = desk.get(page_of(draft)).context["questionnaire"]
    assert again.groupes["enfants"].lignes[1]["prenom"].value() == "Ève"


def test_it_is_filed_from_the_same_page(signed_in, awa, draft):
    desk = signed_in(awa)
    answer = desk.post(page_of(draft), {**REMPLI, "deposer": "1"})
    assert answer["Location"] == f"{DEMARCHES}{draft.pk}/change/"
    row = stored(draft)
    assert (row.statut, row.donnees) == (S.DEPOSEE, LUES)
    assert row.suivis.get().auteur == awa


def test_a_draft_may_be_incomplete_and_says_what_is_missing(signed_in, awa, draft):
    desk = signed_in(awa)
    answer = desk.post(page_of(draft), {**CONTACT, "q-maries": "oui", "deposer": "1"})
    assert answer["Location"] == f"{page_of(draft)}?manque=1"
    assert stored(draft).donnees == {"maries": True}
    page = desk.get(answer["Location"])
    missing = {"question-nom", "question-mariage", "question-vrai"}
    assert missing <= {where for where, _words in page.context["manques"]}
    for where in missing:
        assert f'id="{where}"' in text_of(page)
    assert stored(draft).statut == S.BROUILLON


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("rang", "deux"), ("rang", "9" * 5000), ("poids", "1e400"), ("poids", "NaN")),
        *(("ne", "31/01/2026"), ("a", "25:00"), ("courriel", "x"), ("tel", "12"), ("sexe", "x")),
        *(("langues", "x"), ("maries", "x"), ("nom", "a\x00b"), ("nom", "x" * 501)),
        *(("mariage", "2020-01-01"), ("lieu-latitude", "3"), ("lieu-longitude", "x")),
    ],
)
def test_what_is_wrong_is_said_beside_its_question(signed_in, awa, draft, name, value):
    answer = signed_in(awa).post(page_of(draft), {**CONTACT, f"q-{name}": value})
    assert answer.status_code == 200
    assert set(errors_of(answer)) == {name.split("-")[0]}
    assert stored(draft).donnees == {}


def test_what_is_wrong_in_a_line_is_said_in_it(signed_in, awa, draft):
    sent = {
        "q-enfants-lignes": "3",
        "q-enfants-1-prenom": "Ève",
        "q-enfants-1-age": "x",
        "q-enfants-2-prenom": "Ada",
    }
    answer = signed_in(awa).post(page_of(draft), {**CONTACT, **sent})
    lines = answer.context["questionnaire"].groupes["enfants"].lignes
    assert [list(line.errors) for line in lines] == [[], ["age"], []]


def test_lines_are_added_and_taken_away(signed_in, awa, draft):
    desk = signed_in(awa)
    sent = {"q-enfants-lignes": "1", "q-enfants-0-prenom": "Ève", "ajouter": "enfants"}
    answer = desk.post(page_of(draft), {**CONTACT, **sent})
    assert answer["Location"] == f"{page_of(draft)}?ajouter=enfants#question-enfants"
    group = desk.get(answer["Location"]).context["questionnaire"].groupes["enfants"]
    assert len(group.lignes) == 2
    sent = {"q-enfants-lignes": "2", "q-enfants-0-prenom": "Ève", "q-enfants-1-prenom": "Ada"}
    desk.post(page_of(draft), {**CONTACT, **sent, "q-enfants-0-retirer-la-ligne": "on"})
    assert stored(draft).donnees == {"enfants": [{"prenom": "Ada"}]}


@pytest.mark.parametrize("count", ["-1", "999999999999", "x", "", "²", "50"])
def test_no_page_has_more_lines_than_the_group(signed_in, awa, draft, count):
    answer = signed_in(awa).post(page_of(draft), {"q-enfants-lignes": count})
    assert len(answer.context["questionnaire"].groupes["enfants"].lignes) <= 3


def test_papers_are_added_and_taken_back(signed_in, awa, draft):
    desk = signed_in(awa)
    files = {
        "fichier-acte": [upload(small_pdf(), "un.pdf"), upload(small_pdf(), "deux.pdf")],
        "fichier-portrait": upload(photo((40, 30)), "moi.jpg"),
        "fichier-identite": upload(small_pdf(), "carte.pdf"),
        "fichier-": upload(small_pdf(), f"autre{XSS}.pdf"),
        "fichier-inconnue": upload(small_pdf(), "rien.pdf"),
    }
    assert desk.post(page_of(draft), {**CONTACT, **files}).status_code == 302
    found = list(draft.pieces.order_by("pk").values_list("champ", flat=True))
    assert sorted(found) == ["", "acte", "acte", "identite", "portrait"]
    assert XSS not in text_of(desk.get(page_of(draft)))
    first = draft.pieces.filter(champ="acte").first()
    desk.post(page_of(draft), {**CONTACT, "q-nom": "Awa", "retirer": first.pk})
    assert draft.pieces.count() == 4
    assert stored(draft).donnees == {"nom": "Awa"}


def test_a_refused_paper_is_told_and_the_answers_are_kept(signed_in, awa, draft):
    files = {"fichier-acte": upload(b"MZ", "a.pdf"), "fichier-portrait": upload(small_pdf(), "b")}
    answer = signed_in(awa).post(page_of(draft), {**CONTACT, "q-nom": "Awa", **files})
    told = {q.cle: q.papier["erreurs"] for q in answer.context["questions"] if q.papier}
    assert told["acte"]
    assert told["portrait"]
    assert not draft.pieces.exists()
    assert stored(draft).donnees == {"nom": "Awa"}


@pytest.mark.parametrize("value", ["x", "-1", "9" * 40, "\x00"])
def test_a_paper_that_is_not_there_is_not_taken_back(signed_in, awa, draft, value):
    answer = signed_in(awa).post(page_of(draft), {**CONTACT, "retirer": value})
    assert answer.status_code == 302


def test_the_papers_of_others_are_not_taken_back(signed_in, awa, brice, draft, douala):
    formulaire = FormulaireFactory(mairie=douala)
    other = services.commencer(formulaire, par=brice, canal="guichet", langue="fr")
    piece = pieces.joindre(other, fichier=upload(small_pdf(), "a.pdf"), champ="", par=brice)
    signed_in(awa).post(page_of(draft), {**CONTACT, "retirer": piece.pk})
    assert other.pieces.get() == piece


def test_a_guichet_adds_papers_and_takes_none_back(signed_in, awa, draft, yaounde):
    piece = pieces.joindre(draft, fichier=upload(small_pdf(), "a.pdf"), champ="acte", par=awa)
    desk = signed_in(agent_of(yaounde, groups=["Guichet"]))
    files = {"fichier-acte": upload(small_pdf(), "b.pdf")}
    desk.post(page_of(draft), {**CONTACT, **files, "retirer": piece.pk})
    assert draft.pieces.count() == 2


def test_the_page_is_that_of_the_mairie_alone(client, signed_in, brice, yaounde, draft):
    assert client.get(page_of(draft)).status_code == 302
    for stranger, status in ((brice, 404), (agent_of(yaounde, groups=["Lecture"]), 403)):
        desk = signed_in(stranger)
        assert desk.get(page_of(draft)).status_code == status
        assert desk.post(page_of(draft), REMPLI).status_code == status
        assert desk.post(f"{DEMARCHES}{10**30}/reponses/", REMPLI).status_code in {403, 404}
    assert stored(draft).donnees == {}


def test_what_was_filed_or_begun_online_is_not_written(signed_in, awa, nadege, draft, yaounde):
    services.annuler(draft, par=awa)
    filed = DemarcheAdministrativeFactory(mairie=yaounde)
    online = DemarcheAdministrativeFactory(mairie=yaounde, brouillon=True)
    for person, row in ((awa, draft), (awa, filed), (nadege, online)):
        answer = signed_in(person).post(page_of(row), REMPLI)
        assert answer["Location"] == f"{DEMARCHES}{row.pk}/change/"
        assert stored(row).donnees == {}
    assert signed_in(awa).get(page_of(online)).status_code == 404


def test_answers_of_a_procedure_that_has_changed_since(signed_in, awa, draft):
    odd = {"enfants": "x", "lieu": [1], "sexe": 3, "langues": "y", "maries": "z", "ancienne": "a"}
    DemarcheAdministrative.objects.update(donnees=odd)
    desk = signed_in(awa)
    assert desk.get(page_of(draft)).status_code == 200
    Formulaire.objects.update(champs=[])
    assert desk.post(page_of(draft), REMPLI).status_code == 302
    assert stored(draft).donnees == {}


def test_the_contact_is_put_right(signed_in, awa, draft):
    answer = signed_in(awa).post(page_of(draft), {**CONTACT, "contact-email_demandeur": "x"})
    assert answer.context["contact"].errors
    assert stored(draft).nom_demandeur == "Éloïse"


def test_the_number_of_queries_is_fixed(signed_in, awa, draft):
    desk, numbers = signed_in(awa), []
    for more in (1, 9):
        for each in range(more):
            pdf = upload(small_pdf(), f"{each}.pdf")
            pieces.joindre(draft, fichier=pdf, champ="", par=awa)
        with counted() as number:
            text_of(desk.get(page_of(draft)))
        numbers.append(number())
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_opens_in_both_languages(signed_in, awa, draft, language):
    answer = signed_in(awa).get(page_of(draft), headers={"Accept-Language": language})
    assert answer.status_code == 200
