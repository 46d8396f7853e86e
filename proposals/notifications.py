"""What authors are told about their proposals. Mail goes out in the background."""

from __future__ import annotations

import logging
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import TYPE_CHECKING

from django.tasks import task
from django.utils import timezone, translation

from accounts.notifications import absolute_url, render_mail, send_mail_to
from proposals import states
from proposals.authorship import writers_of
from proposals.models import Appeal, Proposal, StatusChange
from proposals.reasons import CODED

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)

MailState = StatusChange.MailState
STUCK_AFTER = timedelta(hours=1)
TEMPLATE = "proposals/mail/status_change"
APPEAL_TEMPLATE = "proposals/mail/appeal_answered"
# The government app tells of these itself: which body, by when, and what it answered. The mail of
# an appeal tells of its outcome, whichever it is.
TOLD_ELSEWHERE = frozenset({"promote", "answer_accept", "answer_decline", "overturn", "merge"})
# Whoever undoes a decision does so that nobody hears of it.
NOT_TOLD = TOLD_ELSEWHERE | {"undo"}


def is_told(verb: str) -> bool:
    """Whether the author gets the mail about this step: not of most steps they made themselves."""
    if verb in NOT_TOLD:
        return False
    return states.MOVES[verb].role in {states.MODERATOR, states.PROMOTER} or verb == "submit"


def tell_author(change: StatusChange) -> None:
    """Queue the mail about a step, if it is one to tell of.

    That of a decision which can be undone goes out when it no longer can, or with the next step.
    """
    for earlier in change.proposal.status_changes.untold().exclude(pk=change.pk):
        mail_author.enqueue(earlier.pk)
    if change.mail_state == MailState.WAITING:
        _tell_later(change)
    elif is_told(change.verb):
        mail_author.enqueue(change.pk)


def _tell_later(change: StatusChange) -> None:
    """For a queue that cannot wait, `send_decision_mails` looks for what is due."""
    if mail_author.get_backend().supports_defer:
        mail_author.using(run_after=change.undo_until).enqueue(change.pk)


def send_due_mails() -> int:
    """Queue the mails whose ten minutes are over and that were not sent; returns how many."""
    now = timezone.now()
    # Taken up by a worker that was killed, or is it still at it? An hour after the decision tells;
    # where mails lag by that much, one may go out twice.
    stuck = StatusChange.objects.filter(mail_state=MailState.SENDING, made_at__lt=now - STUCK_AFTER)
    stuck.update(mail_state=MailState.WAITING)
    due = StatusChange.objects.untold().filter(made_at__lte=now - states.UNDO_FOR)
    numbers = list(due.values_list("pk", flat=True))
    for number in numbers:
        mail_author.enqueue(number)
    return len(numbers)


@task()
def mail_author(change_id: int) -> None:
    """Send the mail about one step of a proposal to all who write it; about a decision once."""
    step = StatusChange.objects.filter(pk=change_id)
    change = step.select_related("proposal__author").get()
    waiting = step.filter(mail_state=MailState.WAITING)
    if change.mail_state and not waiting.update(mail_state=MailState.SENDING):
        return
    try:
        for person in writers_of(change.proposal):
            _mail_one(person, change)
    except Exception:
        step.filter(mail_state=MailState.SENDING).update(mail_state=MailState.WAITING)
        raise
    step.filter(mail_state=MailState.SENDING).update(mail_state=MailState.SENT)


def _mail_one(person: User, change: StatusChange) -> None:
    try:
        send_mail_to(person, TEMPLATE, change_context(change, person))
    except SMTPRecipientsRefused:
        # One mailbox that no longer exists would have the others told again every hour.
        logger.warning("step %s: the mail server refused an address", change.pk)


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
    earlier = proposal.status_changes.standing().filter(verb="return").exclude(pk=change.pk)
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
