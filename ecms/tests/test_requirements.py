"""The two lock files say what the list in pyproject.toml says, and no more than it takes."""

import re
import tomllib
from importlib.util import find_spec

from django.conf import settings
from django.db import connection

PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.M)


def listed() -> tuple[set[str], set[str]]:
    """The names that serve, and those that develop and test."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["project"]["dependencies"], project["dependency-groups"]["dev"]
    serve, develop = ({re.match(r"[a-z0-9-]+", line)[0] for line in group} for group in groups)
    return serve, develop


def pinned(name: str) -> dict[str, str]:
    text = (settings.BASE_DIR / name).read_text(encoding="utf-8")
    found = dict(PINNED.findall(text))
    assert text.count("--hash=sha256:") >= len(found)
    return found


def test_everything_is_pinned_with_its_hashes():
    serve, develop = listed()
    assert serve | develop <= pinned("requirements.txt").keys()
    assert serve <= pinned("requirements-prod.txt").keys()


def test_production_is_a_subset_of_what_was_tested():
    assert pinned("requirements-prod.txt").items() <= pinned("requirements.txt").items()
    assert not listed()[1] & pinned("requirements-prod.txt").keys()


def test_psycopg2_is_the_driver():
    """Django takes psycopg 3 as soon as something brings it."""
    assert find_spec("psycopg") is None
    assert connection.Database.__name__ == "psycopg2"
