"""What supporters answer to a merge, as rows of the ledger; and asking them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import transaction

from proposals.models import Merge
from voting.actions.casting import cast_support, make_key, withdraw_support
from voting.merges import backed_by, rounds_of
from voting.models import MergeAnswer, MergeLetters
from voting.notifications import tell_of_merge
from voting.pseudonyms import merge_pseudonym

if TYPE_CHECKING:
    from accounts.models import User

Choice = MergeAnswer.Choice


class MergeEnded(Exception):
    """The merge takes no answers: it is over, called off, or the time is up."""


class NothingToMove(Exception):
    """The person supports none of the proposals that are to be merged."""


def ask_supporters(merge: Merge) -> None:
    """Have one mail sent to everybody whose support a merge concerns. Twice asks nobody twice."""
    letters, made = MergeLetters.objects.get_or_create(merge=merge)
    if made:
        transaction.on_commit(partial(tell_of_merge, letters))


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
    if answer.choice == choice:
        return answer
    answer.choice = choice
    _carry_out(user, current, answer)
    answer.save()
    return answer


def _answer_of(user: User, merge: Merge) -> MergeAnswer:
    """The person's answer so far, or a new one about what they support now."""
    voter = merge_pseudonym(make_key(user), merge.pk)
    if known := MergeAnswer.objects.filter(merge=merge, voter=voter).first():
        return known
    sources = backed_by(user, rounds_of(merge.sources).values())
    if not sources:
        raise NothingToMove
    return MergeAnswer(merge=merge, voter=voter, sources=sources)


def _carry_out(user: User, merge: Merge, answer: MergeAnswer) -> None:
    still = {source.pk for source in merge.sources}
    for number in answer.sources:
        if number not in still:
            continue  # it fell out of the merge meanwhile
        if answer.choice == Choice.KEEP:
            cast_support(user=user, proposal_id=number)
        else:
            withdraw_support(user=user, proposal_id=number)
    target = merge.target
    if answer.choice == Choice.MOVE:
        answer.gave = not backed_by(user, rounds_of([target]).values())
        cast_support(user=user, proposal_id=target.pk)
    elif answer.gave:
        withdraw_support(user=user, proposal_id=target.pk)
        answer.gave = False
