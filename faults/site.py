"""The harness of the fault tests: processes of E-CMS on a PostgreSQL that may be broken.

Fixtures (faults/conftest.py):

`postgres` (session)  a `Postgres`: `stop(mode)`, `start(**settings)`, `restart(mode)`, `pause()`,
                      `resume()`, `with paused()`, `with stopped()`, `value(sql)`, `run(sql)`,
                      `connect()`. Migrated. The test's own ORM and the factories work on it,
                      committed and kept: each test makes its own rows. It runs when a test begins.
`site`                a `Site`, new for each test, which ends what the test started:
                      `site.web(**environment)` a started and ready `Web`;
                      `site.tasks(**environment)` a started `Tasks`
                      (`Q_CLUSTER_NAME="envois"` for the other cluster);
                      `site.process(...)` for both without waiting; `site.folder`, `site.media`,
                      `site.private`; `site.environment` is changed before a start.
`mailbox`             `ecms.tests.served.Mailbox`, wired to `site` (EMAIL_HOST, EMAIL_PORT).
`yaounde`, `news`     a mairie and published news of it; `awa` an agent of it, `chantal` a citizen;
`token_of(user)`      an access token for `token=` below.

`Web` (faults/processes.py): `get(path, token=…)`, `post(path, body)`, `ask(method, path, body,
seconds=…, Header_Name=…)` give an `Answer(status, seconds, headers, body, json)`;
`status_of(path)` is 0 where nobody answers; `with web.load(*paths, threads=4, rate=0) as asked:`
asks all the while, and `asked.statuses(since=, until=)`, `asked.slowest()` tell the answers;
`workers()` are the workers' pids, `pid` the master's; `terminate()`, `wait()`, `kill()`, `stop()`,
`alive`, `said()` (its log). `wait_until(condition, seconds=…)` waits for anything.
"""

import os
from contextlib import ExitStack
from pathlib import Path

from django.conf import settings

from faults.postgres import Postgres
from faults.processes import Process, Tasks, Web


class Site:
    def __init__(self, folder: Path, postgres: Postgres):
        self.folder, self.postgres = folder, postgres
        self.media, self.private = folder / "media", folder / "private"
        self.environment = {**_inherited(), **postgres.environment(), **self._variables()}
        self.processes: list[Process] = []
        self._stack = ExitStack()

    def _variables(self) -> dict[str, str]:
        return {
            "DEMO": "true",
            "SECRET_KEY": settings.SECRET_KEY,
            "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
            "MEDIA_ROOT": str(self.media),
            "PRIVATE_ROOT": str(self.private),
            "SECOND_FACTOR_REQUIRED": "national",
            "TASK_WORKERS": "1",
            # What is asked here is asked of PostgreSQL.
            "PUBLIC_CACHE": "false",
        }

    def web(self, application: str = "ecms.wsgi", **environment: str) -> Web:
        """A web server, once it is ready."""
        web = Web({**self.environment, **environment}, self._log("web"), application)
        self.process(web).wait_until_ready()
        return web

    def tasks(self, **environment: str) -> Tasks:
        """A task cluster, started; its workers follow in a second or two."""
        return self.process(Tasks({**self.environment, **environment}, self._log("tasks")))

    def process(self, process):
        """Start `process`, and end it with the test."""
        self.processes.append(process)
        self._stack.callback(process.stop)
        return process.start()

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}-{len(self.processes)}.log"

    def close(self) -> None:
        """All are told to end before one is waited for."""
        self.postgres.ensure_running()
        for process in self.processes:
            if process.alive:
                process.terminate()
        self._stack.close()


def _inherited() -> dict[str, str]:
    kept_out = ("PYTEST", "EMAIL_", "RATE_", "DB_", "PG")
    return {name: value for name, value in os.environ.items() if not name.startswith(kept_out)}
