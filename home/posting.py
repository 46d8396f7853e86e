"""Addresses that only take what a form sends, though a page may be drawn at them."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    View = Callable[..., HttpResponse]


def posts_from(page: str) -> Callable[[View], View]:
    """Decorate a view that takes a form; `page` names the route, with `pk`, where that form stands.

    Whoever asks for the address itself is led there: a switch of language on the page of an error,
    or Enter in the address bar, would otherwise end at the browser's own page for 405.
    """

    def decorate(view: View) -> View:
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def posted(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
            if request.method != "POST":
                return redirect(page, pk)
            return view(request, pk=pk, **kwargs)

        return posted

    return decorate
