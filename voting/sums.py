"""Ballots checked and added up: what every counting rule starts from. Pure and exact."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from voting.outcomes import Tally
from voting.ties import settled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from voting.outcomes import Line, Stage, Tie
    from voting.ties import Lot

    Points = int | Fraction


class InvalidBallot(ValueError):
    """A ballot the rules do not allow: it should never have been taken, so nothing is counted."""


@dataclass(frozen=True)
class Given:
    """What a count starts from: see `voting.tally.count`."""

    rules: Mapping[str, Any]
    options: Mapping[int, int]
    ballots: Iterable[Any]
    lot: Lot
    eligible: int | None = None

    def qualifies(self, total: Points) -> bool:
        """Whether somebody voted for it, and enough."""
        return total > 0 and total >= (self.rules.get("threshold") or 0)

    def checked(self, numbers: list[int]) -> list[int]:
        """The same numbers, if they may stand on one ballot.

        >>> Given({"limit": 1}, {1: 0, 2: 0}, [], None).checked([1, 2])
        Traceback (most recent call last):
        voting.sums.InvalidBallot: a ballot names 2 options, at most 1 may be named
        """
        limit = self.rules.get("limit")
        if limit is not None and len(numbers) > limit:
            raise InvalidBallot(
                f"a ballot names {len(numbers)} options, at most {limit} may be named"
            )
        if unknown := [number for number in numbers if number not in self.options]:
            raise InvalidBallot(f"a ballot names {unknown[0]!r}, which is no option")
        if len(set(numbers)) < len(numbers):
            raise InvalidBallot(f"a ballot names an option twice: {numbers}")
        return numbers


@dataclass
class Sums:
    """What is added up over the ballots, by option number."""

    totals: dict[int, Points]
    voters: Counter[int] = field(default_factory=Counter)
    """Ballots that name an option."""
    ballots: int = 0
    blank: int = 0

    def of(self, number: int) -> Points:
        """Votes or points of one option."""
        return self.totals[number]


def points_of(ballot: Any) -> list[tuple[int, Points]]:
    """What a ballot gives to which option; a bare number gives one vote.

    >>> points_of([2, 5]), points_of([[2, 3]]), points_of({5: 1})
    ([(2, 1), (5, 1)], [(2, 3)], [(5, 1)])
    """
    if isinstance(ballot, dict):
        return list(ballot.items())
    return [(item, 1) if isinstance(item, int) else (item[0], item[1]) for item in ballot]


def add_up(given: Given) -> Sums:
    """Votes or points of each option, ballots and blank ballots. Memory: one row an option.

    >>> add_up(Given({"method": "score"}, {1: 0, 2: 0}, [[[1, 5]], [[1, 2], [2, 4]]], None)).totals
    {1: 7, 2: 4}
    """
    sums = Sums(dict.fromkeys(given.options, 0))
    most = given.rules.get("score_max") if given.rules["method"] == "score" else None
    for ballot in given.ballots:
        points = points_of(ballot)
        sums.voters.update(given.checked([number for number, _points in points]))
        for number, number_points in points:
            if most is not None and not 0 <= number_points <= most:
                raise InvalidBallot(f"a ballot gives {number_points} points, 0 to {most} it may")
            sums.totals[number] += number_points
        sums.ballots += 1
        sums.blank += not points
    return sums


def tally_of(
    given: Given,
    sums: Sums,
    lines: Iterable[Line],
    ties: Iterable[Tie],
    *,
    winners: tuple[int, ...],
    stages: tuple[Stage, ...] = (),
    spent: int = 0,
) -> Tally:
    """The result of a count; of the ties only those among options that were in the running."""
    able = {number for number, total in sums.totals.items() if given.qualifies(total)}
    eligible = given.eligible
    return Tally(
        method=given.rules["method"],
        lines=tuple(lines),
        winners=winners,
        ballots=sums.ballots,
        blank=sums.blank,
        # Never below 0: a list of voters may shrink after some of them voted.
        abstained=None if eligible is None else max(0, eligible - sums.ballots),
        ties=settled([tie for tie in ties if stages or able.issuperset(tie.options)], winners),
        stages=stages,
        budget_minor=given.rules.get("budget_minor") or 0,
        spent_minor=spent,
    )
