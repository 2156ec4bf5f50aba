"""PostgreSQL restarted, stopped, hung, without a connection left: what people see, and what goes
on afterwards by itself. R12 to R15."""

import time
from contextlib import ExitStack, contextmanager, suppress

import pytest
from psycopg2 import OperationalError

from ecms.mail import queue_mail
from faults.processes import wait_until
from users.tests.factories import PASSWORD

LISTS = ["actualites", "documents-officiels", "evenements", "projets", "mairies"]
# What is asked of a site whose database is down; all of it needs the database.
ENDPOINTS = [
    *(f"/api/v1/{name}" for name in LISTS),
    *(f"/api/v1/{name}?page=2&page_size=5" for name in LISTS),
    *(f"/api/v1/{name}/1" for name in LISTS),
    "/api/v1/faqs",
    "/api/v1/formulaires",
    "/api/v1/signalements",
    "/api/v1/recherche?q=marche",
    "/api/v1/auth/profile",
]
NEWS = "/api/v1/actualites"
# What the machine of the tests may take for an answer that waits for nothing.
AT_ONCE = 1.0
# Two seconds of patience, two of asking whether it is there, and what the machine takes.
FOUND_OUT = 6.0


def check_unavailable(answer, path: str) -> None:
    assert answer.status == 503, f"{path}: {answer.status} {answer.body[:300]}"
    assert int(answer.headers["Retry-After"]) > 0
    if path.startswith("/api/"):
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json["code"] == "indisponible"


def all_answer(web, number: int = 30) -> None:
    """Every worker and thread, each of which has a connection of its own."""
    assert [web.get(NEWS).status for _ in range(number)] == [200] * number


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_is_invisible(site, news, mode):
    """Also under load: what is asked once it is up is answered."""
    web = site.web()
    all_answer(web)
    site.postgres.restart(mode)
    all_answer(web)

    with web.load(NEWS, "/api/v1/mairies", "/api/v1/evenements", rate=60) as asked:
        wait_until(lambda: asked.statuses()[200] > 30)
        site.postgres.restart(mode)
        up = time.monotonic()
        wait_until(lambda: asked.statuses(since=up)[200] > 100)
    assert set(asked.statuses()) <= {200, 503}
    assert set(asked.statuses(since=up)) == {200}


def test_stopped_it_is_told_at_once_and_the_first_request_afterwards_is_answered(
    site, news, chantal, token_of
):
    web, token = site.web(PUBLIC_CACHE="true"), token_of(chantal)
    all_answer(web)
    with site.postgres.stopped():
        for path in ENDPOINTS:
            answer = web.get(path, token=token if path.endswith("profile") else "")
            check_unavailable(answer, path)
            assert answer.seconds < AT_ONCE, path
        cookie = "sessionid=" + "a" * 32
        check_unavailable(web.get("/admin/", Cookie=cookie), "/admin/")
        identity = {"username": chantal.username, "password": PASSWORD}
        check_unavailable(web.post("/api/v1/auth/login", identity), "/api/v1/auth/login")
        assert web.get("/health/ready").status == 503
        assert web.get("/health/live").status == 200
    all_answer(web, 4)
    assert web.get("/health/ready").status == 200


def test_hung_it_freezes_nothing(site, news):
    """The kernel takes connections for it, and it answers none: 503 after two seconds of patience
    and two of asking whether it is there, for those who find out; at once for those after."""
    web = site.web()
    with web.load(NEWS, "/api/v1/mairies", rate=40) as asked, ExitStack() as hung:
        wait_until(lambda: asked.statuses()[200] > 30)
        hung.enter_context(site.postgres.paused())
        held = time.monotonic()
        wait_until(lambda: asked.statuses(since=held)[503] > 20, seconds=12)
        alive = [web.get("/health/live") for _ in range(30)]
        ready = web.get("/health/ready")
        told = web.get(NEWS)
        wait_until(lambda: time.monotonic() > held + 12)
        hung.close()
        wait_until(lambda: asked.statuses(since=time.monotonic() - 1)[200] > 10, seconds=10)
        back = time.monotonic()
        all_answer(web)
    assert {answer.status for answer in alive} == {200}
    # One thread of a worker may be finding out; the other is there.
    assert max(answer.seconds for answer in alive) < FOUND_OUT
    assert ready.status == 503
    check_unavailable(told, NEWS)
    # Whoever was in the middle, and whoever waited for a thread behind them.
    assert asked.slowest() < 2 * FOUND_OUT
    assert set(asked.statuses()) <= {200, 503}
    assert set(asked.statuses(since=back)) == {200}


@contextmanager
def all_but(postgres, number: int):
    """Others take the connections; `number` are left, besides those kept for the superuser."""
    with ExitStack() as stack:
        taken = []
        with suppress(OperationalError):
            while True:
                taken.append(postgres.connect())
                stack.callback(taken[-1].close)
        for connection in taken[:number]:
            connection.close()
        yield


def test_without_a_connection_left_some_are_refused_and_none_hangs(site, news):
    site.postgres.restart(max_connections=15)
    web = site.web(WEB_WORKERS="1", WEB_THREADS="8")
    # One thread has a connection from before; the others each want one now.
    with all_but(site.postgres, 4), web.load(NEWS, threads=8, rate=80) as asked:
        wait_until(lambda: asked.statuses()[503] > 50 and asked.statuses()[200] > 50)
    assert set(asked.statuses()) == {200, 503}
    assert asked.slowest() < 2 * AT_ONCE
    all_answer(web)


def test_task_workers_go_on_after_each(site, mailbox):
    tasks = site.tasks()

    def queued(after: str) -> str:
        queue_mail("users/mot_de_passe_change", to=f"{after}@example.cm")
        return f"{after}@example.cm"

    def arrives(address: str) -> None:
        mailbox.wait_for(address, "", seconds=60)

    arrives(queued("start"))
    site.postgres.restart(max_connections=30)
    arrives(queued("restart"))
    with all_but(site.postgres, 0):
        waiting = queued("exhausted")
    arrives(waiting)
    with site.postgres.stopped("immediate"):
        wait_until(lambda: "refused" in tasks.said())
    arrives(queued("crash"))
    with site.postgres.paused():
        wait_until(lambda: "ne répond plus" in tasks.said())
    arrives(queued("hung"))
    assert tasks.alive, tasks.said()
