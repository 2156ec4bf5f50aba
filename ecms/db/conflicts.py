"""What PostgreSQL gives up because of somebody else, and what is then to be done again."""

SERIALIZATION_FAILURE = "40001"
DEADLOCK_DETECTED = "40P01"
LOCK_NOT_AVAILABLE = "55P03"
# The transaction is rolled back, and would have gone through had it been alone.
GAVE_UP = frozenset({SERIALIZATION_FAILURE, DEADLOCK_DETECTED})


def sqlstate(error: Exception) -> str:
    """The code of an error of Django's, "" where PostgreSQL gave none."""
    return getattr(error.__cause__, "pgcode", None) or ""
