"""What a verification finds: lines with a verdict and the evidence for it, in sections."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.conf import settings
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Verdict(TextChoices):
    """From best to worst; `INFO` is a fact that nothing is expected of."""

    INFO = "info", gettext_lazy("constat")
    OK = "ok", gettext_lazy("ok")
    TO_CONFIRM = "a_confirmer", gettext_lazy("à confirmer hors de l'application")
    WARNING = "avertissement", gettext_lazy("avertissement")
    FAILURE = "echec", gettext_lazy("échec")


ORDER = list(Verdict)


@dataclass(frozen=True)
class Line:
    """One thing verified. `code` never changes; `group` is the heading it stands under."""

    code: str
    label: str
    verdict: Verdict
    evidence: str
    group: str = ""


@dataclass(frozen=True)
class Section:
    code: str
    title: str
    lines: list[Line]

    @property
    def verdict(self) -> Verdict:
        return worst(self.lines)


@dataclass(frozen=True)
class Report:
    sections: list[Section]
    generated_at: datetime = field(default_factory=timezone.localtime)

    @property
    def lines(self) -> list[Line]:
        return [line for section in self.sections for line in section.lines]

    @property
    def verdict(self) -> Verdict:
        return worst(self.lines)

    @property
    def counts(self) -> dict[Verdict, int]:
        found = Counter(line.verdict for line in self.lines)
        return {verdict: found[verdict] for verdict in Verdict}

    def holds(self, *, without_warning: bool = False) -> bool:
        """Whether nothing fails; with `without_warning`, nothing is left to settle or confirm."""
        allowed = Verdict.OK if without_warning else Verdict.WARNING
        return ORDER.index(self.verdict) <= ORDER.index(allowed)


def worst(lines: Iterable[Line]) -> Verdict:
    """The verdict of the whole: that of its worst line (`ok` when only facts were noted)."""
    return max((line.verdict for line in lines), key=ORDER.index, default=Verdict.OK)


def environment() -> str:
    """Which of the three ways this installation runs in, as the report's keys name them."""
    if settings.DEMO:
        return "demonstration"
    return "developpement" if settings.DEBUG else "production"


def for_production(line: Line) -> Line:
    """What production must not have is a warning, and says so, in the demonstration."""
    if not settings.DEMO or line.verdict != Verdict.FAILURE:
        return line
    evidence = _("démonstration, à régler avant la production : %(evidence)s")
    return replace(line, verdict=Verdict.WARNING, evidence=evidence % {"evidence": line.evidence})
