"""What is logged, as production writes it."""

import io
import json
import logging
from contextlib import contextmanager

from django.conf import settings
from django.utils.module_loading import import_string


@contextmanager
def logged():
    """Yields a function: the lines so far."""
    described = dict(settings.LOGGING["formatters"]["json"])
    make, form = import_string(described.pop("()")), described.pop("format")
    handler = logging.StreamHandler(io.StringIO())
    for name in settings.LOGGING["handlers"]["console"]["filters"]:
        handler.addFilter(import_string(settings.LOGGING["filters"][name]["()"])())
    handler.setFormatter(make(form, **described))
    # Those that pass nothing on to the root have handlers of their own.
    loggers = [logging.getLogger(name) for name in ("", "django", "django-q")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield lambda: [json.loads(line) for line in handler.stream.getvalue().splitlines()]
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
