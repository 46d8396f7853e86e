"""Taking a person's votes back before their account and its key go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from voting.actions.casting import append_event, count_later
from voting.models import AnchorKey, Round, VoteEvent
from voting.own_votes import newest_votes

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def erase_votes(*, user: User) -> int:
    """Take back a person's standing votes in open rounds, before their keys are destroyed.

    Without its key nobody could take a vote back any more, and who comes back under a new
    account would count twice. What a closed round decided stays. Returns how many were undone.
    """
    votes = list(newest_votes(user, Round.objects.open()))
    erased = sum(_erase_vote(vote, user) for vote in votes if vote.stands)
    AnchorKey.objects.filter(person=user).delete()
    return erased


def _erase_vote(vote: VoteEvent, user: User) -> bool:
    round_ = Round.objects.lock_for_vote(user.pk, id=vote.round_id)
    voter = bytes(vote.voter)
    last = VoteEvent.objects.last_of(round_.pk, voter)
    # Read again under the lock: the round may have closed, the person taken it back themselves.
    if last is None or not last.stands or not round_.is_open:
        return False
    append_event(round_, voter, last.gen + 1, user.level, VoteEvent.Reason.ERASE)
    count_later(round_, -1)
    return True
