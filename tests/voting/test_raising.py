"""Jumps over steps: they end where counting every step ends, and what they rest on holds."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.voting.random_votes import Vote, drawn, level, scaled, votes
from voting import raising
from voting.purses import Instance, Purses, instance, run
from voting.raising import Search, first_step_over

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voting.purses import Id


def case(vote: Vote, step: int = 1) -> tuple[Instance, int]:
    """An instance and the limit to be exceeded, as `equal_shares` gives them."""
    costs, ballots, budget = vote
    found = instance(costs, ballots, budget, step=step)
    return found, min(budget, sum(found.costs.values()) - 1)


def counted(found: Instance, limit: int) -> int:
    """The first step over the limit, every one before it counted."""
    search = Search(found, limit)
    return next(step for step in count() if search.is_over(step))


@settings(deadline=None)  # Counting each step takes its time.
@given(vote=votes(), step=st.integers(1, 3))
def test_jumps_end_at_the_step_that_counting_each_ends_at(vote: Vote, step: int) -> None:
    costs, ballots, budget = vote
    found, limit = case((scaled(costs, 40), ballots, 40 * budget), step)
    assert limit < 0 or first_step_over(found, limit)[0] == counted(found, limit)


@pytest.mark.parametrize("seed", range(12))
def test_jumps_end_at_the_right_step_of_larger_votes(seed: int) -> None:
    found, limit = case(drawn(seed, voters=70, projects=25, budget=20_000))
    assert first_step_over(found, limit)[0] == counted(found, limit)


# Those named went wrong while one of the conditions was missing.
@pytest.mark.parametrize("seed", [3, 70, 421, 450, 494, 1150, *range(1000, 1030)])
def test_jumps_end_at_the_right_step_where_projects_stand_level(seed: int) -> None:
    found, limit = case(level(seed))
    assert first_step_over(found, limit)[0] == counted(found, limit)


@pytest.mark.parametrize("seed", [3, 9, 132, 213, 227, 347, 509, *range(1000, 1020)])
def test_jumps_end_at_the_right_step_however_coarse_the_parts_are(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raising, "PARTS", 1)
    monkeypatch.setattr(raising, "FINE", 1)
    for vote in (level(seed), drawn(seed, voters=15, projects=9, budget=600)):
        found, limit = case(vote)
        assert first_step_over(found, limit)[0] == counted(found, limit)


@settings(deadline=None)
@example(seed=729, first=9, width=10)
@example(seed=1150, first=10, width=31)
@given(seed=st.integers(0, 10**6), first=st.integers(0, 60), width=st.integers(1, 40))
def test_ends_of_a_span_bound_the_purses_at_each_of_its_steps(
    seed: int, first: int, width: int
) -> None:
    found, limit = case(level(seed))
    search = Search(found, limit)
    span = search.span(first, first + width)
    search.follow(span)
    projects = search.opening + [project for group in span.bought for project in group]
    for step in range(first, first + width + 1):
        left = purses_after(found, step, projects)
        for low, exact, high in zip(span.low.left, left, span.high.left, strict=True):
            assert low <= exact <= high


def purses_after(found: Instance, step: int, projects: Sequence[Id]) -> list[int]:
    """What is left of each purse after the first purchases, which have to be of these projects."""
    sales = [sale.project for sale in run(found, found.endowment(step))[0]][: len(projects)]
    assert set(sales) == set(projects)
    purses = Purses(found, found.endowment(step))
    for project in sales:
        purses.buy(project)
    # Both ends are whole numbers of these parts, so rounding down loses nothing at the low one.
    return [purse * found.voters * raising.PARTS // purses.parts for purse in purses.left]


def test_level_projects_are_told_apart_by_the_rule_alone() -> None:
    """Both have as many votes at every step; "b" costs as much and stands later in the lot."""
    costs, ballots = {"x": 30, "a": 40, "b": 40}, [["x", "a", "b"], ["a", "b"], ["x"], ["x"]]
    found = instance(costs, ballots, 80, step=1)
    search = Search(found, 80)
    span = search.span(5, 9)
    assert search.opening == ["x"]
    assert search.is_before("a", "b", span)
    assert not search.is_before("b", "a", span)


def test_span_is_not_steady_once_somebody_can_pay_in_full_only_later() -> None:
    """The first voter has 20 to 23 left for the park, and a part of it is 22."""
    costs, ballots = {"well": 60, "park": 66}, [["well", "park"], ["well"], ["well"], ["park"]]
    found = instance(costs, [*ballots, ["park"]], 200, step=1)
    search = Search(found, 100)
    for last, steady in ((1, True), (3, False)):
        span = search.part([("park",)], 126, {}, 0, last)
        assert span.is_steady == steady


def test_smallest_unit_takes_hardly_more_spans_than_the_largest() -> None:
    costs, ballots, budget = drawn(3, voters=70, projects=25, budget=20_000)
    (steps, spans), (fine_steps, fine_spans) = (
        first_step_over(instance(scaled(costs, by), ballots, by * budget, step=1), by * budget)
        for by in (1, 10**9)
    )
    assert fine_steps > 10**8 * steps
    assert fine_spans < 8 * spans


@pytest.mark.parametrize("seed", range(30))
def test_level_projects_do_not_make_every_step_count(seed: int) -> None:
    """With a small unit projects stand level over a million steps."""
    costs, ballots, budget = level(seed)
    found, limit = case((scaled(costs, 10**6), ballots, 10**6 * budget))
    assert first_step_over(found, limit)[1] < 300
