"""PostgreSQL's ranges, built from two columns: what lets an exclusion constraint compare both
a number (as a range of one) and a period without any extension."""

from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField
from django.db.models import Func


class Int8Range(Func):
    function = "int8range"
    output_field = BigIntegerRangeField()


class TsTzRange(Func):
    function = "tstzrange"
    output_field = DateTimeRangeField()
