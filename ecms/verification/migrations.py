"""Section 3: the documented migrations by name, and whether any other is left to apply."""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ecms.verification import documented
from ecms.verification.database import Database
from ecms.verification.report import Line, Section, Verdict


def section(database: Database) -> Section:
    lines = database.lines("migrations.state", _("État des migrations"), _state)
    return Section("migrations", _("3. État des migrations"), lines)


def _state() -> Iterator[Line]:
    loader = MigrationLoader(connection)
    for migration in documented.MIGRATIONS:
        yield _documented(loader, migration)
    group = _("Ensemble des applications")
    judges = (
        ("migrations.pending", _("Migrations à appliquer"), _judge_pending(loader)),
        ("migrations.history", _("Ordre des migrations"), _judge_history(loader)),
        ("migrations.changes", _("Modèles sans migration"), _judge_changes(loader)),
    )
    for code, label, judged in judges:
        yield Line(code, label, *judged, group)


def _documented(loader: MigrationLoader, migration: tuple[str, str]) -> Line:
    name = ".".join(migration)
    code, group = f"migrations.{name}", _("Migrations documentées")
    if migration not in loader.disk_migrations:
        return Line(code, name, Verdict.FAILURE, _("n'existe pas dans le code"), group)
    record = loader.applied_migrations.get(migration)
    if record is None:
        return Line(code, name, Verdict.FAILURE, _("n'est pas appliquée"), group)
    date = date_format(timezone.localtime(record.applied), "d/m/Y H:i")
    return Line(code, name, Verdict.OK, _("appliquée le %(date)s") % {"date": date}, group)


def _judge_pending(loader: MigrationLoader) -> tuple[Verdict, str]:
    """Also one that was skipped: `migrate` itself only looks beyond the last applied one."""
    wanted = loader.graph.nodes.keys()
    if pending := wanted - loader.applied_migrations.keys():
        return Verdict.FAILURE, ", ".join(".".join(each) for each in sorted(pending))
    text = _("aucune : les %(count)s migrations sont appliquées")
    return Verdict.OK, text % {"count": len(wanted)}


def _judge_history(loader: MigrationLoader) -> tuple[Verdict, str]:
    try:
        loader.check_consistent_history(connection)
    except InconsistentMigrationHistory as error:
        return Verdict.FAILURE, str(error)
    return Verdict.OK, _("chacune appliquée après celles dont elle dépend")


def _judge_changes(loader: MigrationLoader) -> tuple[Verdict, str]:
    """What `makemigrations --check` would say: migrations hold the messages untranslated."""
    with translation.override(None):
        detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
        changes = detector.changes(graph=loader.graph)
    if changes:
        return Verdict.FAILURE, ", ".join(sorted(changes))
    return Verdict.OK, _("aucun : les migrations disent ce que disent les modèles")
