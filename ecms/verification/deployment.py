"""Section 9: the eight tasks of the deployment, judged by the lines measured before."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ecms.verification import documented
from ecms.verification.report import Line, Section, Verdict, worst


@dataclass(frozen=True)
class Task:
    """`codes` are the lines that prove it: all must be there, and hold."""

    code: str
    label: str | Promise
    codes: tuple[str, ...]


TASKS = (
    Task("postgresql", gettext_lazy("PostgreSQL installé"), ("connection.version",)),
    Task(
        "database",
        gettext_lazy("Base de données créée"),
        ("connection.database", *(f"tables.{table}" for table in documented.ALL_TABLES)),
    ),
    Task("credentials", gettext_lazy("Identifiants valides"), ("connection.user",)),
    Task(
        "migrations",
        gettext_lazy("Migrations appliquées"),
        (
            *(f"migrations.{app}.{name}" for app, name in documented.MIGRATIONS),
            "migrations.pending",
        ),
    ),
    Task("checks", gettext_lazy("Contrôles de Django sans problème"), ("checks.standard",)),
    Task("models", gettext_lazy("Modèles et tables d'accord"), ("tables.models",)),
    Task("pooling", gettext_lazy("Connexions gardées ouvertes"), ("connection.pooling",)),
    Task("access", gettext_lazy("Base accessible directement"), ("connectivity.direct",)),
)


def section(sections: list[Section]) -> Section:
    """`sections` are those before this one."""
    measured = {line.code: line for each in sections for line in each.lines}
    lines = [_line(task, measured) for task in TASKS]
    return Section("deployment", _("9. Vérification du déploiement"), lines)


def _line(task: Task, measured: dict[str, Line]) -> Line:
    found = [measured[code] for code in task.codes if code in measured]
    code, label = f"deployment.{task.code}", str(task.label)
    if len(found) < len(task.codes):
        return Line(code, label, Verdict.FAILURE, _("n'a pu être mesuré"))
    return Line(code, label, worst(found), _evidence(found))


def _evidence(found: list[Line]) -> str:
    """What is wrong; else the fact itself, or how many when there are several."""
    wrong = [line for line in found if line.verdict not in {Verdict.OK, Verdict.INFO}]
    if wrong:
        return " ; ".join(f"{line.label} : {line.evidence}" for line in wrong)
    if len(found) == 1:
        return found[0].evidence
    text = ngettext("%(count)s mesure tenue", "%(count)s mesures tenues", len(found))
    return text % {"count": len(found)}
