"""Counting again from the ledger alone, beside the figures that the site shows."""

from __future__ import annotations

import logging
import time
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db.models import F, Sum
from django.utils import timezone

from proposals.models import ProposalFigures
from voting.models import Round, VoteEvent
from voting.sealed import count_at, newest_seal, sealed_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voting.models import Result

logger = logging.getLogger(__name__)

# A vote that is just being kept moves its figure a moment later.
LOOKS = 3
PAUSE_SECONDS = 1


@dataclass(frozen=True)
class Recount:
    """One round counted again; whole votes, and what was stated beside what comes out now."""

    round: int
    ledger: int
    """The sum over all rows."""
    standing: int
    """Votes that no later row takes back."""
    sealed: int
    """The sum over the rows that are sealed."""
    waiting: int
    """The sum over the rows that wait for the next seal."""
    cached: int | None
    """The figure on the proposal's page; None for a ballot, of which the result is shown."""
    stated: dict[str, Any] | None
    """Winners, ballots and votes by option of the last stated result; None if there is none."""
    counted: dict[str, Any] | None
    """The same counted again, at the size of the ledger that the result was stated at."""

    @property
    def faults(self) -> list[str]:
        """What differs, a sentence each."""
        found = []
        if self.ledger != self.standing:
            found.append(f"the rows sum up to {self.ledger}, and {self.standing} votes stand")
        if self.ledger != self.sealed + self.waiting:
            found.append(f"{self.sealed} sealed and {self.waiting} waiting are not {self.ledger}")
        if self.cached is not None and self.cached != self.ledger:
            found.append(f"the site shows {self.cached}, the ledger has {self.ledger}")
        if self.stated != self.counted:
            found.append(f"stated was {self.stated}, counted again it is {self.counted}")
        return found

    @property
    def agrees(self) -> bool:
        return not self.faults

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "agrees": self.agrees, "faults": self.faults}


def recount(round_: Round) -> Recount:
    """Count a round again, a few times if votes are coming in, and note whether figures agree."""
    found = _look(round_)
    for _look_again in range(LOOKS - 1):
        if found.agrees:
            break
        time.sleep(PAUSE_SECONDS)
        found = _look(round_)
    _note(round_, found)
    return found


def _look(round_: Round) -> Recount:
    """Six queries, and the count of a stated result."""
    events = round_.events
    newest = newest_seal()
    size = newest.size if newest else 0
    sealed = sealed_at(round_, size).tally()
    result: Result | None = round_.results.last()
    return Recount(
        round=round_.pk,
        cached=_figure(round_),
        ledger=events.tally(),
        standing=events.standing().count(),
        sealed=sealed,
        waiting=events.filter(place=None).tally(),
        stated=core_of(result.tally) if result else None,
        counted=core_of(count_at(round_, result.tally["size"])) if result else None,
    )


def _figure(round_: Round) -> int | None:
    figures = ProposalFigures.objects.filter(proposal=round_.proposal_id)
    return figures.values_list("support_count", flat=True).first() if round_.proposal_id else None


def core_of(tally: dict[str, Any]) -> dict[str, Any]:
    """What of a tally has to come out again: not the explanations, which later versions add to.

    >>> lines = [{"number": 1, "total": "7/3"}, {"number": 2, "total": 4}]
    >>> core_of({"winners": (2,), "ballots": 3, "blank": 0, "lines": lines})["votes"]
    {'1': '7/3', '2': '4'}
    """
    votes = {str(line["number"]): str(Fraction(line["total"])) for line in tally["lines"]}
    return {
        "winners": list(tally["winners"]),
        "ballots": tally["ballots"],
        "blank": tally["blank"],
        "votes": dict(sorted(votes.items())),
    }


def _note(round_: Round, found: Recount) -> None:
    """Turn the public figure red, or black again."""
    row = Round.objects.filter(pk=round_.pk)
    if found.agrees:
        row.exclude(disputed_at=None).update(disputed_at=None)
        return
    logger.critical("Round %s does not come out again: %s", round_.pk, "; ".join(found.faults))
    row.filter(disputed_at=None).update(disputed_at=timezone.now())


def doubtful_rounds() -> Iterator[Round]:
    """Rounds that have to be counted one by one: ballots with a result, and figures that differ.

    One query finds the supports that differ, however many there are.
    """
    sums = VoteEvent.objects.order_by().values("round").annotate(total=Sum("kind"))
    differing = sums.filter(round__proposal__isnull=False).exclude(
        total=F("round__proposal__figures__support_count")
    )
    stated = Round.objects.filter(results__isnull=False)
    disputed = Round.objects.exclude(disputed_at=None)
    numbers = {row["round"] for row in differing}
    numbers |= set((stated | disputed).values_list("pk", flat=True))
    for number in sorted(numbers):
        yield Round.objects.get(pk=number)
