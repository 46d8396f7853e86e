"""Public pages kept for a few seconds for signed-out visitors.

A view says that a page is the same for everybody signed out by `Cache-Control: public`; nothing
else is kept. Every publication moves to a new generation of keys, so it shows at once.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse

from home.caching import is_public
from home.kept import generation, pages

if TYPE_CHECKING:
    from django.http import HttpRequest

# What a page may differ by, besides its address and the host.
VARYING_HEADERS = ("HX-Request", "HX-Target", "Accept-Language")


def key_for(request: HttpRequest) -> str | None:
    """The key of a request's page; None for one that must not be answered from the cache."""
    if request.method not in ("GET", "HEAD") or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return None
    parts = [
        str(generation()),
        request.scheme or "",
        request.get_host(),
        request.get_full_path(),
        request.COOKIES.get("display", ""),
        *(request.headers.get(name, "") for name in VARYING_HEADERS),
    ]
    return "page:" + hashlib.sha256("\0".join(parts).encode()).hexdigest()


def fetch(key: str) -> HttpResponse | None:
    """The kept page, as a fresh response."""
    kept = pages.get(key)
    if kept is None:
        return None
    content, headers = kept
    return HttpResponse(content, headers=headers)


def keep(key: str, response: HttpResponse) -> None:
    """Keep a page that says it is public, for as long as it says."""
    seconds = settings.PUBLIC_PAGE_SECONDS
    if seconds and response.status_code == 200 and is_public(response) and not response.cookies:
        pages.set(key, (response.content, dict(response.headers)), seconds)
