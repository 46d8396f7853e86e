"""Writes elections in the Pabulib format, row by row: what `pabulib.py` reads back the same."""

from __future__ import annotations

import csv
import io
import re
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voting.pabulib import Election, Project, Vote

DECIMALS_MAX = 9
LINE_BREAK = re.compile(r"\s*[\r\n]\s*")


def write(election: Election, votes: Iterable[Vote]) -> Iterator[str]:
    """The lines of a file, with their ends, in UTF-8 once encoded. Takes votes one at a time.

    META is written as it is: it has to name the right `num_projects` and `num_votes`, and money
    with `decimals`. Line breaks inside a cell become spaces, for a row is a line.

    >>> from voting.pabulib import Election, Project, Vote
    >>> meta = {"num_projects": "1", "num_votes": "1", "budget": "9.50", "vote_type": "approval"}
    >>> columns = ("project_id", "cost", "name"), ("voter_id", "vote")
    >>> election = Election(meta, 2, {"a": Project("a", 700, {"name": "Oak; ash"})}, *columns)
    >>> print("".join(write(election, [Vote("v1", ("a",))])).partition("PROJECTS")[2], end="")
    <BLANKLINE>
    project_id;cost;name
    a;7.00;"Oak; ash"
    VOTES
    voter_id;vote
    v1;a
    """
    yield from _lines([["META"], ["key", "value"], *election.meta.items()])
    yield from _lines([["PROJECTS"], election.project_columns])
    yield from _lines(_project_row(election, project) for project in election.projects.values())
    yield from _lines([["VOTES"], election.vote_columns])
    yield from _lines(_vote_row(election, vote) for vote in votes)


def amount(minor: int, decimals: int) -> str:
    """Minor units as the format writes money, with a point.

    >>> amount(1250, 2), amount(5, 2), amount(7, 0)
    ('12.50', '0.05', '7')
    """
    digits = str(minor).rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits


def points_text(points: int | Fraction) -> str:
    """Points as a decimal; they were read from one, so they have an exact one.

    >>> points_text(3), points_text(Fraction(-5, 2)), points_text(Fraction(1, 8))
    ('3', '-2.5', '0.125')
    """
    value, decimals = Fraction(points), 0
    while value.denominator > 1:
        value, decimals = value * 10, decimals + 1
        if decimals > DECIMALS_MAX:
            raise ValueError(f"{points} points are no decimal")
    return ("-" if value < 0 else "") + amount(abs(value.numerator), decimals)


def _project_row(election: Election, project: Project) -> list[str]:
    own = {"project_id": project.id, "cost": amount(project.cost_minor, election.decimals)}
    return [(own | project.extra).get(column, "") for column in election.project_columns]


def _vote_row(election: Election, vote: Vote) -> list[str]:
    points = ",".join(points_text(points) for points in vote.points)
    own = {"voter_id": vote.voter, "vote": ",".join(vote.choice), "points": points}
    return [(own | vote.extra).get(column, "") for column in election.vote_columns]


def _lines(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\n")
    for row in rows:
        writer.writerow([LINE_BREAK.sub(" ", cell).strip() for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
