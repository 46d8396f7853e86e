"""Makes decisions of moderators and appeals against them for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import time_machine
from django.utils import timezone

from proposals import states
from proposals.actions import make_appeal, move_proposal
from proposals.models import Proposal
from proposals.notifications import send_due_mails
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from accounts.models import User
    from proposals.models import Appeal


def make_waiting(**fields: Any) -> Proposal:
    """A proposal that was sent in just now and waits to be checked."""
    return ProposalFactory(status=Proposal.Status.SUBMITTED, published_at=None, **fields)


def make_rejected(by: User, **fields: Any) -> Proposal:
    """A proposal that this moderator rejected just now."""
    proposal = make_waiting(**fields)
    move_proposal(
        user=by, proposal=proposal, verb="reject", reason="Уже есть.", reason_code="duplicate"
    )
    return proposal


def let_mails_go() -> None:
    """Send the mails of decisions, as happens once they cannot be undone any more."""
    with time_machine.travel(timezone.now() + states.UNDO_FOR):
        send_due_mails()


def make_appealed(by: User, **fields: Any) -> Appeal:
    """An open appeal of the author against this moderator's rejection."""
    proposal = make_rejected(by, **fields)
    return make_appeal(user=proposal.author, proposal=proposal, text="Другое предложение о другом.")
