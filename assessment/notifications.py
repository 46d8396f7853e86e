"""Mail to reviewers and to those whose proposals were assessed, in each one's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.tasks import task
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from accounts.notifications import absolute_url, deliver_mail, render_mail, send_mail_to
from assessment.models import AssessmentRound, Protocol
from home.words import said
from proposals.authorship import writers_of
from proposals.models import Proposal

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


def tell_writers(protocol: Protocol) -> None:
    """Tell all who wrote what a protocol holds how it went, in the background."""
    deliver_protocol.enqueue(protocol.pk)


@task()
def deliver_protocol(protocol_pk: int) -> None:
    """One mail a person for all they wrote of it: each one's result, and where to read it.

    Each goes on its own, so that a mailbox that is gone keeps nobody else from the news.
    """
    protocol = Protocol.objects.select_related("round").get(pk=protocol_pk)
    lines = [row for row in protocol.contents["proposals"] if not row.get("gone")]
    proposals = Proposal.objects.select_related("author").in_bulk(row["proposal"] for row in lines)
    found: dict[User, list[dict[str, Any]]] = {}
    for row in lines:
        for person in writers_of(proposals[row["proposal"]]):
            found.setdefault(person, []).append(row)
    for person, rows in found.items():
        if person.is_active and person.email:
            context = _result_context(protocol, person, rows)
            mail = render_mail("assessment/mail/protocol", person.language, context)
            deliver_mail.enqueue(*mail, person.email)


def _result_context(protocol: Protocol, person: User, rows: list[dict[str, Any]]) -> dict[str, Any]:
    told = protocol.contents
    with translation.override(person.language):
        return {
            "user": person,
            "round": said(told["round"]["title"])[0],
            "committee": said(told["committee"]["name"])[0],
            "rows": rows,
            "of": sum(row["place"] is not None for row in told["proposals"]),
            "url": absolute_url(protocol.round.get_absolute_url()),
        }
