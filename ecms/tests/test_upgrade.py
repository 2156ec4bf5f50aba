"""From the first migrations to those of today, with rows in the tables.

There is no release yet whose dump could be kept: the oldest state that an installation can have is
that of the first migrations. The next ones start from their own."""

import pytest
from django.apps import apps

from ecms.tests.first_rows import APPS
from ecms.tests.sauvegardes import Box

READ_ALL = """
from django.apps import apps
from django.core.management import call_command
for name in {apps!r}:
    for model in apps.get_app_config(name).get_models():
        for row in model._base_manager.all():
            str(row), row.validate_constraints()
call_command("makemigrations", check=True, dry_run=True, verbosity=0)
call_command("check", "--fail-level", "WARNING", databases=["default"])
"""


@pytest.fixture
def box(tmp_path, db):
    with Box(tmp_path / "box") as box:
        yield box


def test_the_rows_of_the_first_days_come_along(box):
    box.manage("shell", "-c", "from ecms.tests.first_rows import install; install()")
    before = counts(box)
    assert len(before) >= 19
    assert set(before.values()) == {1}

    box.manage("migrate", "--noinput")

    after = counts(box)
    assert {name: after[name] for name in before} == before
    # Every row is one of today: it can be read, and no rule of today refuses it.
    box.manage("shell", "-c", READ_ALL.format(apps=APPS))
    # What was added since was filled in for it.
    assert box.rows("SELECT count(*) FROM documents_actualite WHERE recherche IS NULL") == [(0,)]
    (slot,) = box.rows("SELECT code, statut, upper(nom) FROM demarches_rendezvous")
    assert slot == ("C" * 16, "confirme", "AWA")
    # Once more there is nothing left to do.
    assert "No migrations to apply" in box.manage("migrate", "--noinput")


def counts(box: Box) -> dict[str, int]:
    """By table of the apps that is there."""
    there = {name for (name,) in box.rows("SELECT tablename FROM pg_tables")}
    ours = {model._meta.db_table for app in APPS for model in apps.get_app_config(app).get_models()}
    return {name: box.rows(f'SELECT count(*) FROM "{name}"')[0][0] for name in sorted(ours & there)}
