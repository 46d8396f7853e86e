"""Who may do what with proposals. Questions only: no writes, no request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.utils.crypto import constant_time_compare
from wagtail.permission_policies.base import BasePermissionPolicy

from proposals import states
from proposals.keys import hash_of
from proposals.models import CallPage, Proposal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

    Visitor = User | AnonymousUser

PERMISSION_OF_ROLE = {
    states.MODERATOR: "proposals.moderate_proposal",
    states.PROMOTER: "proposals.promote_proposal",
    states.IMPORTER: "proposals.import_proposal",
}

STAFF_CODENAMES = ("moderate_proposal", "promote_proposal", "export_proposal")


def has_role(user: Visitor, proposal: Proposal, role: str) -> bool:
    """Whether the person stands in this role towards the proposal."""
    if role == states.AUTHOR:
        return user.is_authenticated and proposal.author_id == user.pk
    return user.has_perm(PERMISSION_OF_ROLE[role])


def may_move_proposal(user: Visitor, proposal: Proposal, verb: str) -> bool:
    """Whether the person's role allows the verb; says nothing about the proposal's status.

    Who wrote a proposal takes no step with it in another role: nobody is judge in their own cause.
    """
    role = states.MOVES[verb].role
    if role != states.AUTHOR and has_role(user, proposal, states.AUTHOR):
        return False
    return has_role(user, proposal, role)


def may_see_proposal(user: Visitor, proposal: Proposal) -> bool:
    """Everybody sees public ones, authors their own, moderators all but drafts."""
    if proposal.is_public or has_role(user, proposal, states.AUTHOR):
        return True
    return proposal.status != Proposal.Status.DRAFT and user.has_perm("proposals.moderate_proposal")


def may_read_as_staff(user: Visitor) -> bool:
    """Whether the person works with proposals in the admin, in any role."""
    return any(user.has_perm(f"proposals.{codename}") for codename in STAFF_CODENAMES)


class ProposalPolicy(BasePermissionPolicy):
    """What Wagtail's admin may do with residents' words: show them to staff. Never write."""

    def user_has_permission(self, user: Visitor, action: str) -> bool:
        return action == "view" and may_read_as_staff(user)

    def users_with_any_permission(self, actions: Iterable[str]) -> Any:
        people = get_user_model().objects.filter(is_active=True)
        if "view" not in actions:
            return people.none()
        granted = Permission.objects.filter(
            codename__in=STAFF_CODENAMES, content_type__app_label="proposals"
        )
        return people.filter(
            Q(is_superuser=True)
            | Q(user_permissions__in=granted)
            | Q(groups__permissions__in=granted)
        ).distinct()


def may_edit_proposal(user: Visitor, proposal: Proposal, key: str = "") -> bool:
    """Authors change their text until it is decided on; a draft without one, who has its key."""
    writes = has_role(user, proposal, states.AUTHOR) or holds_key(proposal, key)
    return writes and proposal.is_editable


def holds_key(proposal: Proposal, key: str) -> bool:
    """Whether the key opens the draft; none opens one that has an author."""
    return bool(key) and constant_time_compare(proposal.draft_key, hash_of(key))


def may_propose(user: Visitor, call: CallPage) -> bool:
    """Whether the person may send a proposal to this call now. At most one query."""
    return user.is_authenticated and not what_hinders(user, call)


def what_hinders(user: Visitor, call: CallPage) -> str:
    """The rule that keeps the person from writing to this call now: a word, or "" for none.

    "closed" for the time, "residents" for where they live, "level" for how well we know them.
    Of somebody without an account only the first is asked, the others once the draft gets one.
    """
    if not call.is_open_for("submission"):
        return "closed"
    if not user.is_authenticated:
        return ""
    if not lives_where_called(user, call):
        return "residents"
    return "level" if user.level < call.level else ""


def lives_where_called(user: User, call: CallPage) -> bool:
    """Whether the call is for everyone, or for the municipality the person lives in."""
    if call.audience == CallPage.Audience.EVERYONE:
        return True
    return call.municipalities.filter(pk=user.municipality_id).exists()
