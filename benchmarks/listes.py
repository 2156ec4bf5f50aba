"""The news, as anonymous visitors read them: E-CMS beside the floor and beside the ordinary way.

Needs `wrk` (Debian's package of that name).
"""

import os
import shutil
import sys

from django.core.management import call_command

from benchmarks.mesure import analyse, own_database
from benchmarks.serveurs import Served, compare, table

LIST = "/api/v1/actualites"
SCALE = os.environ.get("BENCH_SCALE", "1")
DJANGO = "django.core.wsgi:get_wsgi_application()"
ORDINARY = {"DJANGO_SETTINGS_MODULE": "benchmarks.ordinaire.settings"}


def main() -> None:
    if not shutil.which("wrk"):
        sys.exit("wrk is missing: on Debian, `apt install wrk`.")
    with own_database():
        call_command("seed_load", scale=float(SCALE), verbosity=0)
        analyse()
        contenders = [
            Served("floor: psycopg2, one query", "benchmarks.plancher", LIST),
            Served("ordinary ModelViewSet", DJANGO, "/actualites/", ORDINARY),
            Served("E-CMS, nothing kept", "ecms.wsgi", LIST, {"PUBLIC_CACHE": "false"}),
            Served("E-CMS", "ecms.wsgi", LIST),
            Served("E-CMS, If-None-Match", "ecms.wsgi", LIST, headers={"If-None-Match": "*"}),
        ]
        compare(*contenders)
    print(table(f"List of the news, 20 of {int(20_000 * float(SCALE))}", *contenders))
