"""How far Equal Shares can raise the purses: the first step that costs too much. Pure and exact.

Counting every step anew gives the same and takes long: a budget in a small currency has millions.
Whole spans of steps are settled at once instead, by what happens at their two ends:

If the same projects are bought in the same order, then with more money to start with nobody has
less left, so no price is higher and no project has fewer effective votes. (At the first purchase
that is plain; a lower price leaves more with each payer, which carries on to the next purchase.)
So if a project has more effective votes at the first step of a span than each other one at the
last step, it is the next to be bought at every step between. Two projects that change places on
the way are the next two if that is true of each of them even after the other one was paid. Where
the same voters can pay in full at both ends, they can at every step between, so prices grow or fall
evenly and two projects compare everywhere as they do at both ends. And if all that could still be
paid at the last step fits in the budget, no step of the span costs too much. A span about which
nothing of this can be said is cut in two.

The purses of a span's first step are kept rather too low and those of its last step rather too
high: in small parts, so that numbers stay short, and by the less favourable order of two projects.
What is said of a span then holds for the exact amounts too. What cannot be said of a single step
in this way is counted exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

from voting.purses import Purses, equal_parts, run, strongest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from fractions import Fraction

    from voting.purses import Id, Instance

    Group = tuple[Id, ...]  # One project, or two of which either may have been bought first.

PARTS = 1 << 32  # Of one voter's share of a minor unit.
FINE = 1 << 24  # Parts of an effective vote.


def first_step_over(given: Instance, limit: int) -> tuple[int, int]:
    """The first step at which more than `limit` is spent, and how many spans settled it.

    There has to be one: `limit` must be less than all projects cost.

    >>> from voting.purses import instance
    >>> given = instance({"a": 60, "b": 40}, [["a", "b"], ["a"], ["b"]], 90, step=1)
    >>> first_step_over(given, 90)  # With 30 + 10 each can "a" be paid beside "b".
    (10, 6)
    """
    search, first, width = Search(given, limit), 0, 1
    while True:
        over = search.first_over(first, first + width - 1)
        if over is not None:
            return over, search.spans
        first, width = first + width, width * 2


class End:
    """The purses at one end of a span: too low at its first step, too high at its last."""

    def __init__(self, search: Search, left: list[int], *, low: bool) -> None:
        self.search, self.left, self.low = search, left, low
        self.offers: dict[Id, tuple[int, int] | None] = {}  # Since the last payment.

    def offer(self, project: Id) -> tuple[int, int] | None:
        """As `equal_parts`."""
        if project not in self.offers:
            given, search = self.search.given, self.search
            purses = search.pick[project](self.left)
            weights, votes = given.weights[project], given.votes[project]
            self.offers[project] = equal_parts(search.parts[project], purses, weights, votes)
        return self.offers[project]

    def votes(self, project: Id) -> int | None:
        """Effective votes in parts, not more than exact at the low end and not less at the high."""
        offer = self.offer(project)
        if offer is None:
            return None
        missing, payers = offer
        votes = self.search.parts[project] * payers * FINE
        return votes // missing if self.low else -(-votes // missing)

    def price(self, project: Id) -> int:
        """Not less than exact at the low end and not more at the high one."""
        missing, payers = self.offer(project) or (0, 1)
        return -(-missing // payers) if self.low else missing // payers

    def pay(self, project: Id, price: int) -> None:
        left = self.left
        for row in self.search.given.supporters[project]:
            purse = left[row]
            left[row] = purse - price if purse > price else 0
        self.offers.clear()

    def after(self, projects: Iterable[Id]) -> End:
        """The purses as they are once these projects are paid too."""
        end = self
        for project in projects:
            end = End(self.search, end.left.copy(), low=self.low)
            end.pay(project, end.price(project))
        return end


@dataclass
class Span:
    """Steps `first` to `last`, after the same purchases at each of them."""

    first: int
    last: int
    low: End
    high: End
    bought: list[Group]
    spent: int
    most: dict[Id, int]
    """The most effective votes each project can still have, in parts."""
    is_steady: bool = True
    """Whether at every purchase the same voters could pay in full, whatever the step."""
    cut: int | None = None
    """The last step before two projects change places, if that is known."""

    def has_steady_price(self, project: Id) -> bool:
        """Whether it grows or falls evenly from step to step: the same voters can pay in full."""
        low, high = self.low.offer(project), self.high.offer(project)
        return low is not None and high is not None and low[1] == high[1]

    def pay(self, group: Group) -> None:
        """At the low end each project of a group costs what it would as the last of it."""
        self.cut = None
        self.is_steady &= len(group) == 1 and self.has_steady_price(group[0])
        dear = [(id, self.low.after(set(group) - {id}).price(id)) for id in group]
        cheap = [(id, self.high.price(id)) for id in group]
        for project, price in dear:
            self.low.pay(project, price)
        for project, price in cheap:
            self.high.pay(project, price)
        self.bought.append(group)


class Search:
    """The way through the spans of one instance."""

    def __init__(self, given: Instance, limit: int) -> None:
        self.given, self.limit, self.spans = given, limit, 0
        self.costs = {id: cost for id, cost in given.costs.items() if cost}
        self.parts = {id: cost * given.voters * PARTS for id, cost in self.costs.items()}
        self.pick = {id: _picker(given.supporters[id]) for id in self.costs}
        self.opening: list[Id] = []
        self.paid = {low: [0] * given.rows for low in (True, False)}
        self.open()

    def open(self) -> None:
        """Buy what most voted for as long as all its voters can pay at step 0, so at any step.

        The same projects at the same prices: what each row has paid then is kept for all spans.
        """
        for project in sorted(self.costs, key=self.given.ranks.__getitem__):
            missing, payers = self.filled(0, low=True).offer(project) or (0, 0)
            if payers < self.given.votes[project]:
                return
            self.opening.append(project)
            for low, price in ((True, -(-missing // payers)), (False, missing // payers)):
                for row in self.given.supporters[project]:
                    self.paid[low][row] += price

    def first_over(self, first: int, last: int) -> int | None:
        """The first step of these at which too much is spent, if there is one."""
        spans = [self.span(first, last)]
        while spans:
            span = spans.pop()
            over = self.follow(span)
            if over is None and span.first < span.last:
                spans += self.halves(span)
                continue
            self.spans += 1
            if over or (over is None and self.is_over(span.first)):
                return span.first
        return None

    def span(self, first: int, last: int) -> Span:
        """These steps, after the opening."""
        spent = sum(self.costs[project] for project in self.opening)
        most = {id: self.given.votes[id] * FINE for id in self.costs if id not in self.opening}
        return self.part([], spent, most, first, last)

    def halves(self, span: Span) -> list[Span]:
        """The later half and the earlier one."""
        middle = (span.first + span.last) // 2 if span.cut is None else span.cut
        rest = span.bought, span.spent, span.most
        return [
            self.part(*rest, middle + 1, span.last),
            self.part(*rest, span.first, middle),
        ]

    def part(
        self, bought: list[Group], spent: int, most: dict[Id, int], first: int, last: int
    ) -> Span:
        """A span after purchases of one it is part of; here two projects may have an order."""
        low, high = self.filled(first, low=True), self.filled(last, low=False)
        span = Span(first, last, low, high, [], spent, dict(most))
        for group in bought:
            for ordered in self.ordered(group, span):
                span.pay(ordered)
        return span

    def filled(self, step: int, *, low: bool) -> End:
        """The purses of a step after the opening; a voter's share is a whole number of parts."""
        given = self.given
        share = (given.budget + step * given.step * given.voters) * PARTS
        return End(self, [share - paid for paid in self.paid[low]], low=low)

    def ordered(self, group: Group, span: Span) -> list[Group]:
        """The group as two purchases one after the other, if their order can be said."""
        ranks = self.given.ranks
        for one, other in (group, group[::-1]) if len(group) > 1 else ():
            least, most = span.low.votes(one) or 0, span.high.votes(other) or 0
            if (least, -ranks[one]) > (most, -ranks[other]):
                return [(one,), (other,)]
        return [group]

    def follow(self, span: Span) -> bool | None:
        """Buy what is bought at every step. True if that is too much, False if nothing can be."""
        while not self.fits(span):
            group = self.next_bought(span)
            for project in group:
                span.spent += self.costs[project]
                del span.most[project]
            if span.spent > self.limit:
                return True
            if group:
                span.pay(group)
            elif not self.fits(span):
                return None
        return False

    def fits(self, span: Span) -> bool:
        """Whether the budget is enough for all that could still be bought."""
        return span.spent + sum(self.costs[project] for project in span.most) <= self.limit

    def next_bought(self, span: Span) -> Group:
        """What is bought next at every step; empty if that cannot be said."""
        group: Group = ()
        fresh: set[Id] = set()
        while len(group) < 2:
            stronger = {project: span.most.pop(project) for project in group}
            leader = strongest(span.most, self.given.ranks, span.high.votes, fresh)
            span.most |= stronger
            if leader is None:
                return ()
            group = (*group, leader)
            if self.is_ahead(group, span, fresh):
                return group
        return ()

    def is_ahead(self, group: Group, span: Span, fresh: set[Id]) -> bool:
        """Whether each of the group, even bought last of it, comes before all others."""
        least = {id: span.low.after(set(group) - {id}).votes(id) for id in group}
        if None in least.values():
            return False
        weakest = min(group, key=lambda id: (least[id], -self.given.ranks[id]))
        aside = {project: span.most.pop(project) for project in group}
        span.most[weakest] = least[weakest] or 0
        while (rival := strongest(span.most, self.given.ranks, span.high.votes, fresh)) != weakest:
            if len(group) > 1 or not self.is_before(weakest, rival, span):
                break
            aside[rival] = span.most.pop(rival)
        span.most |= aside
        return rival == weakest

    def is_before(self, one: Id, other: Id, span: Span) -> bool:
        """Whether `one` comes first at every step of a steady span, by exact prices at its ends."""
        if not (span.is_steady and span.has_steady_price(one) and span.has_steady_price(other)):
            return False
        first, last = (self.gap(one, other, span, step) for step in (span.first, span.last))
        wins_ties = self.given.ranks[one] < self.given.ranks[other]
        if min(first, last) > 0 or (wins_ties and min(first, last) == 0):
            return True
        if first * last < 0:  # They change places, where the gap is 0.
            span.cut = span.first + int((span.last - span.first) * first / (first - last))
        return False

    def gap(self, one: Id, other: Id, span: Span, step: int) -> Fraction:
        """How much less of its cost each payer of `one` pays at this step. Exact."""
        purses = Purses(self.given, self.given.endowment(step))
        for project in [*self.opening, *(group[0] for group in span.bought)]:
            purses.buy(project)
        return purses.rate(other) - purses.rate(one)

    def is_over(self, step: int) -> bool:
        """The same by the exact count."""
        bought, _purses = run(self.given, self.given.endowment(step))
        return sum(self.given.costs[purchase.project] for purchase in bought) > self.limit


def _picker(rows: Sequence[int]) -> Callable[[list[int]], Sequence[int]]:
    """What takes these rows out of a list."""
    return itemgetter(*rows) if len(rows) > 1 else lambda purses: (purses[rows[0]],)
