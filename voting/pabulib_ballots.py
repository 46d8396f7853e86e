"""A Pabulib election as what `tally.count` takes: options by number, rules, ballots. Pure.

Options are numbered from 1 in the order of the file, which settles ties nobody drew a lot for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voting.pabulib import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voting.pabulib import Election, Points, Vote

BUDGETS = ("greedy", "greedy_per_cost")
FITTING = {
    "approval": (*BUDGETS, "equal_shares", "approval"),
    "choose-1": (*BUDGETS, "equal_shares", "approval"),
    "ordinal": (*BUDGETS, "ranked"),
    "cumulative": (*BUDGETS, "score"),
    "scoring": (*BUDGETS, "score"),
}
"""Which methods count which type of votes."""


def options_of(election: Election) -> dict[int, int]:
    """Costs in minor units by option number."""
    return {
        place: project.cost_minor for place, project in enumerate(election.projects.values(), 1)
    }


def rules_of(election: Election, method: str, *, seats: int = 1) -> dict[str, Any]:
    """Rules that count the election by a method, with the file's own threshold.

    `min_project_score_threshold` is what a project has to reach, in votes or points.
    """
    return {
        "method": method,
        "seats": seats,
        "threshold": election.number("min_project_score_threshold") or 0,
        "budget_minor": election.budget_minor,
        "step_minor": 10**election.decimals,
    }


def ballots_of(election: Election, votes: Iterable[Vote], method: str) -> Iterator[Any]:
    """Each vote as a ballot, one at a time.

    A project named twice on a vote is one vote for it, and points given twice add up. For a
    budget an ordinal vote of n projects gives n points to the first and 1 to the last, as the
    format's `score` column has it, unless the file has points.
    """
    numbers = {id: place for place, id in enumerate(election.projects, 1)}
    missing = default_points(election)
    for vote in votes:
        choice = [numbers[id] for id in vote.choice]
        if election.vote_type in {"approval", "choose-1"} or method == "ranked":
            yield list(dict.fromkeys(choice))
        else:
            given = added(zip(choice, vote.points or range(len(choice), 0, -1), strict=True))
            yield dict.fromkeys(numbers.values(), missing) | given if missing else given


def added(pairs: Iterable[tuple[int, Points]]) -> dict[int, Points]:
    """Points by option.

    >>> added([(1, 2), (2, 1), (1, 3)])
    {1: 5, 2: 1}
    """
    points: dict[int, Points] = {}
    for option, given in pairs:
        points[option] = points.get(option, 0) + given
    return points


def default_points(election: Election) -> Points:
    """What a scoring vote gives to a project it does not name."""
    text = election.meta.get("default_score")
    return number(text) if text and election.vote_type == "scoring" else 0
