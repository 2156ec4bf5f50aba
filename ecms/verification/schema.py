"""Section 5: the documented models, column by column, as PostgreSQL's own catalogue has them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from ecms.verification import documented
from ecms.verification.database import Database, rows
from ecms.verification.documented import Column, Schema
from ecms.verification.report import Line, Section, Verdict

CATALOGUE = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, a.attidentity <> '',
    EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = a.attrelid AND c.contype IN ('p', 'u')
            AND c.conkey = ARRAY[a.attnum]),
    coalesce((SELECT min(t.relname::text) FROM pg_constraint c
              JOIN pg_class t ON t.oid = c.confrelid
              WHERE c.conrelid = a.attrelid AND c.contype = 'f' AND c.conkey = ARRAY[a.attnum]), '')
FROM pg_attribute a
WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""


@dataclass(frozen=True)
class Found:
    """A column as it is."""

    name: str
    type: str
    nullable: bool
    is_identity: bool
    is_unique: bool
    references: str


def section(database: Database) -> Section:
    lines = [
        line
        for schema in (documented.UTILISATEUR, documented.TOKEN_VERIFICATION)
        for line in database.lines(f"schema.{schema.table}", schema.table, _probe(schema))
    ]
    return Section("schema", _("5. Schéma des modèles documentés"), lines)


def _probe(schema: Schema):
    return lambda: _lines(schema)


def _lines(schema: Schema) -> Iterator[Line]:
    found = {column[0]: Found(*column) for column in rows(CATALOGUE, [schema.table])}
    for column in schema.columns:
        differences = list(_differences(schema, column, found.get(column.column)))
        yield _documented(schema, column, found.get(column.column), differences)
    for name in schema.additional:
        yield _additional(schema, name, found.get(name))
    for name in schema.relations:
        yield _relation(schema, name)
    yield from _unexplained(schema, found)
    yield _total(schema, found)


def _documented(
    schema: Schema, column: Column, found: Found | None, differences: list[str]
) -> Line:
    if found is None:
        return _line(schema, column.name, Verdict.FAILURE, _("la colonne manque"))
    if differences:
        return _line(schema, column.name, Verdict.FAILURE, " ; ".join(differences))
    return _line(schema, column.name, Verdict.OK, _described(found, _default(schema, column)))


def _differences(schema: Schema, column: Column, found: Found | None) -> Iterator[str]:
    """One sentence for each thing that is not as documented."""
    if found is None:
        return
    expected = {
        _("type"): (column.postgresql_type, found.type),
        _("champ"): (column.kind, _kind(schema, column)),
        _("NULL permis"): (column.nullable, found.nullable),
        _("valeur par défaut"): (column.default, _default(schema, column)),
        _("unique"): (column.is_unique or None, found.is_unique),
        _("référence"): (column.references or None, found.references),
        _("identité"): (column.kind == "BigAutoField" or None, found.is_identity),
    }
    text = _("%(what)s : %(expected)s documenté, %(real)s trouvé")
    for what, (wanted, real) in expected.items():
        if wanted is not None and wanted != real:
            yield text % {"what": what, "expected": wanted, "real": real}
    if missing := set(column.choices) - _choices(schema, column):
        yield _("valeurs absentes : %(values)s") % {"values": ", ".join(sorted(missing))}


def _field(schema: Schema, column: Column):
    """The model's field; None when only the table has the column."""
    try:
        return apps.get_model(schema.model)._meta.get_field(column.name)
    except FieldDoesNotExist:
        return None


def _kind(schema: Schema, column: Column) -> str:
    return type(_field(schema, column)).__name__


def _choices(schema: Schema, column: Column) -> set[str]:
    field = _field(schema, column)
    return {value for value, _label in field.flatchoices} if field else set()


def _default(schema: Schema, column: Column) -> str:
    """Django keeps defaults in the code: that of the field, spelt as the document spells it."""
    field = _field(schema, column)
    for name in ("auto_now_add", "auto_now"):
        if getattr(field, name, False):
            return name
    if field is None or field.primary_key:
        return "auto" if field else "-"
    if field.has_default():
        value = field.get_default()
        return f"'{value}'" if isinstance(value, str) else str(value)
    return "NULL" if field.null else "-"


def _described(found: Found, default: str = "-") -> str:
    words = [found.type, "NULL" if found.nullable else "NOT NULL"]
    if default != "-":
        words.append(_("défaut %(default)s") % {"default": default})
    if found.is_unique:
        words.append(_("unique"))
    if found.references:
        words.append(f"→ {found.references}")
    return ", ".join(words)


def _additional(schema: Schema, name: str, found: Found | None) -> Line:
    if found is None:
        return _line(schema, name, Verdict.FAILURE, _("la colonne manque"))
    evidence = _("colonne supplémentaire : %(type)s") % {"type": _described(found)}
    return _line(schema, name, Verdict.OK, evidence)


def _relation(schema: Schema, name: str) -> Line:
    """A many-to-many relation is a table of its own."""
    model = apps.get_model(schema.model)
    table = next((f.m2m_db_table() for f in model._meta.many_to_many if f.name == name), "")
    if table and rows("SELECT 1 WHERE to_regclass(%s) IS NOT NULL", [table]):
        evidence = _("relation plusieurs-à-plusieurs par %(table)s") % {"table": table}
        return _line(schema, name, Verdict.OK, evidence)
    return _line(schema, name, Verdict.FAILURE, _("la table de la relation manque"))


def _unexplained(schema: Schema, found: dict[str, Found]) -> Iterator[Line]:
    known = {column.column for column in schema.columns} | set(schema.additional)
    for name in found.keys() - known:
        evidence = _("ni documentée ni prévue : %(type)s") % {"type": _described(found[name])}
        yield _line(schema, name, Verdict.WARNING, evidence)


def _total(schema: Schema, found: dict[str, Found]) -> Line:
    expected = len(schema.columns) + len(schema.additional)
    text = _("%(found)s colonnes (%(documented)s documentées, %(additional)s supplémentaires)")
    evidence = text % {
        "found": len(found),
        "documented": len(schema.columns),
        "additional": len(schema.additional),
    }
    verdict = Verdict.OK if len(found) == expected else Verdict.FAILURE
    return Line(f"schema.{schema.table}", _("Nombre de colonnes"), verdict, evidence, schema.model)


def _line(schema: Schema, name: str, verdict: Verdict, evidence: str) -> Line:
    return Line(f"schema.{schema.table}.{name}", name, verdict, evidence, schema.model)
