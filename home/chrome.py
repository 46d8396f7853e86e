"""What surrounds every page: name of the site, main menu, switch of language; kept a minute."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import get_language
from wagtail import hooks
from wagtail.models import Page

from home.kept import kept

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from home.models import BasePage


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
    current: str  # "true" or "false", as aria-current has it


@dataclass(frozen=True)
class UpperPage:
    """A home page or a page right under it: what menus, heads and feet say of it."""

    title: str
    slug: str
    depth: int
    language: str
    translation_key: UUID
    content_type: int
    in_menus: bool
    # Only a home page says these, for all pages of its language.
    site_name: str | None
    tagline: str | None
    address: str | None
    hours: str | None
    contact_email: str | None

    @property
    def url(self) -> str:
        return f"/{self.language}/{self.slug}/" if self.depth > 2 else f"/{self.language}/"

    def is_translation_of(self, page: Page) -> bool:
        return self.translation_key == page.translation_key


class Chrome:
    """Head and foot of a page in the active language. One query a minute."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def upper_pages(self) -> list[UpperPage]:
        """Live home pages and pages right under them, of every language."""
        return kept("upper-pages", _read_upper_pages)

    @property
    def _pages(self) -> list[UpperPage]:
        return [page for page in self.upper_pages if page.language == get_language()]

    @cached_property
    def home(self) -> UpperPage | None:
        """The active language's home page, whose words stand on every page, or None."""
        return next((page for page in self._pages if page.depth == 2), None)

    @property
    def site_name(self) -> str:
        return (self.home and self.home.site_name) or ""

    def page_of(self, model: type[Page]) -> UpperPage | None:
        """The page of a type right under home, such as the agenda; no further query."""
        wanted = ContentType.objects.get_for_model(model).pk
        found = (page for page in self._pages if page.depth == 3 and page.content_type == wanted)
        return next(found, None)

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
        pages = (page for page in self._pages if page.depth == 3)
        return [(page.title, page.url) for page in pages if page.in_menus is in_menus]

    def _items(self, links: list[tuple[str, str]]) -> list[NavigationItem]:
        path = self.request.path
        return [NavigationItem(str(title), url, is_within(path, url)) for title, url in links]


def is_within(path: str, url: str) -> str:
    """Whether the page asked for stands under a menu's entry, as aria-current says it."""
    return "true" if path.startswith(url) else "false"


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
    here, prefix = request.get_full_path(), f"/{get_language()}/"
    rest = here.removeprefix(prefix)
    return [
        Language(code, name, f"/{code}/{rest}" if rest != here else here, f"/{code}/" == prefix)
        for code, name in settings.LANGUAGES
    ]


def languages_of_page(page: BasePage, request: HttpRequest) -> list[Language]:
    """Addresses of a page's live translations; other languages lead to their home.

    One query; none for the pages that the menu knows anyway.
    """
    query = request.META.get("QUERY_STRING", "")
    tail = f"?{query}" if query else ""
    here = get_language()
    found = _translations(page, request) | {here: path_of(page, request)}  # a draft's own too
    return [
        Language(code, name, f"{found[code]}{tail}", code == here)
        if code in found
        else Language(code, name, f"/{code}/", current=False, exists=False)
        for code, name in settings.LANGUAGES
    ]


def _translations(page: BasePage, request: HttpRequest) -> dict[str | None, str]:
    if page.depth > 3:
        others = page.get_translations().live().select_related("locale")
        return {other.locale.language_code: path_of(other, request) for other in others}
    upper = chrome_of(request).upper_pages
    return {other.language: other.url for other in upper if other.is_translation_of(page)}


def _read_upper_pages() -> list[UpperPage]:
    pages = Page.objects.live().filter(depth__in=(2, 3)).order_by("path")
    words = [f"homepage__{name}" for name in ("site_name", "tagline", "address", "hours")]
    rows = pages.values_list(
        "title",
        "slug",
        "depth",
        "locale__language_code",
        "translation_key",
        "content_type",
        "show_in_menus",
        *words,
        "homepage__contact_email",
    )
    return [UpperPage(*row) for row in rows]
