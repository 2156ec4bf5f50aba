"""What the task workers do by the clock. The table here is applied after each `migrate`."""

from datetime import timedelta

from django.apps import apps
from django.utils import timezone

# Function -> every how many minutes.
SCHEDULES = {
    "ecms.tasks.send_due_mails": 1,
    "ecms.tasks.fold_hits": 1,
    "ecms.tasks.forget_changes": 1,
    "ecms.tasks.purge": 60,
    "ecms.tasks.apply_retention": 24 * 60,
    "ecms.tasks.export_erasures": 5,
    "demarches.tasks.rappeler": 15,
    "demarches.tasks.refaire_recepisses": 15,
    "evenements.tasks.envoyer_newsletters": 1,
    "users.tasks.purge": 5,
}
# Those that another cluster than the default does (`Q_CLUSTER`).
CLUSTERS = {"evenements.tasks.envoyer_newsletters": "envois"}


def apply_schedules(**kwargs):
    """`post_migrate`: one row per function; an interval that was changed by hand is kept."""
    schedule = apps.get_model("django_q", "Schedule")
    for function, minutes in SCHEDULES.items():
        schedule.objects.get_or_create(
            func=function,
            defaults={
                "name": function,
                "schedule_type": schedule.MINUTES,
                "minutes": minutes,
                "cluster": CLUSTERS.get(function),
                "next_run": timezone.now() + timedelta(minutes=1),
            },
        )
    schedule.objects.filter(func__regex=r"^(ecms|users|demarches|evenements)\.").exclude(
        func__in=SCHEDULES
    ).delete()
