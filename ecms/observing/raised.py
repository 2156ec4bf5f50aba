"""Exceptions as they may be told: their kinds and where they were raised. Their texts may quote
what somebody wrote, and a database's a whole row."""

import traceback

BETWEEN = "\n\nwhich followed from:\n\n"


def without_text(error: BaseException | None) -> str:
    told, seen = [], set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        told.append("".join(traceback.format_tb(error.__traceback__)) + _kind(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return BETWEEN.join(told)


def sqlstate(error: BaseException | None) -> str | None:
    """What kind of error it was to PostgreSQL."""
    return getattr(error, "pgcode", None) or getattr(
        getattr(error, "__cause__", None), "pgcode", None
    )


def _kind(error: BaseException) -> str:
    code = getattr(error, "pgcode", None)
    return f"{type(error).__module__}.{type(error).__qualname__}" + (
        f" (SQLSTATE {code})" if code else ""
    )
