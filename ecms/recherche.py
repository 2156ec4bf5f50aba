"""Full text over what the mairies publish. Each app declares what it has in `<app>/recherche.py`.

Whoever asks, only what anyone may read is found: one answer for everybody, and nothing to leak.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.postgres.search import SearchRank
from django.db import connection
from django.db.models import CharField, F, FloatField, Func, Model, QuerySet, Value
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.text import capfirst

from ecms.db.functions import EXCLUDED, web_query
from ecms.extraits import extract, is_like, words_of
from ecms.fields import HTMLField
from ecms.html import text_of_sanitised

# How much of a text is looked through for an extract; all of it is searched.
READ_AT_MOST = 20_000
ORDER = ("-found_rank", "-found_date", "found_type", "-found_pk")
TITLE_ALONE = [0, 0, 0, 1]
LEXEME = re.compile(r"'(?:[^'\\]|''|\\.)*'")


@dataclass(frozen=True)
class Searchable:
    """Rows of `model` that a search finds, as the type `name` of the API.

    `titre`, `date` and `textes` name fields: the title, what says how recent the row is, and what
    the extract is taken from, in this order. The model has a column `recherche`
    (`ecms.db.functions.search_column`).
    """

    name: str
    model: type[Model]
    titre: str
    date: str
    textes: tuple[str, ...]

    @property
    def label(self) -> str:
        return capfirst(self.model._meta.verbose_name)

    @property
    def slug(self) -> str | None:
        return "slug" if hasattr(self.model, "slug") else None

    def rows(self) -> QuerySet:
        return self.model._default_manager.visible_to_public()

    @property
    def mairie(self) -> str:
        return self.rows().mairie_lookup


@dataclass(frozen=True)
class Filters:
    """What a search is narrowed to; days are included, in the time of the installation."""

    types: frozenset[str] = frozenset()
    mairie: Model | None = None
    depuis: date | None = None
    jusqua: date | None = None


_declared: dict[str, Searchable] = {}


def declare(*searchables: Searchable) -> None:
    _declared.update({each.name: each for each in searchables})


def declared() -> list[Searchable]:
    return list(_declared.values())


class Query:
    """What somebody typed (`ecms.db.functions.web_query`), and the stems that it looks for."""

    def __init__(self, text: str):
        self.expression = web_query(text)
        self.lexemes = _lexemes(EXCLUDED.sub(" ", text))

    def words_among(self, words: set[str]) -> set[str]:
        """Those that the query asks for: PostgreSQL compares them, as it did the rows."""
        likely = [word for word in words if is_like(word, self.lexemes)]
        if not likely:
            return set()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT mot FROM unnest(%s) AS mot"
                " WHERE to_tsvector('french', sans_accents(mot)) @@ %s::tsquery",
                [likely, " | ".join(self.lexemes)],
            )
            return {word for (word,) in cursor.fetchall()}


class Found:
    """What a search found, best first, as the pagination reads it: (type, pk) pairs."""

    def __init__(self, query: Query, filters: Filters):
        asked = [s for s in declared() if not filters.types or s.name in filters.types]
        self.query, self.parts = query, []
        # Without a word to look for (stop words, exclusions alone) no index could help.
        if query.lexemes:
            self.parts = [(s, _matching(s, query, filters)) for s in asked]

    def count_up_to(self, limit: int) -> int:
        parts = [rows.values("pk") for _searchable, rows in self.parts]
        return _together(parts)[:limit].count() if parts else 0

    def __getitem__(self, page: slice) -> list[tuple[str, int]]:
        parts = [_ranked(searchable, rows, self.query) for searchable, rows in self.parts]
        if not parts:
            return []
        found = _together(parts).order_by(*ORDER)[page]
        return [(row["found_type"], row["found_pk"]) for row in found]


def described(query: Query, page: list[tuple[str, int]]) -> list[dict]:
    """The rows of a page with their extracts: one query per type, and one for the words."""
    rows = {}
    for searchable in declared():
        keys = [pk for name, pk in page if name == searchable.name]
        rows |= _rows(searchable, keys) if keys else {}
    results = [rows[key] for key in page if key in rows]
    words = set().union(*(words_of(row["texte"]) for row in results))
    matched = query.words_among(words)
    for row in results:
        row["extrait"] = extract(row.pop("texte"), matched)
    return results


def next_change() -> datetime | None:
    """When something that can be found appears or goes by itself."""
    rows = (searchable.rows().model._default_manager.all() for searchable in declared())
    dates = [each.next_change() for each in rows if hasattr(each, "next_change")]
    return min((when for when in dates if when), default=None)


def _lexemes(wanted: str) -> list[str]:
    """The stems that a row may match by, quoted as in a tsquery."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT querytree(websearch_to_tsquery('french', sans_accents(%s)))", [wanted]
        )
        return sorted(set(LEXEME.findall(cursor.fetchone()[0])))


