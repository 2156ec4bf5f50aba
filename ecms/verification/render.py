"""The report as people read it (Markdown) and as programs do (JSON)."""

import json
from collections.abc import Iterator
from itertools import groupby

import django
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ecms.verification.report import Line, Report, Section, Verdict, environment

SYMBOLS = {
    Verdict.OK: "✅",
    Verdict.INFO: "ℹ️",
    Verdict.TO_CONFIRM: "❓",
    Verdict.WARNING: "⚠️",
    Verdict.FAILURE: "❌",
}


def as_json(report: Report) -> str:
    """Keys, codes and verdicts are stable; labels and evidence are sentences for people."""
    content = {
        "generated_at": report.generated_at.isoformat(),
        "environment": environment(),
        "django": django.get_version(),
        "verdict": report.verdict.value,
        "counts": {verdict.value: count for verdict, count in report.counts.items()},
        "sections": [_section_data(section) for section in report.sections],
    }
    return json.dumps(content, ensure_ascii=False, indent=2)


def _section_data(section: Section) -> dict:
    lines = [
        {
            "code": line.code,
            "group": line.group,
            "label": line.label,
            "verdict": line.verdict.value,
            "evidence": line.evidence,
        }
        for line in section.lines
    ]
    return {
        "code": section.code,
        "title": section.title,
        "verdict": section.verdict.value,
        "lines": lines,
    }


def as_markdown(report: Report) -> str:
    parts = [*_head(report)]
    for section in report.sections:
        parts += _section(section)
    return "\n".join([*parts, *_summary(report)])


def _head(report: Report) -> Iterator[str]:
    yield _("# Rapport de vérification de la base de données") + "\n"
    date = date_format(report.generated_at, "d/m/Y H:i")
    yield _("**Établi le :** %(date)s") % {"date": date} + "  "
    yield _("**Environnement :** %(name)s") % {"name": _environment()} + "  "
    yield _("**Version de Django :** %(version)s") % {"version": django.get_version()} + "  "
    yield _("**État :** %(status)s") % {"status": _status(report)} + "\n"
    if environment() == "demonstration":
        note = _(
            "Ceci est la **démonstration** : ce que la production refuserait est noté comme un"
            " avertissement. Les sections 7 et 8 disent ce qu'il faut régler avant d'ouvrir."
        )
        yield f"> {note}\n"


def _environment() -> str:
    names = {
        "demonstration": _("démonstration"),
        "developpement": _("développement"),
        "production": _("production"),
    }
    return names[environment()]


def _section(section: Section) -> Iterator[str]:
    yield f"---\n\n## {section.title}\n"
    for group, lines in groupby(section.lines, key=lambda line: line.group):
        if group:
            yield f"### {group}\n"
        yield from _table(list(lines))
    yield _("**Verdict :** %(verdict)s") % {"verdict": _verdict(section.verdict)} + "\n"


def _table(lines: list[Line]) -> Iterator[str]:
    yield "| " + " | ".join([_("Vérification"), _("Verdict"), _("Constaté")]) + " |"
    yield "|---|---|---|"
    for line in lines:
        yield f"| {_cell(line.label)} | {_verdict(line.verdict)} | {_cell(line.evidence)} |"
    yield ""


def _summary(report: Report) -> Iterator[str]:
    yield "---\n\n## " + _("Résumé") + "\n"
    yield f"{_status(report)}\n"
    for verdict, count in report.counts.items():
        yield f"- {_verdict(verdict)} : {count}"
    for verdict in (Verdict.FAILURE, Verdict.WARNING, Verdict.TO_CONFIRM):
        yield from _remaining([line for line in report.lines if line.verdict == verdict])
    yield ""


def _remaining(lines: list[Line]) -> Iterator[str]:
    if not lines:
        return
    yield f"\n### {_verdict(lines[0].verdict)}\n"
    for line in lines:
        yield f"- {line.label} : {line.evidence} (`{line.code}`)"


def _status(report: Report) -> str:
    if not report.holds():
        return _("❌ **NON PRÊT : au moins une vérification échoue**")
    if not report.holds(without_warning=True):
        return _("⚠️ **PRÊT AVEC RÉSERVES : rien n'échoue, des points restent à régler**")
    return _("✅ **PRÊT POUR LA PRODUCTION**")


def _verdict(verdict: Verdict) -> str:
    return f"{SYMBOLS[verdict]} {verdict.label}"


def _cell(text: str) -> str:
    """One line, whose bars do not end the cell."""
    return " ".join(str(text).split()).replace("|", "\\|")
