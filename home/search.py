"""Search over the pages of a language. Other apps add their results by a hook, below ours.

A `register_search_results` hook is a function of (text, request) that gives a `SearchGroup`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.utils.translation import gettext
from wagtail import hooks
from wagtail.models import Locale, Page

from home.chrome import path_of
from home.search_terms import query_terms

if TYPE_CHECKING:
    from datetime import datetime

    from django.core.paginator import Page as PaginatorPage
    from django.http import HttpRequest

RESULTS_A_PAGE = 12


@dataclass(frozen=True)
class SearchResult:
    """One line of the results; `language` only where it is not the page's own."""

    title: str
    url: str
    summary: str = ""
    kind: str = ""
    on: datetime | None = None
    language: str = ""


@dataclass
class SearchGroup:
    """Results of one sort, the number of all, and where the rest of them are."""

    heading: str
    results: list[SearchResult] = field(default_factory=list)
    total: int = 0
    more_url: str = ""


def page_results(text: str, request: HttpRequest) -> tuple[SearchGroup, PaginatorPage]:
    """Pages in the active language in which every word occurs, in any of its forms."""
    words = query_terms(text)
    found = (
        Page.objects.live()
        .public()
        .filter(locale=Locale.get_active(), depth__gt=1)
        .specific()
        .search(words, operator="and")
        if words
        else []
    )
    pages = Paginator(found, RESULTS_A_PAGE).get_page(request.GET.get("page"))
    results = [_result(page, request) for page in pages]
    return SearchGroup(gettext("Pages"), results, pages.paginator.count), pages


def other_results(text: str, request: HttpRequest) -> list[SearchGroup]:
    """What other apps found, such as proposals."""
    groups = (find(text, request) for find in hooks.get_hooks("register_search_results"))
    return [group for group in groups if group]


def _result(page: Page, request: HttpRequest) -> SearchResult:
    return SearchResult(
        title=page.title,
        url=path_of(page, request),
        summary=getattr(page, "summary", ""),
        kind=str(page.page_type_display_name),
        on=getattr(page, "starts_at", None) or getattr(page, "date", None),
    )
