"""The list of what was erased because somebody asked for it, without which a restored backup would
bring it back (docs/adr/0019-backups-of-one-snapshot.md).

A line says which row (its model, its key, and when it was created: a key may be given again after
a restoration) and when it went; nothing of what was in it. Each app says how its rows go again.
"""

import json
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from ecms.exceptions import DomainError
from ecms.models import Effacement

FILE = "effacements.jsonl"
Erasing = Callable[[models.Model], None]
_erasing: dict[str, Erasing] = {}


@dataclass(frozen=True, order=True)
class Line:
    erased: datetime
    model: str
    key: int
    created: datetime


def replays(label: str):
    """Register how a row of the model `label` is erased once more. Where a model knows two ways,
    `label:name` is the other one."""

    def register(function: Erasing) -> Erasing:
        _erasing[label] = function
        return function

    return register


def record(row: models.Model, how: str = "") -> None:
    """Note that `row` goes, in the transaction in which it does."""
    label = f"{row._meta.label_lower}:{how}" if how else row._meta.label_lower
    Effacement.objects.create(modele=label, cle=row.pk, ligne_creee=row.date_creation)


def record_all(rows: Iterable[models.Model], how: str = "") -> None:
    for row in rows:
        record(row, how)


def lines() -> set[Line]:
    """Those of the database, which may be of a version that kept no list."""
    if Effacement._meta.db_table not in connection.introspection.table_names():
        return set()
    rows = Effacement.objects.values_list("date_creation", "modele", "cle", "ligne_creee")
    return {Line(*row) for row in rows.iterator()}


def read(path: Path) -> set[Line]:
    """Those of a file. Raises `ValueError` if it is no such file."""
    found = set()
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            body = json.loads(text)
            dates = {name: datetime.fromisoformat(body[name]) for name in ("erased", "created")}
            found.add(Line(model=str(body["model"]), key=int(body["key"]), **dates))
        except (ValueError, TypeError, KeyError):
            raise ValueError(f"{path} n'est pas une liste d'effacements.") from None
    return found


def export(path: Path) -> int:
    """Bring the file up to date: it keeps what it has, whatever became of the database. Returns
    how many lines it has now."""
    kept = (read(path) if path.exists() else set()) | lines()
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        for line in sorted(kept):
            body = asdict(line) | {
                name: getattr(line, name).isoformat() for name in ("erased", "created")
            }
            file.write(json.dumps(body) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return len(kept)


def export_beside_backups() -> None:
    """Every five minutes, where BACKUP_DIR is within reach of the task workers."""
    if settings.BACKUP_DIR and os.access(settings.BACKUP_DIR, os.W_OK):
        # Another worker may be at it, and its file is as good.
        with suppress(FileNotFoundError):
            export(settings.BACKUP_DIR / FILE)


def replay(wanted: Iterable[Line]) -> tuple[int, list[str]]:
    """Erase again what this database does not know to be erased, and keep the lines. Returns how
    many rows went, and those that could not, with the reason."""
    gone, refused = 0, []
    for line in sorted(set(wanted) - lines()):
        try:
            gone += _replay(line)
        except DomainError as error:
            refused.append(f"{line.model} {line.key} : {error}")
    return gone, refused


@transaction.atomic
def _replay(line: Line) -> bool:
    row = None
    if line.model in _erasing:
        rows = apps.get_model(line.model.partition(":")[0])._base_manager
        row = rows.filter(pk=line.key, date_creation=line.created).first()
    if row is not None:
        _erasing[line.model](row)
    Effacement.objects.get_or_create(
        modele=line.model, cle=line.key, ligne_creee=line.created, date_creation=line.erased
    )
    return row is not None
