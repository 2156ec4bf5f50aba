from django.core.management.base import BaseCommand, CommandError

from ecms import alarms


class Command(BaseCommand):
    help = (
        "Dit à ALARM_EMAIL ce qui ne va pas : disque presque plein, sauvegarde en retard, tâches "
        "qui attendent, base muette ; ou, avec --unite, qu'une unité de systemd a échoué."
    )
    # Of the database too, which may be what is wrong.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--unite", metavar="UNITE", help="l'unité qui a échoué")

    def handle(self, *args, unite, **options):
        sentences = [f"{unite} a échoué (journalctl -u {unite})"] if unite else alarms.found()
        if not sentences:
            self.stdout.write("Rien à signaler.")
            return
        try:
            alarms.tell(sentences)
        except OSError as error:
            sentences.append(f"et le courriel n'est pas parti : {error}")
        raise CommandError(" ; ".join(sentences))
