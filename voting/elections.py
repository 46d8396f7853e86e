"""A round as an election in the Pabulib format: what `export_pabulib` writes. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from home.words import said
from voting.money import exponent
from voting.pabulib import Election, Project, Vote
from voting.pabulib_writing import amount, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voting.models import Round

RULES = {"greedy": "greedy", "equal_shares": "equalshares/add1"}


def election_lines(round_: Round) -> Iterator[str]:
    """The lines of a .pb file: projects, costs and each ballot that stands.

    Needs a budget round whose ballots are published and that has closed. Memory: one ballot.
    """
    standing = round_.events.standing().order_by("leaf")
    places = exponent(round_.currency)
    scored = standing.filter(choice__0__0__isnull=False).exists()
    projects = {
        code: Project(code, option["cost_minor"], {"name": said(option["title"])[0]})
        for code, option in zip(_codes(round_), round_.rules["options"], strict=True)
    }
    election = Election(
        _meta(round_, standing.count(), scored=scored),
        places,
        projects,
        ("project_id", "cost", "name"),
        ("voter_id", "vote", "points") if scored else ("voter_id", "vote"),
    )
    return write(election, _votes(round_, standing.iterator(chunk_size=1000)))


def _codes(round_: Round) -> list[str]:
    """What each option is called in files: as in the one it came from, else its number."""
    rows = round_.options.order_by("number").values_list("code", "number")
    return [code or str(number) for code, number in rows]


def _meta(round_: Round, votes: int, *, scored: bool) -> dict[str, str]:
    meta = {
        "description": said(round_.title)[0],
        "num_projects": str(len(round_.rules["options"])),
        "num_votes": str(votes),
        "budget": amount(round_.budget_minor or 0, exponent(round_.currency)),
        "vote_type": "cumulative" if scored else "approval",
        "rule": RULES[round_.method],
        "date_begin": f"{timezone.localtime(round_.opens_at):%d.%m.%Y}",
        "date_end": f"{timezone.localtime(round_.closes_at):%d.%m.%Y}",
        "language": said(round_.title)[1],
        "currency": round_.currency,
    }
    if round_.limit:
        meta["max_length"] = str(round_.limit)
    return {key: value for key, value in meta.items() if value}


def _votes(round_: Round, standing: Any) -> Iterator[Vote]:
    """Voters are called by the receipt of their vote, which the public record has as well."""
    codes = dict(zip((o["number"] for o in round_.rules["options"]), _codes(round_), strict=True))
    for event in standing:
        pairs = [(item, None) if isinstance(item, int) else item for item in event.choice]
        points = tuple(points for _number, points in pairs if points is not None)
        yield Vote(str(event.uuid), tuple(codes[number] for number, _points in pairs), points)
