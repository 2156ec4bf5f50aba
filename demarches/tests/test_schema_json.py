"""The JSON Schema says what the server does, on a table of answers to every type of question."""

import pytest
from jsonschema import Draft202012Validator
from rest_framework.exceptions import ValidationError

from demarches.definition import schema_json, verifier_reponses
from demarches.tests.test_definition import EVERY_TYPE, OUI_NON, champ, choix, groupe
from demarches.tests.test_definition_reponses import ANSWERS, MARRIED

VALUES = {
    "texte": ["Zoé", "x" * 500, "x" * 501, "a\nb", 12, True, [], {}],
    "texte_long": ["Deux\nlignes", "x" * 5001, 12],
    "nombre": [12, 12.5, -3, 10**9, 10**9 + 1, "12", True, [1]],
    "entier": [12, 12.0, 12.5, -3, 10**13, "12", False],
    "date": ["2026-02-28", "2026-02-30", "28/02/2026", "2026-2-8", "20260228", 2026],
    "heure": ["00:00", "23:59", "24:00", "8:30", "08:30:00", 830],
    "email": ["awa@exemple.cm", "awa", 12],
    "telephone": ["699123456", "+237 6 99 12 34 56", "abc", "12", 699123456],
    "choix": ["oui", "Oui", "", 1, ["oui"]],
    "choix_multiple": [["oui"], ["non", "oui"], ["oui", "oui"], ["si"], "oui", [1]],
    "booleen": [True, False, "true", 1],
    "declaration": [True, "true", 1],
    "point": [
        {"latitude": 3.88, "longitude": 11},
        {"latitude": -90, "longitude": 180},
        {"latitude": 91, "longitude": 11},
        {"latitude": 3},
        {"latitude": 3, "longitude": 11, "z": 0},
        {"latitude": "3", "longitude": 11},
        [3, 11],
    ],
    "groupe": [[{"prenom": "Zoé"}], [{"prenom": 1}], [{"autre": "x"}], [{}] * 21, {}, ["x"]],
}
PLUS = {
    "choix": {"options": OUI_NON},
    "choix_multiple": {"options": OUI_NON},
    "groupe": {"champs": [champ("prenom")]},
}


def valid(champs, donnees):
    schema = schema_json(champs, "fr")
    checker = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return checker.is_valid(donnees)


def taken(champs, donnees):
    try:
        verifier_reponses(champs, donnees, partiel=False)
    except ValidationError:
        return False
    return True


def agree(champs, donnees):
    Draft202012Validator.check_schema(schema_json(champs, "en"))
    assert valid(champs, donnees) == taken(champs, donnees), donnees
    return taken(champs, donnees)


@pytest.mark.parametrize("type_", VALUES)
def test_they_agree_on_each_type(type_):
    champs = [champ("x", type_, **PLUS.get(type_, {}))]
    found = [agree(champs, {"x": value}) for value in VALUES[type_] if value not in ("", [])]
    assert {True, False} == set(found)


@pytest.mark.parametrize(
    ("limits", "values"),
    [
        ({"type": "texte", "longueur_min": 2, "longueur_max": 3}, ["a", "ab", "abcd"]),
        ({"type": "nombre", "minimum": 0.5, "maximum": 2}, [0.4, 0.5, 2, 2.1]),
        ({"type": "nombre", "decimales": 0}, [1, 1.0, 1.5]),
        ({"type": "entier", "minimum": 1, "maximum": 2}, [0, 1, 3]),
        ({"type": "choix_multiple", "options": OUI_NON, "choix_min": 2}, [["oui"], ["oui", "non"]]),
        ({"type": "choix_multiple", "options": OUI_NON, "choix_max": 1}, [["oui"], ["oui", "non"]]),
        ({"type": "groupe", "champs": [champ("a")], "minimum": 2}, [[{}], [{}, {}]]),
        ({"type": "groupe", "champs": [champ("a")], "maximum": 1}, [[{}], [{}, {}]]),
        ({"type": "groupe", "champs": [champ("a", obligatoire=True)]}, [[{}], [{"a": "b"}]]),
    ],
)
def test_they_agree_on_limits(limits, values):
    found = [agree([{**champ("x"), **limits}], {"x": value}) for value in values]
    assert {True, False} == set(found)


