import json
from datetime import timedelta

import pytest
from django.utils import timezone, translation
from rest_framework.exceptions import ValidationError

from demarches.definition import valider_champs, verifier_reponses
from demarches.tests.test_definition import EVERY_TYPE, OUI_NON, champ, choix, groupe

ANSWERS = {
    "nom": "  Ngono ",
    "motif": "Deux\nlignes",
    "surface": 12.5,
    "copies": 2,
    "naissance": "1990-02-28",
    "heure": "08:30",
    "courriel": "awa@exemple.cm",
    "telephone": "6 99 12 34 56",
    "etat": "oui",
    "usages": ["non", "oui"],
    "majeur": False,
    "lieu": {"latitude": 3.88512345678, "longitude": 11.52},
    "enfants": [{"prenom": "Zoé", "age": 3}, {"prenom": "Ali"}],
    "honneur": True,
}


def refused(champs, donnees, **how):
    with pytest.raises(ValidationError) as caught, translation.override("fr"):
        verifier_reponses(champs, donnees, **{"partiel": False, **how})
    return json.loads(json.dumps(caught.value.detail["donnees"]))


def accepted(champs, donnees, *, partiel=False, **how):
    valider_champs(champs)
    return verifier_reponses(champs, donnees, partiel=partiel, **how)


def test_every_type_works_and_is_kept_in_one_form():
    kept = accepted(EVERY_TYPE, ANSWERS)
    assert kept == {
        **ANSWERS,
        "nom": "Ngono",
        "telephone": "+237699123456",
        "usages": ["oui", "non"],
        "lieu": {"latitude": 3.885123, "longitude": 11.52},
    }
    assert accepted(EVERY_TYPE, json.loads(json.dumps(kept))) == kept


def test_one_text_however_its_accents_are_written():
    assert accepted([champ()], {"nom": "Zoe\u0301"}) == {"nom": "Zoé"}


@pytest.mark.parametrize(("sent", "kept"), [(3.0, 3), (2.50, 2.5), (-1, -1), (0.07, 0.07)])
def test_numbers_are_as_json_writes_them(sent, kept):
    found = accepted([champ("a", "nombre"), champ("b", "entier")], {"a": sent, "b": 4.0})
    assert (repr(found["a"]), repr(found["b"])) == (repr(kept), "4")


@pytest.mark.parametrize("donnees", [None, True, 1, "x", [], [{}]])
def test_answers_are_an_object(donnees):
    assert refused([champ()], donnees) == ["Un objet est attendu, avec une réponse par question."]


HOSTILE = [None, True, False, 0, -1, 10**40, 1e300, float("nan"), float("inf"), "", "a\0", "\ud800"]
NESTED = [
    [],
    [[]],
    [None],
    {},
    {"latitude": {}},
    {"latitude": [], "longitude": None},
    [{}],
    ["x"] * 999,
]


@pytest.mark.parametrize("value", [*HOSTILE, "x" * 30_000, *NESTED], ids=lambda v: str(v)[:20])
@pytest.mark.parametrize("partiel", [True, False])
def test_any_value_is_an_answer_or_a_sentence(value, partiel):
    for each in EVERY_TYPE:
        kept, told = _read([each], {each["cle"]: value}, partiel=partiel)
        assert told in ([], [each["cle"]])
        assert json.loads(json.dumps(kept, allow_nan=False)) == kept


def _read(champs, donnees, *, partiel):
    try:
        return verifier_reponses(champs, donnees, partiel=partiel), []
    except ValidationError as error:
        return {}, list(error.detail["donnees"])


