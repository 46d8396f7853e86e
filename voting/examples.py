"""One small made-up vote for each method, counted by the same code: what the method pages explain.

The numbers are few enough to be followed with a pencil.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from voting.models import Round
from voting.results import Outcome
from voting.tally import count, option_costs

# How many cast which ballot: numbers of options, or [number, points] pairs.
RANKED = [(4, [1, 2]), (3, [2, 1]), (2, [3, 2])]
SEVERAL = [(6, [1, 2]), (2, [2, 1]), (3, [3, 1])]  # two win, the second one by a surplus
SCORE = [(3, [[1, 5], [2, 4]]), (2, [[2, 4], [3, 2]]), (2, [[3, 5], [2, 1]])]
TICKED = [(4, [1, 2]), (3, [2]), (3, [2, 3]), (2, [3])]
BUDGET = [(7, [1, 2]), (5, [3])]
BALLOTS: dict[str, list[tuple[int, Any]]] = {
    "ranked": RANKED,
    "score": SCORE,
    "approval": TICKED,
    "greedy": BUDGET,
    "equal_shares": BUDGET,
}
COSTS = (7_000_00, 4_000_00, 5_000_00)
BUDGET_MINOR = 12_000_00


def example_of(method: str, seats: int = 1) -> Outcome:
    """The example of a method, counted; rankings for several seats have one of their own.

    No query.
    """
    titles = (_("Ferry pier"), _("Playground"), _("Night bus"))
    seats = 2 if method == Round.Method.RANKED and seats > 1 else 1
    round_ = Round(method=method, budget_minor=BUDGET_MINOR, score_max=5, seats=seats)
    round_.rules = {
        "method": method,
        "limit": None,
        "seats": seats,
        "score_max": 5,
        "threshold": 0,
        "budget_minor": BUDGET_MINOR,
        "options": [
            {"number": number, "title": {"": title}, "cost_minor": cost}
            for number, (title, cost) in enumerate(zip(titles, COSTS, strict=True), start=1)
        ],
    }
    ballots = [ballot for votes, ballot in _cast(round_) for _voter in range(votes)]
    return Outcome(round_, count(round_.rules, option_costs(round_.rules), ballots).plain())


def _cast(round_: Round) -> list[tuple[int, Any]]:
    return SEVERAL if round_.seats > 1 else BALLOTS[round_.method]


def ballots_of(example: Outcome) -> list[str]:
    """The example's ballots in words, one line for those that are alike."""
    titles = {number: words[""] for number, words in example.words.items()}
    return [
        ngettext("%(count)d ballot: %(choice)s", "%(count)d ballots: %(choice)s", votes)
        % {"count": votes, "choice": ", ".join(_in_words(example.round.method, ballot, titles))}
        for votes, ballot in _cast(example.round)
    ]


def _in_words(method: str, ballot: list[Any], titles: dict[int, str]) -> list[str]:
    if method == "score":
        return [f"{titles[number]} – {points}" for number, points in ballot]
    if method == "ranked":
        return [f"{place}. {titles[number]}" for place, number in enumerate(ballot, start=1)]
    return [titles[number] for number in ballot]
