"""Registers what officials and their cases add to the admin and other apps; `wagtail_hooks`
imports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from accounts.permissions import KeptPolicy
from government.actions.handling import let_go_of_replies
from government.case_pages import step_entries
from government.models import Department, Official, ReferralStep
from government.personal_data import replies_data
from government.templatetags.government_tags import referral_of
from government.viewsets.officials import DepartmentViewSet, OfficialViewSet
from home.staff import StaffMenuItem

if TYPE_CHECKING:
    from wagtail.log_actions import LogActionRegistry

    from accounts.models import User
    from proposals.history import Entry
    from proposals.models import Proposal

# Policies first, as in `wagtail_hooks`.
for model in (Department, Official):
    register_permission_policy(model, KeptPolicy(model))
for viewset in (DepartmentViewSet, OfficialViewSet):
    register_snippet(viewset)


def _entry(model: Any, label: Any, order: int) -> StaffMenuItem:
    """The list of what staff keep, for those who may change it."""
    name = model._meta.model_name
    url = reverse(model.snippet_viewset.get_url_name("list"))
    return StaffMenuItem(label, url, name=name, order=order, may=f"government.change_{name}")


@hooks.register("register_proposals_menu_item")
def list_departments_in_the_menu() -> StaffMenuItem:
    return _entry(Department, _("Departments"), 92)


@hooks.register("register_proposals_menu_item")
def list_officials_in_the_menu() -> StaffMenuItem:
    return _entry(Official, _("Officials"), 93)


@hooks.register("register_timeline_entries")
def steps_of_the_case(proposal: Proposal) -> list[Entry]:
    referral = referral_of(proposal)
    return step_entries([referral]) if referral else []


@hooks.register("before_erase_account")
def let_go_of_what_they_replied(account: User, keep_name: bool) -> None:
    let_go_of_replies(author=account, keep_name=keep_name)


@hooks.register("register_personal_data")
def own_replies(user: User) -> tuple[str, Any]:
    """What the person replied to bodies of government."""
    return "replies", replies_data(user)


@hooks.register("register_log_actions")
def register_steps(actions: LogActionRegistry) -> None:
    for kind in ReferralStep.Kind:
        actions.register_action(f"government.{kind.value}", kind.label, kind.label)
    for name, label, message in (
        ("send_link", _("Send a link to the case"), _("A link to the case was sent")),
        ("revoke_link", _("Revoke links to the case"), _("Links to the case were revoked")),
        ("open_case", _("Open the case"), _("The case was opened by link and code")),
        ("hide_step", _("Hide a step"), _("A step was hidden")),
    ):
        actions.register_action(f"government.{name}", label, message)
