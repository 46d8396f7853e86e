"""A round's result each time it was stated, and what changed since the time before. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voting.models.ledger import SMALLEST_GROUP
from voting.results import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction

    from voting.models import Result, Round
    from voting.results import OptionResult


@dataclass(frozen=True)
class Statement:
    """One statement of a result beside the one before it, None for the first."""

    result: Result
    outcome: Outcome
    before: Outcome | None
    has_figures: bool
    """Whether its votes may be told beside those of the other statements."""

    @property
    def lines(self) -> list[tuple[OptionResult, Fraction | None]]:
        """Each option, and how many votes more or fewer it has than before."""
        if self.before is None:
            return [(row, None) for row in self.outcome.rows]
        reached = {row.number: row.reached for row in self.before.rows}
        return [(row, row.reached - reached[row.number]) for row in self.outcome.rows]

    @property
    def ballots_change(self) -> int | None:
        return self._change("ballots")

    @property
    def blank_change(self) -> int | None:
        return self._change("blank")

    def _change(self, name: str) -> int | None:
        return None if self.before is None else self.outcome.tally[name] - self.before.tally[name]

    @property
    def won_before(self) -> list[OptionResult]:
        """Who won before, if it is not who wins now."""
        before = self.before.winners if self.before else []
        numbers = [row.number for row in before]
        return before if numbers != [row.number for row in self.outcome.winners] else []


def statements_of(round_: Round) -> list[Statement]:
    """Every statement of a round's result, the oldest first. Two queries."""
    results = list(round_.results.prefetch_related("interventions"))
    return list(_compared(round_, results, told_results(round_, results)))


def _compared(
    round_: Round, results: Sequence[Result], told: Sequence[Result]
) -> Iterator[Statement]:
    before: Outcome | None = None
    for result in results:
        outcome, is_told = Outcome(round_, result.tally, stated=[result]), result in told
        yield Statement(result, outcome, before if is_told else None, is_told)
        before = outcome if is_told else None


def told_results(round_: Round, results: Sequence[Result]) -> list[Result]:
    """Those whose figures may be told together, the last one among them.

    Where ballots are not published, two sums a few ballots apart would tell how those few voted.
    """
    told: list[Result] = []
    for result in reversed(results):
        apart = [abs(result.tally["ballots"] - other.tally["ballots"]) for other in told]
        if round_.open_record or min(apart, default=SMALLEST_GROUP) >= SMALLEST_GROUP:
            told.append(result)
    return told
