"""What the workers do by the clock."""

from django.utils.module_loading import import_string
from django_q.models import Schedule

from ecms.schedules import SCHEDULES, apply_schedules


def test_it_works(db):
    assert dict(Schedule.objects.values_list("func", "minutes")) == SCHEDULES
    assert set(Schedule.objects.values_list("schedule_type", flat=True)) == {Schedule.MINUTES}


def test_every_function_exists():
    assert all(callable(import_string(name)) for name in SCHEDULES)


def test_every_function_runs_on_an_empty_house(db):
    for name in SCHEDULES:
        import_string(name)()


def test_an_interval_that_was_changed_by_hand_is_kept(db):
    Schedule.objects.filter(func="ecms.tasks.purge").update(minutes=7)
    apply_schedules()
    assert Schedule.objects.get(func="ecms.tasks.purge").minutes == 7
    assert Schedule.objects.count() == len(SCHEDULES)


def test_what_is_scheduled_no_more_goes_and_what_is_others_stays(db):
    for func in ("ecms.tasks.gone", "users.tasks.gone", "other.tasks.kept"):
        Schedule.objects.create(name=func, func=func)
    apply_schedules()
    left = set(Schedule.objects.values_list("func", flat=True))
    assert left == {*SCHEDULES, "other.tasks.kept"}
