"""What a count comes to: lines, stages, ties. Frozen records, no counting here, no Django.

They hold everything a table needs that explains the result line by line to those who voted.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from voting.equal_shares import Comparison, Outcome


@dataclass(frozen=True)
class Tie:
    """Options that stood level, the best first, and what put them in this order."""

    options: tuple[int, ...]
    broken_by: str
    """`votes`, `cost`, `earlier` (an earlier stage), `lot`, or `number` while there is no seed."""
    decisive: bool = False
    """Whether some of them won and some did not."""


@dataclass(frozen=True)
class Line:
    """One option's row."""

    number: int
    total: int | Fraction
    """Votes, points, or first preferences."""
    voters: int
    """Ballots that name it."""
    won: bool
    cost_minor: int = 0
    mean: Fraction | None = None
    """Points a ballot, over all ballots that are not blank."""
    left_minor: int | None = None
    """What was left of the budget when its turn came."""


@dataclass(frozen=True)
class Stage:
    """One stage of a ranked count, as it stands afterwards."""

    kind: str
    """`first` preferences, `surplus` of an elected option, `exclusion`, or `last` seats."""
    options: tuple[int, ...]
    """Whose votes went on."""
    totals: tuple[tuple[int, Fraction], ...]
    """Number and votes of every option; 0 once excluded."""
    exhausted: Fraction
    """Votes that name nobody who is left."""
    quota: int
    elected: tuple[int, ...]
    """Who won at this stage."""


@dataclass(frozen=True)
class Tally:
    """The result of one count."""

    method: str
    lines: tuple[Line, ...]
    """All options, the best first."""
    winners: tuple[int, ...]
    """In the order they were chosen."""
    ballots: int
    blank: int
    """Ballots cast that name nothing."""
    abstained: int | None
    """Voters who may vote and cast no ballot; None if nobody said how many may."""
    ties: tuple[Tie, ...] = ()
    stages: tuple[Stage, ...] = ()
    budget_minor: int = 0
    spent_minor: int = 0
    shares: Outcome | None = None
    """How Equal Shares came to it, with prices and payers of each option."""
    comparison: Comparison | None = None
    """How many voters are better off with Equal Shares, and how many with most votes first."""

    @property
    def left_minor(self) -> int:
        """What is left of the budget."""
        return self.budget_minor - self.spent_minor

    @property
    def provisional(self) -> bool:
        """Whether a lot decides who wins and its seed, the round's last seal, is not there yet."""
        return any(tie.broken_by == "number" and tie.decisive for tie in self.ties)

    @property
    def exhausted(self) -> Fraction:
        """Votes of a ranked count that ended up with nobody."""
        return self.stages[-1].exhausted if self.stages else Fraction(0)

    def plain(self) -> dict[str, Any]:
        """The same as dicts, lists, numbers and strings, as JSON gives it back; "7/3" a fraction.

        >>> tally = Tally("score", (Line(1, 7, 3, True, mean=Fraction(7, 3)),), (1,), 3, 0, None)
        >>> tally.plain()["lines"][0]["mean"], tally.plain()["winners"]
        ('7/3', [1])
        """
        return {**_plain(asdict(self)), "provisional": self.provisional}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Fraction) else value
