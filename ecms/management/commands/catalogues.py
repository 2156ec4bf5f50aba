from django.core.management.base import BaseCommand, CommandError

try:
    from ecms import catalogues
except ModuleNotFoundError as error:  # a server that only serves has no Babel, and needs none
    if (error.name or "").partition(".")[0] != "babel":
        raise
    catalogues = None


class Command(BaseCommand):
    help = "Collect the messages of the code into ecms/locale and compile the translations."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument(
            "--check",
            action="store_true",
            help="write nothing; fail if a translation is missing or not compiled",
        )

    def handle(self, *args, check, **options):
        if catalogues is None:
            raise CommandError(
                "Babel is missing. It comes with the development packages: "
                "pip install -r requirements.txt"
            )
        if not check:
            self.write()
        self.report(check)

    def write(self):
        for language in catalogues.LANGUAGES:
            path = catalogues.po_path(language)
            catalogues.update(path, catalogues.wanted(language))
            catalogues.compile_po(path)

    def report(self, check):
        """Say what is left to translate; only `--check` makes a failure of it."""
        found = catalogues.problems()
        if found and check:
            raise CommandError("\n".join(found))
        self.stdout.write("\n".join(found) or "Every message is translated and compiled.")
