"""What the staff's pages about merges and amendments share: who is let in, and drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.views import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from proposals.authorship import may_merge_proposals

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class ModeratorPage(WagtailAdminTemplateMixin, View):
    """A page of the admin for moderators; everybody else is sent away by Wagtail."""

    header_icon = "clipboard-list"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_merge_proposals(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def draw(self, status: int = 200, **context: Any) -> HttpResponse:
        """The page, with what it is to show besides."""
        return self.response_class(
            request=self.request,
            template=[self.template_name],
            context=self.get_context_data(**context),
            status=status,
        )

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, *self.parents(), {"url": "", "label": self.page_title}]

    def parents(self) -> list[dict[str, Any]]:
        """The pages above this one."""
        return []
