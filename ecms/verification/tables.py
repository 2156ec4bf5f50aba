"""Section 2: which tables are there, documented, explained or neither."""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection
from django.utils.translation import gettext as _

from ecms.verification import documented
from ecms.verification.database import Database, rows
from ecms.verification.report import Line, Section, Verdict

COLUMNS = """
SELECT c.relname, array_agg(a.attname::text) FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid)
AND c.relnamespace <> 'pg_catalog'::regnamespace
GROUP BY c.relname
"""


def section(database: Database) -> Section:
    lines = database.lines("tables.inventory", _("Inventaire des tables"), _inventory)
    lines += database.lines("tables.models", _("Modèles et tables"), _models)
    return Section("tables", _("2. Inventaire des tables"), lines)


def present_tables() -> set[str]:
    """The tables that the application's role sees, views left out."""
    return set(connection.introspection.table_names())


def _inventory() -> Iterator[Line]:
    present, columns = present_tables(), dict(rows(COLUMNS))
    for app, tables in documented.TABLES.items():
        group = _("Tables de %(app)s (%(count)s)") % {"app": app, "count": len(tables)}
        for table in tables:
            yield _documented_line(table, len(columns.get(table, ())), group, table in present)
    for table in sorted(present.difference(documented.ALL_TABLES)):
        yield _additional_line(table)
    yield _total(present)


def _documented_line(table: str, width: int, group: str, is_present: bool) -> Line:
    verdict = Verdict.OK if is_present else Verdict.FAILURE
    text = _("présente, %(width)s colonnes") if is_present else _("manque")
    return Line(f"tables.{table}", table, verdict, text % {"width": width}, group)


def _total(present: set[str]) -> Line:
    expected = documented.ALL_TABLES
    found = [table for table in expected if table in present]
    verdict = Verdict.OK if len(found) == len(expected) else Verdict.FAILURE
    text = _("%(found)s présentes sur %(expected)s")
    evidence = text % {"found": len(found), "expected": len(expected)}
    return Line("tables.total", _("Tables documentées"), verdict, evidence, _("Ensemble"))


def _additional_line(table: str) -> Line:
    group, code = _("Tables supplémentaires"), f"tables.{table}"
    if reason := documented.ADDITIONAL_TABLES.get(table):
        return Line(code, table, Verdict.OK, str(reason), group)
    text = _("ni documentée ni expliquée : à qui sert-elle ?")
    return Line(code, table, Verdict.WARNING, text, group)


def _models() -> Iterator[Line]:
    columns = dict(rows(COLUMNS))
    models = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]
    gaps = [gap for model in models for gap in _gaps(model, columns)]
    text = _("%(count)s modèles, chacun avec sa table et ses colonnes") % {"count": len(models)}
    verdict = Verdict.FAILURE if gaps else Verdict.OK
    evidence = " ; ".join(gaps) if gaps else text
    yield Line("tables.models", _("Modèles et tables"), verdict, evidence, _("Ensemble"))


def _gaps(model, columns: dict[str, list[str]]) -> Iterator[str]:
    """The columns that only the model has, or only the table."""
    table = model._meta.db_table
    if table not in columns:
        yield _("%(table)s manque") % {"table": table}
        return
    wanted = {field.column for field in model._meta.local_concrete_fields}
    for column in sorted(wanted.symmetric_difference(columns[table])):
        text = _("%(column)s manque") if column in wanted else _("%(column)s est de trop")
        yield text % {"column": f"{table}.{column}"}
