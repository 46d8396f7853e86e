"""Publishing what a body answers: as staff enter it, or as the official in charge writes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from government.actions.cases import locked_case
from government.actions.commitments import make_commitments
from government.actions.links import locked
from government.case_outcomes import overall_outcome
from government.models import Answer, AnswerPart, Referral
from government.notifications import tell_of_answer
from government.permissions import may_answer_referral
from proposals.actions.moving import make_move

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from accounts.models import User
    from government.actions.commitments import Promise
    from government.models import CaseLink
    from home.words import Words


@dataclass(frozen=True)
class Part:
    """What is said to one part of a proposal."""

    what: str
    outcome: str
    reasons: str


@transaction.atomic
def answer_referral(
    *,
    user: User,
    referral: Referral,
    outcome: str,
    text: str,
    official_name: str,
    official_position: Words | None = None,
    answered_on: date,
    parts: Iterable[Part] = (),
    promises: Iterable[Promise] = (),
) -> Answer:
    """Publish a body's answer and tell the author and all supporters in the background.

    Raises `PermissionDenied`, `ValidationError`, `ProposalMoved` if it is answered already.
    """
    if not may_answer_referral(user, referral):
        raise PermissionDenied
    answer = Answer(
        referral=locked(referral),
        outcome=outcome,
        text=text.strip(),
        official_name=official_name.strip(),
        official_position=official_position or {},
        answered_on=answered_on,
        entered_by=user,
        entered_at=timezone.now(),
    )
    return _publish(answer, parts, promises)


@transaction.atomic
def answer_case(
    *, link: CaseLink, text: str, parts: Sequence[Part], promises: Iterable[Promise] = ()
) -> Answer:
    """Publish the answer of the official in charge, in parts; the whole follows from them.

    Raises `PermissionDenied`, `CaseMoved`, `ValidationError`, `ProposalMoved`.
    """
    answer = draft_answer(link=link, referral=locked_case(link), text=text, parts=parts)
    return _publish(answer, parts, promises)


def draft_answer(*, link: CaseLink, referral: Referral, text: str, parts: Sequence[Part]) -> Answer:
    """The answer as it would be published now, not saved: for the preview and for the action.

    Raises `ValidationError` if no part is the body's own to decide.
    """
    outcome = overall_outcome([part.outcome for part in parts])
    if outcome is None:
        raise ValidationError(_("Nothing here is yours to decide: say whose it is instead."))
    return Answer(
        referral=referral,
        outcome=outcome,
        text=text.strip(),
        official=link.official,
        official_name=link.official.name,
        official_position=link.official.position,
        answered_on=timezone.localdate(),
        entered_at=timezone.now(),
    )


def _publish(answer: Answer, parts: Iterable[Part], promises: Iterable[Promise]) -> Answer:
    answer.clean_fields()
    answer.check_day()
    referral, user = answer.referral, answer.entered_by
    # Of two who answer at once the move lets one through.
    make_move(referral.proposal, answer.verb, user, reason=answer.text)
    answer.save()
    for row in part_rows(answer, parts):
        row.clean_fields()
        row.save()
    make_commitments(answer=answer, promises=promises, user=user)
    data = {"outcome": answer.outcome, "official": answer.official_id}
    log(instance=referral, action="government.answer", user=user, data=data)
    transaction.on_commit(partial(tell_of_answer, answer))
    return answer


def part_rows(answer: Answer, parts: Iterable[Part]) -> list[AnswerPart]:
    """The parts as rows, not saved."""
    return [
        AnswerPart(
            answer=answer,
            position=place,
            what=part.what.strip(),
            outcome=part.outcome,
            reasons=part.reasons.strip(),
        )
        for place, part in enumerate(parts, start=1)
    ]
