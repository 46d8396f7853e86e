"""Publishing what a body answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from government.models import Answer, Referral
from government.notifications import tell_of_answer
from government.permissions import may_answer_referral
from proposals.actions import move_proposal

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import User


@transaction.atomic
def answer_referral(
    *,
    user: User,
    referral: Referral,
    outcome: str,
    text: str,
    official_name: str,
    official_position: str = "",
    answered_on: date,
) -> Answer:
    """Publish a body's answer and tell the author and all supporters in the background.

    Raises `PermissionDenied`, `ValidationError`, `ProposalMoved` if it is answered already.
    """
    if not may_answer_referral(user, referral):
        raise PermissionDenied
    answer = Answer(
        referral=referral,
        outcome=outcome,
        text=text.strip(),
        official_name=official_name.strip(),
        official_position=official_position.strip(),
        answered_on=answered_on,
        entered_by=user,
        entered_at=timezone.now(),
    )
    answer.clean_fields()
    answer.check_day()
    move_proposal(user=user, proposal=referral.proposal, verb=answer.verb, reason=answer.text)
    answer.save()
    log(instance=referral, action="government.answer", user=user, data={"outcome": outcome})
    transaction.on_commit(partial(tell_of_answer, answer))
    return answer
