"""Counting rules: worked examples, ties, empty ballots, and what must hold for every election."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.outcomes import Tie
from voting.sums import InvalidBallot
from voting.tally import count

if TYPE_CHECKING:
    import random

SEED = bytes(range(32))
LISTS = ["approval", "ranked", "greedy", "greedy_per_cost", "equal_shares"]
BUDGETS = ["greedy", "greedy_per_cost", "equal_shares"]


def free(*numbers: int) -> dict[int, int]:
    """Options that cost nothing."""
    return dict.fromkeys(numbers, 0)


def rules(method: str, **more: Any) -> dict[str, Any]:
    return {"method": method, "budget_minor": 100} | more


# Support


@pytest.mark.parametrize(("supports", "winners"), [(99, ()), (100, (1,)), (101, (1,))])
def test_support_wins_from_the_threshold_on(supports: int, winners: tuple[int, ...]) -> None:
    tally = count(rules("support", threshold=100), free(1), [None] * supports)
    assert tally.winners == winners
    assert [(line.total, line.won) for line in tally.lines] == [(supports, bool(winners))]


# Approval and score


def test_approval_takes_the_most_approved() -> None:
    ballots = [[1, 2], [2, 3], [2], [3], []]
    tally = count(rules("approval", seats=2), free(1, 2, 3), ballots, eligible=9)
    assert tally.winners == (2, 3)
    assert [(line.number, line.total) for line in tally.lines] == [(2, 3), (3, 2), (1, 1)]
    assert (tally.ballots, tally.blank, tally.abstained) == (5, 1, 4)


def test_approval_without_seats_takes_all_over_the_threshold() -> None:
    ballots = [[1, 2], [2, 3], [2, 3], [4]]
    tally = count(rules("approval", seats=0, threshold=2), free(1, 2, 3, 4), ballots)
    assert tally.winners == (2, 3)


def test_approval_leaves_a_seat_empty_rather_than_give_it_to_what_nobody_chose() -> None:
    assert count(rules("approval", seats=3), free(1, 2, 3), [[1], [3]]).winners == (1, 3)


def test_abstained_is_never_negative() -> None:
    assert count(rules("approval"), free(1), [[1], [1]], eligible=1).abstained == 0


def test_score_adds_points_and_averages_over_all_who_gave_any() -> None:
    ballots = [[[1, 5]], [[1, 1], [2, 4]], [[2, 4]], []]
    tally = count(rules("score", score_max=5), free(1, 2), ballots)
    assert [(line.number, line.total, line.mean) for line in tally.lines] == [
        (2, 8, Fraction(8, 3)),
        (1, 6, Fraction(2)),
    ]
    assert tally.winners == (2,)


# Budgets


def test_greedy_passes_over_what_no_longer_fits() -> None:
    costs = {1: 60, 2: 50, 3: 40, 4: 10}
    ballots = [[1, 2, 3]] * 3 + [[1, 2]] * 2 + [[1]] + [[4]]
    tally = count(rules("greedy"), costs, ballots)
    assert tally.winners == (1, 3)
    assert (tally.spent_minor, tally.left_minor) == (100, 0)
    assert [(line.number, line.left_minor, line.won) for line in tally.lines] == [
        (1, 100, True),
        (2, 40, False),
        (3, 40, True),
        (4, 0, False),
    ]


def test_greedy_by_points_and_threshold() -> None:
    ballots = [{1: 3, 2: 1}, {1: 1, 3: 9}]
    tally = count(rules("greedy", threshold=2), {1: 50, 2: 10, 3: 50}, ballots)
    assert tally.winners == (3, 1)


def test_greedy_per_cost_takes_what_costs_nothing_first() -> None:
    tally = count(rules("greedy_per_cost"), {1: 100, 2: 2, 3: 0}, [[1, 2]] * 9 + [[3]])
    assert tally.winners == (3, 2)


def test_equal_shares_keeps_a_part_for_a_minority() -> None:
    """Six of ten want only 1, 2 and 3, and most votes first gives the other four nothing."""
    costs = {1: 40, 2: 30, 3: 30, 4: 35}
    ballots = [[1, 2, 3]] * 6 + [[4]] * 4
    assert count(rules("greedy", step_minor=1), costs, ballots).winners == (2, 3, 1)
    tally = count(rules("equal_shares", step_minor=1), costs, ballots)
    assert set(tally.winners) == {2, 3, 4}
    assert tally.shares is not None
    assert tally.shares.share == 10
    assert (tally.comparison.shares, tally.comparison.greedy) == (4, 6)
    assert [(line.number, line.won) for line in tally.lines][3:] == [(1, False)]


def test_equal_shares_gives_way_if_the_rules_have_voters_compare() -> None:
    costs = {1: 40, 2: 30, 3: 30, 4: 35}
    ballots = [[1, 2, 3]] * 6 + [[4]] * 4
    tally = count(rules("equal_shares", step_minor=1, comparison=True), costs, ballots)
    assert set(tally.winners) == {1, 2, 3}
    assert tally.spent_minor == 100
    stands = count(rules("equal_shares", step_minor=1, comparison=True), costs, ballots[5:])
    assert 4 in stands.winners


def test_equal_shares_leaves_out_what_misses_the_threshold() -> None:
    ballots = [[1]] * 3 + [[2]]
    tally = count(rules("equal_shares", threshold=2, step_minor=1), {1: 50, 2: 20}, ballots)
    assert tally.winners == (1,)
    assert [(line.number, line.voters) for line in tally.lines] == [(1, 3), (2, 1)]


@pytest.mark.parametrize(
    ("ballots", "costs", "tie"),
    [
        ([[1], [2]], {1: 50, 2: 50}, Tie((2, 1), "lot", decisive=True)),
        ([[1], [2]], {1: 50, 2: 40}, Tie((2, 1), "cost")),
    ],
)
def test_equal_shares_settles_ties_as_all_budgets_do(
    ballots: list[list[int]], costs: dict[int, int], tie: Tie
) -> None:
    tally = count(rules("equal_shares", step_minor=1), costs, ballots, seed=SEED)
    assert tally.ties == (tie,)
    assert tally.winners == (2, 1)


def test_equal_shares_without_a_seal_is_provisional_where_a_lot_decides() -> None:
    tally = count(rules("equal_shares", step_minor=1), {1: 60, 2: 60}, [[1, 2]] * 2)
    assert tally.winners == (1,)
    assert tally.provisional


def test_equal_shares_takes_no_points() -> None:
    with pytest.raises(InvalidBallot, match="votes alone"):
        count(rules("equal_shares"), {1: 50}, [[[1, 3]]])


# Ties


def test_tie_goes_to_the_cheaper_project() -> None:
    tally = count(rules("greedy"), {1: 80, 2: 60}, [[1, 2], [2, 1]])
    assert tally.winners == (2,)
    assert tally.ties == (Tie((2, 1), "cost", decisive=True),)
    assert not tally.provisional


def test_tie_goes_by_lot_and_the_lot_by_the_seal() -> None:
    tally = count(rules("approval"), free(1, 2, 3), [[1, 2, 3]], seed=SEED)
    # printf '%s:%s' 000102…1f 1 | sha256sum, and so for 2 and 3: eca0…, 2c08…, b367….
    assert tally.ties == (Tie((2, 3, 1), "lot", decisive=True),)
    assert tally.winners == (2,)
    others = {
        count(rules("approval"), free(1, 2, 3), [[1, 2, 3]], seed=bytes([n])).winners
        for n in range(20)
    }
    assert others == {(1,), (2,), (3,)}


def test_tie_without_a_seal_is_provisional() -> None:
    tally = count(rules("approval"), free(2, 1), [[1], [2]])
    assert tally.ties == (Tie((1, 2), "number", decisive=True),)
    assert tally.winners == (1,)
    assert tally.provisional


def test_tie_that_decides_nothing_is_listed_and_not_provisional() -> None:
    ballots = [[1, 2], [2, 1], [3], [4]]
    tally = count(rules("approval", seats=2), free(1, 2, 3, 4), ballots)
    assert tally.ties == (Tie((1, 2), "number"), Tie((3, 4), "number"))
    assert not tally.provisional


# What nobody should have sent


@pytest.mark.parametrize(
    ("changes", "ballot", "says"),
    [
        ({"method": "approval"}, [7], "names 7, which is no option"),
        ({"method": "approval"}, [1, 1], "twice"),
        ({"method": "approval", "limit": 1}, [1, 2], "at most 1"),
        ({"method": "ranked"}, [2, 1, 2], "twice"),
        ({"method": "ranked"}, ["1"], "no option"),
        ({"method": "score", "score_max": 5}, [[1, 6]], "0 to 5"),
        ({"method": "score", "score_max": 5}, {1: -1}, "0 to 5"),
    ],
)
def test_count_refuses_a_ballot_the_rules_forbid(
    changes: dict[str, Any], ballot: Any, says: str
) -> None:
    with pytest.raises(InvalidBallot, match=says):
        count(changes, free(1, 2), [[1], ballot])


def test_count_refuses_a_method_nobody_knows() -> None:
    with pytest.raises(ValueError, match="there is no counting method 'oracle'"):
        count({"method": "oracle"}, free(1), [])


@pytest.mark.parametrize("method", [*LISTS, "score"])
def test_nobody_wins_without_votes(method: str) -> None:
    for ballots in ([], [[], []]):
        tally = count(rules(method), {1: 10, 2: 20}, ballots)
        assert (tally.winners, tally.spent_minor) == ((), 0)
        assert (tally.ballots, tally.blank) == (len(ballots), len(ballots))
        assert {line.number for line in tally.lines} == {1, 2}
        assert not tally.provisional


@pytest.mark.parametrize("method", LISTS)
def test_the_only_option_wins_with_one_vote(method: str) -> None:
    assert count(rules(method), {5: 100}, [[5], []]).winners == (5,)


def test_counting_needs_nothing_but_python() -> None:
    """A resident runs it on published ballots, without the site and its packages."""
    modules = "voting.tally, voting.pabulib, voting.pabulib_ballots, voting.pabulib_writing"
    code = f"import sys, {modules}; sys.exit('django' in sys.modules)"
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, '.'); {code}"]
    assert subprocess.run(command, cwd=Path(__file__).parents[2], check=False).returncode == 0


# What holds for every election

OPTIONS = st.dictionaries(st.integers(1, 9), st.integers(1, 120), min_size=1, max_size=6)


@st.composite
def elections(draw: st.DrawFn) -> tuple[dict[int, int], list[list[int]]]:
    """Options with their costs, and ballots that name some of them in some order."""
    options = draw(OPTIONS)
    ballot = st.permutations(sorted(options)).flatmap(
        lambda order: st.integers(0, len(order)).map(lambda size: order[:size])
    )
    return options, draw(st.lists(ballot, max_size=12))


@given(elections(), st.integers(1, 3), st.randoms(use_true_random=False))
def test_result_depends_on_neither_order(
    election: tuple[dict[int, int], list[list[int]]], seats: int, shuffler: random.Random
) -> None:
    options, ballots = election
    for method in LISTS:
        tally = count(rules(method, seats=seats), options, ballots, seed=SEED)
        shuffled = shuffler.sample(ballots, len(ballots))
        turned = dict(reversed(options.items()))
        again = count(rules(method, seats=seats), turned, shuffled, seed=SEED)
        assert again == tally
        assert json.loads(json.dumps(again.plain())) == tally.plain()


@given(elections(), st.integers(1, 3))
def test_winners_are_chosen_within_seats_and_budget(
    election: tuple[dict[int, int], list[list[int]]], seats: int
) -> None:
    options, ballots = election
    named = Counter(number for ballot in ballots for number in ballot)
    for method in LISTS:
        tally = count(rules(method, seats=seats), options, ballots, seed=SEED)
        assert all(named[number] for number in tally.winners)
        assert set(tally.winners) == {line.number for line in tally.lines if line.won}
        assert {line.number: line.voters for line in tally.lines} == {n: named[n] for n in options}
        if method in BUDGETS:
            assert tally.spent_minor == sum(options[number] for number in tally.winners) <= 100
        else:
            assert len(tally.winners) <= seats


@given(elections(), st.integers(1, 9))
def test_what_everybody_alone_wants_wins(
    election: tuple[dict[int, int], list[list[int]]], voters: int
) -> None:
    options, _ballots = election
    wanted = min(options, key=lambda number: options[number])
    for method in LISTS:
        if method not in BUDGETS or options[wanted] <= 100:
            assert count(rules(method), options, [[wanted]] * voters).winners == (wanted,)


@given(elections())
def test_one_more_approval_never_harms(election: tuple[dict[int, int], list[list[int]]]) -> None:
    options, ballots = election
    before = count(rules("approval"), options, ballots, seed=SEED)
    for winner in before.winners:
        after = count(rules("approval"), options, [*ballots, [winner]], seed=SEED)
        assert after.winners == (winner,)
