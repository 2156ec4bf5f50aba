"""The embedded PostgreSQL, started and killed for real, apart from Django's test database."""

import multiprocessing
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import OperationalError

from ecms.db.embedded import base
from ecms.db.embedded.ownership import server_account
from ecms.embedded_pg import (
    APP_DATABASE,
    APP_ROLE,
    PORT,
    EmbeddedPostgresError,
    answers,
    ensure_running,
    is_running,
    socket_dir,
    stop,
)

ROOT = Path(__file__).resolve().parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
def place():
    """A directory that the server's account can reach; pytest's own is closed to all but root."""
    directory = Path(tempfile.mkdtemp(prefix="ecms-test-", dir="/tmp"))
    directory.chmod(0o755)
    yield directory
    for cluster in directory.rglob("PG_VERSION"):
        if cluster.parent.parent.name != "base":
            stop(cluster.parent)
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def cluster():
    """Made once, for the tests that are not about making it."""
    directory = Path(tempfile.mkdtemp(prefix="ecms-test-", dir="/tmp"))
    directory.chmod(0o755)
    ensure_running(directory / "pg")
    yield directory / "pg"
    stop(directory / "pg")
    shutil.rmtree(directory)


@pytest.fixture
def data(cluster):
    """A cluster that exists and is stopped."""
    stop(cluster)
    return cluster


@pytest.fixture
def served(cluster):
    """The same with its server running."""
    ensure_running(cluster)
    return cluster


def query(data, sql):
    sockdir = str(socket_dir(data))
    session = psycopg2.connect(host=sockdir, port=PORT, user=APP_ROLE, dbname=APP_DATABASE)
    with closing(session), session.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def starter(data, **options):
    """A separate process that starts the server, as any of ours does."""
    command = [sys.executable, "-m", "ecms.embedded_pg", "start", data]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True, **options)


def start_at_once(data, processes):
    outcomes = [(each, each.communicate()) for each in [starter(data) for _ in range(processes)]]
    assert [(each.returncode, said[1]) for each, said in outcomes] == [(0, "")] * processes


def postmaster(data):
    return int((data / "postmaster.pid").read_text().splitlines()[0])


