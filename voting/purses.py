"""One run of Equal Shares: voters with equal purses buy projects together. Pure and exact.

The rule in words: https://equalshares.net/explanation (Peters, Pierczyński, Skowron 2021, with cost
as utility). How far the purses are filled is found in `raising.py`; start at `equal_shares.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

type Id = Hashable
type Ballots = Iterable[Collection[Id]] | Mapping[frozenset[Id], int]


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A budget, costs and ballots; voters with the same ballot stand in one row.

    Money is in minor units. A project nobody voted for is left out: nobody would pay for it.
    """

    budget: int
    step: int
    """How much more each voter gets from one step to the next."""
    voters: int
    rows: int
    costs: dict[Id, int]
    supporters: dict[Id, list[int]]
    """The rows whose ballots name the project."""
    weights: dict[Id, list[int]]
    """How many voters stand in each of these rows."""
    votes: dict[Id, int]
    ranks: dict[Id, int]
    """Who comes first among equals; 0 before 1."""

    def endowment(self, step: int) -> Fraction:
        """What each voter is given at this step; at step 0 an equal share of the budget."""
        return Fraction(self.budget, self.voters or 1) + step * self.step


@dataclass(frozen=True)
class Purchase:
    """A project bought; money in minor units."""

    project: Id
    price: Fraction
    """What each supporter paid; who had less gave all that was left."""
    payers: int
    """How many paid the price in full."""
    behind: Fraction
    """What the supporters had together just before."""
    tied: tuple[Id, ...] = ()
    """Others with as many effective votes."""


def instance(
    projects: Mapping[Id, int],
    ballots: Ballots,
    budget: int,
    *,
    step: int,
    lots: Sequence[Id] = (),
) -> Instance:
    """Ballots in rows. Among equals comes first: more votes, lower cost, earlier in `lots`.

    Raises ValueError for a project that is not there, and for money below 0.

    >>> given = instance({"a": 5, "b": 7}, [["a"], ["a"], []], 30, step=1)
    >>> given.supporters, given.votes, given.voters, given.endowment(2)
    ({'a': [0]}, {'a': 2}, 3, Fraction(12, 1))
    """
    if budget < 0 or step <= 0 or min(projects.values(), default=0) < 0:
        raise ValueError("costs and budget must not be below 0, a step must be more than 0")
    groups = grouped(ballots)
    supporters = _supporters(groups, projects)
    sizes = list(groups.values())
    weights = {id: [sizes[row] for row in rows] for id, rows in supporters.items()}
    votes = {id: sum(voters) for id, voters in weights.items()}
    drawn = {id: place for place, id in enumerate(lots or projects)}
    order = sorted(votes, key=lambda id: (-votes[id], projects[id], drawn[id]))
    return Instance(
        budget=budget,
        step=step,
        voters=sum(sizes),
        rows=len(sizes),
        costs={id: projects[id] for id in votes},
        supporters=supporters,
        weights=weights,
        votes=votes,
        ranks={id: place for place, id in enumerate(order)},
    )


def _supporters(groups: Iterable[frozenset[Id]], projects: Mapping[Id, int]) -> dict[Id, list[int]]:
    """The rows that name each project, in the order of `projects`; without those nobody names."""
    rows: dict[Id, list[int]] = {project: [] for project in projects}
    for row, ballot in enumerate(groups):
        for project in ballot:
            if project not in rows:
                raise ValueError(f"a ballot names {project!r}, which is no project")
            rows[project].append(row)
    return {project: found for project, found in rows.items() if found}


def grouped(ballots: Ballots) -> dict[frozenset[Id], int]:
    """How many voters cast each ballot; ballots already counted may be given as a mapping.

    >>> sorted(grouped([["a", "b"], ["b", "a"], []]).values())
    [1, 2]
    """
    if isinstance(ballots, Mapping):
        return {frozenset(ballot): voters for ballot, voters in ballots.items() if voters}
    return Counter(frozenset(ballot) for ballot in ballots)


