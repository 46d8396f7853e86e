"""Mail to reviewers, in each one's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.tasks import task
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from accounts.notifications import absolute_url, send_mail_to
from assessment.models import AssessmentRound
from home.words import said

if TYPE_CHECKING:
    from collections.abc import Iterable


def tell_reviewers(round_: AssessmentRound) -> None:
    """Ask everybody who reads in a round for their scores, in the background."""
    deliver_reading.enqueue(round_.pk)


@task()
def deliver_reading(round_pk: int) -> None:
    """One mail a reviewer: how many proposals, until when, and where."""
    round_ = AssessmentRound.objects.get(pk=round_pk)
    for person in _reviewers(round_):
        with translation.override(person.language):
            context = {
                "title": said(round_.title)[0],
                "count": person.sheet_count,  # type: ignore[attr-defined]  # annotated below
                "due_at": round_.due_at,
                "url": absolute_url(reverse("reviews_admin:declare", args=[round_.pk])),
            }
        send_mail_to(person, "assessment/mail/reading", context)


def _reviewers(round_: AssessmentRound) -> Iterable[User]:
    mine = Q(memberships__assignments__assessed__round=round_)
    open_ = mine & Q(memberships__assignments__recusal="")
    return User.objects.filter(open_).annotate(
        sheet_count=Count("memberships__assignments", filter=open_)
    )
