"""Head and foot of every page. For the signed out they are drawn once a minute and only filled in.

They are drawn without the request, so nothing of one visitor can get into what others are shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language

from home.chrome import Language, chrome_of, is_within
from home.kept import kept
from home.stencil import Stencil, hole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest
    from django.utils.safestring import SafeString

    from home.chrome import Chrome

PARTS = ("assets", "header", "foot")


@dataclass(frozen=True)
class Here:
    """The address that was asked, as links carry it along: quoted."""

    path: str
    # Back to where they were; but not to the pages of signing in, which are behind them then.
    query_back: str

    @classmethod
    def of(cls, request: HttpRequest) -> Here:
        back = "" if "/accounts/" in request.path else f"?next={quote(request.get_full_path())}"
        return cls(quote(request.path), back)


class Drawn(NamedTuple):
    """The parts as stencils, and the address of each menu entry by the hole that marks it."""

    parts: dict[str, Stencil]
    menu: dict[str, str]


def frame_of(request: HttpRequest, languages: Iterable[Language]) -> dict[str, SafeString] | None:
    """The parts for this address; None for those who get their own: the signed in, and previews."""
    user = getattr(request, "user", None)
    if getattr(request, "is_preview", False) or (user and user.is_authenticated):
        return None
    drawn: Drawn = kept("frame", lambda: _draw(chrome_of(request)))
    here = Here.of(request)
    values: dict[str, str] = {"path": here.path, "query_back": here.query_back}
    values |= {language.code: language.url for language in languages}
    values |= {name: is_within(request.path, url) for name, url in drawn.menu.items()}
    return {name: stencil.fill(values) for name, stencil in drawn.parts.items()}


def _draw(chrome: Chrome) -> Drawn:
    entries = {f"current-{number}": item for number, item in enumerate(chrome.navigation)}
    languages = dict(settings.LANGUAGES)
    now = get_language()
    context = {
        "LANGUAGE_CODE": now,
        "site_settings": chrome.home,
        "navigation": [replace(item, current=hole(name)) for name, item in entries.items()],
        "service": chrome.service,
        "languages": [Language(c, name, hole(c), c == now) for c, name in languages.items()],
        "here": Here(hole("path"), hole("query_back")),
    }
    holes = ["path", "query_back", *languages, *entries]
    parts = {name: render_to_string(f"components/{name}.html", context) for name in PARTS}
    return Drawn(
        {name: Stencil(html, holes) for name, html in parts.items()},
        {name: item.url for name, item in entries.items()},
    )
