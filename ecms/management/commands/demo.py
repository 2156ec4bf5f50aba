"""`manage.py demo`: what `script/server` runs."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import DatabaseError, connection, connections

from ecms import embedded_pg
from ecms.management.demo.accounts import tableau

STOP_SECONDS = 35


class Command(BaseCommand):
    help = "Prépare la base, charge la démonstration, et sert E-CMS jusqu'à Ctrl-C."

    def add_arguments(self, parser):
        parser.add_argument("--bind", default="127.0.0.1:8000", help="adresse:port (%(default)s)")

    def handle(self, *, bind, **options):
        if not settings.DEMO:
            raise CommandError("Ce n'est pas la démonstration : voyez docs/operations.md.")
        self.address = bind
        self._check_free(bind)
        self.owns_database = _embedded_dir() is not None and not embedded_pg.is_running(
            _embedded_dir()
        )
        self.children = []
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            self._prepare()
            self._start()
            self._watch()
        except KeyboardInterrupt:
            self.stdout.write("\nArrêt…")
        finally:
            self._stop()

    def _check_free(self, bind: str) -> None:
        host, _colon, port = bind.rpartition(":")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, int(port)))
            except (OSError, ValueError) as error:
                raise CommandError(
                    f"{bind} n'est pas libre ({error}) : essayez script/server --bind {host}:8001."
                ) from None

    def _prepare(self) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        try:
            call_command("seed_demo", verbosity=0)
        except CommandError as error:
            # Somebody has made this database their own: it is served as it is.
            self.stderr.write(str(error))
        connections.close_all()

    def _start(self) -> None:
        """The web server first: it is what one waits for."""
        self._run([sys.executable, "-m", "gunicorn", "ecms.wsgi"], BIND=self.address)
        self._wait_until_served()
        manage = str(settings.BASE_DIR / "manage.py")
        self._run([sys.executable, manage, "qcluster"])
        self._run([sys.executable, manage, "qcluster"], Q_CLUSTER_NAME="envois")
        self._say()

    def _run(self, command: list[str], **environment: str) -> None:
        # A group of its own: Ctrl-C reaches this process alone, which ends them in order.
        self.children.append(
            subprocess.Popen(  # noqa: S603 our own programs
                command,
                cwd=settings.BASE_DIR,
                env={"API_BASE_URL": api_root(self.address), **os.environ, **environment},
                start_new_session=True,
            )
        )

    def _wait_until_served(self) -> None:
        host, _colon, port = self.address.rpartition(":")
        while self.children[0].poll() is None:
            try:
                with socket.create_connection((host, int(port)), timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        raise CommandError("Le serveur web n'a pas démarré.")

    def _say(self) -> None:
        root = f"http://{self.address}"
        lines = [
            "",
            f"  API, documentation   {root}/api/v1/docs",
            f"  Administration       {root}/{settings.ADMIN_URL}",
            f"  Courriels            {_mail_place()}",
            "",
            tableau(),
            "",
            "  Ctrl-C arrête tout.",
            "",
        ]
        self.stdout.write("\n".join(lines))
        # Into a file it would be kept back until the end.
        self.stdout.flush()

    def _watch(self) -> None:
        while all(child.poll() is None for child in self.children):
            time.sleep(0.5)
        raise CommandError("Un des programmes s'est arrêté ; tout s'arrête.")

    def _stop(self) -> None:
        # A second Ctrl-C does not leave half of them behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for child in self.children:
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        if self.owns_database and not _others_are_connected():
            connections.close_all()
            embedded_pg.stop(_embedded_dir())


def api_root(address: str) -> str:
    """What addresses in answers and mails begin with, unless `API_BASE_URL` says it: `address` is
    where the demonstration listens."""
    host, _colon, port = address.rpartition(":")
    everywhere = host in {"", "0.0.0.0", "[::]"}  # noqa: S104 compared with, not bound to
    return f"http://{'127.0.0.1' if everywhere else host}:{port}/api/v1"


def _interrupt(*_arguments):
    raise KeyboardInterrupt


def _embedded_dir() -> Path | None:
    database = settings.DATABASES["default"]
    return Path(database["EMBEDDED_DATA_DIR"]) if database["ENGINE"] == settings.EMBEDDED else None


def _others_are_connected() -> bool:
    """Somebody else uses the server that we started, a test run for example: it stays."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            return cursor.fetchone()[0] > 0
    except DatabaseError:
        return False


def _mail_place() -> str:
    if settings.EMAIL_HOST:
        return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    return os.path.relpath(settings.EMAIL_FILE_PATH)
