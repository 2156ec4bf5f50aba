"""The tables of models, as statements name them."""

import re
from functools import cache

from django.apps import apps

QUOTED = re.compile(r'"(\w+)"')


def tables_of(sql: str) -> set[str]:
    """Those that a statement names."""
    return _tables().intersection(QUOTED.findall(sql))


@cache
def _tables() -> frozenset[str]:
    return frozenset(m._meta.db_table for m in apps.get_models(include_auto_created=True))
