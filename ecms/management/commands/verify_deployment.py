import sys

from django.core.management.base import BaseCommand

from ecms.verification import verify
from ecms.verification.render import as_json, as_markdown

FORMATS = {"md": as_markdown, "json": as_json}


class Command(BaseCommand):
    help = "Write the database verification report; exit code 1 if something does not hold."
    # They are run, and reported, as a part of the report.
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--format", choices=FORMATS, default="md")
        parser.add_argument(
            "--fail-on-warning",
            action="store_true",
            help="exit code 1 on warnings and on what is left to confirm, too",
        )

    def handle(self, *args, format, fail_on_warning, **options):
        report = verify()
        self.stdout.write(FORMATS[format](report))
        if not report.holds(without_warning=fail_on_warning):
            sys.exit(1)
