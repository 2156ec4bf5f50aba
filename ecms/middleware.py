"""What holds for every request: its id, its log line, its errors, the tolerance of a slash."""

import logging
import re
import time
import uuid
from dataclasses import asdict

from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.functional import cached_property

from ecms import policies
from ecms.api.errors import (
    RETRY_AFTER_SECONDS,
    constraint_named,
    failure,
    problem,
    report_outage,
)
from ecms.requests import is_api, request_id
from ecms.slugs import violated_constraint

logger = logging.getLogger("ecms.request")
GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
OF_THE_PAGE = {"content-type", "content-length", "content-encoding", "etag", "last-modified"}


class HeadersMiddleware(CSPMiddleware):
    """What browsers may do with an answer, whatever made it: a view's own word stands."""

    def get_policy_parts(self, request, response, report_only=False):
        parts = super().get_policy_parts(request, response, report_only)
        if parts.config is None and is_api(request) and not report_only:
            parts.config = policies.API
        return parts

    def process_response(self, request, response):
        for name, value in policies.HEADERS.items():
            response.headers.setdefault(name, value)
        if is_api(request) and not any(name.startswith("_csp_") for name in vars(response)):
            response.headers.setdefault(HEADER, self.for_api)
            return response
        return super().process_response(request, response)

    @cached_property
    def for_api(self) -> str:
        """Worked out once: it is the same for all that has no word of its own."""
        return build_policy(**asdict(PolicyParts(config=policies.API)))


class RequestMiddleware:
    """Gives the request its id, writes one log line, and answers API errors as problem+json.

    The line names the route and never the address, the query or a person. A problem that Django
    answers in HTML (unknown path, bad host, fault) is put in the API's form here, in the language
    of this request even if it failed before the other middleware saw it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("X-Request-ID", "")
        token = request_id.set(given if GIVEN_ID.fullmatch(given) else uuid.uuid4().hex)
        start = time.perf_counter()
        if is_api(request):
            # There a cookie means nothing: neither a language nor a session.
            request.COOKIES = {}
        translation.activate(translation.get_language_from_request(request))
        try:
            response = self.get_response(request)
            if is_api(request) and response.status_code >= 400:
                response = _as_problem(response)
            response["X-Request-ID"] = request_id.get()
            _log(request, response, time.perf_counter() - start)
            return response
        finally:
            request_id.reset(token)

    def process_exception(self, request, exception):
        """What a view raised and a client may be told; None leaves a fault to Django's handler."""
        if is_api(request):
            return failure(exception)
        return html_failure(exception)


class ApiMiddleware:
    """Under /api/: no trailing slash, nothing that cannot be stored, nothing cached unasked, and
    no answer that varies by a cookie."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return problem(400) if is_api(request) else HttpResponse(status=400)
        if not is_api(request):
            return self.get_response(request)
        # In place and without a redirect: a redirected POST would lose its body.
        request.path_info = request.path_info.removesuffix("/")
        request.path = request.path.removesuffix("/")
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        if response.has_header("Vary"):
            _without_cookie(response)
        return response


def html_failure(exception):
    """The page for what the database refused or could not do; None for anything else."""
    if isinstance(exception, OperationalError | InterfaceError):
        report_outage(exception)
        page = render_to_string("ecms/indisponible.html")
        return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
    if isinstance(exception, IntegrityError):
        constraint = constraint_named(violated_constraint(exception))
        message = constraint and constraint.get_violation_error_message()
        return HttpResponse(render_to_string("ecms/conflit.html", {"message": message}), status=409)
    return None


def _as_problem(response):
    if response.headers.get("Content-Type", "").startswith("application/problem+json"):
        return response
    said = problem(response.status_code)
    for name, value in response.items():
        # Those of CORS and of security stay, those of the page go with it.
        if name.lower() not in OF_THE_PAGE:
            said.headers.setdefault(name, value)
    return said


def _without_cookie(response) -> None:
    named = [name.strip() for name in response["Vary"].split(",")]
    if left := [name for name in named if name.lower() != "cookie"]:
        response["Vary"] = ", ".join(left)
    else:
        del response["Vary"]


def _log(request, response, seconds: float) -> None:
    # What was kept of an answer knows its route, and asked nobody for it.
    route = getattr(request.resolver_match or request, "route", None)
    logger.info(
        "%s %s %s",
        request.method,
        route or "-",
        response.status_code,
        extra={
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
        },
    )
