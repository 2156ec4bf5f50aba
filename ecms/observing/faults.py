"""Faults, told to a Sentry (`SENTRY_DSN`); imported only where there is one.

What leaves is chosen and not cleaned: the kinds of the exceptions and where in the code they were
raised, the route or the function, the request's id. No text of an exception, which may quote what
somebody wrote; no request, no person, no variable, no statement. Nothing of the SDK is hung into
Django, the database or the logs, so that a request that goes well passes nothing of it; events
leave from a thread of its own, and are dropped when the server does not take them.
"""

import django_q.worker
import sentry_sdk
from django.conf import settings
from django.core.signals import got_request_exception
from sentry_sdk.integrations.atexit import AtexitIntegration

from ecms.observing import context
from ecms.observing.raised import sqlstate
from ecms.requests import request_id

# Of an exception, and of a frame of its stack.
OF_EXCEPTION = ("type", "module", "mechanism")
OF_FRAME = ("filename", "function", "module", "lineno", "in_app", "context_line")
OF_FRAME += ("pre_context", "post_context")
OF_EVENT = ("event_id", "timestamp", "level", "platform", "release", "environment", "server_name")
OF_EVENT += ("sdk", "tags", "transaction", "fingerprint")
# Seconds that the end of a process waits for what has not left yet.
LAST_WORDS = 2


class Reporter:
    """Of a failed task: called while its exception is at hand."""

    def report(self) -> None:
        _tell()


def start() -> None:
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        environment=settings.SENTRY_ENVIRONMENT,
        release=settings.RELEASE or None,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[AtexitIntegration(callback=lambda pending, timeout: None)],
        before_send=_chosen,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        shutdown_timeout=LAST_WORDS,
    )
    got_request_exception.connect(_tell, dispatch_uid="ecms.observing.faults")
    # That of `ecms.observing.tasks`.
    django_q.worker.error_reporter.targets.append(Reporter())


def _tell(**kwargs) -> None:
    """The exception that is being handled."""
    with sentry_sdk.new_scope() as scope:
        scope.set_tag("request_id", request_id.get())
        scope.set_transaction_name(context.route() or "unknown")
        sentry_sdk.capture_exception()


def _chosen(event: dict, hint: dict) -> dict:
    told = {name: event[name] for name in OF_EVENT if name in event}
    raised = event.get("exception", {}).get("values", [])
    told["exception"] = {"values": [_exception(each) for each in raised]}
    if code := sqlstate((hint.get("exc_info") or (None, None))[1]):
        told["tags"] = {**told.get("tags", {}), "sqlstate": code}
    return told


def _exception(raised: dict) -> dict:
    told = {name: raised[name] for name in OF_EXCEPTION if name in raised}
    frames = (raised.get("stacktrace") or {}).get("frames", [])
    told["stacktrace"] = {
        "frames": [{name: frame[name] for name in OF_FRAME if name in frame} for frame in frames]
    }
    return told
