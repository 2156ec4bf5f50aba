"""Which backups are kept, and what health and the report say of them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_q.models import Schedule

from ecms.backups import keeping, manifest, parts
from ecms.backups.manifest import Manifest
from ecms.verification.report import Verdict
from ecms.verification.services import judge_backups


@pytest.fixture
def home(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.BACKUP_KEY = ""
    return settings.BACKUP_DIR


def fake(home, when: datetime, database_name="") -> str:
    """A finished backup of that moment, as far as rotation looks."""
    made = Manifest(
        version="1", date=when, database=database_name or connection.settings_dict["NAME"],
        postgresql=18, pg_dump=18, migrations={}, tables={}, sequences={}, stores={}, missing=[],
    )  # fmt: skip
    path = home / made.name
    path.mkdir(parents=True)
    with parts.written(path / "database.dump", None, made.parts) as target:
        target.write(b"x")
    (path / manifest.NAME).write_bytes(made.as_bytes(None))
    return path.name


def test_rotation_keeps_days_weeks_and_months(home):
    last = datetime(2026, 11, 23, 2, tzinfo=UTC)
    for hours in range(0, 24 * 200, 24):
        fake(home, last - timedelta(hours=hours))
    gone = keeping.rotate(home, daily=7, weekly=4, monthly=6)
    left = {each.name for each in home.iterdir()}
    days = {f"ecms-202611{day}T020000Z" for day in range(17, 24)}
    weeks = {"ecms-20261115T020000Z", "ecms-20261108T020000Z"}
    months = {f"ecms-2026{month}T020000Z" for month in ("1031", "0930", "0831", "0731", "0630")}
    assert left == days | weeks | months
    assert len(gone) == 200 - len(left)
    assert keeping.rotate(home, daily=7, weekly=4, monthly=6) == []


def test_rotation_keeps_the_last_good_one_and_what_is_not_ours(home):
    now = datetime(2026, 11, 23, 2, tzinfo=UTC)
    good, older = fake(home, now - timedelta(days=2)), fake(home, now - timedelta(days=3))
    damaged = fake(home, now)
    (home / damaged / "database.dump").unlink()
    other = fake(home, now - timedelta(days=9), "another")
    (home / "ecms-20200101T000000Z").mkdir()
    (home / "notes").mkdir()
    elsewhere = home.parent / "elsewhere"
    (home / "ecms-20200102T000000Z").symlink_to(elsewhere)
    assert keeping.rotate(home, daily=0, weekly=0, monthly=0) == [older]
    left = {each.name for each in home.iterdir()}
    assert {good, damaged, other, "notes", "ecms-20200101T000000Z"} <= left
    assert "ecms-20200102T000000Z" in left


def test_health_and_the_report_say_how_old_it_is(home, settings, db):
    def health():
        return {k: Client().get("/health/ready").json().get(k) for k in ("status", "backup")}

    Schedule.objects.update(next_run=timezone.now())
    settings.BACKUP_DIR = None
    assert health() == {"status": "ok", "backup": None}
    assert judge_backups()[0] == Verdict.TO_CONFIRM
    settings.BACKUP_DIR = home
    assert health() == {"status": "degraded", "backup": "unknown"}
    assert judge_backups()[0] == Verdict.WARNING
    home.mkdir()
    assert health() == {"status": "degraded", "backup": "late"}
    assert judge_backups()[0] == Verdict.FAILURE
    fake(home, timezone.now() - timedelta(hours=27))
    fake(home, timezone.now(), "another")
    assert health() == {"status": "degraded", "backup": "late"}
    assert "27 h" in judge_backups()[1]
    fake(home, timezone.now() - timedelta(hours=3))
    assert health() == {"status": "ok", "backup": "ok"}
    verdict, evidence = judge_backups()
    assert (verdict, "3 h" in evidence) == (Verdict.WARNING, True)  # in clear
