"""What a round came to, for pages: stated once it is closed, or counted live. Reads only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.utils import timezone

from accounts.models import AssuranceLevel
from home.kept import kept
from voting.models import Round, VoteEvent
from voting.models.ledger import SMALLEST_GROUP
from voting.sealed import standing_at
from voting.tally import count, option_costs
from voting.turnout import Group, groups

if TYPE_CHECKING:
    from datetime import datetime

    from voting.models import Result

    Tally = dict[str, Any]


@dataclass(frozen=True)
class OptionResult:
    """One option's row of a result; `words` is its title in every language."""

    number: int
    words: dict[str, str]
    total: Fraction
    voters: int
    won: bool
    cost_minor: int
    mean: Fraction | None
    left_minor: int | None
    facts: dict[str, Any]
    """What Equal Shares knows of it."""
    reached: Fraction
    """What its bar shows: the most votes it had at any stage of a ranked count, else its total."""
    is_few: bool
    """Whether somebody voted for it, and fewer than the threshold asks."""


class Outcome:
    """A count of a round, as `Tally.plain()` gives it, with the words of its options."""

    def __init__(
        self,
        round_: Round,
        tally: Tally,
        *,
        stated: list[Result] | None = None,
        counted_at: datetime | None = None,
    ) -> None:
        self.round, self.tally = round_, tally
        self.stated, self.counted_at = stated or [], counted_at

    @property
    def is_live(self) -> bool:
        return self.counted_at is not None

    @property
    def result(self) -> Result | None:
        """The stated result: the last one, if it was stated anew."""
        return self.stated[-1] if self.stated else None

    @property
    def is_restated(self) -> bool:
        return len(self.stated) > 1

    @cached_property
    def words(self) -> dict[int, dict[str, str]]:
        """Titles by number, as the rules had them when people voted."""
        return {option["number"]: option["title"] for option in self.round.rules["options"]}

    @cached_property
    def rows(self) -> list[OptionResult]:
        """All options, the best first."""
        facts = (self.tally.get("shares") or {}).get("facts", {})
        stages = [dict(stage["totals"]) for stage in self.tally["stages"]]
        return [
            OptionResult(
                number=line["number"],
                words=self.words.get(line["number"], {}),
                total=Fraction(line["total"]),
                voters=line["voters"],
                won=line["won"],
                cost_minor=line["cost_minor"],
                mean=Fraction(line["mean"]) if line["mean"] is not None else None,
                left_minor=line["left_minor"],
                facts=facts.get(str(line["number"]), {}),
                reached=max(
                    Fraction(stage[line["number"]])
                    for stage in stages or [{line["number"]: line["total"]}]
                ),
                is_few=0 < Fraction(line["total"]) < self.round.rules["threshold"],
            )
            for line in self.tally["lines"]
        ]

    @property
    def winners(self) -> list[OptionResult]:
        """Who won, in the order in which they were chosen."""
        by_number = {row.number: row for row in self.rows}
        return [by_number[number] for number in self.tally["winners"]]

    @property
    def gives_points(self) -> bool:
        """Whether a budget's ballots gave points, as imported ones may: a vote each would add up
        to as many as the ballots that name an option.
        """
        by_points = self.round.method == Round.Method.GREEDY
        return by_points and any(row.total != row.voters for row in self.rows)

    @property
    def most(self) -> Fraction:
        """The longest bar."""
        return max([row.reached for row in self.rows] + [Fraction(1)])

    @property
    def valid(self) -> int:
        """Ballots that name something."""
        return self.tally["ballots"] - self.tally["blank"]

    @property
    def exhausted(self) -> Fraction | None:
        """Votes of a ranked count that ended up with nobody; None of any other count."""
        stages = self.tally["stages"]
        return Fraction(stages[-1]["exhausted"]) if stages else None

    @property
    def stage_rows(self) -> list[tuple[OptionResult, list[Fraction]]]:
        """Each option of a ranked count with its votes at every stage."""
        stages = [dict(stage["totals"]) for stage in self.tally["stages"]]
        return [(row, [Fraction(stage[row.number]) for stage in stages]) for row in self.rows]

    @property
    def left_minor(self) -> int:
        """What is left of the budget."""
        return self.tally["budget_minor"] - self.tally["spent_minor"]

    @cached_property
    def turnout(self) -> dict[str, list[Group]]:
        """Voters by channel and by assurance level. One query, kept a minute."""
        if not self.round.pk:
            return {}
        size = self.tally.get("size")
        counts = kept(f"turnout-{self.round.pk}-{size}", lambda: _turnout(self.round, size))
        return {name: _named(name, found) for name, found in counts.items()}


def outcome_of(round_: Round) -> Outcome | None:
    """What may be shown now: the stated result, a live count of enough ballots, or nothing yet.

    One query. From a live count of few ballots each new one could be told.
    """
    if not round_.shows_results:
        return None
    stated = list(round_.results.all())
    if stated:
        return Outcome(round_, stated[-1].tally, stated=stated)
    # Past the close only a sealed count is shown: lots need the closing seal.
    if not round_.is_open:
        return None
    tally, counted_at = kept(f"tally-{round_.pk}", lambda: (_count(round_), timezone.now()))
    if tally["ballots"] < SMALLEST_GROUP:
        return None
    return Outcome(round_, tally, counted_at=counted_at)


def gives_points(round_: Round, outcome: Outcome | None) -> bool:
    """Whether a budget round's ballots give points. One query, of a round just closed alone."""
    if outcome is not None or not round_.is_over or round_.method != Round.Method.GREEDY:
        return outcome is not None and outcome.gives_points
    choice = round_.events.exclude(choice=[]).values_list("choice", flat=True).first()
    return bool(choice) and isinstance(choice[0], list)


def _count(round_: Round) -> Tally:
    choices = round_.events.standing().values_list("choice", flat=True).iterator()
    return count(round_.rules, option_costs(round_.rules), choices).plain()


def _turnout(round_: Round, size: int | None) -> dict[str, dict[Any, int]]:
    events = round_.events.standing() if size is None else standing_at(round_, size)
    rows = events.order_by().values_list("channel", "level").annotate(Count("pk"))
    channels, levels = Counter[str](), Counter[int]()
    for channel, level, number in rows:
        channels[channel] += number
        levels[level] += number
    return {"channel": dict(channels), "level": dict(levels)}


def _named(name: str, counts: dict[Any, int]) -> list[Group]:
    labels: Any = VoteEvent.Channel if name == "channel" else AssuranceLevel
    return groups({str(labels(key).label): number for key, number in counts.items()})
