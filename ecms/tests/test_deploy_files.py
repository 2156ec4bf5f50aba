"""What deploy/ holds: rules that no tool of this suite checks. `script/test-deploy` runs it."""

import json
import os
import re
import subprocess
import sys

import pytest
import yaml
from django.conf import settings

from ecms.api.errors import DEFAULTS
from ecms.tests.test_env_example import names_read

DEPLOY = settings.BASE_DIR / "deploy"
OURS = {"migrate", "web", "tasks", "mailings", "backup"}
TRANSPORT = re.compile(r"return (?P<status>\d{3}) '(?P<body>\{.*\})';")


@pytest.fixture(scope="module")
def dockerfile():
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    return re.sub(r"^#.*\n", "", text, flags=re.M).replace("\\\n", " ")


@pytest.fixture(scope="module")
def compose():
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    # As compose reads it where none of its variables is set.
    return yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text))


@pytest.fixture(scope="module")
def nginx():
    return (DEPLOY / "nginx" / "ecms.conf").read_text(encoding="utf-8")


def last_stage(dockerfile) -> str:
    return dockerfile.rsplit("\nFROM ", 1)[1]


def test_the_image_has_its_stages_on_named_bases(dockerfile):
    assert re.findall(r"^ARG (\w+)=(\S+)$", dockerfile, re.M) == [
        ("BASE", "python:3.11-slim-bookworm"),
        ("POSTGRES", "postgres:17-bookworm"),
    ]
    assert re.findall(r"^FROM (\S+)(?: AS (\S+))?$", dockerfile, re.M) == [
        ("${POSTGRES}", "client"),
        ("${BASE}", "build"),
        ("${BASE}", ""),
    ]


def test_the_image_has_the_programs_of_the_server(dockerfile, compose):
    """`manage.py backup` refuses older ones. The libc is the base's, hence one Debian for both."""
    args = dict(re.findall(r"^ARG (\w+)=(\S+)$", dockerfile, re.M))
    assert compose["services"]["db"]["image"] == args["POSTGRES"]
    assert {name.rsplit("-", 1)[1] for name in args.values()} == {"bookworm"}
    stage = last_stage(dockerfile)
    assert "COPY --from=client /client /opt/postgresql" in stage
    assert re.search(r"^ENV PATH=\S+:\$PATH:/opt/postgresql/bin ", stage, re.M)
    assert all(f"{name} --version" in stage for name in ("pg_dump", "pg_restore", "psql"))


def test_backups_are_made_where_all_can_see_them(compose):
    """By a service that `up` leaves alone, on a volume that who serves may only read."""
    services = compose["services"]
    assert services["backup"]["profiles"] == ["sauvegarde"]
    assert services["backup"]["restart"] == "no"
    modes = {name: volumes_of(services[name]) for name in OURS}
    assert modes["backup"] == {"media": "ro", "private": "ro", "backup": ""}
    assert modes["web"]["backup"] == modes["mailings"]["backup"] == "ro"
    # The list of erasures; a restoration is `run migrate python manage.py restore`.
    assert modes["tasks"] == modes["migrate"] == {"media": "", "private": "", "backup": ""}
    for name in OURS:
        assert services[name]["environment"]["BACKUP_DIR"] == "/srv/ecms/backup"


def volumes_of(service) -> dict[str, str]:
    parts = (volume.partition(":") for volume in service["volumes"])
    return {source: where.partition(":")[2] for source, _colon, where in parts}


def test_the_image_installs_what_was_tested(dockerfile):
    assert "--require-hashes --only-binary :all: -r requirements-prod.txt" in re.sub(
        r" +", " ", dockerfile
    )
    assert not re.search(r"^ADD |curl|wget|apt-get|sudo|chmod 777", dockerfile, re.M)


def test_the_image_serves_as_nobody_and_builds_nothing(dockerfile):
    stage = last_stage(dockerfile)
    assert re.findall(r"^USER (\S+)$", stage, re.M) == ["10001:10001"]
    assert "pip uninstall" in stage
    assert "pip install" not in stage
    assert "HEALTHCHECK" in stage
    assert re.search(r'^CMD \["gunicorn", "ecms.wsgi"\]$', stage, re.M)


def test_the_image_holds_no_secret(dockerfile):
    told = re.findall(r"^(?:ENV|ARG) (.*)$", dockerfile, re.M)
    assert not re.search(r"SECRET|PASSWORD|_KEY", " ".join(told))
    ignored = (settings.BASE_DIR / ".dockerignore").read_text(encoding="utf-8").split()
    assert "*" in ignored
    named = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert all((settings.BASE_DIR / name).exists() for name in named)
    assert not {".git", ".env", "deploy", ".local"} & named
    apps = {path.parent.name for path in settings.BASE_DIR.glob("*/apps.py")}
    assert apps <= named


