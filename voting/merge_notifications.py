"""Mails to those whose support a merge concerns: asked, asked though they came later, told its end.

Who was asked is kept under a pseudonym of the merge, so nobody is asked or told twice.
"""

from __future__ import annotations

import logging
from smtplib import SMTPRecipientsRefused
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.tasks import task
from django.urls import reverse
from django.utils import timezone, translation

from accounts.notifications import absolute_url, send_mail_to
from proposals.models import Merge
from voting.merge_links import link_token
from voting.merges import answer_of, backed_by, rounds_of, supporters_of
from voting.models import MergeAnswer, MergeLetters
from voting.pseudonyms import make_key, merge_pseudonym
from voting.supporters import people_asked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import User

logger = logging.getLogger(__name__)

State = Merge.State


def tell_of_merge(merge: Merge) -> None:
    """Queue what has to be written to everybody concerned; what, the state of the merge says."""
    mail_merge_letters.enqueue(merge.pk)


@task()
def mail_merge_letters(merge_id: int) -> None:
    """Write to everybody concerned, each once; as `mail_intervention` does.

    Open: ask them, with a link of their own. Called off: tell those who were asked. Merged: nobody
    is written to, but who came too late to be asked is counted as not having answered.
    """
    letters = MergeLetters.objects.get(pk=merge_id)
    merge = Merge.objects.with_parts().get(pk=merge_id)
    if letters.mailed_at or merge.state == State.ASKING:
        return
    for person in _concerned(merge, letters.mailed_up_to):
        if not _reach(person, merge, letters):
            return
    # The last person's number has no business beside a merge any longer.
    done = MergeLetters.objects.filter(pk=merge_id, mailed_at__isnull=True)
    done.filter(merge__state=merge.state, mailed_up_to=letters.mailed_up_to).update(
        mailed_at=timezone.now(), mailed_up_to=0
    )


def _concerned(merge: Merge, after: int) -> Iterator[User]:
    find = people_asked if merge.state == State.CANCELLED else supporters_of
    return find(merge, after)


def _reach(person: User, merge: Merge, letters: MergeLetters) -> bool:
    """Write to one person and move on; False if another run did, or the merge has gone on."""
    asks = merge.state != State.CANCELLED and not _was_asked(merge, person)
    if merge.state == State.CANCELLED:
        _send(person, merge, "voting/mail/merge_called_off")
    elif asks and merge.state == State.OPEN:
        _send(person, merge, "voting/mail/merge")
    with transaction.atomic():
        # Before the letters, as answering does; or both would wait for each other.
        Merge.objects.select_for_update().get(pk=merge.pk)
        here = MergeLetters.objects.filter(pk=letters.pk, mailed_up_to=letters.mailed_up_to)
        going = here.filter(mailed_at__isnull=True, merge__state=merge.state)
        letters.mailed_up_to = person.pk
        if not going.update(mailed_up_to=person.pk):
            return False
        if asks:
            note_asked(merge, person)
    return True


def _was_asked(merge: Merge, person: User) -> bool:
    """Whether they were asked, or answered, about all that they support of it."""
    answer = answer_of(merge, person)
    backed = backed_by(person, rounds_of(merge.sources).values())
    return answer is not None and set(backed) <= set(answer.sources)


def note_asked(merge: Merge, person: User) -> None:
    """Keep that somebody was asked about what they support now; they count once."""
    backed = backed_by(person, rounds_of(merge.sources).values())
    voter = merge_pseudonym(make_key(person), merge.pk)
    row, made = MergeAnswer.objects.get_or_create(merge=merge, voter=voter)
    MergeAnswer.objects.filter(pk=row.pk).update(sources=sorted({*row.sources, *backed}))
    if made:
        MergeLetters.objects.filter(merge=merge).update(asked_count=F("asked_count") + 1)


def _send(person: User, merge: Merge, template: str) -> None:
    with translation.override(person.language):
        context: dict[str, Any] = {
            "merge": merge,
            "target": merge.target,
            "sources": merge.sources,
            "url": absolute_url(reverse("voting:merge_choice", args=[link_token(merge, person)])),
            "page": absolute_url(merge.target.get_absolute_url()),
        }
    try:
        send_mail_to(person, template, context)
    except SMTPRecipientsRefused:
        # One mailbox that no longer exists must not keep all those after it from the question.
        logger.warning("merge %s: the mail server refused an address", merge.pk)
