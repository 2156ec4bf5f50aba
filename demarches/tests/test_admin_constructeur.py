"""The form builder: what its page knows of the definition, and what it sends comes back whole."""

import json

import pytest

from demarches.admin import constructeur, constructeur_textes
from demarches.definition import champs, conditions, pieces, valider_champs, valider_pieces
from demarches.models import Formulaire
from demarches.tests.admin import FORMULAIRES, change_url, errors_of, text_of
from demarches.tests.dossiers import CHAMPS, PIECES
from demarches.tests.factories import FormulaireFactory
from demarches.tests.test_admin_formulaires import ADD, form
from users.tests.factories import agent_of

pytestmark = pytest.mark.django_db

OPTIONS = [
    {"valeur": "a", "libelle": {"fr": "Choix A", "en": "Choice A"}},
    {"valeur": "b", "libelle": {"fr": "Choix B"}},
]
# A value for each property that a type may have.
VALEURS = {
    "longueur_min": 2,
    "longueur_max": 40,
    "decimales": 3,
    "options": OPTIONS,
    "choix_min": 1,
    "choix_max": 2,
    "nombre_max": 4,
    "champs": [{"cle": "enfant", "type": "texte", "libelle": {"fr": "Enfant"}}],
    "minimum": 1,
    "maximum": 9,
}
DATES = {"minimum": "aujourd_hui", "maximum": "2030-01-31"}
IMBRIQUEE = {
    "tous": [
        {"champ": "q_texte", "rempli": True},
        {"un": [{"champ": "q_choix", "egal": "a"}, {"champ": "q_choix", "parmi": ["b"]}]},
    ]
}


def question(type_: str) -> dict:
    """A question that has all that its type may have."""
    propres = {
        nom: DATES[nom] if type_ == "date" else VALEURS[nom]
        for nom in champs.PROPRES[type_]
        if nom not in champs.OBLIGATION
    }
    made = {
        "cle": f"q_{type_}",
        "type": type_,
        "libelle": {"fr": f"Été « {type_} » </script>", "en": "Summer"},
        "aide": {"fr": "Une aide,\nsur deux lignes.", "en": "Help"},
        **propres,
    }
    if "obligatoire" in champs.PROPRES[type_]:
        made["obligatoire"] = True
    return made


def everything() -> list[dict]:
    types = ["texte", "choix", *(t for t in champs.PROPRES if t not in {"texte", "choix"})]
    made = [question(type_) for type_ in types]
    made[-1]["afficher_si"] = IMBRIQUEE
    del made[2]["obligatoire"]
    made[2]["obligatoire_si"] = {"champ": "q_choix", "different": "a"}
    valider_champs(made)
    return made


@pytest.fixture
def desk(signed_in, awa):
    return signed_in(awa)


def widget(page, nom: str = "champs") -> dict:
    return page.context["adminform"].form[nom].subwidgets[0].data


def types_of(schema: dict) -> dict:
    return {each["nom"]: each for each in schema["types"]}


def test_every_property_of_every_type_comes_back(desk, yaounde):
    row = FormulaireFactory(mairie=yaounde, champs=everything(), pieces_requises=PIECES)
    url = change_url(FORMULAIRES, row)
    page = desk.get(url)
    sent = {nom: widget(page, nom)["value"] for nom in ("champs", "pieces_requises")}
    assert desk.post(url, form(**sent)).status_code == 302
    row.refresh_from_db()
    assert (row.champs, row.pieces_requises, row.version) == (everything(), PIECES, 1)


def test_the_builder_asks_for_all_that_the_definition_takes():
    for nom, each in types_of(constructeur.schema_des_questions()).items():
        asked = {propriete["nom"] for propriete in each["proprietes"]}
        assert asked == set(champs.PROPRES[nom]) - set(champs.OBLIGATION)
        assert each["obligation"] == ("obligatoire_si" in champs.PROPRES[nom])
        assert each["dans_un_groupe"] == (nom not in champs.HORS_GROUPE)
    assert constructeur_textes.TYPES.keys() == champs.PROPRES.keys()
    operateurs = constructeur_textes.OPERATEURS.keys()
    assert operateurs == {*conditions.OPERATEURS, "vide"}
    assert set(pieces.CLES) == {"cle", "libelle", "aide", "obligatoire", "en_ligne"}


