"""Counting rules, for anybody who wants to count again: published rules and ballots in, result out.

Pure and exact: no Django, no floats, and nothing depends on the order of the ballots. Ballots are
checked and added up in `sums.py`, rankings counted in `ranked.py`, budgets spent in `budgets.py`,
ties settled in `ties.py`.
An option nobody voted for never wins.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from voting.budgets import count_equal_shares, count_greedy
from voting.outcomes import Line, Tally
from voting.ranked import count_ranked
from voting.sums import Given, Sums, add_up, tally_of
from voting.ties import Lot, order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def count(
    rules: Mapping[str, Any],
    options: Mapping[int, int],
    ballots: Iterable[Any],
    *,
    seed: bytes | None = None,
    eligible: int | None = None,
) -> Tally:
    """Count `ballots` by the method that `rules` names. Reads them once, in any order.

    `rules` are a round's published rules; read are `method`, and where the method asks for it
    `seats` (0: all that reach the threshold), `threshold`, `limit`, `score_max`, `budget_minor`,
    for Equal Shares also `step_minor`, one unit of the currency, and `comparison`.
    `options` give each option's cost in minor units by its number. A ballot is

    - `support`: None
    - `approval`, `greedy`, `greedy_per_cost`, `equal_shares`: option numbers, [2, 5]
    - `ranked`: option numbers, the best first
    - `score`: [number, points] pairs or a dict; the greedy methods take these too

    An empty ballot is blank: it takes part and says nothing. `seed` is the root of the seal that
    closed the round, `eligible` how many people may vote. Raises `sums.InvalidBallot`, and
    `ValueError` for a method nobody knows.

    >>> tally = count({"method": "approval", "seats": 1}, {1: 0, 2: 0}, [[1], [1, 2], []])
    >>> tally.winners, tally.blank, [(line.number, line.total) for line in tally.lines]
    ((1,), 1, [(1, 2), (2, 1)])
    """
    counter = METHODS.get(rules["method"])
    if counter is None:
        raise ValueError(f"there is no counting method {rules['method']!r}")
    return counter(Given(rules, options, ballots, Lot(seed), eligible))


def option_costs(rules: Mapping[str, Any]) -> dict[int, int]:
    """The options of published rules as `count` takes them.

    >>> option_costs({"options": [{"number": 1, "title": "Bench", "cost_minor": 500}]})
    {1: 500}
    """
    return {option["number"]: option["cost_minor"] for option in rules["options"]}


def count_support(given: Given) -> Tally:
    """Supports that stand, against the threshold: each ballot is one person's.

    >>> count({"method": "support", "threshold": 3}, {1: 0}, [None, None, None]).winners
    (1,)
    """
    supports = sum(1 for _ballot in given.ballots)
    sums = Sums(dict.fromkeys(given.options, supports), ballots=supports)
    won = given.qualifies(supports)
    lines = [Line(number, supports, supports, won) for number in given.options]
    return tally_of(given, sums, lines, (), winners=tuple(given.options) if won else ())


def count_most(given: Given) -> Tally:
    """Approval and score: the `seats` options with most votes or points, or all over the threshold.

    A score's mean is over all ballots that are not blank, so that nobody wins by being rated by
    few; a ballot gives 0 to an option it does not name.

    >>> tally = count({"method": "score", "score_max": 5}, {1: 0, 2: 0}, [{1: 5}, {2: 4}, {2: 3}])
    >>> [(line.number, line.total, str(line.mean)) for line in tally.lines]
    [(2, 7, '7/3'), (1, 5, '5/3')]
    """
    sums = add_up(given)
    standing, ties = order(given.options, sums.of, lambda _number: 0, given.lot)
    able = [number for number in standing if given.qualifies(sums.of(number))]
    winners = tuple(able[: given.rules.get("seats", 1) or None])
    lines = [_most_line(given, sums, number, won=number in winners) for number in standing]
    return tally_of(given, sums, lines, ties, winners=winners)


def _most_line(given: Given, sums: Sums, number: int, *, won: bool) -> Line:
    total = sums.of(number)
    mean = Fraction(total, max(sums.ballots - sums.blank, 1))
    scored = given.rules["method"] == "score"
    return Line(number, total, sums.voters[number], won, mean=mean if scored else None)


METHODS: dict[str, Callable[[Given], Tally]] = {
    "support": count_support,
    "approval": count_most,
    "score": count_most,
    "ranked": count_ranked,
    "greedy": count_greedy,
    "greedy_per_cost": count_greedy,
    "equal_shares": count_equal_shares,
}
