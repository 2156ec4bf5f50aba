"""Writes that PostgreSQL gave up because of others, done once more.

Two writes that lock the same rows in opposite order end with one of them rolled back (deadlock,
40P01), and so may one that read what another changed (40001). Nobody did anything wrong and nothing
is left of it: the view's method runs again, here and not at the client, whose 503 would be a
failure to a person. What has no second try left, or carries files (which a first try may have
moved away), is a 503 with `Retry-After`, as before.

This stands on the rule that a method writes in one transaction. What it commits before that (a
count of `ecms.limits`) is done again, so a second try counts twice.
"""

import logging
import random
import time
from functools import partial

from django.db import OperationalError, connection
from rest_framework.permissions import SAFE_METHODS

from ecms.db.conflicts import GAVE_UP, sqlstate

logger = logging.getLogger("ecms.errors")
# Seconds before each further try, at most: whoever won has ended by then, and two who lost to each
# other do not meet again.
PAUSES = (0.05, 0.1, 0.2)


class TriedAgain:
    """For an APIView. Costs a read nothing but a look at its method."""

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        name = request.method.lower()
        if request.method not in SAFE_METHODS and hasattr(self, name):
            # Where `dispatch` looks for it, after this.
            setattr(self, name, partial(_until_done, getattr(self, name)))


def _until_done(handler, request, *args, **kwargs):
    for pause in PAUSES:
        try:
            return handler(request, *args, **kwargs)
        except OperationalError as error:
            if sqlstate(error) not in GAVE_UP or connection.in_atomic_block or request.FILES:
                raise
            logger.warning("PostgreSQL : %s, nouvel essai", sqlstate(error))
        time.sleep(random.uniform(0, pause))  # noqa: S311 no secret
    return handler(request, *args, **kwargs)
