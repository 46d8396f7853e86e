"""Instant run-off and single transferable vote: examples with known results, ties, invariants."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.outcomes import Tie
from voting.tally import count

SEED = bytes([1]) * 32


def election(seats: int, votes: dict[str, int], **more: Any) -> Any:
    """Counts ballots such as {"AB": 3}: three voters put A first and B second."""
    names = sorted({name for ballot in votes for name in ballot})
    ballots = [[names.index(name) + 1 for name in b] for b, n in votes.items() for _ in range(n)]
    options = {number: 0 for number, _name in enumerate(names, 1)}
    tally = count({"method": "ranked", "seats": seats}, options, ballots, **more)
    return tally, lambda numbers: "".join(names[number - 1] for number in numbers)


def totals(tally: Any, stage: int) -> list[Any]:
    return [votes for _number, votes in tally.stages[stage].totals]


# One seat


def test_run_off_elects_tennessee_s_knoxville() -> None:
    """The usual example: Memphis leads, Nashville would beat anybody, Knoxville wins."""
    tally, name = election(1, {"MNCK": 42, "NCKM": 26, "CKNM": 15, "KCNM": 17})
    assert name(tally.winners) == "K"
    assert [name(stage.options) for stage in tally.stages] == ["", "C", "N"]
    assert totals(tally, 1) == [0, 32, 42, 26]
    assert totals(tally, 2) == [0, 58, 42, 0]
    assert name([line.number for line in tally.lines]) == "KMNC"


def test_run_off_ends_with_a_majority_of_first_preferences() -> None:
    tally, name = election(1, {"A": 6, "BC": 3, "CB": 2})
    assert name(tally.winners) == "A"
    assert [stage.kind for stage in tally.stages] == ["first"]


def test_run_off_needs_half_of_the_votes_that_still_count() -> None:
    tally, name = election(1, {"A": 4, "B": 3, "C": 2, "DA": 1})
    assert name(tally.winners) == "A"
    assert [(stage.quota, stage.exhausted) for stage in tally.stages] == [(6, 0), (6, 0), (5, 2)]
    assert tally.exhausted == 2


def test_run_off_between_two_equals_asks_the_earlier_stage() -> None:
    tally, name = election(1, {"A": 4, "B": 3, "CB": 1})
    assert name(tally.winners) == "A"
    assert tally.ties == (Tie((1, 2), "earlier", decisive=True),)


def test_run_off_asks_the_latest_stage_that_differs() -> None:
    """X overtook Y when D went; that Y was ahead at first no longer counts."""
    tally, name = election(1, {"A": 12, "X": 5, "Y": 6, "CY": 2, "C": 2, "DX": 3})
    assert [name(tie.options) for tie in tally.ties] == ["XY"]
    assert name(tally.stages[-1].options) == "Y"


def test_run_off_draws_lots_where_no_stage_differs() -> None:
    tally, name = election(1, {"A": 3, "B": 3, "C": 1}, seed=SEED)
    assert tally.ties == (Tie((2, 1), "lot", decisive=True),)
    assert name(tally.winners) == "B"
    tally, name = election(1, {"A": 3, "B": 3, "C": 1})
    assert (name(tally.winners), tally.provisional) == ("A", True)


def test_tie_for_exclusion_is_provisional_even_if_neither_wins() -> None:
    """Who goes first decides whose second preferences are heard."""
    tally, _name = election(1, {"A": 4, "BA": 2, "CA": 2})
    assert [tie.decisive for tie in tally.ties] == [True]
    assert tally.provisional


def test_options_without_votes_go_together() -> None:
    tally, name = election(1, {"ABCD": 3, "BACD": 2, "EABCD": 2})
    assert [name(stage.options) for stage in tally.stages][:2] == ["", "CD"]
    assert tally.stages[0].elected == ()


def test_all_ballots_exhausted_before_the_last_seat() -> None:
    tally, name = election(2, {"A": 4, "B": 1, "C": 1}, seed=SEED)
    assert name(tally.winners)[0] == "A"
    assert sum(totals(tally, -1), tally.exhausted) == 6


# Several seats


def test_transferable_vote_elects_andrea_and_carter() -> None:
    """57 voters, two seats, quota 20: Andrea's surplus carries Carter past Delilah."""
    tally, name = election(2, {"ABCD": 16, "ACBD": 24, "DABC": 17})
    assert tally.stages[0].quota == 20
    assert name(tally.winners) == "AC"
    assert totals(tally, 1) == [20, 8, 12, 17]
    assert totals(tally, 2) == [20, 0, 20, 17]


