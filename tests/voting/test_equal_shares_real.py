"""Equal Shares on real elections: the cities' own outcomes, and pabutools beside ours."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.benchmark import shares
from tests.voting.random_votes import Vote, votes
from voting.equal_shares import compare, equal_shares
from voting.pabulib import read

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("SHARED_DATA", ROOT.parent / "shared" / "data"))
ELECTIONS = SHARED / "elections"


def election(name: str) -> tuple[Vote, list[str]]:
    """Money in hundredths of the currency, and what the city selected."""
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


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(ELECTIONS.glob("*.pb")), ids=lambda path: path.stem)
def test_pabutools_selects_the_same(path: Path) -> None:
    pytest.importorskip("pabutools", reason="scripts/setup bench installs it")
    described = shares.from_file(path)
    if described is None or path.stem.startswith("Hungary"):
        pytest.skip("no list of projects, or no end within the night")
    costs, ballots, budget, unit = described
    found = shares.count_by_pabutools(described, grouped=True)
    outcome = equal_shares(costs, ballots, budget, step_minor=unit)
    assert found["selected"] == list(outcome.selected)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(vote=votes(), step=st.integers(1, 7))
def test_pabutools_selects_the_same_of_any_vote(vote: Vote, step: int) -> None:
    pytest.importorskip("pabutools", reason="scripts/setup bench installs it")
    costs, named, budget = vote
    # To pabutools a project is worth what it costs, so it leaves out what is free.
    costs = {project: cost for project, cost in costs.items() if cost}
    ballots = [[project for project in ballot if project in costs] for ballot in named]
    found = shares.count_by_pabutools((costs, ballots, budget, step), grouped=False)
    outcome = equal_shares(costs, ballots, budget, step_minor=step)
    assert set(found["selected"]) == set(outcome.selected)
