"""The environment, read once and typed: a bad value stops the start with a sentence.

Sentences are French and not translated: they are written before Django knows a language.
"""

import os
import re
import secrets
from collections import ChainMap
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = {"true", "1", "yes", "on", "oui"}
FALSE = {"false", "0", "no", "off", "non", ""}
RATE = re.compile(r"(?P<count>[0-9]{1,9})/(?P<length>[1-9][0-9]{0,5})?(?P<unit>[smhd])")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
REQUIRED = object()


class BadEnvironment(ImproperlyConfigured):
    """A variable is missing or wrong; the message names it and says why."""


class Environment:
    """Variables of the process, completed by `.env` and, in the demo, by `.local/demo.env`.

    `X_FILE` may name a file that holds the value of `X` (secrets mounted by an orchestrator).
    `demo` is true when neither `SECRET_KEY` nor any `DB_*` is set, or when `DEMO` says so.
    """

    def __init__(self, base_dir: Path):
        self.local_dir = base_dir / ".local"
        self._values = environ.FileAwareEnv().ENVIRON
        _read(base_dir / ".env")
        self.names_a_database = any(name.startswith("DB_") for name in os.environ)
        nothing_set = not (self._is_set("SECRET_KEY") or self.names_a_database)
        self.demo = self.flag("DEMO", nothing_set)
        if self.demo and not self._is_set("SECRET_KEY"):
            # Not through the process's environment: a child would take it for a key of its own,
            # and itself for no demo.
            self._values = ChainMap(_demo_values(self.local_dir), self._values)

    def _is_set(self, name: str) -> bool:
        return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))

    def text(self, name: str, default=REQUIRED) -> str:
        try:
            value = self._values[name].strip()
        except KeyError:
            if default is REQUIRED:
                raise BadEnvironment(
                    f"La variable {name} manque : elle n'a pas de valeur par défaut."
                ) from None
            return default
        except OSError as error:
            raise BadEnvironment(f"{name}_FILE ne peut être lu : {error}") from None
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = self.text(name, None)
        if value is None:
            return default
        if value.lower() in TRUE | FALSE:
            return value.lower() in TRUE
        raise BadEnvironment(f"{name} vaut « {value} » : attendu True ou False.")

    def integer(self, name: str, default: int, *, at_least: int = 0) -> int:
        value = self.text(name, str(default))
        if not re.fullmatch(r"[0-9]{1,12}", value) or int(value) < at_least:
            raise BadEnvironment(
                f"{name} vaut « {value} » : attendu un entier d'au moins {at_least}."
            )
        return int(value)

    def seconds(self, name: str, default: int) -> timedelta:
        return timedelta(seconds=self.integer(name, default, at_least=1))

    def items(self, name: str, default: list[str]) -> list[str]:
        """A comma-separated list."""
        value = self.text(name, None)
        if value is None:
            return default
        return [item.strip() for item in value.split(",") if item.strip()]

    def choice(self, name: str, default: str, choices: set[str]) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise BadEnvironment(
                f"{name} vaut « {value} » : attendu {' ou '.join(sorted(choices))}."
            )
        return value

    def url(self, name: str, default: str) -> str:
        """An absolute http(s) address, without its final slash."""
        value = self.text(name, default).rstrip("/")
        if value and not _is_web_address(value):
            raise BadEnvironment(f"{name} vaut « {value} » : attendu une adresse https://…")
        return value

    def origins(self, name: str, default: list[str]) -> list[str]:
        """Web origins: scheme and host, nothing behind."""
        for value in (values := self.items(name, default)):
            if not _is_web_address(value) or origin_of(value) != value:
                raise BadEnvironment(
                    f"{name} contient « {value} » : attendu une origine telle que https://exemple.cm."
                )
        return values

    def rate(self, name: str, default: str) -> tuple[int, int]:
        """`5/15m` as (5, 900): how many within how many seconds. `0/h` closes."""
        value = self.text(name, default)
        match = RATE.fullmatch(value)
        if not match:
            raise BadEnvironment(
                f"{name} vaut « {value} » : attendu un débit tel que 5/15m, 100/h ou 3/s."
            )
        return int(match["count"]), int(match["length"] or 1) * UNITS[match["unit"]]


def _read(path: Path) -> None:
    """Complete the environment from `path`, if it exists."""
    if not path.is_file():
        return
    try:
        path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        # Passed over in silence, it would make a demonstration of a production.
        raise BadEnvironment(f"{path} ne peut être lu : {error}") from None
    environ.Env.read_env(path)


def origin_of(url: str) -> str:
    """`https://host:port` of an absolute address, "" of an empty one."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 raises on a port that is no number
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc


def _demo_values(local_dir: Path) -> dict[str, str]:
    lines = _demo_file(local_dir).read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _demo_file(local_dir: Path) -> Path:
    """The demo's own key, made once; several processes may start at the same moment."""
    path = local_dir / "demo.env"
    if not path.exists():
        local_dir.mkdir(exist_ok=True)
        draft = local_dir / f".demo.env.{os.getpid()}"
        draft.write_text(f"SECRET_KEY={secrets.token_urlsafe(50)}\n", encoding="utf-8")
        draft.chmod(0o600)
        if os.geteuid() == 0:
            # Whoever owns the checkout goes on with it after root.
            owner = local_dir.parent.stat()
            os.chown(draft, owner.st_uid, owner.st_gid)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    if not os.access(path, os.R_OK):
        raise BadEnvironment(
            f"{path} appartient à un autre compte : effacez le dossier {local_dir.name}/ "
            "ou lancez la démonstration avec le compte qui l'a créé."
        )
    return path
