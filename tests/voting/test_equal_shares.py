"""Equal Shares: worked examples, and the quick count beside the definition, step by step."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.voting.random_votes import Vote, drawn, scaled, votes
from voting.equal_shares import compare, equal_shares
from voting.purses import instance, run


def by_the_book(costs: dict[str, int], ballots: list[list[str]], share: Fraction) -> list[str]:
    """What Equal Shares buys, as its definition has it: voter by voter, in fractions."""
    votes = {p: sum(p in ballot for ballot in ballots) for p in costs}
    left = [share] * len(ballots)
    bought: list[str] = []

    def price(project: str) -> Fraction | None:
        purses = sorted(left[i] for i, ballot in enumerate(ballots) if project in ballot)
        missing = Fraction(costs[project])
        for place, purse in enumerate(purses):
            part = missing / (len(purses) - place)
            if part <= purse:
                return part
            missing -= purse
        return None

    while True:
        prices = {p: price(p) for p in costs if p not in bought}
        able = {p: part for p, part in prices.items() if part is not None}
        if not able:
            return bought
        strength = {p: (costs[p] == 0, costs[p] / part if part else 0) for p, part in able.items()}
        best = min(able, key=lambda p: (*(-s for s in strength[p]), -votes[p], costs[p]))
        bought.append(best)
        for i, ballot in enumerate(ballots):
            if best in ballot:
                left[i] = max(Fraction(0), left[i] - able[best])


def step_by_step(vote: Vote, step: int) -> tuple[list[str], int]:
    """What raising comes to if no step is left out, and how many steps it took."""
    costs, ballots, budget = vote
    liked = {p: cost for p, cost in costs.items() if any(p in ballot for ballot in ballots)}
    last: list[str] = []
    for steps in range(10_000):
        share = Fraction(budget, len(ballots)) + steps * step
        bought = by_the_book(liked, ballots, share)
        if sum(costs[p] for p in bought) > budget:
            return last, steps - 1
        if len(bought) == len(liked):
            return bought, steps
        last = bought
    raise AssertionError("no end of steps")


# The rule


def test_supporters_who_have_less_give_all_and_the_others_share_the_rest() -> None:
    ballots = [["park", "bench"], ["park", "bench"], ["park"], ["park"]]
    outcome = equal_shares({"park": 100, "bench": 40}, ballots, 140, step_minor=1)
    park, bench = outcome.facts["park"], outcome.facts["bench"]
    assert outcome.selected == ("park", "bench")
    assert (park.price, park.payers, park.behind) == (25, 4, 4 * 45)
    assert (bench.price, bench.payers, bench.behind) == (20, 2, 40)
    assert (outcome.share, outcome.endowment, outcome.steps) == (35, 45, 10)
    assert (park.effective_votes, bench.effective_votes) == (4, 2)


def test_effective_votes_fall_with_what_supporters_paid_before() -> None:
    ballots = [["well", "swing"], ["well", "swing"], ["well"], ["swing"], [], []]
    costs = {"well": 90, "swing": 80}
    outcome = equal_shares(costs, ballots, 240, step_minor=1)
    swing, well = outcome.facts["swing"], outcome.facts["well"]
    assert outcome.selected == ("swing", "well")
    assert (swing.price, swing.effective_votes) == (Fraction(80, 3), 3)
    assert well.price == 90 - 2 * (outcome.endowment - swing.price)
    assert well.effective_votes == 90 / well.price < 3


def test_raising_goes_on_where_the_outcome_is_exhaustive_already() -> None:
    """One step later the outcome changes to one that spends more, as the cities want it."""
    for seed in range(200):
        costs, ballots, budget = drawn(seed, voters=9, projects=6, budget=60)
        outcome = equal_shares(costs, ballots, budget, step_minor=1)
        bought, steps = step_by_step((costs, ballots, budget), 1)
        earlier = [by_the_book(costs, ballots, Fraction(budget, 9) + step) for step in range(steps)]
        if any(is_exhaustive(costs, done, budget) for done in earlier):
            assert set(outcome.selected) == set(bought)
            return
    raise AssertionError("no example found")


def is_exhaustive(costs: dict[str, int], bought: list[str], budget: int) -> bool:
    left = budget - sum(costs[p] for p in bought)
    return all(costs[p] > left for p in costs if p not in bought)


def test_last_outcome_fits_and_the_next_step_would_not() -> None:
    costs, ballots, budget = drawn(5, voters=40, projects=12, budget=3000)
    outcome = equal_shares(costs, ballots, budget, step_minor=1)
    assert outcome.spent == sum(costs[p] for p in outcome.selected) <= budget
    assert outcome.next_spent is not None
    assert outcome.next_spent > budget
    assert outcome.endowment == outcome.share + outcome.steps
    assert outcome.steps > outcome.steps_jumped > 0


def test_place_votes_and_money_of_every_project_are_told() -> None:
    costs, ballots, budget = drawn(6, voters=40, projects=12, budget=3000)
    outcome = equal_shares(costs, ballots, budget, step_minor=1)
    assert outcome.facts.keys() == costs.keys()
    for project, facts in outcome.facts.items():
        assert facts.cost == costs[project]
        assert facts.votes == sum(project in ballot for ballot in ballots)
        if project in outcome.selected:
            assert outcome.selected[facts.place - 1] == project
            assert facts.behind >= facts.cost
            assert 0 < facts.payers <= facts.votes
        else:
            assert facts.place is facts.price is facts.effective_votes is None
            assert facts.behind < facts.cost


# Ties


def test_tie_goes_to_more_votes_then_to_the_lower_cost_then_to_the_lot() -> None:
    ballots = [["a"], ["b"], ["c"], ["c"]]
    assert equal_shares({"a": 6, "b": 5, "c": 20}, ballots, 40).selected == ("c", "b", "a")
    ballots = [["a", "b"]]
    assert equal_shares({"a": 5, "b": 5}, ballots, 9, step_minor=1).selected == ("a",)
    lots = {"lots": ["b", "a"], "step_minor": 1}
    assert equal_shares({"a": 5, "b": 5}, ballots, 9, **lots).selected == ("b",)


def test_tie_is_told_with_those_that_stood_level() -> None:
    outcome = equal_shares({"a": 5, "b": 5, "c": 5}, [["a", "b"], ["a"], ["b"], ["c"]], 15)
    assert outcome.facts["a"].tied == ("b",)
    assert outcome.facts["b"].tied == ()


def test_tie_between_fewer_and_more_votes_goes_to_more() -> None:
    """Both come to one effective vote, "b" after a voter of two has nothing left."""
    ballots = [["x", "b"], ["b"], ["a"], ["x"], ["x"]]
    costs = {"x": 30, "a": 9, "b": 10}
    bought, _purses = run(instance(costs, ballots, 50, step=1), Fraction(10))
    assert [sale.project for sale in bought] == ["x", "b", "a"]
    assert bought[1].tied == ("a",)


# Edges


def test_no_ballots_select_nothing() -> None:
    outcome = equal_shares({"a": 5}, [], 10)
    assert (outcome.selected, outcome.spent, outcome.voters, outcome.steps) == ((), 0, 0, 0)


def test_empty_ballots_have_a_share_and_spend_nothing() -> None:
    assert equal_shares({"a": 5}, [[], []], 10).selected == ()
    outcome = equal_shares({"a": 8, "b": 7}, [["a"], ["b"], []], 12, step_minor=1)
    assert (outcome.share, outcome.selected) == (4, ("b",))


def test_project_nobody_voted_for_is_not_selected_even_if_free() -> None:
    outcome = equal_shares({"a": 5, "b": 1, "c": 0}, [["a"]], 10)
    assert outcome.selected == ("a",)
    assert (outcome.facts["b"].votes, outcome.facts["c"].votes) == (0, 0)


def test_project_that_costs_nothing_is_selected_first_with_one_vote() -> None:
    outcome = equal_shares({"a": 5, "free": 0}, [["a"], ["a", "free"]], 5, step_minor=1)
    assert outcome.selected == ("free", "a")
    assert (outcome.facts["free"].price, outcome.facts["free"].effective_votes) == (0, 1)
    assert equal_shares({"free": 0}, [["free"]], 0).selected == ("free",)


def test_project_dearer_than_the_budget_is_never_selected() -> None:
    outcome = equal_shares({"a": 50, "b": 9}, [["a"], ["a"], ["b"]], 20, step_minor=1)
    assert outcome.selected == ("b",)
    assert outcome.next_spent == 59
    assert equal_shares({"a": 50}, [["a"]], 20, step_minor=1).selected == ()


def test_no_budget_selects_nothing_that_costs() -> None:
    assert equal_shares({"a": 5, "b": 0}, [["a", "b"]], 0, step_minor=1).selected == ("b",)


def test_all_that_fits_is_selected_and_raising_ends_with_it() -> None:
    outcome = equal_shares({"a": 7, "b": 3}, [["a"], ["b"]], 10, step_minor=1)
    assert outcome.selected == ("b", "a")
    assert (outcome.endowment, outcome.steps, outcome.next_spent) == (7, 2, None)


@pytest.mark.parametrize(
    ("costs", "ballots", "more"),
    [
        ({"a": 5}, [["z"]], {}),
        ({"a": -5}, [["a"]], {}),
        ({"a": 5}, [["a"]], {"budget": -1}),
        ({"a": 5}, [["a"]], {"step_minor": 0}),
    ],
)
def test_impossible_numbers_are_refused(costs: Any, ballots: Any, more: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"which is no project|below 0"):
        equal_shares(costs, ballots, **{"budget": 10, **more})


# What must hold for every vote


@settings(deadline=None)
@given(vote=votes(), step=st.integers(1, 7))
def test_outcome_is_that_of_the_definition_step_by_step(vote: Vote, step: int) -> None:
    costs, ballots, budget = vote
    outcome = equal_shares(costs, ballots, budget, step_minor=step)
    bought, steps = step_by_step(vote, step)
    assert (list(outcome.selected), outcome.steps) == (bought, steps)


@given(vote=votes())
def test_order_and_grouping_of_ballots_change_nothing(vote: Vote) -> None:
    costs, ballots, budget = vote
    groups = {frozenset(ballot): 0 for ballot in ballots}
    for ballot in ballots:
        groups[frozenset(ballot)] += 1
    expected = equal_shares(costs, ballots, budget, step_minor=1)
    assert equal_shares(costs, ballots[::-1], budget, step_minor=1) == expected
    assert equal_shares(costs, groups, budget, step_minor=1) == expected


@given(vote=votes(), factor=st.sampled_from([2, 100, 10**6]))
def test_currency_changes_nothing_if_its_unit_changes_too(vote: Vote, factor: int) -> None:
    costs, ballots, budget = vote
    expected = equal_shares(costs, ballots, budget, step_minor=1)
    outcome = equal_shares(scaled(costs, factor), ballots, factor * budget, step_minor=factor)
    assert (outcome.selected, outcome.steps) == (expected.selected, expected.steps)


# Comparison with the greedy outcome


def test_comparison_counts_projects_and_not_their_cost() -> None:
    ballots = [["a", "b"], ["a", "b"], ["c"]]
    result = compare(ballots, shares=["c"], greedy=["a", "b"])
    assert (result.shares, result.greedy, result.equal, result.shares_stand) == (1, 2, 0, False)
    assert (result.without_shares, result.without_greedy) == (2, 1)


def test_shares_stand_if_as_many_prefer_the_one_as_the_other() -> None:
    assert compare([["a"], ["b"], []], ["a"], ["b"]).shares_stand
    assert compare({frozenset("a"): 3, frozenset("b"): 4}, ["a"], ["b"]).greedy == 4
