"""No room left: for the files that people send, for what is received, by a limit of the process."""

import resource
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest

from documents.models import DocumentOfficiel
from ecms.tests.client import multipart
from ecms.tests.files import files_in

NEWS, DOCUMENTS = "/api/v1/actualites", "/api/v1/documents-officiels"
ROOM = 6_000_000


@contextmanager
def small_disk(folder: Path):
    """A file system of a few megabytes at `folder`; needs the right to mount one, which the CI
    has. Without it, `test_a_limit_of_the_process` still runs the same refusal for real."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("No right to mount a file system here.")
    try:
        yield folder
    finally:
        # Lazily: the web processes that this test started end after it.
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def agent(awa, token_of):
    return token_of(awa)


def send(web, agent: str, size: int, title: str = "Budget"):
    content = b"%PDF-1.4\n" + bytes(size) + b"%%EOF"
    body, kind = multipart({"titre": title, "annee": "2026", "fichier": content})
    return web.post(DOCUMENTS, body, token=agent, Content_Type=kind)


def check_refused(answer) -> None:
    assert answer.status == 507, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["code"] == "espace_insuffisant"


def check_text_goes_on(web, agent: str) -> None:
    assert web.get(NEWS).status == 200
    item = {"titre": "Le marché rouvre", "contenu": "<p>Lundi.</p>"}
    assert web.post(NEWS, item, token=agent).status == 201


@pytest.mark.parametrize("size", [1_000_000, 4_000_000], ids=["in memory", "in a temporary file"])
def test_the_disk_of_the_files_is_full(site, agent, size):
    with small_disk(site.private) as disk:
        web, before = site.web(), DocumentOfficiel.objects.count()
        filler = disk / "filler"
        filler.write_bytes(bytes(ROOM - 400_000))
        check_refused(send(web, agent, size))
        assert DocumentOfficiel.objects.count() == before
        assert files_in(disk) == ["filler"], "no part of it stays"
        check_text_goes_on(web, agent)
        assert "Plus de place" in web.said(), "the operator is told"
        filler.unlink()
        assert send(web, agent, size).status == 201
        assert DocumentOfficiel.objects.count() == before + 1


def test_the_disk_of_what_is_received_is_full(site, agent):
    """`/tmp`, or what TMPDIR names: only files of more than 2.5 MB go there first."""
    with small_disk(site.folder / "tmp") as disk:
        web, before = site.web(TMPDIR=str(disk)), DocumentOfficiel.objects.count()
        filler = disk / "filler"
        filler.write_bytes(bytes(ROOM - 400_000))
        check_refused(send(web, agent, 4_000_000))
        assert DocumentOfficiel.objects.count() == before
        assert files_in(site.private) == []
        check_text_goes_on(web, agent)
        assert send(web, agent, 1_000_000).status == 201
        filler.unlink()
        assert send(web, agent, 4_000_000).status == 201
        assert files_in(disk) == []


def test_a_limit_of_the_process(site, agent):
    """RLIMIT_FSIZE (`LimitFSIZE=` of systemd): EFBIG instead of ENOSPC, with the same answer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, hard))
    try:
        web = site.web()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    before = DocumentOfficiel.objects.count()
    for size in (1_000_000, 4_000_000):
        check_refused(send(web, agent, size))
    assert DocumentOfficiel.objects.count() == before
    assert files_in(site.private) == []
    check_text_goes_on(web, agent)
    assert send(web, agent, 100_000).status == 201
