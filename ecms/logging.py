"""Structured logs: one line a record, with the id of the request, without personal data."""

import logging

from pythonjsonlogger.json import JsonFormatter

from ecms.observing import context
from ecms.observing.raised import without_text
from ecms.requests import request_id


class RequestIdFilter(logging.Filter):
    """Gives every record the id of the request that it was written for, "-" outside of one."""

    def filter(self, record) -> bool:
        record.request_id = request_id.get()
        return True


class RouteFilter(logging.Filter):
    """Django names the address of a request that failed, and with it what stands in an address."""

    def filter(self, record) -> bool:
        if record.name == "django.request" and len(record.args) == 2:
            record.args = (record.args[0], context.route() or "-")
        return True


class Formatter(JsonFormatter):
    """One JSON object a line; of an exception, its kind and its stack."""

    def add_fields(self, log_record, record, message_dict) -> None:
        super().add_fields(log_record, record, message_dict)
        # Django gives its own lines the request, which says its address and its query.
        log_record.pop("request", None)

    def formatException(self, exc_info) -> str:
        return without_text(exc_info[1])


def configuration(*, style: str, level: str) -> dict:
    """Django's `LOGGING`: everything to standard error, as `json` or `text`."""
    quiet = {"handlers": ["console"], "level": "WARNING", "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request_id": {"()": "ecms.logging.RequestIdFilter"},
            "route": {"()": "ecms.logging.RouteFilter"},
        },
        "formatters": {
            "json": {
                "()": "ecms.logging.Formatter",
                "format": "{asctime}{levelname}{name}{message}{request_id}",
                "style": "{",
                "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            },
            "text": {"format": "{levelname} {name} [{request_id}] {message}", "style": "{"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "filters": ["request_id", "route"],
                "formatter": style,
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Our own line per request says it all; Django's would repeat the path and its query.
            "django": quiet,
            "django.request": {"level": "ERROR"},
            "django.server": quiet,
            "django-q": quiet,
            # Dozens of lines for each receipt.
            "fontTools": quiet,
            "fpdf": quiet,
        },
    }