def _matching(searchable: Searchable, query: Query, filters: Filters) -> QuerySet:
    rows = searchable.rows().filter(recherche=query.expression).order_by()
    if filters.mairie:
        rows = rows.filter(**{searchable.mairie: filters.mairie})
    if filters.depuis:
        rows = rows.filter(**{f"{searchable.date}__gte": _midnight(filters.depuis)})
    if filters.jusqua:
        after = _midnight(filters.jusqua + timedelta(days=1))
        rows = rows.filter(**{f"{searchable.date}__lt": after})
    return rows


class Recency(Func):
    """1 for today, three quarters after a year, never below a half."""

    template = (
        "(0.5 + 0.5 / (1 + greatest(0, extract(epoch FROM %(expressions)s)) / 31557600))::float8"
    )
    arg_joiner = " - "
    output_field = FloatField()


def _ranked(searchable: Searchable, rows: QuerySet, query: Query) -> QuerySet:
    return rows.values(
        found_type=Value(searchable.name, CharField()),
        found_pk=F("pk"),
        found_date=F(searchable.date),
        found_rank=_rank(searchable, query),
    )


def _rank(searchable: Searchable, query: Query):
    """A title that says the words comes before a text that does, even when it is old and the text
    repeats them: the title counts again by itself, and `ts_rank` is at most 1."""
    everywhere = SearchRank(F("recherche"), query.expression)
    title = SearchRank(F("recherche"), query.expression, weights=TITLE_ALONE)
    # From midnight: the order is the same on every page that is read on a day.
    today = Value(_midnight(timezone.localdate()))
    return (everywhere + title + title) * Recency(today, F(searchable.date))


def _together(parts: list[QuerySet]) -> QuerySet:
    first, *others = parts
    return first.union(*others, all=True) if others else first


def _rows(searchable: Searchable, keys: list[int]) -> dict[tuple[str, int], dict]:
    mairie, slug = searchable.mairie, searchable.slug
    texts = {f"texte_{i}": Left(F(name), READ_AT_MOST) for i, name in enumerate(searchable.textes)}
    rows = searchable.rows().filter(pk__in=keys).order_by()
    return {
        (searchable.name, row["pk"]): {
            "type": searchable.name,
            "type_display": searchable.label,
            "id": row["pk"],
            "slug": row[slug] if slug else None,
            "mairie": row[f"{mairie}__slug"],
            "mairie_nom": row[f"{mairie}__nom"],
            "titre": row[searchable.titre],
            "date": row[searchable.date],
            "texte": _text(searchable, [row[name] for name in texts]),
        }
        for row in rows.values(
            "pk",
            f"{mairie}__slug",
            f"{mairie}__nom",
            searchable.titre,
            searchable.date,
            *filter(None, [slug]),
            **texts,
        )
    }


def _text(searchable: Searchable, values: list[str]) -> str:
    fields = [searchable.model._meta.get_field(name) for name in searchable.textes]
    return " ".join(
        text_of_sanitised(_whole_tags(value)) if isinstance(field, HTMLField) else value
        for field, value in zip(fields, values, strict=True)
        if value
    )


def _whole_tags(html: str) -> str:
    """`html` without the tag that was cut at its end: in sanitised HTML, `<` opens one."""
    opened = html.rfind("<")
    return html[:opened] if opened > html.rfind(">") else html


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
