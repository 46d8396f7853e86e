"""Taking a person's votes back before their account and its key go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import AssuranceLevel
from voting.actions.appeals import erase_appeals
from voting.actions.casting import append_event
from voting.actions.counting import count_later
from voting.addresses import address_digest
from voting.models import AnchorKey, KeptKey, Round, VoteEvent, VoteKey
from voting.own_votes import newest_votes
from voting.pseudonyms import open_key, pseudonym

if TYPE_CHECKING:
    from accounts.models import User
    from voting.models import LockedRound

CHUNK = 500  # keys looked at in one go


@transaction.atomic
def erase_votes(*, user: User) -> int:
    """Take back a person's standing votes in open rounds, before their keys are destroyed.

    Without its key nobody could take a vote back any more, and who comes back under a new
    account would count twice. What a closed round decided stays. Who comes back to a vote that was
    held or annulled finds it so: see `voting.actions.returning`. Returns how many were undone.
    """
    votes = list(newest_votes(user, Round.objects.unfinished()))
    keep_key(user, votes)
    erased = sum(erase_vote(vote, user) for vote in votes if vote.stands or _is_held(vote))
    erase_appeals(user=user)
    _let_go_of_document(user)
    return erased


def give_again(
    round_: LockedRound, last: VoteEvent, reason: str = VoteEvent.Reason.RELEASE
) -> VoteEvent:
    """The row that gives again, as it was cast, a vote that `last` took."""
    voter, gen = bytes(last.voter), last.gen
    taken = VoteEvent.objects.get(round=round_.pk, voter=voter, gen=gen - 1)
    return append_event(
        round_,
        voter,
        gen + 1,
        taken.level,
        reason,
        choice=taken.choice,
        channel=taken.channel,
    )


def keep_key(user: User, votes: list[VoteEvent]) -> None:
    """Keep the account's key for whoever confirms its address again, if staff took votes of it."""
    taken = [vote for vote in votes if vote.is_taken and vote.round.level < AssuranceLevel.DOCUMENT]
    # An address that was never proven may be somebody else's, whose key would be lost.
    if taken and user.level >= AssuranceLevel.EMAIL:
        values = {"sealed_key": VoteKey.objects.get(person=user).sealed_key}
        digest = address_digest(user.email)
        kept, _made = KeptKey.objects.get_or_create(digest=digest, defaults=values)
        kept.rounds.add(*(vote.round_id for vote in taken))


def forget_kept_keys() -> int:
    """Destroy kept keys that no unfinished round needs any more; returns how many."""
    needed = KeptKey.objects.filter(rounds__in=Round.objects.unfinished())
    idle = list(KeptKey.objects.exclude(pk__in=needed.values("pk")))
    for kept in idle:
        kept.delete()
    return len(idle)


def _let_go_of_document(user: User) -> None:
    """Destroy the key of the person's document, unless it keeps the same person out of a vote.

    After an annulled vote a new account with the same document would vote anew; after the close a
    paper ballot would count beside the vote that was cast here. Such a key stays without a person
    until `forget_documents` finds that no round needs it.
    """
    anchor = AnchorKey.objects.filter(person=user)
    if not anchor.exists():
        return
    rounds = Round.objects.unfinished().filter(level__gte=AssuranceLevel.DOCUMENT)
    if any(vote.stands or vote.is_taken for vote in newest_votes(user, rounds)):
        anchor.update(person=None)
    else:
        anchor.delete()


def forget_documents() -> int:
    """Destroy the keys of documents that belong to no account and that no round needs any more.

    Numbers of earlier documents go with them. Returns how many. Two queries for each 500 keys.
    """
    rounds = list(Round.objects.unfinished().filter(level__gte=AssuranceLevel.DOCUMENT))
    forgotten, after = 0, 0
    keys = AnchorKey.objects.people().filter(person__isnull=True).order_by("pk")
    while chunk := list(keys.filter(pk__gt=after)[:CHUNK]):
        after = chunk[-1].pk
        needed = _needed(chunk, rounds)
        idle = [key.pk for key in chunk if key.pk not in needed]
        forgotten += AnchorKey.objects.filter(pk__in=idle, person__isnull=True).delete()[0]
    return forgotten


def _needed(keys: list[AnchorKey], rounds: list[Round]) -> set[int]:
    """Ids of those keys under which a vote stands, or was taken away, in one of the rounds."""
    owners = {
        pseudonym(open_key(key.sealed_key), round_.pk): key.pk for key in keys for round_ in rounds
    }
    rows = VoteEvent.objects.filter(round__in=rounds, voter__in=owners).order_by("gen")
    newest = {bytes(row.voter): row for row in rows}
    return {owners[voter] for voter, row in newest.items() if row.stands or row.is_taken}


def _is_held(vote: VoteEvent) -> bool:
    return vote.reason == VoteEvent.Reason.HOLD


def erase_vote(vote: VoteEvent, user: User) -> bool:
    round_ = Round.objects.lock_for_vote(user.pk, id=vote.round_id)
    voter = bytes(vote.voter)
    last = VoteEvent.objects.last_of(round_.pk, voter)
    # Read again under the lock: the round may have closed, the person taken it back themselves.
    if last is None or not round_.is_open:
        return False
    if _is_held(last):
        # Or it could still be given back, and who came again would count twice.
        last = give_again(round_, last)
        append_event(round_, voter, last.gen + 1, user.level, VoteEvent.Reason.ERASE)
        return True
    if not last.stands:
        return False
    append_event(round_, voter, last.gen + 1, user.level, VoteEvent.Reason.ERASE)
    count_later(round_, -1)
    return True
