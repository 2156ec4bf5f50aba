"""Queries whose SQL is worked out once, and rows made without what only a row to be saved needs.

The rows are instances for reading: no signal is sent, nothing is checked. A column that was left
out is read when it is asked for, as ever.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from inspect import getattr_static
from threading import Lock
from uuid import UUID, uuid4

from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.fields.files import FileDescriptor
from django.db.models.query import ModelIterable
from django.db.models.query_utils import DeferredAttribute
from psycopg2.extensions import AsIs

from ecms.db.prepared import Forgotten, Prepared, at_once, prepares
from ecms.db.tables import tables_of

# Where a value goes that differs from time to time.
PLACE = object()
Make = Callable[[Sequence, str], Model | None]


class Statement:
    """What a query set asks, as SQL. Of rows that are only told, `as_stored` leaves every value as
    it is: a telephone number is its text, and not made into a number first."""

    def __init__(self, queryset: QuerySet, *, as_stored: bool = False):
        compiler = queryset.query.get_compiler(queryset.db)
        self.sql, self.params = compiler.as_sql()
        self.converters = compiler.get_converters([column[0] for column in compiler.select])
        self.make: Make | None = None
        if queryset._iterable_class is ModelIterable:
            parts = compiler.klass_info, compiler.select, compiler.annotation_col_map
            self.make = _row(*parts, as_stored)

    def told(self, found: list, using: str) -> list:
        """Rows as the driver gave them, as instances; as they are for a query of values."""
        if self.converters:
            found = [self._converted(row, connections[using]) for row in found]
        return [self.make(row, using) for row in found] if self.make else found

    def _converted(self, row: Sequence, connection) -> list:
        values = list(row)
        for position, (converters, expression) in self.converters.items():
            for convert in converters:
                values[position] = convert(values[position], expression, connection)
        return values


class Lookup:
    """A query that is asked with other values each time: `build(**values)` is called once.

    It must use each value as it is, and decide nothing by it. Whole numbers, UUIDs and moments.
    """

    def __init__(self, build: Callable[..., QuerySet]):
        self.build = build
        self._lock = Lock()
        self._made: tuple[Statement, list[str], Prepared] | None = None

    def __call__(self, **values) -> list:
        """The rows, read from the primary."""
        connection = connections["default"]
        with self._lock:
            self._made = self._made or self._make(connection, values)
        return at_once(connection, partial(self._read, connection, values))

    def _read(self, connection, values: dict) -> list:
        statement, names, plan = self._made
        given = [values[name] for name in names]
        with connection.cursor() as cursor:
            if prepares(connection):
                with suppress(Forgotten):
                    plan.execute(cursor, given)
                    return statement.told(cursor.fetchall(), "default")
            cursor.execute(statement.sql, _filled(statement.params, given))
            return statement.told(cursor.fetchall(), "default")

    def _make(self, connection, values: dict) -> tuple["Statement", list[str], Prepared]:
        stand_ins = {_stand_in(value, n): name for n, (name, value) in enumerate(values.items())}
        statement = Statement(self.build(**{name: key for key, name in stand_ins.items()}))
        names = [stand_ins[param] for param in statement.params if param in stand_ins]
        if missing := values.keys() - set(names):
            raise ValueError(f"not found among the parameters: {sorted(missing)}")
        statement.params = [PLACE if p in stand_ins else p for p in statement.params]
        numbered = _filled(statement.params, [AsIs(f"${n + 1}") for n in range(len(names))])
        with connection.cursor() as cursor:
            text = cursor.mogrify(statement.sql, numbered).decode()
        return statement, names, Prepared(text, tables_of(statement.sql))


def _filled(params: Sequence, values: Sequence) -> list:
    """`params` with `values` in the places that are left for them."""
    given = iter(values)
    return [next(given) if param is PLACE else param for param in params]


def _stand_in(value, n: int):
    """Something of the kind of `value` that is nothing else in the query."""
    if isinstance(value, UUID):
        return uuid4()
    if isinstance(value, datetime):
        return datetime(1900, 1, 1, microsecond=n, tzinfo=UTC)
    return 9_007_199_254_740_000 + n


def _row(klass_info: dict, select, annotations: dict[str, int] | None, as_stored: bool) -> Make:
    make = _instance(klass_info, select, as_stored)
    added = list((annotations or {}).items())

    def row_of(row, using):
        instance = make(row, using)
        for name, position in added:
            instance.__dict__[name] = row[position]
        return instance

    return row_of if added else make


def _instance(klass_info: dict, select, as_stored: bool) -> Make:
    """A function from the columns of a row to an instance, None for an outer join without one."""
    model, positions = klass_info["model"], klass_info["select_fields"]
    first, last = positions[0], positions[-1] + 1
    names = [column[0].target.attname for column in select[first:last]]
    key = first + names.index(model._meta.pk.attname)
    through = [n for n in names if not as_stored and _is_made_of_what_is_stored(model, n)]
    related = [
        (info["local_setter"], info["remote_setter"], _instance(info, select, as_stored))
        for info in klass_info.get("related_klass_infos", [])
    ]

    def make(row, using):
        if row[key] is None:
            return None
        instance = model.__new__(model)
        state = ModelState()
        state.adding, state.db = False, using
        values = instance.__dict__
        values["_state"] = state
        values.update(zip(names, row[first:last], strict=True))
        for name in through:
            setattr(instance, name, values.pop(name))
        for put, put_back, made in related:
            other = made(row, using)
            put(instance, other)
            if other is not None:
                put_back(other, instance)
        return instance

    return make


def _is_made_of_what_is_stored(model: type[Model], name: str) -> bool:
    """Such as a telephone number: an attribute that makes something of what it is set to."""
    descriptor = getattr_static(model, name)
    known = isinstance(descriptor, DeferredAttribute | FileDescriptor)
    return hasattr(type(descriptor), "__set__") and not known
