"""What anonymous visitors read again, without reading the rows again.

An answer is kept by the process that made it, with the versions (`ecms.versions`) of the tables
that it was made from: it is given again while none of them changed, whichever worker wrote, and no
longer than it may be kept by anybody (`max-age`). Which tables those are is seen while it is made;
an answer that read, or wrote, any other table is not kept.
"""

import hashlib
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches
from django.db import InterfaceError, OperationalError, connections
from django.http import HttpResponse
from django.utils.cache import get_max_age
from django.utils.translation import get_language

from ecms.api.caching import MAX_AGE, etag_of, matches, public_for
from ecms.api.errors import failure
from ecms.api.lists import ListMixin
from ecms.api.renderers import dumps
from ecms.db.tables import tables_of
from ecms.middleware import html_failure
from ecms.remembered import Remembered
from ecms.requests import is_api
from ecms.versions import WATCHED, seen_by

# Answers of this process that are made again from their rows alone.
RECIPES = 500
# Bytes of an answer: a larger one is not kept.
MAX_BYTES = 300_000
# What an answer may read besides: what tells the versions apart.
OURS = {"ecms_changement"}
# Of a request, what an answer depends on besides its address.
NAMED = ("HTTP_HOST", "HTTP_ORIGIN", "HTTP_ACCEPT")
# Beside the key of an answer, for an hour after it was kept: it is one that can be.
KEEPABLE, KEEPABLE_SECONDS = ":", 3600
# What a 304 does not repeat; the last would have the proxy send a file all the same.
OF_A_BODY = {
    "Content-Type",
    "Content-Length",
    "Content-Language",
    "Content-Disposition",
    "X-Accel-Redirect",
}
# What says that the answer is another's, or not the whole one.
PERSONAL = ("HTTP_AUTHORIZATION", "HTTP_RANGE", "HTTP_IF_RANGE", "HTTP_IF_MODIFIED_SINCE")


@dataclass(frozen=True)
class Kept:
    """An answer as it left the views; `born` and `until` are seconds of the clock that all
    processes share."""

    route: str
    body: bytes
    headers: dict[str, str]
    versions: dict[str, tuple[int, int] | None]
    born: float
    until: float

    def answer(self, if_none_match: str) -> HttpResponse:
        headers = {**self.headers, "Age": str(int(time.time() - self.born))}
        return unless_known(HttpResponse(self.body, headers=headers), if_none_match)


@dataclass(frozen=True)
class Recipe:
    """How an answer whose tables have changed is made again without a request going all the way:
    by the view that made it (`ecms.api.lists.ListMixin`), under the headers that it had."""

    view: ListMixin
    route: str
    headers: dict[str, str]
    tables: frozenset[str]

    def made(self, now: dict) -> Kept | None:
        with _reading() as statements:
            told = self.view.read_again(now)
        # Rows there were none of before may have others of their own.
        tables = self.tables | tables_of("\n".join(statements)) - OURS
        if told is None or not tables <= WATCHED:
            return None
        data, seconds = told
        body, born = dumps(data), time.time()
        if len(body) > MAX_BYTES:
            return None
        headers = {
            **self.headers,
            "ETag": etag_of(data, volatile=self.view.volatile),
            "Cache-Control": public_for(seconds),
            "Content-Length": str(len(body)),
        }
        versions = {table: now.get(table) for table in tables}
        return Kept(self.route, body, headers, versions, born, born + min(seconds, MAX_AGE))


