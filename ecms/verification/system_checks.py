"""Section 4: Django's system checks, run; then those of a deployment."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from django.core import checks
from django.core.checks import CheckMessage
from django.db import DEFAULT_DB_ALIAS, Error
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecms.verification.database import Database
from ecms.verification.report import Line, Section, Verdict, for_production, worst

LEVELS = {
    checks.DEBUG: "debug",
    checks.INFO: "info",
    checks.WARNING: "warning",
    checks.ERROR: "error",
    checks.CRITICAL: "critical",
}


def section(database: Database) -> Section:
    try:
        lines = list(_lines(database))
    except Error:
        text = _("les contrôles demandent la base de données, qui ne répond pas")
        lines = [Line("checks.standard", _("Contrôles de Django"), Verdict.FAILURE, text)]
    return Section("checks", _("4. Intégrité du système Django"), lines)


def _lines(database: Database) -> Iterator[Line]:
    standard = _found(database, deploy=False)
    yield from _part("checks.standard", _("Contrôles de Django"), standard)
    others = [each for each in _found(database, deploy=True) if each not in standard]
    for line in _part("checks.deployment", _("Contrôles de déploiement"), others):
        yield for_production(line)


def _found(database: Database, *, deploy: bool) -> list[CheckMessage]:
    """Those of the database need one."""
    databases = None if database.refusal else [DEFAULT_DB_ALIAS]
    messages = checks.run_checks(include_deployment_checks=deploy, databases=databases)
    return [message for message in messages if not message.is_silenced()]


def _part(code: str, label: str, messages: list[CheckMessage]) -> Iterator[Line]:
    details = list(_details(code, label, messages))
    yield Line(code, label, worst(details), _count(messages), label)
    yield from details


def _details(code: str, group: str, messages: list[CheckMessage]) -> Iterator[Line]:
    """One line for each kind of message, whatever the number of objects it is about."""
    by_id = defaultdict(list)
    for message in messages:
        by_id[message.id or "-"].append(message)
    for name, same in by_id.items():
        evidence = " ; ".join(dict.fromkeys(str(message.msg) for message in same))
        verdict = _verdict(max(message.level for message in same))
        yield Line(f"{code}.{name}", name, verdict, evidence, group)


def _verdict(level: int) -> Verdict:
    if level >= checks.ERROR:
        return Verdict.FAILURE
    return Verdict.WARNING if level >= checks.WARNING else Verdict.INFO


def _count(messages: list[CheckMessage]) -> str:
    total = len(messages)
    text = ngettext("%(total)s problème", "%(total)s problèmes", total) % {"total": total}
    levels = Counter(LEVELS.get(message.level, str(message.level)) for message in messages)
    details = ", ".join(f"{level} : {count}" for level, count in levels.items())
    return f"{text} ({details})" if details else text
