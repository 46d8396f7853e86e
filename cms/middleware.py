"""What happens to every request around Django's middleware: policy, page cache, missing pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404
from django.middleware.csp import ContentSecurityPolicyMiddleware as DjangoPolicy
from django.urls import Resolver404, resolve
from django.views.defaults import page_not_found

from cms import page_cache

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class ContentSecurityPolicyMiddleware(DjangoPolicy):
    """Django's policy, with a looser one for the Wagtail admin, which writes inline styles."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.path.startswith("/admin/") and not hasattr(response, "_csp_config"):
            response._csp_config = settings.ADMIN_CSP  # Django's own way to override per response
        return super().process_response(request, response)


class PublicPageCacheMiddleware:
    """Answers signed-out visitors from the page cache, before sessions and templates cost time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = page_cache.key_for(request)
        if key is None:
            return self.get_response(request)
        if kept := page_cache.fetch(key):
            return kept
        response = self.get_response(request)
        page_cache.keep(key, response)
        return response


class RowNumberMiddleware:
    """A number in an address that no row can have is a missing page, not a database's error."""

    greatest = 2**63 - 1

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Look at what the resolver has read out of the address.

        What is raised here no other middleware hears of: in development Django would explain it.
        """
        if any(isinstance(value, int) and value > self.greatest for value in kwargs.values()):
            return page_not_found(request, Http404())
        return None


class MissingPageMiddleware:
    """For development: the site's own page of what is missing, where Django would explain itself.

    People look at the demo in this mode, and would take an English list of patterns for a fault.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            resolve(request.path_info)
        except Resolver404 as error:
            return page_not_found(request, error)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What a view did not find."""
        return page_not_found(request, error) if isinstance(error, Http404) else None
