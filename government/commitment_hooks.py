"""Registers what commitments add to the admin and to other apps; `wagtail_hooks` imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from government.actions.observations import let_go_of_observations
from government.commitment_timeline import entries_of
from government.commitment_words import STEPS
from government.permissions import may_check_observations
from government.personal_data import observations_data
from government.viewsets.commitment_panels import (
    CommitmentsPanel,
    KeptPanel,
    ObservationsPanel,
)
from government.viewsets.commitment_sets import CommitmentViewSet, ObservationViewSet
from home.staff import StaffMenuItem
from proposals.permissions import may_read_as_staff

if TYPE_CHECKING:
    from django.http import HttpRequest
    from wagtail.log_actions import LogActionRegistry

    from accounts.models import User
    from proposals.history import Entry
    from proposals.models import Proposal


@hooks.register("register_admin_viewset")
def register_commitments() -> CommitmentViewSet:
    return CommitmentViewSet()


@hooks.register("register_admin_viewset")
def register_observations() -> ObservationViewSet:
    return ObservationViewSet()


@hooks.register("register_proposals_menu_item")
def list_commitments_in_the_menu() -> StaffMenuItem:
    url = reverse("commitments_admin:index")
    return StaffMenuItem(_("Commitments"), url, name="commitments", order=36, may=may_read_as_staff)


@hooks.register("register_proposals_menu_item")
def list_observations_in_the_menu() -> StaffMenuItem:
    url = reverse("observations_admin:index")
    label = _("Residents' observations")
    return StaffMenuItem(label, url, name="observations", order=37, may=may_check_observations)


@hooks.register("construct_proposal_panels", order=10)  # below the answer that promises
def show_the_commitments(panels: list[Any], proposal: Proposal, request: HttpRequest) -> None:
    panel = CommitmentsPanel(proposal, request.user)
    if panel.is_shown:
        panels.append(panel)


@hooks.register("construct_homepage_panels")
def show_what_was_promised(request: HttpRequest, panels: list[Any]) -> None:
    if request.user.has_perm("proposals.promote_proposal"):
        panels.append(KeptPanel())
    if may_check_observations(request.user):
        panels.append(ObservationsPanel())


@hooks.register("before_erase_account")
def let_go_of_what_they_saw(account: User, keep_name: bool) -> None:
    let_go_of_observations(author=account, keep_name=keep_name)


@hooks.register("register_personal_data")
def own_observations(user: User) -> tuple[str, Any]:
    """What the person reported of commitments."""
    return "observations", observations_data(user)


@hooks.register("register_timeline_entries")
def steps_of_commitments(proposal: Proposal) -> list[Entry]:
    return entries_of(proposal)


@hooks.register("register_log_actions")
def register_commitment_steps(actions: LogActionRegistry) -> None:
    for verb, step in STEPS.items():
        actions.register_action(f"government.commitment_{verb}", step.button, step.done)
    for name, label, message in (
        ("send", _("Send an observation"), _("A resident sent an observation")),
        ("accept", _("Accept an observation"), _("An observation was accepted")),
        ("refuse", _("Refuse an observation"), _("An observation was refused")),
        ("take_back", _("Take back an observation"), _("A resident took back an observation")),
    ):
        actions.register_action(f"government.{name}_observation", label, message)