class PublicCacheMiddleware:
    """Outside of all that looks at people: nobody signed in ever gets here."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.recipes = Remembered(size=RECIPES)

    def __call__(self, request):
        key = self._key(request)
        if key is None:
            return self.get_response(request)
        cache = caches[settings.PUBLIC_CACHE]
        try:
            now = seen_by(request)
            kept = self._found(key, request, cache, now)
        except (OperationalError, InterfaceError) as error:
            # No view was asked, which would have had it said (`RequestMiddleware`).
            return failure(error) if is_api(request) else html_failure(error)
        if kept:
            request.route = kept.route
            return kept.answer(request.META.get("HTTP_IF_NONE_MATCH", ""))
        known = _told_whole(request) if cache.get(key + KEEPABLE) else ""
        with _reading() as statements:
            response = self.get_response(request)
        kept = self._kept(request, response, statements, now)
        if kept:
            cache.set(key, kept, timeout=max(1, kept.until - time.time()))
            cache.set(key + KEEPABLE, True, timeout=KEEPABLE_SECONDS)
            if view := getattr(response, "lasting_view", None):
                recipe = Recipe(view, kept.route, kept.headers, frozenset(kept.versions))
                self.recipes.keep(key, recipe, {"mairies_mairie"}, now)
        return unless_known(response, known)

    def _found(self, key: str, request, cache, now: dict) -> Kept | None:
        """The answer as it is at the versions `now`, kept or made again."""
        kept = None if _wants_it_new(request) else cache.get(key)
        if kept and time.time() < kept.until and _same(kept.versions, now):
            return kept
        recipe = self.recipes.find(key, now)
        if kept := recipe and recipe.made(now):
            cache.set(key, kept, timeout=max(1, kept.until - time.time()))
        return kept

    def _key(self, request) -> str | None:
        meta = request.META
        if not settings.PUBLIC_CACHE or request.method != "GET":
            return None
        if any(name in meta for name in PERSONAL):
            return None
        if not re.match(settings.CORS_URLS_REGEX, request.path_info):
            return None
        if request.COOKIES and not is_api(request):
            return None
        named = [meta.get(name, "") for name in NAMED]
        whole = [get_language() or "", request.scheme, request.get_full_path(), *named]
        return hashlib.blake2b("\n".join(whole).encode(), digest_size=20).hexdigest()

    def _kept(self, request, response, statements: list[str], now: dict) -> Kept | None:
        if response.status_code != 200 or response.streaming or response.cookies:
            return None
        # Read from a replica, it may be behind the versions, which are the primary's.
        if getattr(response, "may_lag", False):
            return None
        if "public" not in response.get("Cache-Control", "") or len(response.content) > MAX_BYTES:
            return None
        read = tables_of("\n".join(statements))
        if not read - OURS <= WATCHED:
            return None
        born = time.time()
        headers = {name: value for name, value in response.items() if name != "X-Request-ID"}
        return Kept(
            request.resolver_match.route,
            response.content,
            headers,
            # Behind the slug of a mairie, which was perhaps read before.
            {table: now.get(table) for table in read - OURS | {"mairies_mairie"}},
            born,
            # Versions are told apart for some minutes (`ecms.versions.KEEP`): far longer than this.
            born + min(get_max_age(response) or 0, MAX_AGE),
        )


def _wants_it_new(request) -> bool:
    """As a browser says it when somebody presses "reload" (RFC 9111, 5.2.1)."""
    return "no-cache" in request.META.get("HTTP_CACHE_CONTROL", "")


def _told_whole(request) -> str:
    """The entity tag that the client has, out of the request: the answer is made whole, to be kept,
    and a 304 follows from it. Not so of what was never kept: a file that somebody has already must
    not be counted as read again."""
    request.__dict__.pop("headers", None)
    return request.META.pop("HTTP_IF_NONE_MATCH", "")


def unless_known(response: HttpResponse, if_none_match: str) -> HttpResponse:
    """`response`, or a 304 for whoever has it already."""
    if response.status_code != 200 or not matches(if_none_match, response.get("ETag", "")):
        return response
    bare = {name: value for name, value in response.items() if name not in OF_A_BODY}
    return HttpResponse(status=304, headers=bare)


def _same(kept: dict, now: dict) -> bool:
    return all(now.get(table) == version for table, version in kept.items())


@contextmanager
def _reading():
    """The statements that are executed meanwhile."""
    statements: list[str] = []

    def note(execute, sql, params, many, context):
        statements.append(str(sql))
        return execute(sql, params, many, context)

    with connections["default"].execute_wrapper(note):
        yield statements
