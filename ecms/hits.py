"""Counters of readings and downloads that lose nothing and lock no row.

A hit is one inserted line; `fold` adds the lines to the rows once a minute. Readers of a counter
add what is not folded yet, so that the figure is exact at any moment.
"""

from django.apps import apps
from django.db import connection
from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from ecms import versions
from ecms.models import PendingHit


def _name(model, field: str) -> str:
    return f"{model._meta.label_lower}.{field}"


def record(instance, field: str) -> None:
    """Count one more of `field` (a column of integers) on `instance`."""
    PendingHit.objects.create(counter=_name(type(instance), field), object_id=instance.pk)


def with_pending(queryset: QuerySet, field: str, *, alias: str) -> QuerySet:
    """Annotate `alias`: the counter `field` with what is not folded yet."""
    pending = (
        PendingHit.objects.filter(counter=_name(queryset.model, field), object_id=OuterRef("pk"))
        .order_by()
        .values("object_id")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return queryset.annotate(**{alias: F(field) + Coalesce(Subquery(pending), 0)})


@versions.counting()
def fold() -> int:
    """Add the pending lines to their rows; returns how many. Safe to run twice at once."""
    table = connection.ops.quote_name(PendingHit._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH taken AS (DELETE FROM {table} WHERE id IN"  # noqa: S608 our own table's name
            f" (SELECT id FROM {table} ORDER BY id LIMIT 50000 FOR UPDATE SKIP LOCKED)"
            " RETURNING counter, object_id)"
            " SELECT counter, object_id, count(*) FROM taken"
            " GROUP BY counter, object_id ORDER BY counter, object_id"
        )
        rows = cursor.fetchall()
    for counter, object_id, n in rows:
        label, field = counter.rsplit(".", 1)
        # `update` and not `save`: a reading is no modification of the row.
        model = apps.get_model(label)
        model._base_manager.filter(pk=object_id).update(**{field: F(field) + n})
    return sum(n for _counter, _object_id, n in rows)
