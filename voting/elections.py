"""A round as an election in the Pabulib format: what `export_pabulib` writes. Reads only."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from home.words import said
from voting.models import Round
from voting.money import exponent
from voting.pabulib import SCORED, Election, Project, Vote
from voting.pabulib_rules import rule_name
from voting.pabulib_writing import amount, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def election_lines(round_: Round) -> Iterator[str]:
    """The lines of a .pb file: projects, costs and each ballot that stands.

    Needs a budget round whose ballots are published and that has closed. Memory: one ballot.
    Reads them twice: the type of votes stands before the votes.
    """
    standing = round_.events.standing().order_by("leaf")
    kind = vote_type(event.choice for event in standing.iterator(chunk_size=1000))
    places = exponent(round_.currency)
    projects = {
        code: Project(code, option["cost_minor"], {"name": said(option["title"])[0]})
        for code, option in zip(_codes(round_), round_.rules["options"], strict=True)
    }
    election = Election(
        _meta(round_, standing.count(), kind),
        places,
        projects,
        ("project_id", "cost", "name"),
        ("voter_id", "vote", "points") if kind in SCORED else ("voter_id", "vote"),
    )
    return write(election, _votes(round_, standing.iterator(chunk_size=1000), kind))


def vote_type(choices: Iterable[list[Any]]) -> str:
    """What the format calls these ballots.

    Ballots that all give n points to the first of n and one less to each next are rankings, for
    a ranking is counted so. Only `scoring` has points below 0.

    >>> vote_type([[1, 3], [2]]), vote_type([[[1, 1], [2, 2]], []]), vote_type([[[1, 5]]])
    ('approval', 'ordinal', 'cumulative')
    """
    scored, ranked, least = False, True, 0
    for points in ([item[1] for item in c if not isinstance(item, int)] for c in choices):
        scored = scored or bool(points)
        ranked = ranked and sorted(points) == list(range(1, len(points) + 1))
        least = min([least, *points])
    if not scored:
        return "approval"
    return "ordinal" if ranked else "scoring" if least < 0 else "cumulative"


def _codes(round_: Round) -> list[str]:
    """What each option is called in files: as in the one it came from, else its number."""
    rows = round_.options.order_by("number").values_list("code", "number")
    return [code or str(number) for code, number in rows]


def _meta(round_: Round, votes: int, kind: str) -> dict[str, str]:
    # The close itself is outside: midnight after the last day belongs to no vote.
    last = timezone.localtime(round_.closes_at - timedelta(microseconds=1))
    meta = {
        "description": said(round_.title)[0],
        "num_projects": str(len(round_.rules["options"])),
        "num_votes": str(votes),
        "budget": amount(round_.budget_minor or 0, exponent(round_.currency)),
        "vote_type": kind,
        "rule": rule_name(
            shares=round_.method == Round.Method.EQUAL_SHARES,
            comparison=round_.comparison,
            threshold=round_.threshold,
        ),
        "date_begin": f"{timezone.localtime(round_.opens_at):%d.%m.%Y}",
        "date_end": f"{last:%d.%m.%Y}",
        "language": said(round_.title)[1],
        "currency": round_.currency,
    }
    if round_.limit:
        meta["max_length"] = str(round_.limit)
    if round_.threshold:
        meta["min_project_score_threshold"] = str(round_.threshold)
    return {key: value for key, value in meta.items() if value}


def _votes(round_: Round, standing: Any, kind: str) -> Iterator[Vote]:
    """Voters are called by the receipt of their vote, which the public record has as well."""
    codes = dict(zip((o["number"] for o in round_.rules["options"]), _codes(round_), strict=True))
    for event in standing:
        pairs = [(item, 0) if isinstance(item, int) else item for item in event.choice]
        if kind == "ordinal":
            pairs.sort(key=lambda pair: -pair[1])
        points = tuple(points for _number, points in pairs) if kind in SCORED else ()
        yield Vote(str(event.uuid), tuple(codes[number] for number, _points in pairs), points)