def test_the_services(compose):
    assert set(compose["services"]) == {"db", *OURS, "nginx", "mail"}
    assert compose["networks"]["inner"] == {"internal": True}


@pytest.mark.parametrize("name", ["db", *sorted(OURS), "nginx", "mail"])
def test_a_service_is_bounded(compose, name):
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert service.get("healthcheck") or name == "web", "the image's own is that of web"
    image = service["image"]
    assert ":" in image
    assert not image.endswith(":latest")


def test_nothing_but_nginx_is_published(compose):
    published = {name for name, service in compose["services"].items() if service.get("ports")}
    assert published == {"nginx", "mail"}
    assert compose["services"]["mail"]["ports"] == ["127.0.0.1:8025:8025"]
    assert compose["services"]["mail"]["profiles"] == ["essai"]
    assert compose["services"]["db"]["networks"] == ["inner"]


def test_no_secret_is_written_down(compose):
    for service in compose["services"].values():
        told = service.get("environment", {})
        assert not [name for name in told if re.search("SECRET|PASSWORD|KEY", name)]
    for name in OURS:
        assert compose["services"][name]["env_file"] == ["ecms.env"]
        assert compose["services"][name]["environment"].keys() <= names_read() | {"Q_CLUSTER_NAME"}


def test_what_is_mounted_is_there(compose):
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./") and source != "./tls":
                assert (DEPLOY / source).is_file()
            elif not source.startswith("./"):
                assert source in compose["volumes"]


def test_the_example_of_a_production():
    text = (DEPLOY / "ecms.env.example").read_text(encoding="utf-8")
    given = dict(re.findall(r"^([A-Z_0-9]+)=(.*)$", text, re.M))
    assert given.keys() <= names_read()
    assert not any(given[name] for name in given if re.search("SECRET|PASSWORD|KEY", name))


def test_nginx_speaks_as_the_api_does(nginx):
    """One shape and one sentence, whoever of the two refuses."""
    told = [(int(m["status"]), m["body"]) for m in TRANSPORT.finditer(nginx)]
    assert {status for status, _body in told} == {400, 404, 413, 429, 503}
    for status, body in told:
        problem = json.loads(body.replace("\\'", "'"))
        code, detail = DEFAULTS[status]
        assert (problem["status"], problem["code"]) == (status, code)
        assert problem["detail"] == str(detail)
        assert problem.keys() == {
            "type", "title", "status", "detail", "code", "fields", "request_id",
        }  # fmt: skip


def test_nginx_takes_what_the_application_takes(nginx):
    assert {int(n) for n in re.findall(r"client_max_body_size (\d{5,});", nginx)} == {
        settings.MAX_UPLOAD_BYTES
    }


def test_the_units():
    units = {path.name: path.read_text(encoding="utf-8") for path in DEPLOY.glob("systemd/*")}
    assert {"ecms-web@.service", "ecms-web@.socket", "ecms-tasks@.service"} <= units.keys()
    for name, text in units.items():
        if name.endswith(".service"):
            assert "User=ecms" in text
            assert "NoNewPrivileges=true" in text
            assert "ProtectSystem=strict" in text
            assert "Environment=DEMO=False" in text
    # Their sockets are those that nginx asks.
    upstream = (DEPLOY / "nginx" / "ecms-upstream.conf").read_text(encoding="utf-8")
    pattern = re.search(r"ListenStream=(\S+)", units["ecms-web@.socket"])[1]
    assert f"unix:{pattern.replace('%i', '1')} " in upstream


def test_a_backup_that_fails_is_told():
    units = DEPLOY / "systemd"
    assert "OnFailure=ecms-alarm@%n.service" in (units / "ecms-backup.service").read_text()
    alarm = (units / "ecms-alarm@.service").read_text(encoding="utf-8")
    assert "manage.py alarme --unite %i\n" in alarm
    # What is timed is there to be started.
    for timer in units.glob("*.timer"):
        assert timer.with_suffix(".service").is_file()
        assert "WantedBy=timers.target" in timer.read_text(encoding="utf-8")


def test_the_health_check_of_the_image_says_no():
    done = subprocess.run(
        [sys.executable, DEPLOY / "alive.py"],
        env={**os.environ, "BIND": "unix:/nonexistent/web.sock"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("no answer")
