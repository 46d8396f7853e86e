"""Equal Shares on real elections: the cities' own outcomes, and pabutools beside ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from voting.equal_shares import compare, equal_shares
from voting.pabulib import read

ELECTIONS = Path(__file__).resolve().parents[3] / "shared/data/elections"
Vote = tuple[dict[str, int], list[list[str]], int]
"""Costs, ballots and the budget, in hundredths of the currency."""


def election(name: str) -> tuple[Vote, list[str]]:
    path = ELECTIONS / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    with path.open("rb") as file:
        described, votes = read(file)
        ballots = [list(vote.choice) for vote in votes]
    factor = 100 // 10**described.decimals
    costs = {id: factor * project.cost_minor for id, project in described.projects.items()}
    selected = [id for id, project in described.projects.items() if selects(project.extra)]
    return (costs, ballots, factor * described.budget_minor), selected


def selects(columns: dict[str, str]) -> bool:
    return columns.get("selected") == "1"


@pytest.mark.parametrize(
    ("name", "steps", "spent"),
    [
        ("Poland_Swiecie_2023.pb", 242, 104_033_700),
        ("Poland_Wieliczka_2023_Green_Budget.pb", 164, 99_507_900),
    ],
)
def test_real_outcome_comes_out_exactly(name: str, steps: int, spent: int) -> None:
    (costs, ballots, budget), selected = election(name)
    outcome = equal_shares(costs, ballots, budget)
    assert sorted(outcome.selected) == sorted(selected)
    assert (outcome.steps, outcome.spent) == (steps, spent)


# From the city's report (see voting/equal_shares.py): projects in order of selection, effective
# votes with two decimals, and the outcome by most votes.
WIELICZKA = re.findall(
    r"(\d+) ([\d.]+)",
    """24 720.00, 41 658.00, 40 583.00, 74 539.86, 19 478.06, 6 450.11, 58 371.73, 32 355.33,
    25 333.79, 20 324.90, 60 322.80, 43 316.10, 29 309.37, 39 301.99, 17 298.58, 42 287.97,
    26 258.59, 70 252.06, 34 250.84, 71 220.84, 62 204.70, 88 202.97, 9 201.50, 61 187.50,
    7 158.73, 36 151.59, 46 120.43, 33 113.70, 56 104.81, 69 61.63""",
)
GREEDY = re.findall(r"\d+", "24 41 40 74 19 6 21 32 39 58 42 25 16 43 20 60 29 33 17 70 34 87 8")


def test_wieliczkas_report_is_told_again_figure_by_figure() -> None:
    (costs, ballots, budget), _selected = election("Poland_Wieliczka_2023_Green_Budget.pb")
    outcome = equal_shares(costs, ballots, budget)
    votes = [outcome.facts[id].effective_votes or 0 for id in outcome.selected]
    told = [f"{float(number):.2f}" for number in votes]
    assert list(zip(outcome.selected, told, strict=True)) == WIELICZKA
    result = compare(ballots, outcome.selected, GREEDY)
    assert (result.shares, result.greedy, result.equal) == (1615, 873, 4098)
    assert result.shares_stand
    # Voters left without any of their projects: 18 % and 28 % on the city's page.
    shares = [result.without_shares, result.without_greedy]
    assert [round(100 * part / outcome.voters) for part in shares] == [18, 28]


def test_budget_in_a_small_currency_is_counted_at_once() -> None:
    (costs, ballots, budget), _selected = election("Hungary_Budapest_2023_VIII_Jozsefvaros.pb")
    outcome = equal_shares(costs, ballots, budget)
    assert (outcome.steps, outcome.steps_jumped > 80_000) == (83_179, True)
    fine = equal_shares(costs, ballots, budget, step_minor=1)
    assert fine.steps == 8_317_900
    assert set(fine.selected) == set(outcome.selected)
