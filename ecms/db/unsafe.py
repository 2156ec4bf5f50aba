"""What a migration does that people who are served would notice.

While a release is put in place the old code runs upon the new tables, and whatever a statement
locks is locked for everybody. So releases add first, and take away one release later
(docs/operations.md, Upgrading).
"""

import re

from django.db.migrations import Migration, RunPython
from django.db.migrations.loader import MigrationLoader

# (what a statement says, and unless it says that too, why it is unsafe)
RULES = (
    (r"^DROP TABLE", "", "the code that still runs reads this table: drop it a release later"),
    (r"DROP COLUMN", "", "the code that still runs reads this column: drop it a release later"),
    (r"RENAME (TO|COLUMN)", "", "the code that still runs knows the old name: add, copy, drop"),
    (r"ADD COLUMN .*\bNOT NULL", r"\bDEFAULT\b", "give it a default of the database (db_default)"),
    (
        r"ALTER COLUMN .* DROP DEFAULT",
        "",
        "the code that still runs writes no value here: keep the database's default (db_default)",
    ),
    (r"ALTER COLUMN .* SET NOT NULL", "", "reads the whole table under an exclusive lock"),
    (r"ALTER COLUMN .* TYPE", "", "writes the whole table anew under an exclusive lock"),
    (r"ADD COLUMN .* STORED", "", "writes the whole table anew under an exclusive lock"),
    (r"^CREATE (UNIQUE )?INDEX", "CONCURRENTLY", "writers wait: AddIndexConcurrently"),
    (r"^DROP INDEX", "CONCURRENTLY", "waits for readers: RemoveIndexConcurrently"),
    (
        r"ADD CONSTRAINT",
        r"NOT VALID|USING INDEX",
        "reads the whole table under a lock: add it NOT VALID, validate it in another migration",
    ),
)
SCHEMA = re.compile(r"^(ALTER|CREATE|DROP) ", re.I)
CREATED = re.compile(r'^CREATE TABLE (?:IF NOT EXISTS )?("?\w+"?)', re.I)
NAMED = re.compile(r'\b(?:TABLE|ON) (?:IF EXISTS |ONLY )?("?\w+"?)', re.I)


def unsafe(loader: MigrationLoader, migration: Migration) -> list[str]:
    """Why `migration` cannot be applied under load, a line for each statement."""
    statements = [
        " ".join(statement.split())
        for statement in loader.collect_sql([(migration, False)])
        if not statement.startswith("--")
    ]
    # What nobody knows yet nobody waits for.
    new = {found[1].strip('"') for sql in statements if (found := CREATED.match(sql))}
    old = [sql for sql in statements if not _is_about(sql, new)]
    said = [f"{sql}: {why}" for sql in old for why in _reasons(sql)]
    moves_rows = any(isinstance(operation, RunPython) for operation in migration.operations)
    if moves_rows and any(SCHEMA.match(sql) for sql in old):
        said.append(
            "RunPython: move rows in a migration of their own, its locks are held meanwhile"
        )
    return said


def _reasons(sql: str) -> list[str]:
    return [
        why
        for pattern, excuse, why in RULES
        if re.search(pattern, sql, re.I) and not (excuse and re.search(excuse, sql, re.I))
    ]


def _is_about(sql: str, tables: set[str]) -> bool:
    found = NAMED.search(sql)
    return found is not None and found[1].strip('"') in tables
