"""Says in HTTP which pages are the same for everybody who is signed out. Keeps nothing itself."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.cache import patch_cache_control, patch_vary_headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


def mark_public(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let shared caches keep the page if the visitor has no session; else forbid it.

    The page must then hold no form token: it would be one visitor's, handed to all others.
    """
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        patch_cache_control(response, private=True, no_cache=True)
    elif "Cache-Control" not in response:
        patch_cache_control(response, public=True, max_age=settings.PUBLIC_PAGE_SECONDS)
    patch_vary_headers(response, ("Cookie", "HX-Request"))
    return response


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view whose page is the same for everybody signed out."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return mark_public(request, view(request, *args, **kwargs))

    return marked


def is_public(response: HttpResponse) -> bool:
    """Whether a response says that shared caches may keep it."""
    return "public" in response.headers.get("Cache-Control", "").split(", ")
