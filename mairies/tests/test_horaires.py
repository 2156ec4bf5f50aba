import pytest
from django.core.exceptions import ValidationError

from mairies.horaires import JOURS, valider_fermetures, valider_horaires, valider_jours_fermes

VALIDATEURS = [valider_horaires, valider_jours_fermes, valider_fermetures]


def deeply_nested():
    value = []
    for _level in range(100_000):
        value = [value]
    return value


def messages(validate, value):
    with pytest.raises(ValidationError) as caught:
        validate(value)
    return caught.value.messages


# Weekly hours


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"lundi": []},
        {"lundi": [["07:30", "15:30"]]},
        {jour: [["08:00", "11:00"], ["11:30", "15:30"]] for jour in JOURS},
        {"samedi": [["00:00", "24:00"]]},
        {"dimanche": [[f"{heure:02}:00", f"{heure:02}:59"] for heure in range(6)]},
    ],
)
def test_hours_of_a_mairie_pass(value):
    assert valider_horaires(value) is None


@pytest.mark.parametrize(
    "interval",
    [
        ["7:30", "15:30"],
        ["07:3０", "15:30"],
        ["٠٧:٣٠", "15:30"],
        ["07:30", "25:00"],
        ["07:30", "24:01"],
        ["07:60", "15:30"],
        ["24:00", "24:00"],
        ["07:30\n", "15:30"],
        [" 07:30", "15:30"],
        ["07h30", "15h30"],
        ["07:30:00", "15:30:00"],
        ["15:30", "07:30"],
        ["07:30", "07:30"],
        ["07:30"],
        ["07:30", "15:30", "16:00"],
        [],
        [True, "15:30"],
        [730, 1530],
        [float("nan"), float("inf")],
        [None, None],
        [["07:30"], {"a": 1}],
        ["\x00", "\ud800"],
        ("07:30", "15:30"),
        "07",
        {"07:30": 1, "15:30": 2},
        None,
    ],
)
def test_a_wrong_interval_is_refused_and_named(interval):
    (message,) = messages(valider_horaires, {"mardi": [["05:00", "06:00"], interval]})
    assert message.startswith("mardi, intervalle 2 : ")


@pytest.mark.parametrize(
    "intervals",
    [
        [["11:00", "15:00"], ["07:00", "10:00"]],
        [["07:00", "11:00"], ["10:00", "15:00"]],
        [["07:00", "11:00"], ["11:00", "15:00"]],
        [["07:00", "11:00"], ["07:00", "11:00"]],
        [["07:00", "24:00"], ["23:00", "24:00"]],
    ],
)
def test_intervals_are_sorted_and_apart(intervals):
    (message,) = messages(valider_horaires, {"jeudi": intervals})
    assert message == "jeudi, intervalle 2 : il doit commencer après la fin du précédent."


def test_a_day_has_six_intervals_at_most():
    intervals = [[f"{hour:02}:00", f"{hour:02}:30"] for hour in range(7)]
    assert messages(valider_horaires, {"lundi": intervals}) == ["lundi : 6 intervalles au plus."]


@pytest.mark.parametrize("jour", [None, True, 8, "07:30", {"debut": "07:30"}, float("nan")])
def test_a_day_that_is_not_a_list_is_refused(jour):
    (message,) = messages(valider_horaires, {"lundi": jour})
    assert message == "lundi : une liste d'intervalles est attendue."


def test_every_wrong_day_is_reported():
    assert len(messages(valider_horaires, {"lundi": 1, "mardi": [], "samedi": [["a", "b"]]})) == 2


@pytest.mark.parametrize(
    "key", ["Lundi", "monday", "lundi ", "", "\ud800", "\x00", "x" * 10**6, 1, None, True, (), 1.5]
)
def test_an_unknown_day_is_refused(key):
    (message,) = messages(valider_horaires, {"lundi": [], key: []})
    assert message.startswith("Jour inconnu")
    assert len(message.encode()) < 200


def test_a_million_days_are_refused_at_once():
    assert messages(valider_horaires, dict.fromkeys(range(10**6), 1))


# Closed days


