"""What agents see of their mairie at a glance: what awaits them, how much there was of it, the
latest acts. Each app declares its own in `<app>/dashboard.py`, with the permission without which it
is not shown.

Nothing is cached here: the admin keeps its own for a minute (`ecms.admin.figures`), and the API
answers what is true now. Every count is a query of its own in one UNION, so that each one uses its
own index.
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
NEXT = 10


@dataclass(frozen=True)
class View:
    """Whose figures: those that `user` may see, of `mairie` or of all that they manage."""

    user: Model
    mairie: Model | None = None

    def rows(self, model: type[Model]) -> QuerySet:
        rows = model._default_manager.manageable_by(self.user)
        if self.mairie is None:
            return rows
        if rows.mairie_lookup is None:
            return rows.none()
        return rows.filter(**{rows.mairie_lookup: self.mairie.pk})

    def shown(self, declared: Iterable) -> list:
        return [each for each in declared if self.user.has_perm(each.permission)]


@dataclass(frozen=True)
class Task:
    """Rows of `model` that await somebody; `where` says which, at a given moment.

    `query` is what the address of the admin's list asks to show the same rows; without it the list
    has a filter for them (`ecms.admin.awaiting`).
    """

    name: str
    label: Promise
    model: type[Model]
    permission: str
    where: Callable[[datetime], Q]
    query: str = ""

    def rows(self, view: View, moment: datetime) -> QuerySet:
        return view.rows(self.model).filter(self.where(moment))


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


@dataclass(frozen=True)
class Breakdown:
    """How many rows of `model` there are for each value of the choices of `column`, in the whole
    country: for the national administrator."""

    name: str
    label: Promise
    model: type[Model]
    column: str

    def counted(self) -> list[dict]:
        field = self.model._meta.get_field(self.column)
        rows = self.model._default_manager.order_by().values_list(self.column)
        counts = dict(rows.annotate(dash_count=Count("pk")))
        return [
            {"valeur": value, "libelle": label, "nombre": counts.get(value, 0)}
            for value, label in field.flatchoices
        ]


@dataclass(frozen=True)
class Today:
    """Rows of `model` that somebody comes for today, in the order of time.

    `tell` makes of a row what is shown: `heure`, `titre`, `detail`.
    """

    name: str
    label: Promise
    model: type[Model]
    permission: str
    where: Callable[[datetime], Q]
    order: tuple[str, ...]
    tell: Callable[[Model], dict]
    related: tuple[str, ...]
    query: str

    def next(self, view: View, moment: datetime) -> list[dict]:
        rows = view.rows(self.model).filter(self.where(moment)).select_related(*self.related)
        return [{"pk": row.pk, **self.tell(row)} for row in rows.order_by(*self.order)[:NEXT]]


_tasks: dict[str, Task] = {}
_series: dict[str, Series] = {}
_acts: dict[str, Acts] = {}
_breakdowns: dict[str, Breakdown] = {}
_todays: dict[str, Today] = {}


def declare_task(task: Task) -> None:
    _tasks[task.name] = task


def declare_series(series: Series) -> None:
    _series[series.name] = series


def declare_acts(name: str, acts: Acts) -> None:
    _acts[name] = acts


def declare_breakdown(breakdown: Breakdown) -> None:
    _breakdowns[breakdown.name] = breakdown


def declare_today(today: Today) -> None:
    _todays[today.name] = today


def declared() -> list[Task | Series | Acts]:
    return [*_tasks.values(), *_series.values(), *_acts.values()]


def tasks(view: View) -> list[Task]:
    """Those that are declared and that this person may see."""
    return view.shown(_tasks.values())


def tasks_of(model: type[Model]) -> list[Task]:
    return [task for task in _tasks.values() if task.model is model]


def awaiting(view: View, moment: datetime) -> dict[str, int]:
    """How many rows of each task await somebody: one query."""
    return _count(_of_tasks(view, moment))


def figures(view: View, periode: Periode) -> dict[str, list[dict]]:
    """What awaits somebody now, and the totals of `periode` with those of the one before: one
    query."""
    counts = _count(_of_tasks(view, periode.fin) | _of_series(view, periode))
    return {
        "a_faire": [_said(t, nombre=counts[t.name]) for t in tasks(view)],
        "totaux": _totals(view, counts),
    }


def totals(view: View, periode: Periode) -> list[dict]:
    """The totals of `periode` with those of the one before: one query."""
    return _totals(view, _count(_of_series(view, periode)))


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


def breakdowns() -> list[dict]:
    """The whole country by kind: one query for each."""
    return [_said(b, colonne=b.column, parts=b.counted()) for b in _breakdowns.values()]


def breakdown_named(name: str) -> Breakdown:
    return _breakdowns[name]


def today(view: View, moment: datetime) -> list[dict]:
    """Who is still to come today, the `NEXT` first: one query for each kind."""
    return [_said(t, lignes=t.next(view, moment)) for t in view.shown(_todays.values())]


def today_named(name: str) -> Today:
    return _todays[name]


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


def _of_tasks(view: View, moment: datetime) -> dict:
    return {task.name: task.rows(view, moment) for task in tasks(view)}


def _of_series(view: View, p: Periode) -> dict:
    series = view.shown(_series.values())
    now = {(s.name, "now"): s.rows(view, p.debut, p.fin) for s in series}
    before = {
        (s.name, "before"): s.rows(view, p.debut_precedente, p.fin_precedente) for s in series
    }
    return now | before


def _totals(view: View, counts: dict) -> list[dict]:
    series = view.shown(_series.values())
    return [_total(s, counts[s.name, "now"], counts[s.name, "before"]) for s in series]


def _said(figure, **numbers) -> dict:
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
