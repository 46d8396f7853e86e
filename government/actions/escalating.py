"""What the clock does with referrals that wait: reminders, the head of the body, our staff."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from government.actions.links import give_link, locked
from government.actions.steps import add_step
from government.case_clock import rungs_reached
from government.case_notifications import tell_of_step
from government.models import ReferralStep

if TYPE_CHECKING:
    from government.models import Referral

Kind = ReferralStep.Kind
# The official in charge hears of these; of those after them their head, then our staff.
TO_OFFICIAL = frozenset({Kind.WEEK_BEFORE, Kind.DAY_BEFORE, Kind.DUE})


def escalate_referral(referral: Referral) -> list[ReferralStep]:
    """Make the steps that the clock has come to and that are not made yet, each once."""
    since = timezone.localdate(referral.made_at)
    done = set(
        referral.steps.filter(due_on=referral.due_on, kind__in=Kind.values).values_list(
            "kind", flat=True
        )
    )
    reached = rungs_reached(referral.due_on, timezone.localdate(), since)
    steps = [_make(referral, kind) for kind in reached if kind not in done]
    return [step for step in steps if step is not None]


@transaction.atomic
def _make(referral: Referral, kind: str) -> ReferralStep | None:
    current = locked(referral)
    is_waiting = current.proposal.status == "promoted" and current.due_on == referral.due_on
    # Answered or given more time while the list was gone through; or our staff's to move on.
    if not is_waiting or (current.is_returned and kind != Kind.STAFF_TOLD):
        return None
    try:
        with transaction.atomic():
            step = add_step(referral=current, kind=kind, due_on=current.due_on)
    except IntegrityError:
        return None  # Another timer was quicker.
    if kind in TO_OFFICIAL and current.official is not None and current.official.is_active:
        give_link(current, current.official, step)
    else:
        transaction.on_commit(partial(tell_of_step, step))
    return step
