import pytest
from django.core.exceptions import ValidationError

from demarches.definition import libelle, pieces_manquantes, valider_champs, valider_pieces
from demarches.definition.champs import OPTIONS_AU_PLUS, QUESTIONS_AU_PLUS

OUI_NON = [{"valeur": "oui", "libelle": {"fr": "Oui"}}, {"valeur": "non", "libelle": {"fr": "Non"}}]


def champ(cle="nom", type="texte", **plus):
    return {"cle": cle, "type": type, "libelle": {"fr": "Question", "en": "Question"}, **plus}


def choix(cle="etat", **plus):
    return champ(cle, "choix", options=OUI_NON, **plus)


def groupe(*champs, cle="enfants", **plus):
    return champ(cle, "groupe", champs=list(champs), **plus)


def faults(value, check=valider_champs):
    with pytest.raises(ValidationError) as caught:
        check(value)
    return caught.value.messages


EVERY_TYPE = [
    champ("nom", obligatoire=True, longueur_min=2, longueur_max=80),
    champ("motif", "texte_long", aide={"fr": "Ligne 1\nLigne 2"}),
    champ("surface", "nombre", minimum=0.5, maximum=1000, decimales=3),
    champ("copies", "entier", minimum=1, maximum=10),
    champ("naissance", "date", maximum="aujourd_hui", minimum="1900-01-01"),
    champ("heure", "heure"),
    champ("courriel", "email"),
    champ("telephone", "telephone"),
    choix("etat"),
    champ("usages", "choix_multiple", options=OUI_NON, choix_min=1, choix_max=2),
    champ("majeur", "booleen"),
    champ("plan", "fichier", nombre_max=3),
    champ("facade", "photo"),
    champ("lieu", "point"),
    groupe(
        champ("prenom"), champ("age", "entier", afficher_si={"champ": "prenom", "rempli": True})
    ),
    champ("honneur", "declaration", obligatoire=True),
    champ("note", "information", libelle={"fr": "À savoir"}, aide={"fr": "é" * 5000}),
]
CONDITIONS = [
    {"champ": "etat", "egal": "oui"},
    {"champ": "etat", "different": "non"},
    {"champ": "usages", "parmi": ["oui"]},
    {"champ": "enfants", "rempli": False},
    {"champ": "majeur", "egal": True},
    {"champ": "copies", "parmi": [1, 2]},
    {"champ": "surface", "egal": 1.5},
    {"champ": "naissance", "egal": "2020-02-29"},
    {"champ": "heure", "egal": "08:30"},
    {"champ": "nom", "egal": "Ngono"},
    {"champ": "honneur", "egal": True},
    {"tous": [{"un": [{"champ": "etat", "egal": "oui"}]}, {"champ": "nom", "rempli": True}]},
]


def test_every_type_and_condition_works():
    shown = [champ(f"suite{n}", afficher_si=each) for n, each in enumerate(CONDITIONS)]
    asked = [champ(f"fin{n}", obligatoire_si=each) for n, each in enumerate(CONDITIONS)]
    valider_champs([*EVERY_TYPE, *shown, *asked])
    valider_champs([])


def test_in_a_group_a_condition_reads_the_group_and_what_comes_before_it():
    inside = {"champ": "age", "egal": 3}
    outside = {"champ": "etat", "egal": "oui"}
    lines = groupe(
        champ("age", "entier", afficher_si=outside),
        champ("ecole", afficher_si={"tous": [inside, outside]}),
    )
    valider_champs([choix(), lines])
    (fault,) = faults([lines, choix()])[:1]
    assert fault.startswith("Question 1.1 (age) : la condition porte sur « etat »")
    (fault,) = faults([choix(), lines, champ("fin", afficher_si=inside)])
    assert fault.startswith("Question 3 (fin) : la condition porte sur « age »")


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "x", {}, {"cle": []}, float("nan")])
def test_what_is_no_list_is_refused(value):
    assert faults(value) == ["Une liste de questions est attendue."]
    assert faults(value, valider_pieces) == ["Une liste de pièces est attendue."]


@pytest.mark.parametrize(
    "value", [None, True, 0, 1e300, "a\0\ud800", [], [[]], {}, {"cle": {}}, 10**40]
)
def test_any_value_anywhere_is_a_sentence_and_no_crash(value):
    for name in {name for each in EVERY_TYPE for name in each} | {"afficher_si", "obligatoire_si"}:
        for each in EVERY_TYPE:
            for fault in _faults_if_any([{**each, name: value}]):
                assert fault.startswith("Question 1")
    assert faults([value])[0].startswith("Question 1 (?) : ") or value == {"cle": {}}
    assert faults([value], valider_pieces)[0].startswith("Pièce 1 (")
    for operator in ("egal", "different", "parmi", "rempli", "tous", "un", "champ"):
        for before in EVERY_TYPE:
            condition = {"champ": before["cle"], operator: value}
            for fault in _faults_if_any([before, champ("fin", afficher_si=condition)]):
                assert fault.startswith("Question 2 (fin)")
                assert fault.isprintable()


