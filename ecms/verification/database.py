"""Reading PostgreSQL for the report, which comes out even when PostgreSQL does not answer."""

from collections.abc import Callable, Iterable
from functools import cached_property

from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection, transaction
from django.utils.translation import gettext as _

from ecms.verification.report import Line, Verdict


class Database:
    """Asked once whether it can be reached, so that nobody waits for each line in turn."""

    @cached_property
    def refusal(self) -> str:
        """Why there is no connection; empty when there is one."""
        try:
            connection.ensure_connection()
        except (Error, ImproperlyConfigured) as error:
            return _sentence(_("PostgreSQL ne peut être joint : %(reason)s"), error)
        return ""

    def lines(self, code: str, label: str, probe: Callable[[], Iterable[Line]]) -> list[Line]:
        """What `probe` measures, or one failing line `code` when the database refuses it."""
        if self.refusal:
            text = _("n'a pu être mesuré : PostgreSQL ne répond pas")
            return [Line(code, label, Verdict.FAILURE, text)]
        try:
            with transaction.atomic():
                return list(probe())
        except Error as error:
            sentence = _sentence(_("PostgreSQL refuse cette mesure : %(reason)s"), error)
            return [Line(code, label, Verdict.FAILURE, sentence)]


def rows(sql: str, params: Iterable = ()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params))
        return cursor.fetchall()


def row(sql: str, params: Iterable = ()) -> tuple:
    """The first row, for a question that always has an answer."""
    return rows(sql, params)[0]


def _sentence(text: str, error: Exception) -> str:
    return text % {"reason": " ".join(str(error).split())}
