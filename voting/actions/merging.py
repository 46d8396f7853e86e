"""What supporters answer to a merge, as rows of the ledger; asking them, and telling its end."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F

from proposals.models import Merge
from voting.actions.casting import cast_support, withdraw_support
from voting.merge_notifications import tell_of_merge
from voting.merges import backed_by, given_count, rounds_of
from voting.models import MergeAnswer, MergeLetters
from voting.pseudonyms import make_key, merge_pseudonym

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User

Choice = MergeAnswer.Choice


class MergeEnded(Exception):
    """The merge takes no answers: it is over, called off, or the time is up."""


class NothingToMove(Exception):
    """The person supports none of the proposals that are to be merged."""


def ask_supporters(merge: Merge) -> None:
    """Have one mail sent to everybody whose support a merge concerns. Twice asks nobody twice."""
    values = {"given_count": given_count(merge)}
    _letters, made = MergeLetters.objects.get_or_create(merge=merge, defaults=values)
    if made:
        transaction.on_commit(partial(tell_of_merge, merge))


@transaction.atomic
def ask_latecomers(merge: Merge) -> bool:
    """Have those asked too who came to support one of them since; False if nobody can have come.

    The count is read before the walk: whoever comes during it makes the next one due.
    """
    count = given_count(merge)
    done = MergeLetters.objects.filter(merge=merge, mailed_at__isnull=False)
    due = done.filter(merge__state=Merge.State.OPEN).exclude(given_count=count)
    return _write_again(due, merge, given_count=count)


@transaction.atomic
def end_asking(merge: Merge) -> None:
    """After its end: tell those who were asked that it is called off, or count who came too late.

    Mails of the question that are still being sent stop where they are.
    """
    _write_again(MergeLetters.objects.filter(merge=merge), merge)


def _write_again(letters: QuerySet[MergeLetters], merge: Merge, **fields: int) -> bool:
    """Begin anew with mails to everybody; False if there are no such letters."""
    if not letters.update(mailed_up_to=0, mailed_at=None, **fields):
        return False
    transaction.on_commit(partial(tell_of_merge, merge))
    return True


@transaction.atomic
def answer_merge(*, user: User, merge: Merge, choice: str) -> MergeAnswer:
    """Move a person's support to the merged proposal, leave it, or take it back.

    The ledger shows it as what it is: withdrawals there and a cast here. Who supports the target
    already counts once, since casting twice is casting once. Until the time is over the choice can
    be changed, and each change is new rows. Leaves no trace: the vote itself came long before.

    Raises `MergeEnded`, `NothingToMove`, `VoteRefused` and, without a round, `Round.DoesNotExist`;
    then nothing of it happened.
    """
    # Person, merge, rounds: in this order, in which erasing and finishing lock them too.
    get_user_model().objects.select_for_update().get(pk=user.pk)
    current = Merge.objects.select_for_update().get(pk=merge.pk)
    if not current.takes_answers:
        raise MergeEnded
    answer = _answer_of(user, current)
    before, answer.choice = answer.choice, choice
    _carry_out(user, current, answer, before)
    if answer.pk is None:  # by the link on the page, before any mail
        MergeLetters.objects.filter(merge=current).update(asked_count=F("asked_count") + 1)
    answer.save()
    return answer


def _answer_of(user: User, merge: Merge) -> MergeAnswer:
    """The person's answer so far, or a new one: about what they support now, too."""
    voter = merge_pseudonym(make_key(user), merge.pk)
    known = MergeAnswer.objects.filter(merge=merge, voter=voter).first()
    answer = known or MergeAnswer(merge=merge, voter=voter)
    meant = answer.sources if answer.choice else []
    backed = backed_by(user, rounds_of(merge.sources).values())
    answer.sources = sorted({*meant, *backed})
    if not answer.sources:
        raise NothingToMove
    return answer


def _carry_out(user: User, merge: Merge, answer: MergeAnswer, before: str) -> None:
    still = {source.pk for source in merge.sources}
    for number in answer.sources:
        if number not in still:
            continue  # it fell out of the merge meanwhile
        if answer.choice != Choice.KEEP:
            withdraw_support(user=user, proposal_id=number)
        elif before in {Choice.MOVE, Choice.WITHDRAW}:
            cast_support(user=user, proposal_id=number)
    target = merge.target
    if answer.choice == Choice.MOVE:
        answer.gave = answer.gave or not backed_by(user, rounds_of([target]).values())
        cast_support(user=user, proposal_id=target.pk)
    elif answer.gave:
        withdraw_support(user=user, proposal_id=target.pk)
        answer.gave = False