def _faults_if_any(value):
    try:
        valider_champs(value)
    except ValidationError as error:
        return error.messages
    return []


WRONG = [
    ({"cle": "Nom"}, "la clé s'écrit"),
    ({"cle": "é"}, "la clé s'écrit"),
    ({"cle": "a" * 51}, "la clé s'écrit"),
    ({"cle": "1a"}, "la clé s'écrit"),
    ({"cle": "a\n"}, "la clé s'écrit"),
    ({"type": "regex"}, "le type est inconnu"),
    ({"type": ["texte"]}, "le type est inconnu"),
    ({"motif": "^a+$"}, "« motif » n'est pas accepté ici"),
    ({"options": OUI_NON}, "« options » n'est pas accepté ici"),
    ({"libelle": "Nom"}, "« libelle » est un objet"),
    ({"libelle": {"en": "Name"}}, "« libelle » est un objet"),
    ({"libelle": {"fr": "Nom", "de": "Name"}}, "« libelle » est un objet"),
    ({"libelle": {"fr": " "}}, "« libelle » (fr) est un texte de 1 à 300"),
    ({"libelle": {"fr": "Nom", "en": "x" * 301}}, "« libelle » (en) est un texte"),
    ({"libelle": {"fr": "a\0"}}, "« libelle » contient un caractère interdit"),
    ({"aide": {"fr": "\ud800"}}, "« aide » contient un caractère interdit"),
    ({"obligatoire": "oui"}, "« obligatoire » vaut true ou false"),
    ({"longueur_max": 1001}, "« longueur_max » est un entier de 1 à 1000"),
    ({"longueur_max": True}, "« longueur_max » est un entier"),
    ({"longueur_min": 9, "longueur_max": 3}, "« longueur_min » ne peut pas dépasser"),
    ({"type": "entier", "minimum": 1.5}, "« minimum » est un entier"),
    ({"type": "entier", "minimum": 2, "maximum": 1}, "« minimum » ne peut pas dépasser"),
    ({"type": "nombre", "maximum": 10**10}, "« maximum » est un nombre"),
    ({"type": "nombre", "decimales": 7}, "« decimales » est un entier de 0 à 6"),
    ({"type": "date", "minimum": "demain"}, "« minimum » est une date"),
    ({"type": "date", "minimum": "2026-02-30"}, "« minimum » est une date"),
    ({"type": "date", "minimum": "2026-02-02", "maximum": "2026-02-01"}, "« minimum » ne peut"),
    ({"type": "choix"}, "« options » est une liste de 1 à 200"),
    ({"type": "choix", "options": []}, "« options » est une liste"),
    ({"type": "choix", "options": [*OUI_NON, OUI_NON[0]]}, "option 3 : une autre option a déjà"),
    ({"type": "choix", "options": [{"valeur": 1}]}, "option 1 : « valeur » est un texte"),
    ({"type": "choix", "options": [{"valeur": " a", "libelle": {"fr": "A"}}]}, "option 1 : « val"),
    ({"type": "choix", "options": [{"valeur": "a"}]}, "option 1 : « libelle » est un objet"),
    ({"type": "choix_multiple", "options": OUI_NON, "choix_max": 3}, "« choix_max » est un ent"),
    ({"type": "choix_multiple", "options": OUI_NON, "choix_min": 2, "choix_max": 1}, "« choix_min"),
    ({"type": "fichier", "nombre_max": 21}, "« nombre_max » est un entier de 1 à 20"),
    ({"type": "groupe"}, "« champs » est la liste"),
    ({"type": "groupe", "champs": []}, "« champs » est la liste"),
    ({"type": "declaration", "obligatoire": False}, "une déclaration sur l'honneur est toujours"),
    ({"obligatoire": True, "obligatoire_si": {}}, "« obligatoire » et « obligatoire_si »"),
    ({"afficher_si": {"champ": "nom", "rempli": True}}, "la condition porte sur « nom »"),
]