@pytest.mark.parametrize("value", [[], ["2026-05-20"], ["2028-02-29", "2026-12-25"]])
def test_closed_days_pass(value):
    assert valider_jours_fermes(value) is None


@pytest.mark.parametrize(
    "texte",
    [
        "2026-02-29",
        "2026-13-01",
        "0000-01-01",
        "2026-1-1",
        "20260101",
        "2026-W01-1",
        "2026-01-01T00:00:00",
        "2026-01-01\n",
        "２０２６-01-01",
        "01/01/2026",
        "",
        "\ud800",
        "9" * 10**6,
        20260101,
        True,
        None,
        float("nan"),
        ["2026-01-01"],
        {"date": "2026-01-01"},
    ],
)
def test_a_wrong_date_is_refused_with_its_line(texte):
    (message,) = messages(valider_jours_fermes, ["2026-05-20", texte])
    assert message.startswith("Ligne 2 : ")


def test_a_date_is_listed_once():
    (message,) = messages(valider_jours_fermes, ["2026-05-20", "2026-05-21", "2026-05-20"])
    assert message == "Ligne 3 : cette date est déjà dans la liste."


def test_a_list_holds_a_year_of_dates():
    assert messages(valider_jours_fermes, ["2026-05-20"] * 367) == ["366 dates au plus."]


# Closings


def fermeture(**changes):
    return {"date": "2026-12-25", "motif": "Noël", "demi_journee": None} | changes


@pytest.mark.parametrize(
    "value",
    [
        [],
        [fermeture()],
        [{"date": "2026-12-25"}],
        [fermeture(motif="L’état civil déménage\u00a0: guichet fermé")],
        [fermeture(motif="é" * 200)],
        [fermeture(demi_journee="matin"), fermeture(demi_journee="apres_midi")],
        [fermeture(), fermeture(date="2026-12-26", demi_journee="matin")],
    ],
)
def test_closings_pass(value):
    assert valider_fermetures(value) is None


@pytest.mark.parametrize(
    "wrong",
    [
        fermeture(date="2026-02-30"),
        fermeture(date=None),
        fermeture(motif="é" * 201),
        fermeture(motif=None),
        fermeture(motif=True),
        fermeture(motif="\x00"),
        fermeture(motif="a\nb"),
        fermeture(motif="\ud800"),
        fermeture(demi_journee="soir"),
        fermeture(demi_journee=""),
        fermeture(demi_journee=False),
        fermeture(demi_journee=0),
        fermeture(demi_journee=["matin"]),
        fermeture(demi_journee={}),
        fermeture(demi_journee=float("nan")),
        fermeture(heure="08:00"),
        fermeture() | {1: 2},
        fermeture() | dict.fromkeys(range(10**5)),
        {"motif": "Noël", "demi_journee": None},
        {},
        [],
        "2026-12-25",
        None,
        True,
    ],
)
def test_a_wrong_closing_is_refused_with_its_line(wrong):
    (message,) = messages(valider_fermetures, [fermeture(date="2026-01-01"), wrong])
    assert message.startswith("Ligne 2 : ")


@pytest.mark.parametrize(
    ("first", "second"),
    [(None, None), ("matin", "matin"), (None, "matin"), ("apres_midi", None)],
)
def test_a_date_is_closed_once(first, second):
    value = [fermeture(demi_journee=first), fermeture(demi_journee=second)]
    (message,) = messages(valider_fermetures, value)
    assert message.startswith("Ligne 2 : ")


def test_closings_hold_a_year_at_most():
    assert messages(valider_fermetures, [fermeture()] * 367) == ["366 dates au plus."]


# Values of any other kind


@pytest.mark.parametrize("validate", VALIDATEURS)
@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        1.5,
        float("nan"),
        "lundi",
        "\ud800",
        b"x",
        {1, 2},
        pytest.param(object(), id="object"),
        [[]],
        [{}],
        [None],
    ],
    ids=ascii,
)
def test_a_value_of_another_kind_is_refused(validate, value):
    assert messages(validate, value)


@pytest.mark.parametrize("validate", VALIDATEURS)
def test_a_value_nested_without_end_is_refused(validate):
    assert messages(validate, deeply_nested())
