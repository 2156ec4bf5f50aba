"""`script/audit` tells what was found from what was not looked at; its tools end alike for both."""

import json
import subprocess
import sys

import pytest
from django.conf import settings

SCRIPT = settings.BASE_DIR / "script" / "_audit.py"
WEAK = {
    "name": "django",
    "version": "1.0",
    "vulns": [{"id": "CVE-2099-1", "fix_versions": ["1.1"]}],
}
GOOD = {"name": "pillow", "version": "12.0", "vulns": []}
SKIPPED = {"name": "uv", "skip_reason": "Dependency not found on PyPI"}


@pytest.fixture
def read(tmp_path):
    def run(text: str, *words: str) -> str:
        path = tmp_path / "report.json"
        path.write_text(text)
        command = [sys.executable, str(SCRIPT), *words, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
        return done.stdout.strip()

    return run


@pytest.mark.parametrize(
    ("packages", "said"),
    [
        ([WEAK, GOOD], "django 1.0: CVE-2099-1 (repaired in 1.1)"),
        ([GOOD], "clean (1 packages)"),
        ([GOOD, SKIPPED], "clean (1 packages, not audited: uv)"),
        ([SKIPPED], "unreachable"),
        ([WEAK, SKIPPED], "django 1.0: CVE-2099-1 (repaired in 1.1)"),
    ],
)
def test_of_packages(read, packages, said):
    assert read(json.dumps({"dependencies": packages})) == said


@pytest.mark.parametrize("text", ["", "Traceback", '{"message": "request to registry failed"}'])
@pytest.mark.parametrize("words", [[], ["--npm"]])
def test_no_answer(read, text, words):
    assert read(text, *words) == "unreachable"


@pytest.mark.parametrize(
    ("severity", "said"), [("critical", "vite: critical"), ("low", "clean (7 packages)")]
)
def test_of_npm(read, severity, said):
    report = {
        "vulnerabilities": {"vite": {"severity": severity}},
        "metadata": {"dependencies": {"total": 7}},
    }
    assert read(json.dumps(report), "--npm") == said


def test_ci_asks_and_every_pin_has_a_hash():
    assert "script/audit" in (settings.BASE_DIR / ".ci" / "run").read_text()
    for name in ("requirements.txt", "requirements-prod.txt"):
        text = (settings.BASE_DIR / name).read_text()
        pins = text.replace("\\\n", " ").splitlines()
        naked = [line for line in pins if "==" in line and "--hash=sha256:" not in line]
        assert naked == []
