"""Dates as people here write them, in both languages."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.utils import formats, timezone, translation

DAY = date(2026, 12, 2)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_day_comes_before_the_month(language):
    with translation.override(language):
        assert forms.DateField().clean("02/12/2026") == DAY
        assert formats.get_format("FIRST_DAY_OF_WEEK") == 1


def test_english_is_not_that_of_elsewhere():
    with translation.override("en"):
        assert formats.date_format(DAY, "SHORT_DATE_FORMAT") == "02/12/2026"
        assert formats.date_format(DAY) == "2 December 2026"
        moment = timezone.localtime(datetime(2026, 12, 2, 13, 30, tzinfo=UTC))
        assert formats.date_format(moment, "DATETIME_FORMAT") == "2 December 2026 14:30"
        assert forms.DateTimeField().clean("02/12/2026 14:30") == moment