def test_they_agree_on_the_whole():
    assert agree(EVERY_TYPE, ANSWERS)
    assert not agree(EVERY_TYPE, {**ANSWERS, "note": "lu"})
    assert not agree(EVERY_TYPE, {**ANSWERS, "plan": "plan.pdf"})
    for cle in ANSWERS:
        agree(EVERY_TYPE, {name: value for name, value in ANSWERS.items() if name != cle})


@pytest.mark.parametrize(
    ("donnees", "good"),
    [
        ({"marie": "oui", "conjoint": "Paul"}, True),
        ({"marie": "oui", "conjoint": "Paul", "date": "2020-01-01"}, True),
        ({"marie": "oui"}, False),
        ({"marie": "non"}, False),
        ({"marie": "non", "motif": "x"}, True),
        ({"marie": "non", "motif": "x", "conjoint": "Paul"}, False),
        ({"marie": "non", "motif": "x", "date": "2020-01-01"}, False),
        ({}, False),
    ],
)
def test_they_agree_on_conditions(donnees, good):
    assert agree(MARRIED, donnees) is good


LINES = [
    choix("marie"),
    champ("usages", "choix_multiple", options=OUI_NON),
    groupe(
        choix("ecole"),
        champ("nom_ecole", obligatoire=True, afficher_si={"champ": "ecole", "egal": "oui"}),
        champ("juge", obligatoire=True, afficher_si={"champ": "marie", "different": "oui"}),
        champ("usage", obligatoire_si={"champ": "usages", "egal": "oui"}),
    ),
]


@pytest.mark.parametrize("marie", ["oui", "non", None])
@pytest.mark.parametrize("usages", [["oui"], ["non"], None])
@pytest.mark.parametrize("juge", ["x", None])
@pytest.mark.parametrize("usage", ["x", None])
@pytest.mark.parametrize("ecole", [{}, {"ecole": "oui"}, {"ecole": "non", "nom_ecole": "x"}])
def test_they_agree_inside_groups(marie, usages, juge, usage, ecole):
    line = {"juge": juge, "usage": usage, **ecole}
    answers = {"marie": marie, "usages": usages, "enfants": [without_none(line)]}
    agree(LINES, without_none(answers))


def without_none(answers):
    return {name: value for name, value in answers.items() if value is not None}


@pytest.mark.parametrize(
    "condition",
    [
        {"champ": "a", "rempli": True},
        {"champ": "a", "rempli": False},
        {"champ": "b", "parmi": ["oui"]},
        {"champ": "c", "parmi": ["oui"]},
        {"champ": "c", "different": "oui"},
        {"un": [{"champ": "a", "rempli": True}, {"champ": "b", "egal": "oui"}]},
        {"tous": [{"champ": "a", "rempli": True}, {"champ": "b", "different": "oui"}]},
    ],
)
def test_they_agree_on_every_operator(condition):
    before = [champ("a"), choix("b"), champ("c", "choix_multiple", options=OUI_NON)]
    shown = [*before, champ("fin", obligatoire=True, afficher_si=condition)]
    needed = [*before, champ("fin", obligatoire_si=condition)]
    for a in ({}, {"a": "x"}):
        for b in ({}, {"b": "oui"}, {"b": "non"}):
            for c in ({}, {"c": ["oui"]}, {"c": ["non"]}, {"c": ["oui", "non"]}):
                for fin in ({}, {"fin": "x"}):
                    agree(shown, {**a, **b, **c, **fin})
                    agree(needed, {**a, **b, **c, **fin})


def test_words_are_those_of_the_language():
    asked = champ("a", "choix", options=OUI_NON, aide={"fr": "Aide", "en": "Help"})
    asked["libelle"] = {"fr": "État", "en": "Status"}
    found = {langue: schema_json([asked], langue)["properties"]["a"] for langue in ("fr", "en")}
    assert (found["fr"]["title"], found["fr"]["description"]) == ("État", "Aide")
    assert (found["en"]["title"], found["en"]["description"]) == ("Status", "Help")
    assert found["en"]["oneOf"][0] == {"const": "oui", "title": "Oui"}
