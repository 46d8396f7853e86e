"""Stating what a round came to, once it is closed and sealed, and stating it anew with a reason."""

from __future__ import annotations

from django.db import transaction

from voting.models import Result, Round
from voting.permissions import people_who_may_vote
from voting.sealed import count_at, newest_seal


class NotSealedYet(Exception):
    """The round is open, or its last votes are not sealed yet."""


def state_result(*, round_: Round, reason: str = "") -> Result:
    """Count a closed round and keep what it came to; without a reason only the first time.

    First it counts what stood when the round was sealed at its close. With a reason it counts all
    that is sealed by now: staff annulled or restored votes, or entered paper ballots. Lots are
    drawn by the closing seal each time, so that nobody can draw them again. Raises `NotSealedYet`,
    and `sums.InvalidBallot` if a ballot breaks the rules.
    """
    row = Round.objects.select_related("closing_seal").get(pk=round_.pk)
    newest = newest_seal()
    if row.closing_seal is None or newest is None:
        raise NotSealedYet
    # Counted before anything is locked: what is sealed at a size stays, and counts take their time.
    size = newest.size if reason else row.closing_seal.size
    tally = count_at(row, size, _eligible(row))
    with transaction.atomic():
        Round.objects.select_for_update(of=["self"]).get(pk=row.pk)
        if not reason and (first := row.results.first()):
            return first
        return Result.objects.create(round=row, tally=tally, seal=row.closing_seal, reason=reason)


def _eligible(round_: Round) -> int | None:
    """How many accounts may vote, as at the first count; None if not all who may have one here.

    On paper people vote without an account, and who voted in an imported election never had one.
    """
    if round_.paper or not round_.level:
        return None
    if (first := round_.results.first()) is None:
        return people_who_may_vote(round_).count()
    abstained = first.tally["abstained"]
    return None if abstained is None else abstained + first.tally["ballots"]
