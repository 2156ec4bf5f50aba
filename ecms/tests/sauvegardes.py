"""A town that is worth a backup, and the clean box that it is restored on."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection

KEY = "une phrase de passe de sauvegarde"


def seed_files() -> dict[str, bytes]:
    """Files of both stores, by `store/name`."""
    files = {
        "media/documents/actualite/une.webp": b"image" * 1000,
        "media/vide.webp": b"",
        "private/demarches/piecejointe/acte.pdf": os.urandom(3_000_000),
    }
    aliases = {"media": "default", "private": "private"}
    for path, content in files.items():
        store, _slash, name = path.partition("/")
        storages[aliases[store]].save(name, ContentFile(content))
    return files


class Box:
    """An empty database and empty folders, which `manage.py` runs on as on another machine."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.name = f"{connection.settings_dict['NAME']}_box"

    def __enter__(self):
        self._server(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
        self._server(f"CREATE DATABASE \"{self.name}\" ENCODING 'UTF8' TEMPLATE template0")
        return self

    def __exit__(self, *_error):
        self._server(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def manage(self, *arguments, key: str = "", expected: int = 0, **variables) -> str:
        """What the command says; fails unless it exits with `expected`."""
        done = subprocess.run(
            [
                sys.executable,
                "-W",
                "error",
                str(settings.BASE_DIR / "manage.py"),
                *map(str, arguments),
            ],
            env=self.environment(BACKUP_KEY=key, **variables),
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == expected, said
        return said

    def rows(self, sql: str) -> list[tuple]:
        parameters = {**connection.get_connection_params(), "dbname": self.name}
        with closing(psycopg2.connect(**_plain(parameters))) as there, there.cursor() as cursor:
            cursor.execute(sql)
            found = cursor.fetchall()
            there.commit()
            return found

    def files(self) -> dict[str, bytes]:
        """By `store/name`, without what begins with a dot."""
        found = {}
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if path.is_file() and "/." not in f"/{name}":
                found[name] = path.read_bytes()
        return found

    def _server(self, sql: str) -> None:
        parameters = {**connection.get_connection_params(), "dbname": "postgres"}
        with closing(psycopg2.connect(**_plain(parameters))) as server:
            server.autocommit = True
            with server.cursor() as cursor:
                cursor.execute(sql)

    def environment(self, **variables) -> dict[str, str]:
        database = connection.settings_dict
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTEST", "BACKUP_"))
        }
        names = ("HOST", "PORT", "USER", "PASSWORD")
        return {
            **inherited,
            **{f"DB_{name}": str(database[name]) for name in names},
            "DEMO": "true",
            "SECRET_KEY": settings.SECRET_KEY,
            "DB_ENGINE": database["ENGINE"],
            "DB_NAME": self.name,
            "MEDIA_ROOT": str(self.folder / "media"),
            "PRIVATE_ROOT": str(self.folder / "private"),
            **variables,
        }


def _plain(parameters: dict) -> dict:
    wanted = {"host", "port", "user", "password", "dbname", "sslmode"}
    return {name: value for name, value in parameters.items() if name in wanted}
