"""Reminding those who promised, and telling staff once a date has passed."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from government.commitment_notifications import tell_owner, tell_staff
from government.commitment_reminders import STEPS, is_escalated, step_reached
from government.models import Commitment, CommitmentQuerySet, CommitmentReminder


def commitments_to_remind() -> CommitmentQuerySet:
    """Open ones of public proposals whose first reminder has come."""
    until = timezone.localdate() + timedelta(days=STEPS[0])
    found = Commitment.objects.public().open().filter(due_on__lte=until)
    rows = found.select_related("body", "proposal", "answer__referral")
    return rows.order_by("due_on", "pk")


@transaction.atomic
def remind_of_commitment(*, commitment: Commitment) -> bool:
    """Send what is due about one commitment now; False if that was done already.

    The row comes first: of two runs at once only one makes it, and only that one sends.
    """
    step = step_reached(commitment.days_left)
    if step is None:
        return False
    _row, is_new = CommitmentReminder.objects.get_or_create(
        commitment=commitment,
        due_on=commitment.due_on,
        days_left=step,
        defaults={"sent_at": timezone.now()},
    )
    if not is_new:
        return False
    tell_owner(commitment, is_escalated=is_escalated(step))
    if is_escalated(step):
        tell_staff(commitment)
    return True