WRONG = [
    ("nom", "x", "Assurez-vous que ce champ comporte au moins 2 caractères."),
    ("nom", "x" * 81, "Assurez-vous que ce champ comporte au plus 80 caractères."),
    ("nom", "a\nb", "Une seule ligne est attendue."),
    ("nom", 12, "Chaîne de caractère invalide."),
    ("surface", "12", "Un nombre valide est requis."),
    ("surface", 0.25, "Assurez-vous que cette valeur est supérieure ou égale à 0.5."),
    ("surface", 1.00001, "Assurez-vous qu'il n'y a pas plus de 3 chiffres après la virgule."),
    ("copies", 1.5, "Un nombre entier valide est requis."),
    ("copies", True, "Un nombre entier valide est requis."),
    ("copies", 11, "Assurez-vous que cette valeur est inférieure ou égale à 10."),
    ("naissance", "1899-12-31", "La date est le 1 janvier 1900 au plus tôt."),
    ("naissance", "31/12/1999", "La date n'a pas le bon format."),
    ("naissance", "2026-02-30", "La date n'a pas le bon format."),
    ("heure", "24:00", "L'heure n'a pas le bon format."),
    ("heure", "8:30", "L'heure n'a pas le bon format."),
    ("courriel", "awa", "Saisissez une adresse e-mail valide."),
    ("telephone", "12", "Saisissez un numéro de téléphone valide."),
    ("etat", "Oui", "« Oui » n'est pas un choix valide."),
    ("usages", "oui", "Attendait une liste d'éléments"),
    ("usages", ["oui", "oui"], "Une même option est donnée deux fois."),
    ("usages", ["si"], "« si » n'est pas un choix valide."),
    ("majeur", "true", "Doit être un booléen valide."),
    ("lieu", [3, 11], "Un objet avec « latitude » et « longitude »"),
    ("lieu", {"latitude": 3, "longitude": 11, "nom": "x"}, "Un objet avec « latitude »"),
    ("honneur", False, "Cette déclaration doit être acceptée."),
    ("enfants", {}, "Une liste de lignes est attendue."),
    ("enfants", [{}] * 21, "20 ligne(s) au plus."),
    ("plan", "plan.pdf", "Cette question reçoit des fichiers"),
    ("note", "lu", "Cette question n'est pas posée."),
    ("inconnue", 1, "Cette question n'est pas posée."),
    ("\ud800é\0", 1, "Cette question n'est pas posée."),
]


@pytest.mark.parametrize(("cle", "value", "said"), WRONG)
def test_what_is_wrong_is_said_in_words_people_know(cle, value, said):
    fields = refused(EVERY_TYPE, {**ANSWERS, cle: value})
    assert len(fields) == 1
    (messages,) = fields.values()
    assert _plain(messages[0]).startswith(_plain(said).rstrip("."))


def _plain(text):
    return text.replace("\xa0", " ").replace("’", "'").replace("« ", '"').replace(" »", '"')


def test_faults_inside_say_where_they_are():
    place = {"latitude": 91, "longitude": "x"}
    lines = [{"prenom": "Zoé"}, {"prenom": "x", "age": "3"}, "ligne"]
    fields = refused(EVERY_TYPE, {**ANSWERS, "lieu": place, "enfants": lines})
    assert list(fields["lieu"]) == ["latitude"]
    assert list(fields["enfants"]) == ["1", "2"]
    assert list(fields["enfants"]["1"]) == ["age"]


def test_what_is_missing_is_told_when_it_is_filed_and_not_before():
    required = [
        {**each, "obligatoire": True} for each in EVERY_TYPE if each["type"] != "information"
    ]
    fields = refused(required, {})
    assert list(fields) == [each["cle"] for each in required]
    assert fields["nom"] == ["Ce champ est obligatoire."]
    assert accepted(required, {"honneur": False, "nom": ""}, partiel=True) == {}


@pytest.mark.parametrize("empty", [None, "", "  ", []])
def test_an_empty_answer_is_none(empty):
    assert accepted([champ()], {"nom": empty}) == {}
    assert list(refused([champ(obligatoire=True)], {"nom": empty})) == ["nom"]


def test_today_is_the_day_of_the_answer():
    asked = [champ("jour", "date", minimum="aujourd_hui")]
    today = timezone.localdate()
    assert accepted(asked, {"jour": today.isoformat()})
    yesterday = (today - timedelta(days=1)).isoformat()
    assert "au plus tôt" in refused(asked, {"jour": yesterday})["jour"][0]


# Conditions ---------------------------------------------------------------------------------------

MARRIED = [
    choix("marie", obligatoire=True),
    champ("conjoint", obligatoire=True, afficher_si={"champ": "marie", "egal": "oui"}),
    champ("date", "date", afficher_si={"champ": "conjoint", "rempli": True}),
    champ("motif", obligatoire_si={"champ": "marie", "different": "oui"}),
]


def test_a_question_is_asked_when_its_condition_holds():
    assert accepted(MARRIED, {"marie": "oui", "conjoint": "Paul", "date": "2020-01-01"})
    assert list(refused(MARRIED, {"marie": "oui"})) == ["conjoint"]
    assert accepted(MARRIED, {"marie": "non", "motif": "Célibataire"})
    assert list(refused(MARRIED, {"marie": "non"})) == ["motif"]


