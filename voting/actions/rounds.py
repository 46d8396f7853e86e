"""Opening rounds, closing them for good, carrying a call's dates over while nobody voted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from proposals.actions import UndoRefused
from voting.models import Round

if TYPE_CHECKING:
    from proposals.models import CallPage, Proposal

SUPPORTED = _("Somebody has supported it already, so it stays published.")


def open_round(*, proposal: Proposal) -> Round | None:
    """Give a newly accepted proposal its round, by its call's rules; None without that phase."""
    call = proposal.call
    phase = call.phase("support")
    if phase is None:
        return None
    return Round.objects.create(
        proposal=proposal,
        threshold=call.threshold,
        level=call.level,
        residents_only=call.audience == call.Audience.RESIDENTS,
        hidden=False,
        opens_at=phase.opens_at,
        closes_at=phase.closes_at,
    )


def close_round(*, proposal: Proposal) -> None:
    """End support for one proposal, for good. Waits for votes under way, refuses later ones."""
    Round.objects.filter(proposal=proposal, closed_at__isnull=True).update(closed_at=timezone.now())


def drop_round(*, proposal: Proposal) -> None:
    """Take away the round of a proposal whose publication is undone. Raises `UndoRefused`.

    Votes under way hold the round, and those that come later find none.
    """
    round_ = Round.objects.select_for_update(of=["self"]).filter(proposal=proposal).first()
    if round_ is None:
        return
    if round_.events.exists():
        raise UndoRefused(str(SUPPORTED))
    round_.delete()


def close_due_rounds() -> int:
    """Close every round whose published close is past; returns how many.

    The update waits for each vote that came in time and is still being written, so what is
    counted afterwards is all there will ever be.
    """
    return Round.objects.due_to_close().update(closed_at=timezone.now())


@transaction.atomic
def follow_call(*, call: CallPage) -> None:
    """Carry new dates of a call over to its rounds, as long as nobody voted in them."""
    phase = call.phase("support")
    if phase is None:
        return
    rounds = Round.objects.filter(proposal__call=call, closed_at__isnull=True).not_begun()
    for round_ in rounds.filter(closes_at__gt=timezone.now()).select_for_update(of=["self"]):
        round_.opens_at, round_.closes_at = phase.opens_at, phase.closes_at
        round_.save(update_fields=["opens_at", "closes_at", "rules", "rules_hash"])
