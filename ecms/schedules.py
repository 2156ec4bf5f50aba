"""What the task workers do by the clock. The table here is applied after each `migrate`."""

from datetime import timedelta

from django.apps import apps
from django.utils import timezone

# Function -> every how many minutes.
SCHEDULES = {
    "ecms.tasks.send_due_mails": 1,
    "ecms.tasks.fold_hits": 1,
    "ecms.tasks.purge": 60,
    "users.tasks.purge": 5,
}


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
                "next_run": timezone.now() + timedelta(minutes=1),
            },
        )
    schedule.objects.filter(func__regex=r"^(ecms|users)\.").exclude(func__in=SCHEDULES).delete()
