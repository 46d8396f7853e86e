"""Puts the chrome (site name, menu, language switch) into every template. Reads lazily."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.functional import SimpleLazyObject

from home.chrome import chrome_of, languages_of_path
from home.frame import Here

if TYPE_CHECKING:
    from django.http import HttpRequest


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Context of the page's head and foot; costs one query a minute."""
    surroundings = chrome_of(request)
    return {
        "site_settings": SimpleLazyObject(lambda: surroundings.home),
        "navigation": SimpleLazyObject(lambda: surroundings.navigation),
        "service": SimpleLazyObject(lambda: surroundings.service),
        "languages": SimpleLazyObject(lambda: languages_of_path(request)),
        "here": SimpleLazyObject(lambda: Here.of(request)),
    }
