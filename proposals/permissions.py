"""Who may do what with proposals. Questions only: no writes, no request."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from wagtail.permission_policies.base import BasePermissionPolicy

from proposals import states
from proposals.clock import site_day
from proposals.keys import hash_of
from proposals.models import Amendment, Appeal, CallPage, MergePart, Proposal, StatusChange
from proposals.reasons import CODED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from accounts.models import User

    Visitor = User | AnonymousUser

PERMISSION_OF_ROLE = {
    states.MODERATOR: "proposals.moderate_proposal",
    states.PROMOTER: "proposals.promote_proposal",
    states.IMPORTER: "proposals.import_proposal",
}

STAFF_CODENAMES = ("moderate_proposal", "promote_proposal", "export_proposal")


def has_role(user: Visitor, proposal: Proposal, role: str) -> bool:
    """Whether the person stands in this role towards the proposal; co-authors are authors too.

    One query for who is not the author; none if the co-authors are fetched already.
    """
    if role == states.AUTHOR:
        return user.is_authenticated and writes_proposal(user, proposal)
    return user.has_perm(PERMISSION_OF_ROLE[role])


def writes_proposal(user: User, proposal: Proposal) -> bool:
    """Whether the person is the author or a co-author."""
    if proposal.author_id == user.pk:
        return True
    return any(row.person_id == user.pk for row in proposal.coauthors.all())


def may_move_proposal(user: Visitor, proposal: Proposal, verb: str) -> bool:
    """Whether the person's role allows the verb; says nothing about the proposal's status.

    Who wrote a proposal takes no step with it in another role: nobody is judge in their own cause.
    Only the author withdraws, if there is one: a co-author takes nothing away from the others.
    """
    role = states.MOVES[verb].role
    if verb == "withdraw" and proposal.author_id is not None:
        return proposal.author_id == user.pk
    if role != states.AUTHOR and has_role(user, proposal, states.AUTHOR):
        return False
    return has_role(user, proposal, role)


def may_check_proposal(user: Visitor, proposal: Proposal) -> bool:
    """Whether the person may decide on what is sent in, and so be given it to check."""
    return may_move_proposal(user, proposal, "accept")


class UndoRefusal(models.TextChoices):
    """Why a decision cannot be undone, in words that say what holds now."""

    UNDONE = "undone", _("This decision is undone already.")
    LATE = (
        "late",
        _("Ten minutes are over and the author has been told, so the decision stands."),
    )
    MOVED = "moved", _("The proposal has gone on since, so the decision stands.")


def may_undo_decision(user: Visitor, change: StatusChange) -> bool:
    """Whoever decided, as long as they may decide at all: a slip is theirs to take back."""
    decided = user.is_authenticated and change.by_id == user.pk
    return decided and may_move_proposal(user, change.proposal, "undo")


def why_not_undo(change: StatusChange) -> UndoRefusal | None:
    """The reason it cannot be undone now, or None. At most three queries."""
    if change.is_undone:
        return UndoRefusal.UNDONE
    if change.mail_state != StatusChange.MailState.WAITING or timezone.now() >= change.undo_until:
        return UndoRefusal.LATE
    return UndoRefusal.MOVED if _has_gone_on(change) else None


def _has_gone_on(change: StatusChange) -> bool:
    """Whether its author, or anybody, did something about the proposal since."""
    proposal = change.proposal
    if (proposal.status, proposal.changed_at) != (change.to_status, change.made_at):
        return True
    about = {"proposal": proposal.pk}
    return (
        Appeal.objects.filter(decision=change).exists()
        or Amendment.objects.filter(**about).exists()
        or MergePart.objects.filter(is_active=True, **about).exists()
    )


class AppealRefusal(models.TextChoices):
    """Why an author cannot ask for a second look, in words that say what to do."""

    NOTHING = (
        "nothing",
        _("There is no decision to appeal against: first change what the moderators ask for."),
    )
    MADE = "made", _("You have appealed already. Each proposal is looked at a second time once.")
    LATE = "late", _("The time to appeal is over. You can write a new proposal.")


def decision_to_appeal(proposal: Proposal) -> StatusChange | None:
    """The rejection, or the second return, that the proposal stands at. Reads its steps."""
    steps = list(proposal.status_changes.all())
    last = steps[-1] if steps else None
    if last is None or last.verb not in CODED:
        return None
    returned = sum(step.verb == "return" and not step.is_undone for step in steps)
    return last if last.verb == "reject" or returned > 1 else None


def last_day_to_appeal(proposal: Proposal, decision: StatusChange) -> date:
    """The day until whose end its author may appeal. Reads the call."""
    return site_day(decision.made_at) + timedelta(days=proposal.call.appeal_days)


def why_not_appeal(proposal: Proposal) -> AppealRefusal | None:
    """The reason its author cannot appeal now, or None. One query beside the steps."""
    decision = decision_to_appeal(proposal)
    if Appeal.objects.filter(proposal=proposal).exists():
        return AppealRefusal.MADE
    if decision is None:
        return AppealRefusal.NOTHING
    in_time = site_day() <= last_day_to_appeal(proposal, decision)
    return None if in_time and proposal.call.appeal_days else AppealRefusal.LATE


def may_decide_appeal(user: Visitor, appeal: Appeal) -> bool:
    """A moderator who is neither the author nor anybody who sent it back or rejected it."""
    if not may_move_proposal(user, appeal.proposal, "overturn") or appeal.against_id == user.pk:
        return False
    earlier = StatusChange.objects.filter(proposal=appeal.proposal_id, verb__in=CODED, by=user.pk)
    return not earlier.exists()


def may_see_proposal(user: Visitor, proposal: Proposal) -> bool:
    """Everybody sees public ones, authors their own, moderators all but drafts."""
    if proposal.is_public or has_role(user, proposal, states.AUTHOR):
        return True
    return proposal.status != Proposal.Status.DRAFT and user.has_perm("proposals.moderate_proposal")


def may_read_as_staff(user: Visitor) -> bool:
    """Whether the person works with proposals in the admin, in any role."""
    return any(user.has_perm(f"proposals.{codename}") for codename in STAFF_CODENAMES)


def people_with(*codenames: str) -> QuerySet[User]:
    """Everybody who has one of these permissions of this app, by whatever way."""
    granted = Permission.objects.filter(codename__in=codenames, content_type__app_label="proposals")
    return (
        get_user_model()
        .objects.filter(is_active=True)
        .filter(
            Q(is_superuser=True)
            | Q(user_permissions__in=granted)
            | Q(groups__permissions__in=granted)
        )
        .distinct()
    )


def moderators() -> QuerySet[User]:
    """Those whom a proposal can be given to check, by name."""
    return people_with("moderate_proposal").order_by("name", "pk")


class ProposalPolicy(BasePermissionPolicy):
    """What Wagtail's admin may do with residents' words: show them to staff. Never write."""

    def user_has_permission(self, user: Visitor, action: str) -> bool:
        return action == "view" and may_read_as_staff(user)

    def users_with_any_permission(self, actions: Iterable[str]) -> Any:
        if "view" not in actions:
            return get_user_model().objects.none()
        return people_with(*STAFF_CODENAMES)


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