def test_transferable_vote_counts_pets_as_the_primer_does() -> None:
    """RunasSudo, "STV primer", parts 4 and 5 (2022): cats C and c, dogs D and d, a fish.

    By the weighted inclusive method the second dog ends with 26.2 votes and is elected.
    """
    votes = {"DdFCc": 21, "dDFCc": 19, "CcFDd": 40, "cCFDd": 6, "FDdCc": 7, "FDCcd": 6, "FD": 1}
    tally, name = election(3, votes)
    assert name(tally.winners) == "CDd"
    assert tally.stages[0].quota == 26
    assert [stage.kind for stage in tally.stages] == ["first", "surplus", "exclusion", "surplus"]
    assert totals(tally, 2) == [26, 35, 0, 20, 19]
    assert totals(tally, 3) == [26, 26, 0, 20 + Fraction(54, 35), Fraction("26.2")]
    assert tally.exhausted == Fraction(9, 35)


def test_transferable_vote_passes_the_largest_surplus_first() -> None:
    tally, name = election(2, {"AC": 9, "BD": 11, "C": 1, "D": 1})
    assert name(tally.winners) == "BA"
    assert [stage.kind for stage in tally.stages] == ["first"]
    tally, name = election(4, {"AC": 9, "BD": 11, "C": 1, "D": 1})
    assert [name(stage.options) for stage in tally.stages] == ["", "B", "A"]
    assert name(tally.winners) == "BADC"


def test_transferable_vote_leaves_a_seat_empty_rather_than_give_it_to_nobody_s_choice() -> None:
    options = {1: 0, 2: 0, 3: 0}
    tally = count({"method": "ranked", "seats": 3}, options, [[1]] * 5 + [[2]] * 2)
    assert tally.winners == (1, 2)
    assert tally.stages[-1].kind == "last"
    assert [line.number for line in tally.lines] == [1, 2, 3]


def test_blank_ballots_do_not_raise_the_quota() -> None:
    tally = count({"method": "ranked"}, {1: 0, 2: 0}, [[1], [1], [2], [], [], []])
    assert (tally.ballots, tally.blank, tally.stages[0].quota) == (6, 3, 2)
    assert tally.winners == (1,)


# What holds for every election

RANKINGS = st.lists(
    st.integers(1, 5).flatmap(
        lambda size: st.permutations(range(1, 6)).map(lambda order: order[:size])
    ),
    max_size=30,
)
FIVE = dict.fromkeys(range(1, 6), 0)


@given(RANKINGS, st.integers(1, 4))
def test_no_vote_is_lost_at_any_stage(ballots: list[list[int]], seats: int) -> None:
    tally = count({"method": "ranked", "seats": seats}, FIVE, ballots, seed=SEED)
    for stage in tally.stages:
        assert sum(votes for _number, votes in stage.totals) + stage.exhausted == len(ballots)
    assert len(tally.winners) == len(set(tally.winners)) <= seats
    assert sorted(line.number for line in tally.lines) == sorted(FIVE)


@given(RANKINGS, st.integers(1, 4))
def test_every_quota_has_its_seat(ballots: list[list[int]], seats: int) -> None:
    """An option that is the first preference of a quota of voters is elected."""
    tally = count({"method": "ranked", "seats": seats}, FIVE, ballots, seed=SEED)
    quota = len(ballots) // (seats + 1) + 1
    firsts = Counter(ballot[0] for ballot in ballots)
    assert {number for number, votes in firsts.items() if votes >= quota} <= set(tally.winners)


def run_off_by_hand(ballots: list[list[int]]) -> int | None:
    """The winner if no exclusion is ever tied, else None. Recounts every ballot each time."""
    left = {number for ballot in ballots for number in ballot}
    while True:
        firsts = Counter(next((n for n in ballot if n in left), None) for ballot in ballots)
        del firsts[None]
        for number in left:
            firsts[number] += 0
        (best, most), *_ = firsts.most_common()
        if 2 * most > firsts.total():
            return best
        least = min(firsts.values())
        weakest = [number for number in left if firsts[number] == least]
        if len(weakest) > 1 and least > 0:
            return None
        left.difference_update(weakest)


@given(RANKINGS.filter(bool))
def test_run_off_equals_a_recount_of_every_ballot(ballots: list[list[int]]) -> None:
    expected = run_off_by_hand(ballots)
    if expected is not None:
        assert count({"method": "ranked"}, FIVE, ballots).winners == (expected,)


@pytest.mark.parametrize("seats", [1, 2])
def test_one_option_wins(seats: int) -> None:
    assert count({"method": "ranked", "seats": seats}, {4: 0}, [[4], []]).winners == (4,)
