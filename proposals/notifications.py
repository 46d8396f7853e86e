"""What authors are told about their proposals. Mail goes out in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.tasks import task
from django.utils import translation

from accounts.notifications import absolute_url, render_mail, send_mail_to
from proposals import states
from proposals.authorship import writers_of
from proposals.models import Appeal, Proposal, StatusChange
from proposals.reasons import CODED

if TYPE_CHECKING:
    from accounts.models import User

TEMPLATE = "proposals/mail/status_change"
APPEAL_TEMPLATE = "proposals/mail/appeal_answered"
# The government app tells of these itself: which body, by when, and what it answered. The mail of
# an appeal tells of its outcome, whichever it is.
TOLD_ELSEWHERE = frozenset({"promote", "answer_accept", "answer_decline", "overturn", "merge"})


def is_told(verb: str) -> bool:
    """Whether the author gets the mail about this step: not of most steps they made themselves."""
    if verb in TOLD_ELSEWHERE:
        return False
    return states.MOVES[verb].role in {states.MODERATOR, states.PROMOTER} or verb == "submit"


def tell_author(change: StatusChange) -> None:
    """Queue the mail about a step, if it is one to tell of."""
    if is_told(change.verb):
        mail_author.enqueue(change.pk)


@task()
def mail_author(change_id: int) -> None:
    """Send the mail about one step of a proposal to all who write it."""
    change = StatusChange.objects.select_related("proposal__author").get(pk=change_id)
    for person in writers_of(change.proposal):
        send_mail_to(person, TEMPLATE, change_context(change, person))


def preview_mail(
    proposal: Proposal, verb: str, reason: str, reason_code: str = ""
) -> tuple[str, str] | None:
    """Subject and body that the author would get for a step, or None if nobody would."""
    author = proposal.author
    if author is None or not author.is_active or not is_told(verb):
        return None
    target = states.MOVES[verb].target
    change = StatusChange(
        proposal=proposal,
        verb=verb,
        to_status=target,
        reason=reason.strip(),
        reason_code=reason_code,
    )
    context = {**change_context(change, author), "user": author}
    return render_mail(TEMPLATE, author.language, context)


def change_context(change: StatusChange, author: User) -> dict[str, object]:
    """What the mail says; the same for the preview that moderators see before sending."""
    with translation.override(author.language):
        url = absolute_url(change.proposal.get_absolute_url())
        status = Proposal.Status(change.to_status).label
        return {
            "change": change,
            "proposal": change.proposal,
            "url": url,
            "status": str(status),
            "appeal_days": _days_to_appeal(change),
        }


def _days_to_appeal(change: StatusChange) -> int:
    """In how many days the author may appeal against this step; 0 for not at all."""
    proposal = change.proposal
    if change.verb not in CODED or Appeal.objects.filter(proposal=proposal.pk).exists():
        return 0
    earlier = proposal.status_changes.filter(verb="return").exclude(pk=change.pk)
    if change.verb == "return" and not earlier.exists():
        return 0
    return proposal.call.appeal_days


# Appeals -------------------------------------------------------------------------------------


def tell_of_appeal(appeal: Appeal) -> None:
    """Queue the mail about the outcome of an appeal."""
    mail_of_appeal.enqueue(appeal.pk)


@task()
def mail_of_appeal(appeal_id: int) -> None:
    """Tell the author how the second look ended."""
    appeal = Appeal.objects.select_related("proposal__author").get(pk=appeal_id)
    author = appeal.proposal.author
    if author is not None:
        send_mail_to(author, APPEAL_TEMPLATE, _appeal_context(appeal, author))


def preview_appeal_mail(appeal: Appeal, state: str, answer: str) -> tuple[str, str] | None:
    """Subject and body that the author would get for this outcome, or None if nobody would."""
    author = appeal.proposal.author
    if author is None or not author.is_active:
        return None
    answered = Appeal(proposal=appeal.proposal, state=state, answer=answer.strip())
    context = {**_appeal_context(answered, author), "user": author}
    return render_mail(APPEAL_TEMPLATE, author.language, context)


def _appeal_context(appeal: Appeal, author: User) -> dict[str, object]:
    with translation.override(author.language):
        url = absolute_url(appeal.proposal.get_absolute_url())
    return {"appeal": appeal, "proposal": appeal.proposal, "url": url}
