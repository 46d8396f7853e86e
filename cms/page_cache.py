"""Public pages kept for a few seconds for signed-out visitors, and how to drop them all at once.

A view says that a page is the same for everybody signed out by `Cache-Control: public`; nothing
else is kept. Every publication moves to a new generation of keys, so it shows at once.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse
from django.utils.connection import ConnectionProxy

from home.caching import is_public

if TYPE_CHECKING:
    from django.http import HttpRequest

# Not `caches["pages"]`: that would be the one of the thread that imports this.
cache = ConnectionProxy(caches, "pages")

GENERATION = "public-pages-generation"
# What a page may differ by, besides its address and the host.
VARYING_HEADERS = ("HX-Request", "HX-Target", "Accept-Language")


def key_for(request: HttpRequest) -> str | None:
    """The key of a request's page; None for one that must not be answered from the cache."""
    if request.method not in ("GET", "HEAD") or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return None
    parts = [
        str(cache.get(GENERATION, 0)),
        request.scheme or "",
        request.get_host(),
        request.get_full_path(),
        request.COOKIES.get("display", ""),
        *(request.headers.get(name, "") for name in VARYING_HEADERS),
    ]
    return "page:" + hashlib.sha256("\0".join(parts).encode()).hexdigest()


def fetch(key: str) -> HttpResponse | None:
    """The kept page, as a fresh response."""
    kept = cache.get(key)
    if kept is None:
        return None
    content, headers = kept
    return HttpResponse(content, headers=headers)


def keep(key: str, response: HttpResponse) -> None:
    """Keep a page that says it is public, for as long as it says."""
    if response.status_code == 200 and is_public(response) and not response.cookies:
        cache.set(key, (response.content, dict(response.headers)), settings.PUBLIC_PAGE_SECONDS)


def forget_all() -> None:
    """Drop every kept page: something was published, decided or answered."""
    try:
        cache.incr(GENERATION)
    except ValueError:
        cache.set(GENERATION, 1, None)
