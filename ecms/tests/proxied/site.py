"""E-CMS as it is deployed: nginx, with the configuration that deploy/ ships, before the processes.

Of that configuration only the ports and paths are changed. Everything stays on loopback.
"""

import getpass
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings

from ecms.tests.served import (
    START_SECONDS,
    Mailbox,
    environment_of,
    free_port,
    start,
    wait_until_ready,
)

NAME = "yourdomain.com"
SHIPPED = settings.BASE_DIR / "deploy" / "nginx"
MAIN = """
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/conf.d/*.conf;
}}
"""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass(frozen=True)
class Proxy:
    """A running nginx: where it listens, and what it was given."""

    folder: Path
    port: int
    plain_port: int

    def open(self, *, name: str = NAME, seconds: float = 30) -> ssl.SSLSocket:
        """A connection to the port of TLS, whose certificate is checked."""
        context = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=seconds)
        return context.wrap_socket(raw, server_hostname=name)

    def ask(self, method: str, path: str, body=None, **headers: str) -> Answer:
        """One request; `_` of a header's name stands for `-`."""
        client = http.client.HTTPConnection(NAME, timeout=30)
        client.sock = self.open()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            client.request(method, path, body, named)
            response = client.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            client.close()


class Web:
    """One web process: gunicorn with one worker, and what it has logged."""

    def __init__(self, environment: dict[str, str], log: Path):
        self.port = free_port()
        self.bind = f"127.0.0.1:{self.port}"
        self.environment, self.log = {**environment, "BIND": self.bind, "WEB_WORKERS": "1"}, log
        self.process = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = start(["-m", "gunicorn", "ecms.wsgi"], self.environment, log)

    def wait(self) -> None:
        wait_until_ready(f"http://{self.bind}", self.process)

    def kill(self) -> None:
        """As `kill -9` of all of it."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(START_SECONDS)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(START_SECONDS)

    def served(self, words: str) -> int:
        """How many lines of the log have these words."""
        return self.log.read_text(encoding="utf-8").count(words)


def program() -> str:
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert found, "nginx is not installed: apt-get install nginx-light"
    return found


@contextmanager
def nginx(folder: Path, upstreams: list[str]):
    """Nginx before `upstreams` (addresses with ports); files are those of `folder`/srv."""
    proxy = Proxy(folder, free_port(), free_port())
    _write_configuration(proxy, upstreams)
    write_certificate(folder)
    command = [program(), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    subprocess.run([*command, "-t", "-q"], check=True)
    process = subprocess.Popen([*command, "-g", "daemon off;"], start_new_session=True)
    try:
        _wait_until_open(proxy.port, process)
        yield proxy
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _write_configuration(proxy: Proxy, upstreams: list[str]) -> None:
    folder = proxy.folder
    (folder / "conf.d").mkdir(parents=True)
    # Nginx gives up root for its workers, which could not read the folder of a test of root's.
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user), encoding="utf-8")
    text = (SHIPPED / "ecms-upstream.conf").read_text(encoding="utf-8")
    text = re.sub(r"unix:/run/ecms/web-(\d)\.sock", lambda name: upstreams[int(name[1]) - 1], text)
    (folder / "conf.d" / "ecms-upstream.conf").write_text(text, encoding="utf-8")
    text = (SHIPPED / "ecms.conf").read_text(encoding="utf-8")
    text = re.sub(r"^.*listen \[::\].*\n", "", text, flags=re.M)
    for old, new in {
        "listen 443 ": f"listen 127.0.0.1:{proxy.port} ",
        "listen 80": f"listen 127.0.0.1:{proxy.plain_port}",
        "/etc/ecms/tls": str(folder),
        "/var/log/nginx": str(folder),
        "/srv/ecms": str(folder / "srv"),
    }.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "conf.d" / "ecms.conf").write_text(text, encoding="utf-8")


def write_certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _wait_until_open(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nginx did not start")


@dataclass(frozen=True)
class Site:
    proxy: Proxy
    webs: list[Web]
    mailbox: Mailbox
    environment: dict[str, str]

    def ask(self, *args, **kwargs) -> Answer:
        return self.proxy.ask(*args, **kwargs)


@contextmanager
def deployed(folder: Path, **variables: str):
    """Nginx, two web processes on two ports, two task workers, the PostgreSQL of the tests."""
    files = folder / "srv"
    with ExitStack() as stack:
        mailbox = stack.enter_context(Mailbox())
        environment = {
            **environment_of(mailbox, files),
            "API_BASE_URL": f"https://{NAME}/api/v1",
            "FRONTEND_URL": f"https://{NAME}",
            "ALLOWED_HOSTS": f"{NAME},127.0.0.1",
            "NUM_PROXIES": "1",
            "HTTPS": "True",
            "X_ACCEL_PREFIX": "/_prive/",
            "LOG_LEVEL": "INFO",
            **variables,
        }
        webs = [Web(environment, folder / f"web-{n}.log") for n in (1, 2)]
        for web in webs:
            web.start()
            stack.callback(web.stop)
        workers = _task_workers(environment, folder)
        for worker in workers:
            stack.callback(worker.wait, START_SECONDS)
        for worker in workers:
            stack.callback(worker.terminate)
        for web in webs:
            web.wait()
        proxy = stack.enter_context(nginx(folder, [web.bind for web in webs]))
        yield Site(proxy, webs, mailbox, environment)


def _task_workers(environment: dict[str, str], folder: Path) -> list[subprocess.Popen]:
    manage = str(settings.BASE_DIR / "manage.py")
    workers = []
    for n in (1, 2):
        with (folder / f"tasks-{n}.log").open("ab") as log:
            workers.append(start([manage, "qcluster"], environment, log))
    return workers


@contextmanager
def project_files(site):
    before = settings.PRIVATE_ROOT
    settings.PRIVATE_ROOT = site.proxy.folder / "srv" / "private"
    try:
        yield
    finally:
        settings.PRIVATE_ROOT = before


def problem(answer, status: int, code: str) -> None:
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    said = json.loads(answer.body)
    assert (said["status"], said["code"]) == (status, code)
    assert said["request_id"] == answer.headers["X-Request-ID"]


def everything(connection) -> bytes:
    received = b""
    while block := connection.recv(65_536):
        received += block
    return received
