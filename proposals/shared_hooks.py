"""Registers what co-authors, amendments and merges add to the admin; `wagtail_hooks` imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from home.staff import StaffMenuItem
from proposals.actions.merging import leave_merge
from proposals.authorship import may_merge_proposals
from proposals.personal_data import coauthored_data
from proposals.story import note_entries
from proposals.viewsets.amendments import AmendmentsPanel, AmendmentViewSet
from proposals.viewsets.merging import MergePanel, MergeViewSet
from proposals.viewsets.shared_log import SHARED_ACTIONS

if TYPE_CHECKING:
    from django.http import HttpRequest
    from wagtail.log_actions import LogActionRegistry

    from accounts.models import User
    from proposals.models import Proposal

hooks.register("register_timeline_entries", note_entries)

# Before other apps follow: a vote locks the merge first and then the round, so does this.
hooks.register("after_move_proposal", leave_merge, order=-10)


@hooks.register("register_log_actions")
def register_shared_actions(actions: LogActionRegistry) -> None:
    for name, (label, done) in SHARED_ACTIONS.items():
        actions.register_action(f"proposals.{name}", label, done)


@hooks.register("register_personal_data")
def own_coauthorships(user: User) -> tuple[str, Any]:
    """What the person writes with others, and what they added."""
    return "coauthored", coauthored_data(user)


@hooks.register("register_admin_viewset")
def register_merges() -> MergeViewSet:
    return MergeViewSet()


@hooks.register("register_admin_viewset")
def register_amendments() -> AmendmentViewSet:
    return AmendmentViewSet()


@hooks.register("register_proposals_menu_item")
def list_amendments_in_the_menu() -> StaffMenuItem:
    url = reverse("amendments_admin:index")
    return StaffMenuItem(_("Amendments"), url, name="amendments", order=5, may=may_merge_proposals)


@hooks.register("register_proposals_menu_item")
def list_merges_in_the_menu() -> StaffMenuItem:
    url = reverse("merges_admin:index")
    return StaffMenuItem(_("Merges"), url, name="merges", order=40, may=may_merge_proposals)


@hooks.register("construct_proposal_panels")
def show_merges(panels: list[Any], proposal: Proposal, request: HttpRequest) -> None:
    panel = MergePanel(proposal, request)
    if panel.is_shown:
        panels.append(panel)


@hooks.register("construct_homepage_panels")
def show_amendments_that_wait(request: HttpRequest, panels: list[Any]) -> None:
    if may_merge_proposals(request.user):
        panels.append(AmendmentsPanel())
