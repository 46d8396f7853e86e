"""What the ledger can keep of a Pabulib election that can be read, or which line is too much. Pure.

`manage.py count_pabulib` keeps nothing and needs none of this.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from voting.pabulib_errors import PabulibError
from voting.pabulib_writing import amount, points_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voting.pabulib import Election, Vote

MONEY_MAX = 2**53 - 1  # minor units; a browser that counts again knows no larger whole numbers
SMALL_MAX = 2**15 - 1  # a number of an option, and how many stand on a ballot
THRESHOLD_MAX = 2**31 - 1
ID_LENGTH = 40
CURRENCY = re.compile(r"[A-Za-z]{3}")


def check_election(election: Election, currency: str, places: int) -> None:
    """Raise `PabulibError` for what has no room; `places` are the decimals of the currency."""
    lines = election.lines
    if not CURRENCY.fullmatch(currency):
        said = election.meta["currency"]
        raise PabulibError("bad_currency", lines.get("currency", 0), value=said)
    for key, minor, line in _amounts(election):
        _check_money(election, key, minor, line, currency=currency, places=places)
    _check_size("max_length", election, SMALL_MAX)
    _check_size("min_project_score_threshold", election, THRESHOLD_MAX)
    for number, project in enumerate(election.projects.values(), start=1):
        if number > SMALL_MAX:
            raise PabulibError("too_many_projects", project.line, limit=SMALL_MAX)
        if len(project.id) > ID_LENGTH:
            raise PabulibError("long_id", project.line, value=project.id, limit=ID_LENGTH)


def check_points(vote: Vote, given: dict[int, Any]) -> None:
    """Raise `PabulibError` for parts of a point: the hash of a ballot is over whole numbers."""
    for points in given.values():
        if type(points) is not int:
            raise PabulibError("parts_of_points", vote.line, points=points_text(points))


def threshold_of(election: Election) -> int:
    """What a project has to reach, as whole votes or points: 7.5 is reached with 8."""
    return math.ceil(election.number("min_project_score_threshold") or 0)


def _amounts(election: Election) -> Iterator[tuple[str, int, int]]:
    yield "budget", election.budget_minor, election.lines.get("budget", 0)
    for project in election.projects.values():
        yield "cost", project.cost_minor, project.line


def _check_money(
    election: Election, key: str, minor: int, line: int, *, currency: str, places: int
) -> None:
    """The amount in the currency's own minor units has to be whole, and not too large."""
    text = amount(minor, election.decimals)
    units, rest = divmod(minor * 10**places, 10**election.decimals)
    if rest:
        said = {"value": text, "currency": currency, "places": places}
        raise PabulibError("too_many_decimals", line, key=key, **said)
    if units > MONEY_MAX:
        most = amount(MONEY_MAX, places)
        raise PabulibError("too_much_money", line, key=key, value=text, limit=most)


def _check_size(key: str, election: Election, most: int) -> None:
    if (election.number(key) or 0) > most:
        value = election.meta[key]
        raise PabulibError("too_large", election.lines[key], key=key, value=value, limit=most)
