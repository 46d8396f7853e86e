"""From single scores to places: means, spread, hard stops, ranks. Pure, exact fractions, no Django.

Anybody can repeat it on the sheets. A criterion's mean is taken over all reviewers of the proposal;
the total is the sum of weight times mean. Equal totals: the higher mean on the criterion of the
greatest weight decides (of equal weights, the one that stands earlier), then the next; who is
still equal shares the place, and the place after is left out. A hard stop excludes when more than
half of the reviewers found it; found by fewer it is a disagreement and has to be discussed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True)
class Scale:
    """A criterion with points: its number and its weight, 0..1."""

    number: int
    weight: Fraction


@dataclass(frozen=True)
class Sheet:
    """What one reviewer found: points by criterion, and the hard stops that apply."""

    points: Mapping[int, int]
    stops: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Finding:
    """What all reviewers together found of one proposal."""

    proposal: int
    sheets: int
    means: Mapping[int, Fraction]
    spreads: Mapping[int, tuple[int, int]]  # criterion to its lowest and highest points
    total: Fraction | None  # None where nobody read it
    total_spread: Fraction
    stopped: tuple[int, ...] = ()
    doubted: tuple[int, ...] = field(default=())  # stops that half or fewer found

    def is_disputed(self, spread_max: Fraction) -> bool:
        """Whether two reviewers are that far apart on a criterion, or on a hard stop."""
        apart = [high - low for low, high in self.spreads.values()]
        return bool(self.doubted) or any(gap >= spread_max for gap in apart)


def total_of(scales: Sequence[Scale], points: Mapping[int, Fraction | int]) -> Fraction:
    """Weight times points, added up.

    >>> total_of([Scale(1, Fraction(3, 4)), Scale(2, Fraction(1, 4))], {1: 8, 2: 4})
    Fraction(7, 1)
    """
    return sum((scale.weight * points[scale.number] for scale in scales), Fraction(0))


def find(proposal: int, scales: Sequence[Scale], sheets: Sequence[Sheet]) -> Finding:
    """Means, spreads and stops of one proposal.

    Relevance weighs 0.6 and effect 0.4. Three reviewers gave 8 and 5, 7 and 6, 9 and 4: the means
    are 8 and 5, the total 0.6 · 8 + 0.4 · 5 = 6.8. Each one's own total: 6.8, 6.6, 7.0.

    >>> scales = [Scale(1, Fraction(3, 5)), Scale(2, Fraction(2, 5))]
    >>> sheets = [Sheet({1: 8, 2: 5}), Sheet({1: 7, 2: 6}), Sheet({1: 9, 2: 4}, frozenset({3}))]
    >>> found = find(11, scales, sheets)
    >>> [float(found.means[number]) for number in (1, 2)], float(found.total)
    ([8.0, 5.0], 6.8)
    >>> found.spreads[1], float(found.total_spread)
    ((7, 9), 0.4)
    >>> found.stopped, found.doubted  # one of three found the stop
    ((), (3,))
    >>> found.is_disputed(Fraction(4)), find(11, scales, sheets[:2]).is_disputed(Fraction(2))
    (True, False)
    """
    if not sheets:
        return Finding(proposal, 0, {}, {}, None, Fraction(0))
    columns = {scale.number: [sheet.points[scale.number] for sheet in sheets] for scale in scales}
    means = {number: Fraction(sum(column), len(sheets)) for number, column in columns.items()}
    totals = [total_of(scales, sheet.points) for sheet in sheets]
    stops = sorted({stop for sheet in sheets for stop in sheet.stops})
    stopped = tuple(stop for stop in stops if 2 * _count(stop, sheets) > len(sheets))
    return Finding(
        proposal,
        len(sheets),
        means,
        {number: (min(column), max(column)) for number, column in columns.items()},
        total_of(scales, means),
        max(totals) - min(totals),
        stopped,
        tuple(stop for stop in stops if stop not in stopped),
    )


def _count(stop: int, sheets: Sequence[Sheet]) -> int:
    return sum(stop in sheet.stops for sheet in sheets)


def rank(findings: Iterable[Finding], scales: Sequence[Scale]) -> list[tuple[int, Finding]]:
    """Places from 1, best first; excluded and unread proposals get none.

    Three proposals with the same total of 7: the first of them by the heavier criterion leads.

    >>> scales = [Scale(1, Fraction(3, 5)), Scale(2, Fraction(2, 5))]
    >>> one = find(1, scales, [Sheet({1: 7, 2: 7})])
    >>> two = find(2, scales, [Sheet({1: 9, 2: 4})])
    >>> same = find(3, scales, [Sheet({1: 7, 2: 7})])
    >>> last = find(4, scales, [Sheet({1: 2, 2: 2})])
    >>> out = find(5, scales, [Sheet({1: 10, 2: 10}, frozenset({9}))])
    >>> [(place, found.proposal) for place, found in rank([last, out, same, two, one], scales)]
    [(1, 2), (2, 1), (2, 3), (4, 4)]
    """
    heaviest = sorted(range(len(scales)), key=lambda place: (-scales[place].weight, place))

    def merit(found: Finding) -> tuple[Fraction, ...]:
        means = [found.means[scales[place].number] for place in heaviest]
        return (found.total or Fraction(0), *means)

    ranked = [found for found in findings if found.total is not None and not found.stopped]
    ranked.sort(key=lambda found: found.proposal)
    ranked.sort(key=merit, reverse=True)  # stable: equal ones stay in the order of their numbers
    places: list[tuple[int, Finding]] = []
    for position, found in enumerate(ranked, start=1):
        same = bool(places) and merit(places[-1][1]) == merit(found)
        places.append((places[-1][0] if same else position, found))
    return places


def reorder(ranked: Sequence[tuple[int, int]], by_hand: Mapping[int, int]) -> dict[int, int]:
    """Final places: those given by hand first, the others in their order around them.

    Takes (place, proposal) best first, gives proposal to place. Who shares a computed place goes
    on sharing one unless somebody was put in between.

    >>> reorder([(1, 11), (2, 12), (3, 13)], {13: 1})
    {13: 1, 11: 2, 12: 3}
    >>> reorder([(1, 11), (1, 12), (3, 13)], {})
    {11: 1, 12: 1, 13: 3}
    """
    if not by_hand:
        return {proposal: place for place, proposal in ranked}
    order = [proposal for _place, proposal in ranked if proposal not in by_hand]
    for proposal, place in sorted(by_hand.items(), key=lambda item: (item[1], item[0])):
        order.insert(place - 1, proposal)
    return {proposal: place for place, proposal in enumerate(order, start=1)}
