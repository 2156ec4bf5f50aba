"""What agents see of their mairie at a glance: what awaits them, how much there was of it, the
latest acts. Each app declares its own in `<app>/dashboard.py`, with the permission without which it
is not shown.

Nothing is cached: whoever has just taken a dossier sees the figure fall, whichever worker answers.
Every count is a query of its own in one UNION, so that each one uses its own index.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter

from django.db.models import Count, Model, Q, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ecms.periodes import Periode
from ecms.scoping import EVERYTHING

LATEST = 20


@dataclass(frozen=True)
class View:
    """Whose figures: those that `user` may see, of `mairie` or of all that they manage."""

    user: Model
    mairie: Model | None = None

    def rows(self, model: type[Model]) -> QuerySet:
        rows = model._default_manager.manageable_by(self.user)
        if self.mairie is None:
            return rows
        return rows.filter(**{rows.mairie_lookup: self.mairie.pk})

    def shown(self, declared: Iterable) -> list:
        return [each for each in declared if self.user.has_perm(each.permission)]


@dataclass(frozen=True)
class Task:
    """Rows of `model` that await somebody; `where` says which, at a given moment."""

    name: str
    label: Promise
    model: type[Model]
    permission: str
    where: Callable[[datetime], Q]


@dataclass(frozen=True)
class Series:
    """Rows of `model` by the moment in their column `date`."""

    name: str
    label: Promise
    model: type[Model]
    permission: str
    date: str
    where: Q = EVERYTHING

    def rows(self, view: View, debut: datetime, fin: datetime) -> QuerySet:
        within = {f"{self.date}__gte": debut, f"{self.date}__lt": fin}
        return view.rows(self.model).filter(self.where, **within)


@dataclass(frozen=True)
class Acts:
    """The latest rows of `model` that are acts of the mairie.

    `tell` makes of a row what the API shows, `date` among it: no personal data of citizens.
    `order` ends in the key; it is one that an index serves.
    """

    model: type[Model]
    permission: str
    order: tuple[str, ...]
    tell: Callable[[Model], dict]
    where: Callable[[datetime], Q] = lambda moment: EVERYTHING
    related: tuple[str, ...] = field(default=("mairie", "auteur"))

    def latest(self, view: View, moment: datetime) -> list[dict]:
        rows = view.rows(self.model).filter(self.where(moment)).select_related(*self.related)
        return [self.tell(row) for row in rows.order_by(*self.order)[:LATEST]]


_tasks: dict[str, Task] = {}
_series: dict[str, Series] = {}
_acts: dict[str, Acts] = {}


def declare_task(task: Task) -> None:
    _tasks[task.name] = task


def declare_series(series: Series) -> None:
    _series[series.name] = series


def declare_acts(name: str, acts: Acts) -> None:
    _acts[name] = acts


def declared() -> list[Task | Series | Acts]:
    return [*_tasks.values(), *_series.values(), *_acts.values()]


def figures(view: View, periode: Periode) -> dict[str, list[dict]]:
    """What awaits somebody now, and the totals of `periode` with those of the one before: one
    query."""
    tasks, series = view.shown(_tasks.values()), view.shown(_series.values())
    p = periode
    counts = _count(
        {t.name: view.rows(t.model).filter(t.where(p.fin)) for t in tasks}
        | {(s.name, "now"): s.rows(view, p.debut, p.fin) for s in series}
        | {(s.name, "before"): s.rows(view, p.debut_precedente, p.fin_precedente) for s in series}
    )
    return {
        "a_faire": [_said(t, nombre=counts[t.name]) for t in tasks],
        "totaux": [_total(s, counts[s.name, "now"], counts[s.name, "before"]) for s in series],
    }


def charts(view: View, periode: Periode) -> list[dict]:
    """Each series of `periode`, a number for each of its points: one query."""
    series = view.shown(_series.values())
    rows = [
        s.rows(view, periode.debut, periode.fin)
        .order_by()
        .annotate(dash_name=Value(s.name), dash_point=periode.point(s.date))
        .values("dash_name", "dash_point")
        .annotate(dash_count=Count("pk"))
        .values_list("dash_name", "dash_point", "dash_count")
        for s in series
    ]
    counts = {(name, point): count for name, point, count in _together(rows)}
    return [
        _said(s, valeurs=[counts.get((s.name, point), 0) for point in periode.points])
        for s in series
    ]


def latest_acts(view: View, moment: datetime) -> list[dict]:
    """The `LATEST` acts before `moment`, the latest first: one query for each kind."""
    told = [act for acts in view.shown(_acts.values()) for act in acts.latest(view, moment)]
    return sorted(told, key=itemgetter("date"), reverse=True)[:LATEST]


def name_of(agent) -> str:
    """How colleagues call `agent`; "" for nobody."""
    return agent.get_full_name() or agent.username if agent else ""


def publication(row, mairie: Model, type_: str, date: datetime, titre: str, numero="") -> dict:
    """What `Acts.tell` says of something published."""
    return {
        "date": date,
        "type": type_,
        "type_display": row._meta.verbose_name,
        "id": row.pk,
        "numero": numero,
        "titre": titre,
        "nature": "publication",
        "nature_display": _("Publication"),
        "origine": "agent",
        "ancien_statut": "",
        "nouveau_statut": "",
        "nouveau_statut_display": "",
        "auteur_nom": name_of(row.auteur),
        "mairie": mairie.slug,
        "mairie_nom": mairie.nom,
    }


def _said(figure: Task | Series, **numbers) -> dict:
    return {"nom": figure.name, "libelle": figure.label, **numbers}


def _total(series: Series, now: int, before: int) -> dict:
    """`tendance` in per cent; None where there was nothing to compare to."""
    trend = round((now - before) * 100 / before) if before else None
    return _said(series, nombre=now, precedent=before, tendance=trend)


def _count(queries: dict) -> dict:
    """How many rows each query of `queries` has."""
    keys = list(queries)
    rows = [
        query.order_by()
        .annotate(dash_key=Value(number))
        .values("dash_key")
        .annotate(dash_count=Count("pk"))
        .values_list("dash_key", "dash_count")
        for number, query in enumerate(queries.values())
    ]
    found = dict(_together(rows))
    return {key: found.get(number, 0) for number, key in enumerate(keys)}


def _together(queries: list[QuerySet]) -> Iterable[tuple]:
    return queries[0].union(*queries[1:], all=True) if queries else []
