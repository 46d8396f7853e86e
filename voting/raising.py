"""How far Equal Shares can raise the purses: the first step that costs too much. Pure and exact.

Counting every step anew gives the same and takes long: a budget in a small currency has millions.
Whole spans of steps are settled at once instead, by what happens at their two ends:

If the same projects are bought in the same order, then with more money to start with nobody has
less left, so no price is higher and no project has fewer effective votes. (At the first purchase
that is plain; a lower price leaves more with each payer, which carries on to the next purchase.)
So if a project has more effective votes at the first step of a span than each other one at the
last step, it is the next to be bought at every step between. And if all that could still be paid
at the last step fits in the budget, no step of the span costs too much. A span about which neither
can be said is cut in two.

The money at a span's first step is rounded down and at its last step up, both to small parts, so
that numbers stay short: what is said of a span holds for the exact amounts too. What cannot be
said of a single step in this way is counted exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TYPE_CHECKING

from voting.purses import equal_parts, run, strongest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from voting.purses import Id, Instance

PARTS = 1 << 32  # Of one voter's share of a minor unit.
FINE = 1 << 24  # Parts of an effective vote.


@dataclass
class Span:
    """Steps `first` to `last`, after the same purchases at each of them."""

    first: int
    last: int
    low: list[int]
    """What each row's voters have left at the first step, rounded down."""
    high: list[int]
    """The same at the last step, rounded up."""
    bought: list[Id]
    spent: int
    most: dict[Id, int]
    """The most effective votes each project can still have, in parts."""


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


class Search:
    """The way through the spans of one instance."""

    def __init__(self, given: Instance, limit: int) -> None:
        self.given, self.limit, self.spans = given, limit, 0
        self.costs = {id: cost for id, cost in given.costs.items() if cost}
        self.parts = {id: cost * given.voters * PARTS for id, cost in self.costs.items()}
        self.purses_of = {id: _picker(given.supporters[id]) for id in self.costs}

    def first_over(self, first: int, last: int) -> int | None:
        """The first step of these at which too much is spent, if there is one."""
        most = {id: self.given.votes[id] * FINE for id in self.costs}
        spans = [Span(first, last, self.filled(first), self.filled(last), [], 0, most)]
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

    def follow(self, span: Span) -> bool | None:
        """Buy what is bought at every step. True if that is too much, False if nothing can be."""
        while not self.fits(span):
            leader = self.leader(span)
            if leader is not None:
                self.buy(span, leader)
                if span.spent > self.limit:
                    return True
            elif not self.fits(span):
                return None
        return False

    def fits(self, span: Span) -> bool:
        """Whether the budget is enough for all that could still be bought."""
        return span.spent + sum(self.costs[project] for project in span.most) <= self.limit

    def leader(self, span: Span) -> Id | None:
        """The project that is the next at every step, if that can be said."""
        fresh: set[Id] = set()

        def best_at_last_step() -> Id | None:
            return strongest(span.most, self.given.ranks, at_last_step, fresh)

        def at_last_step(project: Id) -> int | None:
            return self.votes(project, span.high, up=True)

        best = best_at_last_step()
        least = None if best is None else self.votes(best, span.low, up=False)
        if least is None:
            return None
        # Does it stand above the others even with its votes at the first step?
        most, span.most[best] = span.most[best], least
        still_best = best_at_last_step()
        span.most[best] = most
        return best if still_best == best else None

    def votes(self, project: Id, purses: list[int], *, up: bool) -> int | None:
        """Effective votes in parts, rounded up or down; None if there is too little money."""
        parts = self.equal_parts(project, purses)
        if parts is None:
            return None
        missing, payers = parts
        votes = self.parts[project] * payers * FINE
        return -(-votes // missing) if up else votes // missing

    def equal_parts(self, project: Id, purses: list[int]) -> tuple[int, int] | None:
        weights, votes = self.given.weights[project], self.given.votes[project]
        return equal_parts(self.parts[project], self.purses_of[project](purses), weights, votes)

    def buy(self, span: Span, project: Id) -> None:
        """Pay at both ends: at the first step rather too much, at the last rather too little."""
        self.pay(project, span.low, up=True)
        self.pay(project, span.high, up=False)
        span.bought.append(project)
        span.spent += self.costs[project]
        del span.most[project]

    def pay(self, project: Id, purses: list[int], *, up: bool) -> None:
        missing, payers = self.equal_parts(project, purses) or (0, 1)
        price = -(-missing // payers) if up else missing // payers
        for row in self.given.supporters[project]:
            purses[row] = purses[row] - price if purses[row] > price else 0

    def halves(self, span: Span) -> list[Span]:
        """The later half and the earlier one; each takes over one end of the span."""
        middle = (span.first + span.last) // 2
        low, high = self.filled(middle + 1), self.filled(middle)
        for project in span.bought:
            self.pay(project, low, up=True)
            self.pay(project, high, up=False)
        return [
            replace(span, first=middle + 1, low=low, bought=span.bought[:], most=dict(span.most)),
            replace(span, last=middle, high=high, bought=span.bought[:], most=dict(span.most)),
        ]

    def filled(self, step: int) -> list[int]:
        """The purses at the start of a step; exact, since a voter's share is a whole number."""
        given = self.given
        return [(given.budget + step * given.step * given.voters) * PARTS] * given.rows

    def is_over(self, step: int) -> bool:
        """The same by the exact count."""
        bought, _purses = run(self.given, self.given.endowment(step))
        return sum(self.given.costs[purchase.project] for purchase in bought) > self.limit


def _picker(rows: Sequence[int]) -> Callable[[list[int]], tuple[int, ...]]:
    """What takes these rows out of a list."""
    return itemgetter(*rows) if len(rows) > 1 else lambda purses: (purses[rows[0]],)
