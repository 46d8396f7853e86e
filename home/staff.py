"""What the staff's side of all apps shares: pages and entries of the menu for those who may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.utils.cache import add_never_cache_headers
from django.views import View
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class StaffMenuItem(MenuItem):
    """An entry for those whom `may` lets in: a question about the person, or a right's name."""

    def __init__(self, *args: Any, may: Callable[[Any], bool] | str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may = may

    def is_shown(self, request: HttpRequest) -> bool:
        if isinstance(self.may, str):
            return request.user.has_perm(self.may)
        return self.may(request.user)


class StaffPage(WagtailAdminTemplateMixin, View):
    """A page of the admin for those whom `may` lets in; everybody else is sent away by Wagtail."""

    may: Callable[[Any], bool]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not type(self).may(request.user):
            raise PermissionDenied
        response = super().dispatch(request, *args, **kwargs)
        # People stand at the desk and look at the screen; "back" must not show the one before.
        add_never_cache_headers(response)
        return response

    def draw(self, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """The page, with what it is to show besides."""
        return self.response_class(
            request=self.request,
            template=[template or self.template_name],
            context=self.get_context_data(**context),
            status=status,
        )

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        # The last one is what Wagtail shows as the page's title.
        here = {
            "url": "",
            "label": self.get_page_title(),
            "sublabel": self.get_page_subtitle(),
        }
        return [*self.breadcrumbs_items, *self.parents(), here]

    def parents(self) -> list[dict[str, Any]]:
        """The pages above this one."""
        return []
