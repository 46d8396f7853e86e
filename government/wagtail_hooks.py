"""Registers with Wagtail's admin what the government app has for staff. No logic here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button

from government.permissions import may_export_proposals
from government.views import export_proposals

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.urls import URLPattern

EXPORT_BUTTONS = (
    ("xlsx", _("Download XLSX")),
    ("csv", _("Download CSV")),
    ("json", _("Download JSON")),
    ("pdf", _("Download PDF to print")),
    ("pdf-detailed", _("Download PDF, a page for each")),
)


@hooks.register("register_admin_urls")
def register_export_address() -> list[URLPattern]:
    return [path("proposals/export/<str:name>/", export_proposals, name="export_proposals")]


@hooks.register("construct_proposal_list_buttons")
def offer_exports(buttons: list[Any], request: HttpRequest) -> None:
    """The list as it is filtered now, in each format."""
    if not may_export_proposals(request.user):
        return
    for place, (name, label) in enumerate(EXPORT_BUTTONS):
        url = f"{reverse('export_proposals', args=[name])}?{request.GET.urlencode()}"
        buttons.append(Button(label, url=url, icon_name="download", priority=10 * place + 50))
