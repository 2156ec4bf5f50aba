"""Where one goes by typing (Ctrl+K): the pages of the sidebar, as it names them.

In the place of Unfold's own search, which keeps what it found for minutes, whatever language its
reader asks for by then, and fails on a page that is no number.
"""

import time

from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from unfold.dataclasses import SearchResult

from ecms.admin.navigation import navigation
from ecms.api.filters import MAX_SEARCH_LENGTH
from ecms.imports.cells import folded


def search(request):
    begun = time.monotonic()
    words = [folded(word) for word in request.GET.get("s", "")[:MAX_SEARCH_LENGTH].split()]
    found = [page for page in _pages(request) if _has(page, words)] if any(words) else []
    paginator = Paginator(found, max(len(found), 1))
    name = "command_results" if "extended" in request.GET else "search_results"
    context = {
        "page_obj": paginator,
        "results": paginator.page(1),
        "page_counter": 0,
        "execution_time": time.monotonic() - begun,
        "command_show_history": False,
    }
    headers = {"HX-Trigger": "search"}
    return TemplateResponse(request, f"unfold/helpers/{name}.html", context, headers=headers)


def _pages(request) -> list[SearchResult]:
    return [
        SearchResult(str(item["title"]), str(group["title"]), item["link"], item["icon"])
        for group in navigation(request)
        for item in group["items"]
    ]


def _has(page: SearchResult, words: list[str]) -> bool:
    said = folded(f"{page.title} {page.description}")
    return all(word in said for word in words)
