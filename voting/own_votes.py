"""A person's own votes across rounds, found by pseudonym with that person's key. Reads only."""

from __future__ import annotations

from itertools import batched
from typing import TYPE_CHECKING, Any

from voting.models import BallotDraft, Round, VoteEvent
from voting.pseudonyms import keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import User
    from voting.models import RoundQuerySet

# Each round adds an OR to the question; SQLite allows 1000 levels of them.
ROUNDS_A_QUERY = 200


def newest_votes(user: User, rounds: RoundQuerySet) -> Iterator[VoteEvent]:
    """The person's newest row in each of `rounds` that has one.

    Nothing in the database says which rounds those are, so all are asked: one query for the keys,
    one for the rounds, and one for every 200 of them.
    """
    keys = keys_of(user)
    if not keys:
        return
    asked = list(rounds.order_by("pk").only("level"))
    for some in batched(asked, ROUNDS_A_QUERY):
        yield from VoteEvent.objects.newest_of((row.pk, keys.pseudonym_in(row)) for row in some)


def votes_data(user: User) -> list[dict[str, Any]]:
    """What the ledger holds of a person, for them to take along."""
    return [
        {
            "round": vote.round_id,
            "proposal": vote.round.proposal_id,
            "day": vote.day,
            "stands": vote.stands,
        }
        for vote in newest_votes(user, Round.objects.all())
    ]


def drafts_data(user: User) -> list[dict[str, Any]]:
    """Ballots the person began and has not cast, as [option, mark] pairs. One query."""
    drafts = BallotDraft.objects.filter(person=user).order_by("round")
    return list(drafts.values("round", "choice", "updated_at"))
