"""What happens to every request before Django's own middleware: the policy and the page cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.middleware.csp import ContentSecurityPolicyMiddleware as DjangoPolicy

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
