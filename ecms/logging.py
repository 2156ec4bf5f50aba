"""Structured logs: one line a record, with the id of the request, without personal data."""

import logging

from ecms.requests import request_id


class RequestIdFilter(logging.Filter):
    """Gives every record the id of the request that it was written for, "-" outside of one."""

    def filter(self, record) -> bool:
        record.request_id = request_id.get()
        return True


def configuration(*, style: str, level: str) -> dict:
    """Django's `LOGGING`: everything to standard error, as `json` or `text`."""
    quiet = {"handlers": ["console"], "level": "WARNING", "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "ecms.logging.RequestIdFilter"}},
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "{asctime}{levelname}{name}{message}{request_id}",
                "style": "{",
                "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            },
            "text": {"format": "{levelname} {name} [{request_id}] {message}", "style": "{"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "filters": ["request_id"],
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
