"""What surrounds every page: the site's name, the main menu, the switch of language. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import translate_url
from django.utils.translation import get_language
from wagtail.models import Page

if TYPE_CHECKING:
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

    def below(self, path: str) -> Language:
        """The same for an address below the page, such as `past/`."""
        return replace(self, url=self.url + path) if self.exists else self


@dataclass(frozen=True)
class NavigationItem:
    """One entry of the main menu."""

    title: str
    url: str
    current: bool


class Chrome:
    """Head and foot of a page in the active language. One query, and only when drawn."""

    def __init__(self, request: HttpRequest) -> None:
        self.path = request.path

    @cached_property
    def _pages(self) -> list[Page]:
        return list(
            Page.objects.live()
            .filter(locale__language_code=get_language(), depth__in=(2, 3))
            .select_related("homepage")
            .order_by("path")
        )

    @cached_property
    def home(self) -> HomePage | None:
        """The active language's home page, or None before there is one."""
        first = next((page for page in self._pages if page.depth == 2), None)
        return getattr(first, "homepage", None)

    @cached_property
    def navigation(self) -> list[NavigationItem]:
        """Pages under home that editors show in menus, in their order in the tree."""
        return [self._item(page) for page in self._pages if page.depth == 3 and page.show_in_menus]

    def _item(self, page: Page) -> NavigationItem:
        url = f"/{get_language()}/{page.slug}/"
        return NavigationItem(page.title, url, self.path.startswith(url))


def languages_of_path(request: HttpRequest) -> list[Language]:
    """The same address under every language prefix, query string kept. No query."""
    here = request.get_full_path()
    return [
        Language(code, name, translate_url(here, code), code == get_language())
        for code, name in settings.LANGUAGES
    ]


def languages_of_page(page: BasePage, request: HttpRequest) -> list[Language]:
    """Addresses of a page's live translations; other languages lead to their home. One query."""
    found = {
        translated.locale.language_code: translated
        for translated in page.get_translations(inclusive=True).select_related("locale")
        if translated.live or translated.pk == page.pk
    }
    return [
        Language(
            code,
            name,
            found[code].get_url(request) or "" if code in found else f"/{code}/",
            code in found and found[code].pk == page.pk,
            code in found,
        )
        for code, name in settings.LANGUAGES
    ]
