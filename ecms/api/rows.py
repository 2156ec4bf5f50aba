"""The rows of a list, whose SQL is worked out once: page by page, and how many there are."""

from contextlib import suppress
from threading import Lock

from cachetools import LRUCache
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import IntegerField, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.query import ModelIterable

from ecms.db.prepared import Forgotten, Prepared, prepares
from ecms.db.statements import Statement
from ecms.db.tables import tables_of

COUNT = "_count"
# Of one list, whose plans are remembered.
PAGES = 10
# Rows before a page that are read on the way to it.
NEAR = 200


class Listed:
    """The rows of a list, and how many there are up to `limit`.

    Raises `EmptyResultSet` for what finds nothing whatever the rows.
    """

    def __init__(self, queryset: QuerySet, limit: int):
        self.model, self.queryset = queryset.model, queryset
        counted = queryset.order_by().values("pk")[:limit].query
        sql, self.count_params = counted.get_compiler(queryset.db).as_sql()
        self.count_sql = f"SELECT count(*) FROM ({sql}) AS counted"  # noqa: S608 made by Django
        self.plain = Statement(queryset, as_stored=True)
        figure = RawSQL(self.count_sql, self.count_params, IntegerField())  # noqa: S611 made by Django
        self.counting = Statement(queryset.annotate(**{COUNT: figure}), as_stored=True)
        self.tables = tables_of(self.plain.sql)
        self.children = [Children(self.model, name) for name in queryset._prefetch_related_lookups]
        self._plans: LRUCache = LRUCache(PAGES)
        self._lock = Lock()

    def page(self, using: str, start: int, stop: int, count: int | None) -> tuple[list[Model], int]:
        """Rows `start` to `stop`, and how many there are, which is counted unless it is known."""
        if start > NEAR:
            count = self._count(using) if count is None else count
            rows = self._far(using, start, stop)
        elif count is not None:
            rows = self._read(self.plain, using, start, stop)
        elif rows := self._read(self.counting, using, start, stop):
            count = rows[0].__dict__[COUNT]
        else:
            count = self._count(using) if start else 0
        for children in self.children:
            children.read(using, rows)
        return rows, count

    def _far(self, using: str, start: int, stop: int) -> list[Model]:
        """Far from the first row, what lies before is passed over in an index, by keys alone."""
        keys = self.queryset.values("pk")[start:stop]
        statement = Statement(self.queryset.filter(pk__in=keys), as_stored=True)
        with connections[using].cursor() as cursor:
            cursor.execute(statement.sql, statement.params)
            return statement.told(cursor.fetchall(), using)

    def _read(self, statement: Statement, using: str, start: int, stop: int) -> list[Model]:
        connection = connections[using]
        sql, params = (
            f"{statement.sql} LIMIT %s OFFSET %s",
            (*statement.params, stop - start, start),
        )
        with connection.cursor() as cursor:
            if prepares(connection):
                plan = self._plan(cursor, statement, sql, params)
                with suppress(Forgotten):
                    plan.execute(cursor)
                    return statement.told(cursor.fetchall(), using)
            cursor.execute(sql, params)
            return statement.told(cursor.fetchall(), using)

    def _plan(self, cursor, statement: Statement, sql: str, params: tuple) -> Prepared:
        """With the page written out: a plan for any page would be one for the last."""
        key = (id(statement), *params[-2:])
        with self._lock:
            plan = self._plans.get(key)
        if plan is None:
            plan = Prepared(cursor.mogrify(sql, params).decode(), self.tables)
            with self._lock:
                self._plans[key] = plan
        return plan

    def _count(self, using: str) -> int:
        with connections[using].cursor() as cursor:
            cursor.execute(self.count_sql, self.count_params)
            return cursor.fetchone()[0]


class Children:
    """What `prefetch_related(name)` reads: the rows that point to those of a list."""

    def __init__(self, model: type[Model], name: str):
        relation = model._meta.get_field(name)
        self.name, self.key = relation.get_accessor_name(), relation.field.attname
        self.rows = relation.related_model._default_manager.all()
        pointing = self.rows.filter(**{f"{relation.field.name}__in": [0]})
        self.statement = Statement(pointing, as_stored=True)
        self.sql = self.statement.sql.replace(" IN (%s)", " = ANY(%s)")
        self.plan = Prepared(self.sql.replace("%s", "$1"), tables_of(self.sql))

    def read(self, using: str, rows: list[Model]) -> None:
        """Give each of `rows` its own."""
        of: dict[int, list[Model]] = {row.pk: [] for row in rows}
        for child in self._read(using, list(of)) if of else ():
            of[getattr(child, self.key)].append(child)
        for row in rows:
            known = self.rows._chain()
            known._result_cache, known._prefetch_done = of[row.pk], True
            row._prefetched_objects_cache = {
                **getattr(row, "_prefetched_objects_cache", {}),
                self.name: known,
            }

    def _read(self, using: str, keys: list[int]) -> list[Model]:
        connection = connections[using]
        with connection.cursor() as cursor:
            if prepares(connection):
                with suppress(Forgotten):
                    self.plan.execute(cursor, [keys])
                    return self.statement.told(cursor.fetchall(), using)
            cursor.execute(self.sql, [keys])
            return self.statement.told(cursor.fetchall(), using)


def listed(queryset: QuerySet, limit: int) -> Listed | None:
    """None where only the query set itself knows what its rows are."""
    plain = queryset._iterable_class is ModelIterable and not queryset._known_related_objects
    if not plain or queryset.query.combinator or queryset.query.is_sliced:
        return None
    children = {each.name for each in queryset.model._meta.related_objects if each.one_to_many}
    if not children.issuperset(queryset._prefetch_related_lookups):
        return None
    try:
        return Listed(queryset, limit)
    except EmptyResultSet:
        return None
