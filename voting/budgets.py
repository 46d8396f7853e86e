"""Budgets spent: on what has most votes, on most votes for the cost, or by Equal Shares. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from voting.equal_shares import compare, equal_shares
from voting.outcomes import Line, Tie
from voting.sums import InvalidBallot, add_up, points_of, tally_of
from voting.ties import order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from voting.equal_shares import Outcome
    from voting.outcomes import Tally
    from voting.sums import Given, Sums


def count_greedy(given: Given) -> Tally:
    """A budget for the options with most votes, or most votes for their cost (`greedy_per_cost`).

    In this order each is bought if it costs no more than what is left, and else passed over.

    >>> from voting.tally import count
    >>> rules = {"method": "greedy", "budget_minor": 100}
    >>> ballots = [[1, 2], [1, 2], [1], [3]]
    >>> tally = count(rules, {1: 70, 2: 60, 3: 30}, ballots)
    >>> tally.winners, tally.left_minor
    ((1, 3), 0)
    >>> count({**rules, "method": "greedy_per_cost"}, {1: 70, 2: 60, 3: 20}, ballots).winners
    (3, 1)
    """
    return _greedy(given, add_up(given))


def _greedy(given: Given, sums: Sums) -> Tally:
    costs = given.options
    strength = _per_cost(sums, costs) if given.rules["method"] == "greedy_per_cost" else sums.of
    standing, ties = order(costs, strength, costs.__getitem__, given.lot)
    left = given.rules["budget_minor"]
    bought = []
    for number in standing:
        if given.qualifies(sums.of(number)) and costs[number] <= left:
            bought.append(number)
            left -= costs[number]
    return _spent(given, sums, standing, ties, winners=tuple(bought))


def _per_cost(sums: Sums, costs: Mapping[int, int]) -> Callable[[int], Any]:
    """Votes or points for each unit of cost; what costs nothing comes first."""

    def strength(number: int) -> tuple[bool, Fraction, Any]:
        cost, total = costs[number], sums.of(number)
        return cost == 0 and total > 0, Fraction(total) / (cost or 1), total

    return strength


def _spent(
    given: Given,
    sums: Sums,
    standing: Iterable[int],
    ties: Iterable[Tie],
    *,
    winners: tuple[int, ...],
) -> Tally:
    """The result, each line with what was left of the budget when its turn came."""
    budget = left = given.rules["budget_minor"]
    lines = []
    for number in standing:
        cost, won = given.options[number], number in winners
        row = number, sums.of(number), sums.voters[number], won, cost
        lines.append(Line(*row, left_minor=left))
        left -= cost if won else 0
    return tally_of(given, sums, lines, ties, winners=winners, spent=budget - left)


def count_equal_shares(given: Given) -> Tally:
    """A budget of which every voter has the same part to give to projects on the own ballot.

    Lines show what was bought, in this order, and then the others by votes. If the rules have
    `comparison` and more voters are better off with most votes first, that is the result after
    all; how many are is in `comparison` anyhow. Memory: each different ballot once.

    >>> from voting.tally import count
    >>> rules = {"method": "equal_shares", "budget_minor": 90, "step_minor": 1}
    >>> tally = count(rules, {1: 70, 2: 20}, [[1, 2], [1], [2]])
    >>> tally.winners, [str(tally.shares.facts[number].price) for number in tally.winners]
    ((2, 1), ['10', '40'])
    """
    groups: Counter[frozenset[int]] = Counter()
    sums = add_up(replace(given, ballots=_noted(given.ballots, groups)))
    numbers = sorted(n for n in given.options if given.qualifies(sums.of(n)))
    drawn = sorted(numbers, key=given.lot.ticket)
    costs: dict[Any, int] = {number: given.options[number] for number in numbers}
    able: Counter[frozenset[int]] = Counter()
    for ballot, voters in groups.items():
        able[ballot.intersection(costs)] += voters
    shares = equal_shares(
        costs,
        able,
        given.rules["budget_minor"],
        step_minor=given.rules.get("step_minor", 100),
        lots=drawn,
    )
    greedy = _greedy(given, sums)
    comparison = compare(able, shares.selected, greedy.winners)
    turned = given.rules.get("comparison") and not comparison.shares_stand
    tally = greedy if turned else _by_shares(given, sums, shares)
    return replace(tally, shares=shares, comparison=comparison)


def _noted(ballots: Iterable[Any], groups: Counter[frozenset[int]]) -> Iterator[Any]:
    """The same ballots, counted on the way by what they name."""
    for ballot in ballots:
        votes = points_of(ballot)
        if any(points != 1 for _number, points in votes):
            raise InvalidBallot("a ballot gives points, and Equal Shares counts votes alone")
        groups[frozenset(number for number, _vote in votes)] += 1
        yield ballot


def _by_shares(given: Given, sums: Sums, shares: Outcome) -> Tally:
    others, _ties = order(given.options, sums.of, given.options.__getitem__, given.lot)
    bought: tuple[Any, ...] = shares.selected
    ties = []
    for number in bought:
        tied = shares.facts[number].tied
        level = [other for other in others if other in tied]
        ties += [_tie_of(given, sums, (number, *level))] if level else []
    return _spent(given, sums, dict.fromkeys([*bought, *others]), ties, winners=bought)


def _tie_of(given: Given, sums: Sums, level: tuple[int, ...]) -> Tie:
    """Options with as many effective votes, the one bought first; what told it from the next.

    A lot decides also if all of them are bought: who pays first leaves others with less.
    """
    first, second = level[:2]
    if sums.of(first) != sums.of(second):
        return Tie(level, "votes")
    if given.options[first] != given.options[second]:
        return Tie(level, "cost")
    return Tie(level, given.lot.name, decisive=True)
