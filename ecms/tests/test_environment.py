"""Reading the environment: what is wrong stops the start with a sentence that names it."""

import os
import stat

import pytest

from ecms.environment import BadEnvironment, Environment, origin_of


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch):
    for name in list(os.environ):
        if name.startswith(("DB_", "SECRET_KEY")) or name in {"DEMO", "X"}:
            monkeypatch.delenv(name)
    # What a `.env` adds to the process goes with the test.
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def env(tmp_path, monkeypatch):
    """`env(X="1")` is an environment that also holds X."""

    def make(**values) -> Environment:
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        return Environment(tmp_path)

    return make


def test_nothing_set_is_the_demo(env, tmp_path):
    demo = env()
    assert demo.demo is True
    assert len(demo.text("SECRET_KEY")) >= 50
    file = tmp_path / ".local" / "demo.env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert env().text("SECRET_KEY") == demo.text("SECRET_KEY")


@pytest.mark.parametrize("name", ["SECRET_KEY", "SECRET_KEY_FILE", "DB_NAME", "DB_HOST", "DB_X"])
def test_as_soon_as_one_is_set_nothing_is_assumed(name, env, tmp_path):
    assert env(**{name: "x"}).demo is False
    assert not (tmp_path / ".local").exists()


@pytest.mark.parametrize("line", ["SECRET_KEY=abc", "DB_HOST=db.example", "export DB_USER=u"])
def test_a_file_sets_as_well(line, env, tmp_path):
    (tmp_path / ".env").write_text(f"# a comment\n{line}\n")
    assert env().demo is False


def test_the_demo_can_be_asked_for_or_refused(env):
    assert env(DEMO="True", DB_HOST="x").demo is True
    assert env(DEMO="False").demo is False


def test_the_process_wins_over_the_file(env, tmp_path):
    (tmp_path / ".env").write_text("DB_NAME=file\nDB_USER=file\n")
    read = env(DB_NAME="process")
    assert (read.text("DB_NAME"), read.text("DB_USER")) == ("process", "file")


def test_a_file_that_cannot_be_read_is_no_demo(env, tmp_path):
    (tmp_path / ".env").write_bytes(b"SECRET_KEY=\xff\xfe\n")
    with pytest.raises(BadEnvironment, match=r"\.env"):
        env()


@pytest.mark.parametrize("password", ["$ecret", "$HOME", "a$b", "x#y", "p@:/?&=", "'quoted", "é"])
def test_a_password_is_taken_as_it_is(password, env, tmp_path):
    (tmp_path / ".env").write_text(f"DB_PASSWORD={password}\n", encoding="utf-8")
    assert env().text("DB_PASSWORD") == password
    assert env(DB_PASSWORD=password).text("DB_PASSWORD") == password


def test_a_file_may_hold_the_value(env, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("$a secret\n")
    assert env(DB_PASSWORD_FILE=str(secret)).text("DB_PASSWORD") == "$a secret"
    with pytest.raises(BadEnvironment, match="X_FILE"):
        env(X_FILE=str(tmp_path / "absent")).text("X")


def test_a_missing_variable_is_named(env):
    with pytest.raises(BadEnvironment, match="SECRET_KEY manque"):
        env(DB_NAME="x").text("SECRET_KEY")


@pytest.mark.parametrize("value", ["True", "true", "1", "yes", "on", "oui", " TRUE "])
def test_yes(value, env):
    assert env(X=value).flag("X", default=False) is True


@pytest.mark.parametrize("value", ["False", "0", "no", "off", "non", ""])
def test_no(value, env):
    assert env(X=value).flag("X", default=True) is False


# fmt: off
BAD = {
    "flag": ["2", "vrai", "Tru", "None"],
    "integer": ["x", "", "-1", "1.5", "1e3", "٣", "9" * 13, "0x10"],
    "seconds": ["0", "ten", "-5"],
    "url": [
        "x", "ftp://a", "//a", "https://", "https://u@h", "https://h:x", "javascript:1", "http://[",
    ],
    "origins": [
        "x", "https://a.cm/", "https://a.cm/x", "*", "null", "https://a.cm,evil", "http://u@a",
    ],
    "rate": [
        "x", "5", "5/", "/m", "5/x", "-5/m", "5/0m", "5/00m", "5/m/m", "5 / m", "1e3/m", "٣/m",
    ],
    "choice": ["c", "", "A", "a,b"],
}
# fmt: on


@pytest.mark.parametrize(("kind", "value"), [(k, v) for k, values in BAD.items() for v in values])
def test_a_bad_value_is_named_and_quoted(kind, value, env):
    default = {"flag": False, "integer": 1, "seconds": 1, "origins": []}.get(kind, "a")
    more = {"choices": {"a", "b"}} if kind == "choice" else {}
    with pytest.raises(BadEnvironment) as caught:
        getattr(env(X=value), kind)("X", default=default, **more)
    assert str(caught.value).startswith("X ")
    assert "attendu" in str(caught.value)


def test_good_values(env):
    assert env(X="5/15m").rate("X", default="1/s") == (5, 900)
    assert env(X="100/h").rate("X", default="1/s") == (100, 3600)
    assert env(X="0/2d").rate("X", default="1/s") == (0, 172_800)
    assert env(X="3/s").rate("X", default="1/m") == (3, 1)
    assert env(X="https://a.cm/v1/").url("X", default="") == "https://a.cm/v1"
    assert env(X="").url("X", default="https://b.cm") == ""
    assert env(X="https://a.cm, http://b.cm:80").origins("X", default=[]) == [
        "https://a.cm",
        "http://b.cm:80",
    ]
    assert env(X=" a, ,b ").items("X", default=[]) == ["a", "b"]
    assert env(X="b").choice("X", default="a", choices={"a", "b"}) == "b"
    assert env(X="12").integer("X", default=1) == 12
    assert env(X="90").seconds("X", default=1).total_seconds() == 90


def test_an_integer_has_a_least(env):
    with pytest.raises(BadEnvironment, match="au moins 5"):
        env(X="4").integer("X", default=9, at_least=5)


def test_the_origin_of_an_address():
    assert origin_of("https://a.cm:8443/x?y") == "https://a.cm:8443"
    assert origin_of("") == ""