def equal_parts(
    cost: int, purses: Sequence[int], weights: Sequence[int], votes: int
) -> tuple[int, int] | None:
    """What is to be paid in equal parts, and by how many; None if there is too little money.

    Who has less than an equal part gives all. That makes the part of the others bigger, so look
    again, until nobody new falls short. `weights` say how many voters have each of the purses,
    `votes` how many they are together.

    >>> equal_parts(28, [10, 1], [3, 1], 4)  # One gives the 1 he has, three give 9 each.
    (27, 3)
    >>> equal_parts(32, [10, 1], [3, 1], 4) is None
    True
    """
    missing, payers, before = cost, votes, 0
    part = -(-missing // payers)  # Rounded up: below it is below the exact part.
    while short := [
        (purse, voters)
        for purse, voters in zip(purses, weights, strict=True)
        if before <= purse < part
    ]:
        for purse, voters in short:
            missing -= purse * voters
            payers -= voters
        if not payers:
            return None
        before, part = part, -(-missing // payers)
    return missing, payers


class Purses:
    """What the voters of each row have left, as whole numbers of a part of a minor unit.

    A price that does not come out even makes the parts smaller, so nothing is ever rounded.
    """

    def __init__(self, given: Instance, endowment: Fraction) -> None:
        self.given = given
        self.parts = endowment.denominator
        self.left = [endowment.numerator] * given.rows

    def _of(self, project: Id) -> list[int]:
        return [self.left[row] for row in self.given.supporters[project]]

    def offer(self, project: Id) -> tuple[Fraction, int] | None:
        """The price and how many can pay it in full; None if its supporters have too little."""
        weights, votes = self.given.weights[project], self.given.votes[project]
        cost = self.given.costs[project] * self.parts
        parts = equal_parts(cost, self._of(project), weights, votes)
        return parts and (Fraction(parts[0], parts[1] * self.parts), parts[1])

    def behind(self, project: Id) -> Fraction:
        """What the supporters of a project have together."""
        purses = zip(self._of(project), self.given.weights[project], strict=True)
        return Fraction(sum(purse * voters for purse, voters in purses), self.parts)

    def rate(self, project: Id) -> Fraction:
        """What part of the cost the price is: one through the effective votes."""
        price, _payers = self.offer(project) or (Fraction(0), 0)
        return price / self.given.costs[project]

    def buy(self, project: Id, tied: tuple[Id, ...] = ()) -> Purchase:
        """Every supporter pays the price or all there is. Ask `offer` first if they can."""
        price, payers = self.offer(project) or (Fraction(0), 0)
        behind = self.behind(project)
        finer = lcm(self.parts, price.denominator) // self.parts
        if finer > 1:
            self.parts *= finer
            self.left = [purse * finer for purse in self.left]
        part = int(price * self.parts)
        for row in self.given.supporters[project]:
            self.left[row] = max(0, self.left[row] - part)
        return Purchase(project, price, payers, behind, tied)


def strongest(
    most: dict[Id, Any], ranks: Mapping[Id, int], votes_now: Callable[[Id], Any], fresh: set[Id]
) -> Id | None:
    """The project with the most effective votes; None if nobody can pay for any.

    `most` holds a number each project cannot exceed, since effective votes only fall; it is brought
    up to date only where that decides, and projects without money behind them are dropped.

    >>> most = {"a": 9, "b": 8, "c": 5}
    >>> strongest(most, {"a": 0, "b": 1, "c": 2}, {"a": 6, "b": 7}.get, set()), most
    ('b', {'a': 6, 'b': 7, 'c': 5})
    """
    while most:
        leader = max(most, key=lambda project: (most[project], -ranks[project]))
        if leader in fresh:
            return leader
        votes = votes_now(leader)
        if votes is None:
            del most[leader]
        else:
            most[leader] = votes
            fresh.add(leader)
    return None


def run(given: Instance, endowment: Fraction) -> tuple[list[Purchase], Purses]:
    """All purchases in order, and the purses afterwards, if each voter starts with `endowment`.

    Again and again the project with the most effective votes is bought: its cost divided by the
    price of an equal part, which is its votes as long as every supporter can pay that part.

    >>> given = instance({"a": 60, "b": 40}, [["a", "b"], ["a"], ["b"]], 90, step=1)
    >>> [(bought.project, bought.price) for bought in run(given, Fraction(30))[0]]
    [('b', Fraction(20, 1))]
    >>> [(bought.project, bought.price) for bought in run(given, Fraction(50))[0]]
    [('b', Fraction(20, 1)), ('a', Fraction(30, 1))]
    """
    purses = Purses(given, endowment)
    free = [project for project in given.ranks if not given.costs[project]]
    bought = [Purchase(project, Fraction(0), given.votes[project], Fraction(0)) for project in free]
    most = {id: Fraction(given.votes[id]) for id, cost in given.costs.items() if cost}

    def votes_now(project: Id) -> Fraction | None:
        offer = purses.offer(project)
        return offer and given.costs[project] / offer[0]

    while (best := strongest(most, given.ranks, votes_now, set())) is not None:
        level = [id for id in most if most[id] == most[best] == votes_now(id)]
        bought.append(purses.buy(best, tuple(id for id in level if id != best)))
        del most[best]
    return bought, purses
