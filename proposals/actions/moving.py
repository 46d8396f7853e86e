"""Moving a proposal from one status to the next: the one way to do it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.log_actions import log

from proposals import states
from proposals.actions.keeping import hide_version, keep_version, publish_version
from proposals.clock import due_after
from proposals.models import Proposal, StatusChange, Version
from proposals.notifications import tell_author
from proposals.permissions import may_move_proposal
from proposals.reasons import CODED, SENTENCES

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

# Columns that remember when a proposal first reached a step.
_STAMPS = {"submit": "submitted_at", "accept": "published_at", "overturn": "published_at"}

# Steps with which the words become everybody's; an import brings words that nobody changes.
_PUBLISHING = frozenset({"accept", "overturn"})


class ProposalMoved(Exception):
    """Somebody else moved the proposal in the meantime; carries its present status."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class ProposalRewritten(Exception):
    """The author changed the text after it was read; nothing was decided."""


@transaction.atomic
def move_proposal(
    *,
    user: User,
    proposal: Proposal,
    verb: str,
    reason: str = "",
    seen_at: datetime | None = None,
    reason_code: str = "",
) -> StatusChange:
    """Make one move of `states.MOVES` and everything that follows from it.

    `seen_at` is the `changed_at` of the text that was read: words put in after it must not be
    published by a decision about the words before. Raises `PermissionDenied` for the wrong
    person, `ValidationError` for a missing reason, `ProposalMoved` if the proposal is not where
    the move starts from (any more), `ProposalRewritten` if it reads differently by now.
    """
    move = states.MOVES[verb]
    if not may_move_proposal(user, proposal, verb):
        raise PermissionDenied
    if move.reason_required and not (reason.strip() or reason_code in SENTENCES):
        raise ValidationError({"reason": _("Give a reason: the author will read it.")})
    code = reason_code if verb in CODED else ""
    return make_move(proposal, verb, user, seen_at, reason=reason.strip(), reason_code=code)


def make_move(
    proposal: Proposal,
    verb: str,
    user: User | None,
    seen_at: datetime | None = None,
    undoes: StatusChange | None = None,
    **said: str,
) -> StatusChange:
    """The move itself, for actions that have asked for the permission; `said` is its reason."""
    change = _write_move(proposal, verb, user, seen_at, {**said, "undoes": undoes})
    if verb == "submit":
        keep_version(proposal, Version.Occasion.SENT, user)
    elif verb in _PUBLISHING:
        publish_version(proposal)
    elif verb == "undo":
        hide_version(proposal)
    log(instance=proposal, action=f"proposals.{verb}", user=user, data=said)
    for after in hooks.get_hooks("after_move_proposal"):
        after(change)
    transaction.on_commit(partial(tell_author, change))
    return change


def _write_move(
    proposal: Proposal,
    verb: str,
    user: User | None,
    seen_at: datetime | None,
    more: dict[str, Any],
) -> StatusChange:
    now = timezone.now()
    was = proposal.status
    stamps = _stamps(proposal, verb, now)
    move = states.MOVES[verb]
    still = {"status": was} | ({"changed_at": seen_at} if seen_at else {})
    # The condition in the UPDATE, not the check before it, stops two decisions at once.
    moved = was in move.sources and Proposal.objects.filter(pk=proposal.pk, **still).update(
        status=move.target, changed_at=now, **stamps
    )
    if not moved:
        status = Proposal.objects.values_list("status", flat=True).get(pk=proposal.pk)
        is_there = status == was and was in move.sources
        raise ProposalRewritten if is_there else ProposalMoved(status)
    for name, value in {"status": move.target, "changed_at": now, **stamps}.items():
        setattr(proposal, name, value)
    return StatusChange.objects.create(
        proposal=proposal,
        verb=verb,
        from_status=was,
        to_status=move.target,
        role=move.role,
        by=user,
        made_at=now,
        mail_state=StatusChange.MailState.WAITING if verb in states.DECISIONS else "",
        **more,
    )


def _stamps(proposal: Proposal, verb: str, now: datetime) -> dict[str, Any]:
    """Columns that a step sets; sending in starts the clock of moderation, each time anew."""
    stamps: dict[str, Any] = {_STAMPS[verb]: now} if verb in _STAMPS else {}
    if verb == "submit":
        stamps["moderation_due_on"] = due_after(now, proposal.call.moderation_days)
    # Only what waits is accepted, and nothing that waits was published before.
    return {"published_at": None} if verb == "undo" else stamps
