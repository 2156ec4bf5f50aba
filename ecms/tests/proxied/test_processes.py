"""Two web processes and two task workers: one may go, nothing is done twice."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.conf import settings as project

from ecms import mail
from ecms.models import Courriel
from ecms.tests.proxied.site import (
    SHIPPED,
    nginx,
    problem,
    program,
    write_certificate,
)
from ecms.tests.served import free_port
from users.tests.factories import UtilisateurFactory

pytestmark = [pytest.mark.proxied, pytest.mark.django_db(transaction=True)]
LISTE = "/api/v1/actualites"
LOGGED = "ecms.request"
WRONG = json.dumps({"username": "personne", "password": "Sapelli-faux-1"}).encode()
JSON = {"Content_Type": "application/json"}


def test_requests_are_spread(site, news):
    before = [web.served(LOGGED) for web in site.webs]
    for n in range(10):
        assert site.ask("GET", f"{LISTE}?page_size={n + 1}").status == 200
    after = [web.served(LOGGED) for web in site.webs]
    assert [b - a for a, b in zip(before, after, strict=True)] == [5, 5]


def reading(site, until: threading.Event) -> list[int]:
    statuses = []
    while not until.is_set():
        statuses.append(site.ask("GET", LISTE).status)
    return statuses


def test_a_web_process_that_is_killed_fails_no_reading(site, news):
    over = threading.Event()
    killed, other = site.webs
    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(reading, site, over) for _ in range(4)]
        time.sleep(0.5)
        killed.kill()
        time.sleep(1)
        killed.start()
        killed.wait()
        before = killed.served(LOGGED)
        # Longer than it counts as gone.
        time.sleep(3)
        over.set()
        statuses = [status for reader in readers for status in reader.result()]
    assert len(statuses) > 50
    assert set(statuses) == {200}
    assert killed.served(LOGGED) > before, "it is given requests again"


def test_one_that_is_restarted_fails_no_writing(site, news):
    """SIGTERM, as an upgrade sends it to one after the other."""
    over, statuses = threading.Event(), []

    def writing():
        while not over.is_set():
            body = json.dumps({"username": "", "password": ""}).encode()
            statuses.append(site.ask("POST", "/api/v1/auth/login", body, **JSON).status)
            time.sleep(0.15)

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(writing)
        for web in site.webs:
            web.stop()
            time.sleep(0.3)
            web.start()
            web.wait()
            time.sleep(2.2)
        over.set()
        writer.result()
    assert len(statuses) > 20
    assert set(statuses) == {400}


class Dying:
    """A web process that takes a request and dies of it."""

    def __init__(self):
        self.requests = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.bind = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _peer = self._listener.accept()
            except OSError:
                return
            with closing(connection):
                self.requests.append(connection.recv(65_536).split(b" ")[0].decode())

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._listener.close()


def test_a_post_is_not_repeated(site, tmp_path):
    alive = site.webs[1]
    with Dying() as dying, nginx(tmp_path / "a", [dying.bind, alive.bind]) as proxy:
        before = alive.served("POST api/v1/auth/login")
        answer = proxy.ask("POST", "/api/v1/auth/login", b"{}", **JSON)
        problem(answer, 503, "indisponible")
        assert answer.headers["Retry-After"] == "5"
        assert dying.requests == ["POST"]
        assert alive.served("POST api/v1/auth/login") == before


def test_a_get_is_and_so_is_a_post_that_nobody_took(site, news, tmp_path):
    alive = site.webs[1]
    with Dying() as dying, nginx(tmp_path / "a", [dying.bind, alive.bind]) as proxy:
        assert proxy.ask("GET", LISTE).status == 200
        assert dying.requests == ["GET"]
    gone = f"127.0.0.1:{free_port()}"
    with nginx(tmp_path / "b", [gone, alive.bind]) as proxy:
        assert proxy.ask("POST", "/api/v1/auth/login", b"{}", **JSON).status == 400


def test_none_is_left(site, tmp_path):
    gone = [f"127.0.0.1:{free_port()}" for _ in range(2)]
    with nginx(tmp_path, gone) as proxy:
        problem(proxy.ask("GET", LISTE), 503, "indisponible")
        page = proxy.ask("GET", "/admin/")
        assert page.status == 503
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"


def test_each_mail_is_sent_once(site):
    accounts = [
        UtilisateurFactory(email=f"citoyen{n}@exemple.cm", non_verifie=True) for n in range(12)
    ]
    for account in accounts:
        mail.queue_mail("users/verification", to=account.email, utilisateur=account.pk)
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline and Courriel.objects.filter(statut="en_attente").exists():
        time.sleep(0.2)
    # A second sending would follow the first at once.
    time.sleep(2)
    assert sorted(message["To"] for message in site.mailbox.messages) == sorted(
        account.email for account in accounts
    )


def test_a_unix_socket(site, tmp_path):
    """`BIND=unix:…`, and the health check of the image asks there."""
    web = site.webs[0]
    path = tmp_path / "web.sock"
    environment = {**web.environment, "BIND": f"unix:{path}"}
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "ecms.wsgi"],
        cwd=project.BASE_DIR,
        env=environment,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 30
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        alive = [sys.executable, project.BASE_DIR / "deploy" / "alive.py"]
        assert subprocess.run(alive, env={**os.environ, **environment}, check=False).returncode == 0
        with nginx(tmp_path / "nginx", [f"unix:{path}", f"unix:{path}"]) as proxy:
            assert proxy.ask("GET", LISTE).status == 200
            # Without an address of the peer, that of the client is what nginx says.
            assert proxy.ask("POST", "/api/v1/auth/login", WRONG, **JSON).status in {401, 429}
    finally:
        process.terminate()
        process.wait(35)


def test_the_whole_of_nginx_in_a_container(tmp_path):
    """compose.yaml's own configuration is one. Older versions than its know no `resolve`."""
    shutil.copytree(SHIPPED, tmp_path / "conf.d")
    write_certificate(tmp_path)
    (tmp_path / "conf.d" / "ecms-upstream.conf").unlink()
    for path in (tmp_path / "conf.d").iterdir():
        text = path.read_text(encoding="utf-8").replace("web:8000 resolve", "127.0.0.1")
        text = re.sub("/tmp/|/var/log/nginx|/etc/ecms/tls", f"{tmp_path}/", text)
        path.write_text(text.replace("/etc/nginx/conf.d", f"{tmp_path}/conf.d"), encoding="utf-8")
    main = (tmp_path / "conf.d" / "nginx.conf").rename(tmp_path / "nginx.conf")
    done = subprocess.run(
        [program(), "-T", "-c", main, "-e", "stderr"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "upstream ecms" in done.stdout
    assert "location ^~ /_prive/" in done.stdout
