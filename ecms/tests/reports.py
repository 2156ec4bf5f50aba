"""The verification report, run and read by the tests."""

import json
import os
import subprocess
import sys
from io import StringIO

from django.conf import settings as project_settings
from django.core.management import call_command
from django.db import connection

from ecms.verification.report import Verdict

SMTP = "django.core.mail.backends.smtp.EmailBackend"
KEY = "cle-tiree-au-hasard-Zq8vN3xW7rT1yB5mK9pL2sD6fG4hJ0"
PRODUCTION = {
    "DB_ENGINE": "ecms.db.embedded",
    "DB_PASSWORD": "root",
    "SECRET_KEY": KEY,
    "DEBUG": "False",
    "ALLOWED_HOSTS": "*",
    "API_BASE_URL": "https://api.mairie.cm/api/v1",
    "FRONTEND_URL": "https://mairie.cm",
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_PORT": "1",
    "EMAIL_HOST_USER": "postier",
    "EMAIL_HOST_PASSWORD": "mot-de-passe-du-postier",
}


def line(report, code):
    return next(each for each in report.lines if each.code == code)


def failing(report):
    return {each.code for each in report.lines if each.verdict == Verdict.FAILURE}


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def run(*options):
    """The command's exit code and what it wrote."""
    out = StringIO()
    try:
        call_command("verify_deployment", *options, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def run_elsewhere(variables, *options):
    """The command in a process that has only these variables and no test about it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "verify_deployment", *options],
        cwd=project_settings.BASE_DIR,
        env={**kept, "PYTHONIOENCODING": "utf-8", **variables},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def verdicts(written):
    content = json.loads(written)
    return {each["code"]: each["verdict"] for part in content["sections"] for each in part["lines"]}