@pytest.mark.parametrize(("change", "said"), WRONG)
def test_the_fault_says_which_question_and_what_to_correct(change, said):
    (fault,) = faults([champ("avant"), {**champ("nom"), **change}])
    assert fault.startswith("Question 2 (")
    assert said in fault


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"champ": "apres", "egal": 1}, "n'est pas une question posée avant"),
        ({"champ": "note", "rempli": True}, "ni sur une information ni sur un fichier"),
        ({"champ": "plan", "rempli": True}, "ni sur une information ni sur un fichier"),
        ({"champ": "facade", "rempli": True}, "ni sur une information ni sur un fichier"),
        ({"champ": "etat", "egal": "peut-être"}, "ne peut pas avoir la valeur"),
        ({"champ": "copies", "egal": True}, "ne peut pas avoir la valeur"),
        ({"champ": "majeur", "egal": 1}, "ne peut pas avoir la valeur"),
        ({"champ": "lieu", "egal": {}}, "ne demande que « rempli »"),
        ({"champ": "etat", "motif": "^a"}, "un seul de"),
        ({"champ": "etat", "egal": "oui", "rempli": True}, "un seul de"),
        ({"champ": "etat", "rempli": 1}, "« rempli » vaut true ou false"),
        ({"champ": "etat", "parmi": []}, "« parmi » est une liste"),
        ({"tous": []}, "contient de 1 à 20 conditions"),
        ({"tous": [{"un": [{"tous": [{"champ": "nom", "rempli": True}]}]}]}, "3 niveaux"),
        ({"un": [{"tous": [{"champ": "nom", "rempli": True}] * 15}] * 2}, "20 conditions au plus"),
        ({"un": [], "champ": "nom"}, "et rien d'autre"),
        ({}, "une condition est un objet"),
    ],
)
def test_conditions_that_cannot_be(condition, said):
    (fault,) = faults([*EVERY_TYPE, champ("apres", afficher_si=condition)])
    assert fault.startswith("Question 18 (apres)")
    assert said in fault


def test_each_wrong_question_is_told_and_those_of_groups_by_their_rank():
    told = faults(
        [champ("A"), champ("b"), groupe(champ("c"), champ("b"), groupe(champ("d"), cle="e"))]
    )
    assert [fault.split(" :")[0] for fault in told] == [
        "Question 1 (A)",
        "Question 3.2 (b)",
        "Question 3.3 (e)",
    ]
    assert "fichier" in faults([groupe(champ("plan", "fichier"))])[0]


def test_definitions_are_bounded():
    many = [champ(f"q{n}") for n in range(QUESTIONS_AU_PLUS)]
    valider_champs(many)
    assert "100 questions au plus" in faults([*many, champ("trop")])[0]
    assert "100 questions au plus" in faults([groupe(*many)])[0]
    options = [{"valeur": f"v{n}", "libelle": {"fr": "é" * 250}} for n in range(OPTIONS_AU_PLUS)]
    valider_champs([champ("a", "choix", options=options[:50])])
    assert "« options »" in faults([champ("a", "choix", options=[*options, *OUI_NON])])[0]
    assert (
        "dépasse 200000" in faults([champ(f"q{n}", "choix", options=options) for n in range(9)])[0]
    )


# Papers -------------------------------------------------------------------------------------------


def piece(cle="cni", **plus):
    return {
        "cle": cle,
        "libelle": {"fr": "Carte d'identité"},
        "obligatoire": True,
        "en_ligne": True,
        **plus,
    }


def test_papers_work():
    valider_pieces([piece(), piece("plan", aide={"fr": "À l'échelle"}, obligatoire=False)])
    valider_pieces([])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cle": "avant"}, "une autre a déjà cette clé"),
        ({"cle": 1}, "la clé s'écrit"),
        ({"libelle": {}}, "« libelle » est un objet"),
        ({"obligatoire": None}, "« obligatoire » vaut true ou false"),
        ({"en_ligne": "non"}, "« en_ligne » vaut true ou false"),
        ({"prix": 200}, "« prix » n'est pas accepté ici"),
    ],
)
def test_papers_that_cannot_be(change, said):
    (fault,) = faults([piece("avant"), piece(**change)], valider_pieces)
    assert fault.startswith("Pièce 2 (")
    assert said in fault


def test_papers_are_bounded():
    assert faults([piece(f"p{n}") for n in range(41)], valider_pieces) == ["40 pièces au plus."]


def test_missing_papers():
    asked = [piece("cni"), piece("plan", obligatoire=False), piece("original", en_ligne=False)]
    assert pieces_manquantes(asked, {}, canal="en_ligne") == ["cni"]
    assert pieces_manquantes(asked, {"cni": 1}, canal="en_ligne") == []
    assert pieces_manquantes(asked, {}, canal="guichet") == []


def test_words_in_a_language():
    words = {"fr": "Nom", "en": "Name"}
    assert [libelle(words, each) for each in ("fr", "en", "en-gb", "de")] == [
        "Nom",
        "Name",
        "Name",
        "Nom",
    ]
    assert libelle({"fr": "Nom"}, "en") == "Nom"
