"""Coming back with the address of an erased account: the same voter, the votes as they stood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from voting.actions.casting import append_event
from voting.actions.erasing import erase_vote, give_again
from voting.addresses import address_digest
from voting.models import KeptKey, Round, VoteEvent, VoteKey
from voting.own_votes import newest_votes
from voting.pseudonyms import open_key, pseudonym

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def take_up_kept_key(*, user: User) -> bool:
    """Make the key that was kept for a newly confirmed address the account's; False if none was.

    What was annulled stays so, and what was held when the account was erased is held again, or
    erasing and signing up anew would undo what staff did. One query if no key was kept.
    """
    digest = address_digest(user.email)
    kept = KeptKey.objects.select_for_update().filter(digest=digest).first()
    if kept is None:
        return False
    # Cast before the address was proven, where nothing is asked of voters.
    for vote in newest_votes(user, Round.objects.open()):
        erase_vote(vote, user)
    VoteKey.objects.update_or_create(person=user, defaults={"sealed_key": kept.sealed_key})
    key = open_key(kept.sealed_key)
    for round_id in kept.rounds.values_list("pk", flat=True):
        _hold_again(user, round_id, pseudonym(key, round_id))
    kept.delete()
    return True


def _hold_again(user: User, round_id: int, voter: bytes) -> None:
    round_ = Round.objects.lock_for_vote(user.pk, id=round_id)
    last = VoteEvent.objects.last_of(round_id, voter)
    if round_.is_open and last is not None and last.reason == VoteEvent.Reason.ERASE:
        given = give_again(round_, last, VoteEvent.Reason.CAST)
        reason, channel = VoteEvent.Reason.HOLD, given.channel
        append_event(round_, voter, given.gen + 1, given.level, reason, channel=channel)
