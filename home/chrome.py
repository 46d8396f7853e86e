"""What surrounds every page: the site's name, the main menu, the switch of language. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.urls import translate_url
from django.utils.translation import get_language
from wagtail import hooks
from wagtail.models import Page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

    from home.models import BasePage, HomePage


@dataclass(frozen=True)
class Language:
    """One entry of the language switch; `exists` is False where it only leads to a home page."""

    code: str
    name: str
    url: str
    current: bool
    exists: bool = True

    @property
    def address(self) -> str:
        """The address without its query: what search engines are told."""
        return self.url.partition("?")[0]

    def below(self, path: str) -> Language:
        """The same for an address below the page, such as `past/`."""
        address, mark, query = self.url.partition("?")
        return replace(self, url=f"{address}{path}{mark}{query}") if self.exists else self


@dataclass(frozen=True)
class NavigationItem:
    """One entry of the main menu."""

    title: str
    url: str
    current: bool


class Chrome:
    """Head and foot of a page in the active language. One query, and only when drawn."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def _pages(self) -> list[Page]:
        return [
            page
            for page in self.upper_pages
            if page.locale.language_code == get_language() and page.live
        ]

    @cached_property
    def upper_pages(self) -> list[Page]:
        """Home pages and the pages right under them, of every language."""
        return list(
            Page.objects.filter(depth__in=(2, 3))
            .select_related("homepage__share_image", "locale")
            .order_by("path")
        )

    def page_of(self, model: type[Page]) -> Page | None:
        """The page of a type right under home, such as the agenda; no further query."""
        wanted = ContentType.objects.get_for_model(model).pk
        return next(
            (page for page in self._pages if page.depth == 3 and page.content_type_id == wanted),
            None,
        )

    @cached_property
    def home(self) -> HomePage | None:
        """The active language's home page, or None before there is one."""
        first = next((page for page in self._pages if page.depth == 2), None)
        return getattr(first, "homepage", None)

    @cached_property
    def navigation(self) -> list[NavigationItem]:
        """What other apps put in the menu, then the pages under home that editors show there.

        A `register_navigation_item` hook is a function that gives (title, address).
        """
        items = [item() for item in hooks.get_hooks("register_navigation_item")]
        return self._items(items + self._sections(in_menus=True))

    @cached_property
    def service(self) -> list[NavigationItem]:
        """Pages under home that stand in no menu, such as the rules: the foot leads to them."""
        return self._items(self._sections(in_menus=False))

    def _sections(self, *, in_menus: bool) -> list[tuple[str, str]]:
        return [
            (page.title, f"/{get_language()}/{page.slug}/")
            for page in self._pages
            if page.depth == 3 and page.show_in_menus is in_menus
        ]

    def _items(self, links: list[tuple[str, str]]) -> list[NavigationItem]:
        path = self.request.path
        return [NavigationItem(str(title), url, path.startswith(url)) for title, url in links]


def chrome_of(request: HttpRequest) -> Chrome:
    """The request's one Chrome, so that head, foot and sections share its query."""
    if not hasattr(request, "chrome"):
        request.chrome = Chrome(request)
    return request.chrome


def path_of(page: Page, request: HttpRequest | None) -> str:
    """Address of a page without the host, or "" for one outside the site.

    `Page.get_url` would look up which site was asked for; we have one.
    """
    parts = page.get_url_parts(request)
    return (parts and parts[2]) or ""


def address_of(page: Page, request: HttpRequest) -> str:
    """Whole address of a page under the host that was asked, as proxies and tests see it."""
    return request.build_absolute_uri(path_of(page, request))


def languages_of_path(request: HttpRequest) -> list[Language]:
    """The same address under every language prefix, query string kept. No query."""
    here = request.get_full_path()
    return [
        Language(code, name, translate_url(here, code), code == get_language())
        for code, name in settings.LANGUAGES
    ]


def languages_of_page(page: BasePage, request: HttpRequest) -> list[Language]:
    """Addresses of a page's live translations; other languages lead to their home.

    One query; none for the pages that the menu has fetched anyway.
    """
    query = request.META.get("QUERY_STRING", "")
    tail = f"?{query}" if query else ""
    found = {
        translated.locale.language_code: translated
        for translated in _translations(page, request)
        if translated.live or translated.pk == page.pk
    }
    return [
        Language(
            code,
            name,
            f"{path_of(found[code], request)}{tail}" if code in found else f"/{code}/",
            code in found and found[code].pk == page.pk,
            code in found,
        )
        for code, name in settings.LANGUAGES
    ]


def _translations(page: BasePage, request: HttpRequest) -> Iterable[Page]:
    if page.depth > 3:
        return page.get_translations(inclusive=True).select_related("locale")
    upper = chrome_of(request).upper_pages
    return [other for other in upper if other.translation_key == page.translation_key]