@pytest.mark.parametrize("type_", [nom for nom in champs.PROPRES if nom != "information"])
def test_the_limits_that_are_shown_are_those_of_the_server(type_):
    for propriete in types_of(constructeur.schema_des_questions())[type_]["proprietes"]:
        nom = propriete["nom"]
        # How many can be chosen depends on how many are proposed.
        if "max" not in propriete or nom in {"choix_min", "choix_max"}:
            continue
        good = {**question(type_), nom: propriete["max"]}
        good.pop({"longueur_min": "longueur_max", "minimum": "maximum"}.get(nom), None)
        if nom == "longueur_min":
            good["longueur_max"] = propriete["max"]
        if type_ == "groupe" and nom == "minimum":
            good["maximum"] = propriete["max"]
        valider_champs([good])
        with pytest.raises(Exception, match=nom):
            valider_champs([{**good, nom: propriete["max"] + 1}])


def test_each_fault_is_told_beside_its_question(desk):
    wrong = everything()
    wrong[1] = {**wrong[1], "libelle": {"fr": ""}}
    group = next(each for each in wrong if each["type"] == "groupe")
    group["champs"] = [{**VALEURS["champs"][0], "type": "photo"}]
    group["minimum"] = 0
    answer = desk.post(ADD, form(champs=json.dumps(wrong)))
    rang = wrong.index(group) + 1
    shown = widget(answer)["schema"]["erreurs"]
    assert {"2", f"{rang}.1"} <= shown.keys()
    assert shown["2"] == ["« libelle » (fr) est un texte de 1 à 300 caractères."]
    assert "Question 2 (q_choix)" in errors_of(answer)
    # What was typed is there again, and nothing of it is a key that answers hang on.
    assert json.loads(widget(answer)["value"]) == wrong
    assert widget(answer)["schema"]["existantes"] == []


def test_a_fault_of_a_paper_is_told_beside_it(desk):
    answer = desk.post(ADD, form(pieces_requises=json.dumps([PIECES[0], {"cle": "autre"}])))
    assert list(widget(answer, "pieces_requises")["schema"]["erreurs"]) == ["2"]


def test_stored_keys_are_known_and_new_ones_are_not(desk, yaounde):
    row = FormulaireFactory(mairie=yaounde, champs=everything())
    url = change_url(FORMULAIRES, row)
    known = widget(desk.get(url))["schema"]["existantes"]
    assert {"enfant", "q_groupe", "q_texte"} <= set(known)
    sent = json.dumps([{"cle": "nouvelle", "type": "texte"}])
    refused = desk.post(url, form(champs=sent))
    assert widget(refused)["schema"]["existantes"] == known


def test_what_agents_typed_cannot_leave_the_data_of_the_page(desk, yaounde):
    row = FormulaireFactory(mairie=yaounde, champs=everything())
    page = text_of(desk.get(change_url(FORMULAIRES, row)))
    assert "» </script>" not in page
    for nom in ("noyau", "conditions", "proprietes", "cartes", "apercu", "editeur"):
        assert f"demarches/constructeur/{nom}.js" in page


@pytest.mark.parametrize(
    "typed",
    [
        '["\\ud800"]',
        '[{"cle": "\\ud800", "type": "texte", "libelle": {"fr": "\\udfff"}}]',
        '[{"cle": "a", "type": "texte", "libelle": {"fr": "a\\u0000b"}}]',
        "\x00",
        "[\x00]",
        "1" * 5000,
        "NaN",
        '[{"cle": [], "type": {}}]',
        '[{"cle": "a", "type": "groupe", "libelle": {"fr": "G"}, "champs": {"a": 1}}]',
        "[" * 100_000,
        json.dumps([{"cle": "a"}] * 5000),
        "true",
        '"texte"',
    ],
)
@pytest.mark.parametrize("nom", ["champs", "pieces_requises"])
def test_whatever_is_posted_is_an_error_of_the_form(desk, nom, typed):
    answer = desk.post(ADD, form(**{nom: typed}))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors[nom]
    assert not Formulaire.objects.exists()


def test_a_text_of_more_than_a_request_is_refused(desk):
    assert desk.post(ADD, form(champs="[" + " " * 1_100_000 + "]")).status_code in {400, 413}


@pytest.mark.parametrize(("language", "word"), [("fr", "Question %(rang)s"), ("en", "Question")])
def test_the_words_are_those_of_the_reader(desk, language, word):
    page = desk.get(ADD, headers={"accept-language": language})
    schema = widget(page)["schema"]
    assert str(schema["mots"]["element"]).startswith(word.split(" %")[0])
    assert widget(page, "pieces_requises")["schema"]["nature"] == "piece"


def test_a_reader_has_no_builder(signed_in, yaounde):
    row = FormulaireFactory(mairie=yaounde, champs=CHAMPS)
    reader = signed_in(agent_of(yaounde, groups=["Lecture"]))
    assert "data-constructeur" not in text_of(reader.get(change_url(FORMULAIRES, row)))


def test_papers_are_checked_as_the_definition_says():
    field = constructeur.champ_des_pieces()
    assert field.clean(json.dumps(PIECES)) == PIECES
    valider_pieces(field.clean("{}"))
