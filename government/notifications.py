"""Who is told of referrals and answers, and with which words. All of it in the background."""

from __future__ import annotations

import logging
from heapq import merge
from itertools import groupby
from operator import attrgetter
from smtplib import SMTPRecipientsRefused
from typing import TYPE_CHECKING, Any

from django.tasks import task
from django.utils import timezone

from accounts.notifications import deliver_mail, render_mail, send_mail_to
from government.dossiers import page_address
from government.models import Answer, Body, Referral
from government.snapshots import in_language
from proposals.authorship import writers_of
from proposals.permissions import writes_proposal
from voting.models import Round
from voting.supporters import standing_people

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import User

ANSWER = "government/mail/answer"

logger = logging.getLogger(__name__)
_pk_of = attrgetter("pk")


def body_name(body: Body, language: str) -> str:
    """The body's name in a language, else in the source language. One query."""
    rows = Body.objects.filter(translation_key=body.translation_key)
    return in_language(dict(rows.values_list("locale__language_code", "name")), language)


def referral_context(referral: Referral, language: str) -> dict[str, Any]:
    """What mails about a referral say, in a language."""
    return {
        "referral": referral,
        "proposal": referral.proposal,
        "body": body_name(referral.body, language),
        "url": page_address(referral.proposal, language),
    }


def mail_to_author(referral: Referral) -> tuple[str, str] | None:
    """Subject and body for the author of a promoted proposal; None if there is nobody to tell."""
    author = referral.proposal.author
    return _mail_to(referral, author) if author and author.is_active else None


def _mail_to(referral: Referral, person: User) -> tuple[str, str]:
    context = {**referral_context(referral, person.language), "user": person}
    return render_mail("government/mail/referral", person.language, context)


def mail_to_body(referral: Referral) -> tuple[str, str] | None:
    """Subject and body for the body of government; None if it has no address."""
    if not referral.body.email:
        return None
    language = referral.body.mail_language
    context = referral_context(referral, language)
    return render_mail("government/mail/referral_to_body", language, context)


def tell_of_referral(referral: Referral) -> None:
    """Queue the mails about a referral."""
    mail_referral.enqueue(referral.pk)


@task()
def mail_referral(referral_id: int) -> None:
    """Tell all who write it where the proposal went, and the body what has come."""
    referral = Referral.objects.select_related("proposal__author", "body").get(pk=referral_id)
    for person in writers_of(referral.proposal):
        if person.is_active:
            deliver_mail.enqueue(*_mail_to(referral, person), person.email)
    if mail := mail_to_body(referral):
        deliver_mail.enqueue(*mail, referral.body.email)


def tell_of_answer(answer: Answer) -> None:
    """Queue the mails about an answer."""
    mail_answer.enqueue(answer.pk)


@task()
def mail_answer(answer_id: int) -> None:
    """Tell the author and everybody whose support stands, each once, in order of their ids.

    The cursor is saved after each mail: a run that is killed repeats at most the mail it was at,
    and a second run beside it stops as soon as it sees the cursor gone on.
    """
    answer = Answer.objects.select_related("referral__proposal__author", "referral__body").get(
        pk=answer_id
    )
    for person in recipients(answer):
        _mail_one(answer, person)
        if not _advance(answer, person.pk):
            return
    Answer.objects.filter(pk=answer.pk).update(notified_at=timezone.now())


def recipients(answer: Answer) -> Iterator[User]:
    """The authors and the supporters from the cursor on, each once, in order of their ids."""
    proposal, after = answer.referral.proposal, answer.notified_up_to
    round_ = Round.objects.filter(proposal=proposal).first()
    supporters = standing_people(round_, after) if round_ else iter(())
    authors = sorted((one for one in writers_of(proposal) if one.pk > after), key=_pk_of)
    for _pk, same in groupby(merge(supporters, authors, key=_pk_of), key=_pk_of):
        yield next(same)


def preview_answer(answer: Answer, person: User) -> tuple[str, str]:
    """Subject and body that one person would get about an answer."""
    context = {**answer_context(answer, person), "user": person}
    return render_mail(ANSWER, person.language, context)


def _mail_one(answer: Answer, person: User) -> None:
    try:
        send_mail_to(person, ANSWER, answer_context(answer, person))
    except SMTPRecipientsRefused:
        # One mailbox that no longer exists must not keep all those after it from the news.
        logger.warning("answer %s: the mail server refused the address of %s", answer.pk, person.pk)


def answer_context(answer: Answer, person: User) -> dict[str, Any]:
    """What the mail about an answer says to one person."""
    return {
        **referral_context(answer.referral, person.language),
        "answer": answer,
        "is_author": writes_proposal(person, answer.referral.proposal),
    }


def _advance(answer: Answer, person_id: int) -> bool:
    """Move the cursor to a person; False if another run has moved it meanwhile."""
    moved = Answer.objects.filter(pk=answer.pk, notified_up_to=answer.notified_up_to).update(
        notified_up_to=person_id
    )
    answer.notified_up_to = person_id
    return bool(moved)
