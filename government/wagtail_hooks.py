"""Registers with Wagtail's admin what the government app has for staff. No logic here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogFormatter
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from accounts.permissions import KeptPolicy
from government import case_hooks, commitment_hooks  # noqa: F401 - what they register is all we want
from government.models import Body
from government.permissions import may_export_proposals, may_read_dossiers
from government.templatetags.government_tags import referral_of
from government.views import export_proposals
from government.viewsets import BodyViewSet, ReferralViewSet
from government.viewsets.figures import FiguresViewSet
from government.viewsets.packets import MakePacket, PacketViewSet
from government.viewsets.panels import OverduePanel, ReferralPanel
from home.staff import StaffMenuItem
from proposals.permissions import may_read_as_staff

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest
    from django.urls import URLPattern
    from wagtail.log_actions import LogActionRegistry
    from wagtail.models import ModelLogEntry

    from proposals.models import Proposal

# First of all: Wagtail makes a policy of its own for a model whose policy is asked for before.
register_permission_policy(Body, KeptPolicy(Body))
register_snippet(BodyViewSet)

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


@hooks.register("register_navigation_item", order=10)  # after the list of proposals
def show_results_in_the_menu() -> tuple[Any, str]:
    return _("Results"), reverse("government:results")


@hooks.register("register_admin_viewset")
def register_referrals() -> ReferralViewSet:
    return ReferralViewSet()


@hooks.register("register_proposals_menu_item")
def list_referrals_in_the_menu() -> StaffMenuItem:
    url = reverse("referrals_admin:index")
    return StaffMenuItem(
        _("Answers due"),
        f"{url}?state=waiting",
        name="referrals",
        order=35,
        may=may_read_as_staff,
    )


@hooks.register("register_admin_viewset")
def register_packets() -> PacketViewSet:
    return PacketViewSet()


hooks.register("register_bulk_action", MakePacket)


@hooks.register("register_proposals_menu_item")
def list_packets_in_the_menu() -> StaffMenuItem:
    url = reverse("packets_admin:index")
    return StaffMenuItem(_("Packets"), url, name="packets", order=38, may=may_read_dossiers)


@hooks.register("register_admin_viewset")
def register_figures() -> FiguresViewSet:
    return FiguresViewSet()


@hooks.register("register_proposals_menu_item")
def show_figures_in_the_menu() -> StaffMenuItem:
    url = reverse("figures_admin:index")
    label = pgettext_lazy("statistics", "Figures")
    return StaffMenuItem(label, url, name="figures", order=95, may=may_read_as_staff)


@hooks.register("register_proposals_menu_item")
def list_bodies_in_the_menu() -> StaffMenuItem:
    url = reverse(Body.snippet_viewset.get_url_name("list"))
    return StaffMenuItem(_("Bodies"), url, name="bodies", order=91, may="government.change_body")


@hooks.register("construct_proposal_panels")
def show_the_referral(panels: list[Any], proposal: Proposal, request: HttpRequest) -> None:
    panel = ReferralPanel(proposal, request.user)
    if panel.is_shown:
        panels.append(panel)


@hooks.register("register_next_date")
def answer_is_due(proposal: Proposal) -> datetime | None:
    """The end of the day that the body has to answer by; the page says no other date beside it."""
    if proposal.status != "promoted":
        return None
    referral = referral_of(proposal)
    return referral.due_at if referral else None


@hooks.register("construct_homepage_panels")
def show_what_is_overdue(request: HttpRequest, panels: list[Any]) -> None:
    if request.user.has_perm("proposals.promote_proposal"):
        panels.append(OverduePanel())


class ExportFormatter(LogFormatter):
    """What the audit log says of a list that staff took out."""

    label = _("Export proposals")

    def format_message(self, log_entry: ModelLogEntry) -> str:
        return ngettext(
            "Export of %(rows)d proposal as %(format)s; filters: %(filters)d",
            "Export of %(rows)d proposals as %(format)s; filters: %(filters)d",
            log_entry.data["rows"],
        ) % (log_entry.data | {"format": log_entry.data["format"].upper()})


@hooks.register("register_log_actions")
def register_actions(actions: LogActionRegistry) -> None:
    actions.register_action(
        "government.promote",
        pgettext_lazy("button", "Put before the Government"),
        _("Put before the Government"),
    )
    actions.register_action(
        "government.answer", _("Enter the official answer"), _("The official answer was entered")
    )
    actions.register_action(
        "government.freeze", _("Freeze a new dossier"), _("A new version of the dossier was frozen")
    )
    actions.register_action("government.export")(ExportFormatter)
    actions.register_action(
        "government.ask_packet", _("Make a packet"), _("A packet of dossiers was asked for")
    )
    actions.register_action(
        "government.export_figures", _("Export figures"), _("Figures were taken out as a file")
    )