def wait_until(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def kill_postmaster(data):
    os.kill(postmaster(data), signal.SIGKILL)
    wait_until(lambda: not answers(socket_dir(data)))


def wrapper(data, **overrides):
    """Django's connection to this cluster, with the settings that Django itself would fill in."""
    defaults = {"HOST": "", "PORT": "", "PASSWORD": "", "OPTIONS": {}, "TIME_ZONE": None}
    lifetime = {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True}
    named = {"NAME": APP_DATABASE, "USER": APP_ROLE, "EMBEDDED_DATA_DIR": str(data)}
    return base.DatabaseWrapper({**defaults, **lifetime, **named, **overrides}, alias="embedded")


def connect(data, **overrides):
    """What Django does when it first needs a connection, without asking pytest-django."""
    connection = wrapper(data, **overrides)
    return connection.get_new_connection(connection.get_connection_params())


def as_nobody(action, *args):
    """By fork: another account may not be able to read the interpreter's own files."""
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(1, mp_context=fork, initializer=_become_nobody) as somebody:
        return somebody.submit(action, *args).result()


def _become_nobody():
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(nobody.pw_gid)
    os.setuid(nobody.pw_uid)


def test_it_starts_from_nothing_in_any_directory(place):
    data = place / "l'état « neuf » $HOME `c`" / "pg"
    assert ensure_running(data) == socket_dir(data)
    assert is_running(data)
    assert query(data, "SELECT current_database()") == (APP_DATABASE,)
    assert [each.name for each in data.parent.iterdir() if each != data] == [".pg.lock"]


def test_the_second_call_is_cheap(served):
    first = postmaster(served)
    began = time.perf_counter()
    ensure_running(served)
    assert time.perf_counter() - began < 0.2
    assert postmaster(served) == first


def test_six_processes_at_once_make_one_server(place):
    start_at_once(place / "pg", 6)
    assert query(place / "pg", "SELECT 1") == (1,)
    servers = [
        pid
        for pid in filter(str.isdigit, os.listdir("/proc"))
        if _working_directory(pid) == str(place / "pg") and _parent(pid) != postmaster(place / "pg")
    ]
    assert servers == [str(postmaster(place / "pg"))]


def _working_directory(pid):
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return None


def _parent(pid):
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def test_several_processes_recover_from_a_killed_server(data):
    ensure_running(data)
    kill_postmaster(data)
    start_at_once(data, 4)
    assert query(data, "SELECT 1") == (1,)


def test_a_starter_killed_while_it_makes_the_cluster_is_recovered_from(place):
    killed = starter(place / "pg", start_new_session=True)
    wait_until((place / "pg.new" / "PG_VERSION").exists)
    killed.kill()
    killed.communicate()
    ensure_running(place / "pg")
    assert query(place / "pg", "SELECT 1") == (1,)


def test_a_pid_file_that_names_a_live_foreign_process_is_ignored(data):
    ensure_running(data)
    left = (data / "postmaster.pid").read_text().splitlines()
    kill_postmaster(data)
    account = server_account(data)
    identity = account.as_process_arguments() if account else {}
    with subprocess.Popen(["sleep", "60"], cwd="/", **identity) as foreign:
        (data / "postmaster.pid").write_text("\n".join([str(foreign.pid), *left[1:], ""]))
        ensure_running(data)
        assert foreign.poll() is None
        foreign.kill()
    assert query(data, "SELECT 1") == (1,)


def test_a_server_that_lost_its_socket_is_started_anew(data):
    """As the server of a deleted checkout at the same path leaves it behind."""
    ensure_running(data)
    before = postmaster(data)
    (socket_dir(data) / ".s.PGSQL.5432").unlink()

    ensure_running(data)

    assert postmaster(data) != before
    assert query(data, "SELECT 1")


def test_a_path_too_long_for_a_socket_has_it_elsewhere(place, data):
    far = place / ("a" * 120) / "pg"
    far.parent.mkdir()
    subprocess.run(["cp", "-a", data, far], check=True)
    sockdir = ensure_running(far)
    assert sockdir != far
    assert query(far, "SELECT 1") == (1,)
    stop(far)
    sockdir.rmdir()


def test_a_socket_directory_made_by_somebody_else_is_refused(place):
    data = place / ("a" * 120)
    sockdir = socket_dir(data)
    sockdir.mkdir(mode=0o777)
    sockdir.chmod(0o777)
    try:
        with pytest.raises(EmbeddedPostgresError, match="appartient à un autre compte"):
            ensure_running(data)
    finally:
        sockdir.rmdir()


def test_the_environment_of_the_client_does_not_move_the_server(data, monkeypatch):
    monkeypatch.setenv("PGPORT", "6543")
    monkeypatch.setenv("PGDATA", "/nowhere")
    ensure_running(data)
    assert query(data, "SELECT 1") == (1,)


def test_stop(data):
    assert not stop(data)
    ensure_running(data)
    assert stop(data)
    assert not is_running(data)
    assert not stop(data)


def test_the_role_is_no_superuser_and_may_create_databases(served):
    rights = "SELECT rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    assert query(served, rights) == (False, False, True)


def test_the_server_listens_on_no_network_and_outlives_its_starter(data):
    start_at_once(data, 1)
    assert query(data, "SHOW listen_addresses") == ("",)
    assert os.getsid(postmaster(data)) != os.getsid(0)


def test_django_starts_the_server_by_connecting(data):
    assert connect(data).server_version >= 140000


def test_django_reaches_the_database_from_which_it_creates_the_test_one(served):
    assert connect(served, NAME=None).info.dbname == "postgres"


def test_django_reports_what_the_server_itself_refused(served):
    with pytest.raises(OperationalError, match='database "absente" does not exist'):
        connect(served, NAME="absente")


def test_django_reports_an_unusable_cluster_as_an_unreachable_server(place):
    (place / "pg").mkdir()
    (place / "pg" / "something").touch()
    with pytest.raises(OperationalError, match="contient autre chose"):
        connect(place / "pg")


def test_the_shell_of_the_database_is_the_wheels(served):
    connection = wrapper(served)
    asked = ["-Atc", "SELECT current_user"]
    command, _ = connection.client.settings_to_cmd_args_env(connection.settings_dict, asked)
    assert subprocess.check_output(command, text=True) == f"{APP_ROLE}\n"


@as_root
def test_somebody_else_is_told_whose_cluster_it_is(served):
    with pytest.raises(EmbeddedPostgresError, match="appartient au compte"):
        as_nobody(ensure_running, served)


@as_root
def test_a_closed_parent_is_named_before_anything_is_made(place):
    (place / "closed").mkdir(mode=0o700)
    with pytest.raises(EmbeddedPostgresError, match=f"chmod o\\+x {place}/closed"):
        ensure_running(place / "closed" / "pg")
    assert not (place / "closed" / "pg.new").exists()


@as_root
def test_the_owner_of_the_checkout_may_go_on_after_root(place):
    shutil.chown(place, "nobody")
    data = place / ".local" / "pg"
    ensure_running(data)
    assert as_nobody(stop, data)
    as_nobody(ensure_running, data)
    assert query(data, "SELECT 1") == (1,)
