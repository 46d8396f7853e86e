"""A second look at a decision of the moderators: asked for by the author, given by another."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from proposals.actions.moving import move_proposal
from proposals.clock import due_after
from proposals.models import Appeal, Proposal
from proposals.notifications import tell_of_appeal
from proposals.permissions import (
    AppealRefusal,
    decision_to_appeal,
    may_decide_appeal,
    why_not_appeal,
)

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from proposals.models import StatusChange

OUTCOMES = {"uphold": Appeal.State.UPHELD, "overturn": Appeal.State.OVERTURNED}


class AppealRefused(Exception):
    """The person cannot appeal (any more); carries why."""

    def __init__(self, refusal: AppealRefusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class AppealAnswered(Exception):
    """Somebody else answered the appeal meanwhile, or its author ended it."""


@transaction.atomic
def make_appeal(*, user: User, proposal: Proposal, text: str) -> Appeal:
    """Ask for a second look, once. Raises `PermissionDenied`, `ValidationError`, `AppealRefused`.

    The row is locked: a proposal that is sent in again at this moment is no longer rejected.
    """
    row = Proposal.objects.select_for_update(of=["self"]).select_related("call")
    current = row.get(pk=proposal.pk)
    if current.author_id != user.pk:
        raise PermissionDenied
    if not text.strip():
        raise ValidationError({"text": _("Say why the decision is wrong.")})
    decision = decision_to_appeal(current)
    if refusal := why_not_appeal(current):
        raise AppealRefused(refusal)
    if decision is None:
        raise AppealRefused(AppealRefusal.NOTHING)
    appeal = _written_down(current, decision, text.strip())
    log(instance=current, action="proposals.appeal", user=user)
    return appeal


def _written_down(proposal: Proposal, decision: StatusChange, text: str) -> Appeal:
    now = timezone.now()
    try:
        with transaction.atomic():
            return Appeal.objects.create(
                proposal=proposal,
                decision=decision,
                against=decision.by,
                text=text,
                made_at=now,
                due_on=due_after(now, proposal.call.moderation_days),
            )
    except IntegrityError:
        raise AppealRefused(AppealRefusal.MADE) from None


@transaction.atomic
def answer_appeal(
    *, user: User, appeal: Appeal, verb: str, answer: str, seen_at: datetime | None = None
) -> Appeal:
    """Let a decision stand ("uphold"), or publish the proposal after all ("overturn").

    The author is told after the commit. Raises `PermissionDenied` to whoever decided before,
    `ValidationError` without an answer, `AppealAnswered`, and what `move_proposal` raises.
    """
    if not may_decide_appeal(user, appeal):
        raise PermissionDenied
    if not answer.strip():
        raise ValidationError({"reason": _("Give a reason: the author will read it.")})
    _write_answer(user, appeal, OUTCOMES[verb], answer.strip())
    if verb == "overturn":
        # Its reason stays with the appeal: that of a step which publishes is read by everybody.
        move_proposal(user=user, proposal=appeal.proposal, verb=verb, seen_at=seen_at)
    else:
        log(instance=appeal.proposal, action="proposals.uphold", user=user)
    transaction.on_commit(partial(tell_of_appeal, appeal))
    return appeal


def _write_answer(user: User, appeal: Appeal, state: str, answer: str) -> None:
    fields = {"state": state, "answer": answer, "answered_by": user, "answered_at": timezone.now()}
    if not Appeal.objects.filter(pk=appeal.pk, state=Appeal.State.OPEN).update(**fields):
        raise AppealAnswered
    for name, value in fields.items():
        setattr(appeal, name, value)


def end_appeal(change: StatusChange) -> None:
    """End an open appeal whose author sent the proposal in again, or took it back."""
    open_ones = Appeal.objects.filter(proposal=change.proposal_id, state=Appeal.State.OPEN)
    if open_ones.update(state=Appeal.State.LAPSED, answered_at=change.made_at):
        log(instance=change.proposal, action="proposals.end_appeal", user=change.by)
