"""What deploy/prometheus and docs/operations.md speak of exists."""

import re
from datetime import timedelta

import pytest
import yaml
from django.conf import settings as project
from django.utils import timezone
from django_q.models import Schedule

from ecms.schedules import SCHEDULES
from ecms.tests.observing.reading import TOKEN, scrape

PROMETHEUS = project.BASE_DIR / "deploy" / "prometheus"
NAME = re.compile(r"\becms_[a-z_]+[a-z]\b")
SUFFIX = re.compile(r"_(count|sum|bucket)$")


@pytest.fixture
def names(client, db, settings, tmp_path) -> set[str]:
    settings.METRICS_TOKEN, settings.BACKUP_DIR = TOKEN, tmp_path
    text = scrape(client)
    # Told only when there is a backup.
    return {*re.findall(r"^# TYPE (\S+) ", text, re.M), "ecms_backup_age_seconds"}


def rules() -> list[dict]:
    (group,) = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    assert group["name"] == "ecms"
    return group["rules"]


def test_rules_are_whole():
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names)) >= 12
    for rule in rules():
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"]
        assert re.fullmatch(r"[0-9]+[mh]", rule.get("for", "1m"))
        expression = rule["expr"]
        assert expression.count("(") == expression.count(")")
        assert expression.count("{") == expression.count("}")


def test_rules_name_metrics_that_exist(names):
    spoken = {name for rule in rules() for name in NAME.findall(rule["expr"])}
    assert len(spoken) > 12
    assert {SUFFIX.sub("", name) for name in spoken} <= names


def test_the_table_of_the_documentation_is_that_of_the_metrics(names):
    text = (project.BASE_DIR / "docs" / "operations.md").read_text(encoding="utf-8")
    section = text.split("### Metrics")[1].split("### Faults")[0]
    spoken = {SUFFIX.sub("", name) for name in NAME.findall(section)}
    assert spoken - {"ecms_compteur"} <= names
    assert names - spoken <= {"ecms_database_connections_max"}


def test_every_job_of_the_clock_is_watched(client, db, settings):
    settings.METRICS_TOKEN = TOKEN
    Schedule.objects.update(next_run=timezone.now() - timedelta(minutes=9))
    text = scrape(client)
    for function in SCHEDULES:
        assert f'ecms_schedule_period_seconds{{function="{function}"}}' in text


def test_targets_are_asked_by_their_own_path():
    (job,) = yaml.safe_load((PROMETHEUS / "scrape.yml").read_text(encoding="utf-8"))[
        "scrape_configs"
    ]
    assert job["job_name"] == "ecms"
    paths = [each["labels"]["__metrics_path__"] for each in job["static_configs"]]
    upstreams = (project.BASE_DIR / "deploy/nginx/ecms-upstream.conf").read_text(encoding="utf-8")
    assert len(paths) == 2
    for path in paths:
        assert f"upstream ecms_{path.removeprefix('/metrics/')} {{" in upstreams
