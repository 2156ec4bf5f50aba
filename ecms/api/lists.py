"""Lists of rows: what a list asks is worked out once for each address, and its rows told fast."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import router
from django.http import Http404
from rest_framework.exceptions import APIException

from ecms.api.pagination import COUNTED
from ecms.api.rows import Listed, listed
from ecms.api.telling import told
from ecms.db import replica
from ecms.db.tables import tables_of
from ecms.remembered import Remembered
from ecms.versions import seen_by

JSON = "application/json"
BY_SLUG = frozenset({"mairies_mairie"})
CLOCK = "STATEMENT_TIMESTAMP"
# Some tens of kilobytes each, and one or two.
LISTS, COUNTS = Remembered(size=500), Remembered(size=2000)
# Of a request, what a list is told from. The rest would keep alive the connection that it came by,
# and the answer that it got.
TOLD_FROM = ("method", "path", "path_info", "META", "GET", "_encoding", "_current_scheme_host")


class ListMixin:
    """`list`, in pages of the view's pagination.

    `lasting`: what the list asks follows from its address and from what the caller reaches,
    where the parameters do (`FilterSet.follows_from`). It is then remembered, and of what anyone
    may read also how many rows there are, for as long as their tables do not change.
    """

    lasting = False

    def read_again(self, now: dict) -> tuple[dict, int] | None:
        """What this view answered to a visitor, from the rows as they are at the versions `now`,
        and how many seconds it may be kept; None where only a request can tell."""
        view = copy(self)
        view.request = copy(self.request)
        view.__dict__.pop("_paginator", None)
        view.request.table_versions = now
        with replica.one_answer() as view.answering:
            view.answering.allowed = view.may_lag
            try:
                data = view.list(view.request, *view.args, **view.kwargs).data
            except (APIException, Http404, PermissionDenied):
                return None
            if view.answering.may_lag:
                return None
            return data, view.max_age()

    def tell(self, rows) -> Sequence[dict]:
        """Rows in the words of the list."""
        return told(self.get_serializer_class(), rows, self.get_serializer_context())

    def list(self, request, *args, **kwargs):
        rows = self._remembered() or self.filter_queryset(self.get_queryset())
        page = self.paginator.paginate_queryset(rows, request, view=self)
        response = self.paginator.get_paginated_response(self.tell(page))
        if isinstance(rows, Remembering) and rows.public and _is_plain(request):
            response.lasting_view = self._lasting()
        return response

    def _lasting(self) -> "ListMixin":
        """This view as `read_again` needs it, without its answer."""
        view = copy(self)
        view.request = _bare(self.request)
        # The methods are those of the view that had it.
        for name in ("_paginator", "answering", "response", *self.http_method_names):
            view.__dict__.pop(name, None)
        return view

    def reach_of(self) -> tuple:
        """What `reach` makes of rows beside the view: alike for two requests only if they reach
        the same."""
        user = self.request.user
        if not user.is_authenticated:
            return ()
        return (user.pk, user.mairie_agent_id, user.is_superuser, user.is_staff)

    def _remembered(self) -> "Remembering | None":
        request, public = self.request, self.is_read_by_anyone(self.request)
        if not self.lasting:
            return None
        # What no filter knows changes nothing, and would only be remembered once more.
        known = self.filterset_class.base_filters
        asked = {name: each for name, each in request.query_params.lists() if name in known}
        if not self.filterset_class.follows_from(asked):
            return None
        # The slug of a mairie is read on the way. Those who sign in are not told at once that it
        # has changed: the rows stay those that they reach.
        tables, now = (BY_SLUG, seen_by(request)) if public else ((), {})
        address = repr((sorted(self.kwargs.items()), sorted(asked.items())))
        key = (type(self), address, self.reach_of())
        found = LISTS.find(key, now)
        if found is None:
            found = listed(self.filter_queryset(self.get_queryset()), COUNTED + 1)
            if found is None:
                return None
            # A replica may have told whose slug it was before.
            if "mairie" not in asked or not self.answering.may_lag:
                LISTS.keep(key, found, tables, now)
        return Remembering(found, self, now, public)


@dataclass(frozen=True)
class Remembering:
    """A list of `view`, at the versions `now` of the tables; how many rows it has is remembered
    of a `public` one."""

    listed: Listed
    view: ListMixin
    now: dict
    public: bool

    def page(self, start: int, stop: int) -> tuple[Sequence, int]:
        using = router.db_for_read(self.listed.model)
        key = self._key()
        count = key and COUNTS.find(key, self.now)
        rows, counted = self.listed.page(using, start, stop, count)
        if key and count is None and not self.view.answering.may_lag:
            COUNTS.keep(key, counted, tables_of(self.listed.count_sql), self.now)
        return rows, counted

    def _key(self) -> tuple | None:
        """What the count follows from; None of rows of which nobody tells when they change."""
        by_clock = CLOCK in self.listed.count_sql
        if not self.public or by_clock and self.view.changing is None:
            return None
        change = self.view.next_change() if by_clock else None
        return (self.listed.count_sql, self.listed.count_params, change)


def _is_plain(request) -> bool:
    """Whether the answer is JSON as it goes to everybody: with `indent`, it would be another."""
    return request.accepted_media_type == JSON


def _bare(request):
    """A request of REST framework as far as a list is told from it."""
    bare, asked, whole = copy(request), copy(request._request), vars(request._request)
    asked.__dict__ = {name: whole[name] for name in TOLD_FROM if name in whole}
    asked.META = {name: value for name, value in whole["META"].items() if isinstance(value, str)}
    asked.environ = asked.META
    bare._request, bare.parser_context = asked, {}
    return bare
