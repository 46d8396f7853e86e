"""Rankings counted: instant run-off for one seat, single transferable vote for several. Pure.

Weighted inclusive Gregory method with Droop's quota, as the Scottish Local Government Elections
Order 2011 has it (rules 45 to 52), but in exact fractions where the Order cuts off decimals:

1. Each ballot counts for its first preference. Who has the quota is elected.
2. The largest surplus over the quota goes on: every ballot of that option, at the same fraction
   of its worth, to the next preference that is neither elected nor excluded.
3. When no surplus is left, the weakest option is excluded and its ballots go on at their worth.
4. When no more options are left than seats, they are elected.

With one seat the quota is half of the votes that still count, rounded down, plus one.
Among equals the one with more at the last stage that tells them apart is the stronger, then a lot
decides. Options without any vote are excluded together and are never elected.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from voting.outcomes import Line, Stage, Tie
from voting.sums import Sums, tally_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voting.outcomes import Tally
    from voting.sums import Given
    from voting.ties import Lot

    Ranking = tuple[int, ...]


def count_ranked(given: Given) -> Tally:
    """The winners of a ranked vote, with every stage of the count.

    Lines show first preferences; winners come first, then who was excluded last.

    >>> from voting.sums import Given
    >>> from voting.ties import Lot
    >>> ballots = [[1]] * 4 + [[2, 3]] * 3 + [[3, 2]] * 2
    >>> tally = count_ranked(Given({"method": "ranked"}, {1: 0, 2: 0, 3: 0}, ballots, Lot()))
    >>> tally.winners, [stage.kind for stage in tally.stages]
    ((2,), ['first', 'exclusion'])
    """
    sums = Sums(dict.fromkeys(given.options, 0))
    rankings: Counter[Ranking] = Counter()
    for ballot in given.ballots:
        ranking = tuple(given.checked(list(ballot)))
        sums.ballots += 1
        sums.blank += not ranking
        rankings[ranking] += 1
    del rankings[()]
    for ranking, votes in rankings.items():
        sums.totals[ranking[0]] += votes
        for number in ranking:
            sums.voters[number] += votes
    run = Run(given.options, rankings, given.rules.get("seats", 1), given.lot)
    run.finish()
    winners = tuple(run.elected)
    standing = [*run.elected, *sorted(run.hopeful, key=run.standing), *reversed(run.excluded)]
    lines = [
        Line(number, sums.of(number), sums.voters[number], number in winners) for number in standing
    ]
    return tally_of(given, sums, lines, run.ties, winners=winners, stages=tuple(run.stages))


class Run:
    """One count under way: who holds which ballots at what worth, and what happened so far."""

    def __init__(
        self, options: Iterable[int], rankings: Counter[Ranking], seats: int, lot: Lot
    ) -> None:
        self.seats, self.lot = seats, lot
        self.votes = rankings.total()
        self.hopeful = set(options)
        self.held: dict[int, dict[Ranking, Fraction]] = {number: {} for number in self.hopeful}
        self.totals = dict.fromkeys(sorted(self.hopeful), Fraction(0))
        self.exhausted = Fraction(0)
        self.elected: list[int] = []
        self.excluded: list[int] = []
        self.stages: list[Stage] = []
        self.ties: list[Tie] = []
        self._hand_on(
            {ranking: Fraction(votes) for ranking, votes in rankings.items()}, Fraction(1)
        )

    @property
    def quota(self) -> int:
        """The smallest number of votes that no more options than seats can have (Droop)."""
        counting = self.votes - int(self.exhausted) if self.seats == 1 else self.votes
        return counting // (self.seats + 1) + 1

    def finish(self) -> None:
        """Go from stage to stage until the seats are taken or nobody is left."""
        self._state("first", ())
        while self.hopeful and len(self.elected) < self.seats:
            if surplus := [n for n in self.elected if self.totals[n] > self.quota]:
                self._pass_surplus(max(surplus, key=self.totals.__getitem__))
            elif len(self.hopeful) + len(self.elected) <= self.seats:
                self._fill_last_seats()
            else:
                self._exclude(self._weakest())

    def standing(self, number: int) -> tuple[list[Fraction], tuple[str, int]]:
        """What options are sorted by, the strongest first: votes now, votes before, the lot."""
        past = [dict(stage.totals)[number] for stage in reversed(self.stages)]
        return [-votes for votes in (self.totals[number], *past)], self.lot.ticket(number)

    def _hand_on(self, ballots: dict[Ranking, Fraction], share: Fraction) -> None:
        """Give this share of each ballot's worth to its next preference still in the running."""
        for ranking, worth in ballots.items():
            receiver = next((number for number in ranking if number in self.hopeful), None)
            if receiver is None:
                self.exhausted += worth * share
            else:
                self.totals[receiver] += worth * share
                pile = self.held[receiver]
                pile[ranking] = pile.get(ranking, Fraction(0)) + worth * share

    def _pass_surplus(self, number: int) -> None:
        surplus = self.totals[number] - self.quota
        share = surplus / self.totals[number]
        self.totals[number] = Fraction(self.quota)
        self._hand_on(self.held.pop(number), share)
        self._state("surplus", (number,))

    def _weakest(self) -> list[int]:
        """The option to exclude next, or all that have no votes, the strongest of them first."""
        hopeful = sorted(self.hopeful, key=self.standing)
        least = self.totals[hopeful[-1]]
        equals = [number for number in hopeful if self.totals[number] == least]
        if least == 0:
            return equals
        self._note_tie(equals, decisive=True)
        return equals[-1:]

    def _exclude(self, numbers: list[int]) -> None:
        self.hopeful.difference_update(numbers)
        for number in reversed(numbers):
            self.excluded.append(number)
            self.totals[number] = Fraction(0)
            self._hand_on(self.held.pop(number), Fraction(1))
        self._state("exclusion", tuple(numbers))

    def _fill_last_seats(self) -> None:
        """Elect who is left and has votes; the others are out."""
        left = sorted(self.hopeful, key=self.standing)
        voted = [number for number in left if self.totals[number] > 0]
        self.hopeful.clear()
        self.excluded += reversed(left[len(voted) :])
        self._state("last", (), voted)

    def _state(self, kind: str, options: tuple[int, ...], last: Iterable[int] = ()) -> None:
        """Write the stage down, with who reached the quota by it."""
        reached = [number for number in self.hopeful if self.totals[number] >= self.quota]
        elected = [*last, *sorted(reached, key=self.standing)]
        self._note_tie(elected)
        self.hopeful.difference_update(elected)
        self.elected += elected
        totals = tuple(self.totals.items())
        self.stages.append(Stage(kind, options, totals, self.exhausted, self.quota, tuple(elected)))

    def _note_tie(self, numbers: list[int], *, decisive: bool = False) -> None:
        """Keep which of these had as many votes as each other, and what told them apart."""
        for _votes, equals in groupby(numbers, self.totals.__getitem__):
            level = tuple(equals)
            pasts = [self.standing(number)[0] for number in level]
            told_apart = pasts[-1] not in pasts[:-1]
            if len(level) > 1:
                by = "earlier" if told_apart else self.lot.name
                self.ties.append(Tie(level, by, decisive))
