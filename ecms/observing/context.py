"""What is being worked on, by the name that logs and metrics may tell."""

from contextvars import ContextVar

# A request, or the name of a task's function.
doing: ContextVar = ContextVar("doing", default=None)


def route() -> str | None:
    """The pattern of the request's route, or the function of the task, if either is known."""
    return route_of(doing.get())


def route_of(work) -> str | None:
    if work is None or isinstance(work, str):
        return work
    # What was kept of an answer knows its route, and asked nobody for it.
    return getattr(work.resolver_match or work, "route", None)