def test_hidden_answers_are_refused_and_count_for_nothing():
    hidden = {"marie": "non", "motif": "x", "conjoint": "Paul", "date": "2020-01-01"}
    fields = refused(MARRIED, hidden)
    assert fields == {"conjoint": ["D'après vos réponses, cette question n'est pas posée."]}
    fields = refused(MARRIED, {**hidden, "conjoint": ""})
    assert list(fields) == ["date"]
    assert accepted(MARRIED, {"marie": "non", "motif": "x", "conjoint": None, "date": ""})
    assert list(refused(MARRIED, {"conjoint": "Paul"}, partiel=True)) == ["conjoint"]


def test_what_rests_on_a_wrong_answer_waits_for_it():
    assert list(refused(MARRIED, {"marie": "peut-être", "conjoint": "Paul"})) == ["marie"]


@pytest.mark.parametrize(
    ("condition", "asked"),
    [
        ({"champ": "usages", "egal": "oui"}, [["oui"], ["oui", "non"]]),
        ({"champ": "usages", "different": "oui"}, [["non"]]),
        ({"champ": "usages", "parmi": ["non"]}, [["non"], ["oui", "non"]]),
        ({"champ": "usages", "rempli": False}, [None]),
        ({"un": [{"champ": "usages", "rempli": False}, {"champ": "usages", "egal": "non"}]},
         [None, ["non"], ["oui", "non"]]),
        ({"tous": [{"champ": "usages", "egal": "oui"}, {"champ": "usages", "egal": "non"}]},
         [["oui", "non"]]),
    ],
)  # fmt: skip
def test_conditions_on_several_choices(condition, asked):
    champs = [
        champ("usages", "choix_multiple", options=OUI_NON),
        champ("suite", obligatoire=True, afficher_si=condition),
    ]
    for chosen in (None, ["oui"], ["non"], ["oui", "non"]):
        if chosen in asked:
            assert list(refused(champs, {"usages": chosen})) == ["suite"]
        else:
            assert "suite" not in accepted(champs, {"usages": chosen})


def test_in_a_group_each_line_has_its_own():
    lines = groupe(
        choix("ecole"),
        champ("nom_ecole", obligatoire=True, afficher_si={"champ": "ecole", "egal": "oui"}),
        champ("juge", obligatoire=True, afficher_si={"champ": "marie", "egal": "non"}),
        minimum=1,
    )
    champs = [choix("marie"), lines]
    line = {"ecole": "oui", "nom_ecole": "Nlongkak"}
    assert accepted(champs, {"marie": "oui", "enfants": [line, {"ecole": "non"}]})
    fields = refused(champs, {"marie": "non", "enfants": [{**line, "juge": "x"}, line]})
    assert fields == {"enfants": {"1": {"juge": ["Ce champ est obligatoire."]}}}
    fields = refused(champs, {"enfants": [{"nom_ecole": "x"}]})
    assert list(fields["enfants"]["0"]) == ["nom_ecole"]


# Files --------------------------------------------------------------------------------------------

FILES = [
    choix("terrain"),
    champ("plan", "fichier", obligatoire=True, nombre_max=2),
    champ("vue", "photo", obligatoire=True, afficher_si={"champ": "terrain", "egal": "oui"}),
]


def test_files_are_counted():
    assert accepted(FILES, {}, fichiers={"plan": 2, "cni": 1}) == {}
    assert refused(FILES, {}) == {"plan": ["Joignez un fichier : il est obligatoire."]}
    for partiel in (True, False):
        fields = refused(FILES, {}, fichiers={"plan": 3}, partiel=partiel)
        assert fields == {"plan": ["2 fichier(s) au plus."]}
    assert list(refused(FILES, {"terrain": "oui"}, fichiers={"plan": 1})) == ["vue"]


def test_files_that_nobody_asks_for_are_refused_when_it_is_filed():
    files = {"plan": 1, "vue": 1}
    assert list(refused(FILES, {"terrain": "non"}, fichiers=files)) == ["vue"]
    assert accepted(FILES, {"terrain": "non"}, fichiers=files, partiel=True)


# Sizes --------------------------------------------------------------------------------------------


def test_all_answers_together_are_bounded():
    champs = [champ(f"q{n}", "texte_long", longueur_max=20_000) for n in range(12)]
    assert refused(champs, {f"q{n}": "é" * 20_000 for n in range(12)}) == [
        "Les réponses dépassent 200000 caractères."
    ]
    assert accepted(champs, {f"q{n}": "é" * 16_000 for n in range(12)})


def test_of_many_unknown_keys_a_few_are_told():
    assert len(refused([], {f"cle{n}": 1 for n in range(5000)})) == 20
    (key,) = refused([], {"x" * 90_000: 1})
    assert len(key) == 30
