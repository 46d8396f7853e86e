"""Undoing a decision about what was sent in, for ten minutes, by whoever made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from wagtail import hooks

from proposals.actions.moving import ProposalMoved, ProposalRewritten, make_move
from proposals.models import StatusChange
from proposals.permissions import UndoRefusal, may_undo_decision, why_not_undo

if TYPE_CHECKING:
    from accounts.models import User

MailState = StatusChange.MailState


class UndoRefused(Exception):
    """The decision stays; carries why, in words for whoever wanted to undo it."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@transaction.atomic
def undo_decision(*, user: User, change: StatusChange) -> StatusChange:
    """Put a proposal back to where it waited before a decision; the mail of that is not sent.

    Raises `PermissionDenied` to everybody but who decided, and `UndoRefused`.
    """
    if not may_undo_decision(user, change):
        raise PermissionDenied
    if refusal := what_keeps(change):
        raise UndoRefused(refusal)
    # The condition in the UPDATE lets one of two clicks through, and stops the mail or comes late.
    waiting = StatusChange.objects.filter(pk=change.pk, mail_state=MailState.WAITING)
    if not waiting.update(mail_state=MailState.UNDONE):
        raise UndoRefused(str(UndoRefusal.UNDONE.label))
    change.mail_state = MailState.UNDONE
    try:
        return make_move(change.proposal, "undo", user, change.made_at, undoes=change)
    except (ProposalMoved, ProposalRewritten):
        raise UndoRefused(str(UndoRefusal.MOVED.label)) from None


def what_keeps(change: StatusChange) -> str:
    """Why the decision cannot be undone now, or "". Other apps add to it by a hook."""
    if refusal := why_not_undo(change):
        return str(refusal.label)
    hindrances: list[str] = []
    for construct in hooks.get_hooks("construct_undo_hindrances"):
        construct(hindrances, change.proposal)
    return " ".join(str(words) for words in hindrances)
