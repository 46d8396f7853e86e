"""What META of a Pabulib file asks of each vote: its length, its points, its cost. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voting.pabulib_errors import PabulibError

if TYPE_CHECKING:
    from voting.pabulib import Election, Vote


def check_vote(election: Election, vote: Vote) -> None:
    """Raise `PabulibError` for a vote that the file's own limits do not allow."""
    _check_length(election, vote)
    if vote.points:
        _check_points(election, vote)


def broken_keys(election: Election, vote: Vote) -> list[str]:
    """Limits that the vote breaks and cities count it all the same: real files have such votes."""
    dearest, fewest = election.number("max_sum_cost"), election.number("min_sum_points")
    broken = []
    if dearest is not None:
        cost = sum(election.projects[id].cost_minor for id in set(vote.choice))
        broken += ["max_sum_cost"] if cost > dearest * 10**election.decimals else []
    if fewest is not None and vote.points and sum(vote.points) < fewest:
        broken.append("min_sum_points")
    return broken


def _check_length(election: Election, vote: Vote) -> None:
    count, most, least = len(vote.choice), election.choices_max, election.number("min_length")
    if most is not None and count > most:
        raise PabulibError("too_many_choices", vote.line, count=count, limit=most)
    if least is not None and count < least:
        raise PabulibError("too_few_choices", vote.line, count=count, limit=least)


def _check_points(election: Election, vote: Vote) -> None:
    most = election.number("max_sum_points")
    if most and sum(vote.points) > most:
        raise PabulibError("too_many_points", vote.line, points=sum(vote.points), limit=most)
    for key, given in (("max_points", max(vote.points)), ("min_points", min(vote.points))):
        limit = election.number(key)
        if limit is not None and (given > limit if key == "max_points" else given < limit):
            raise PabulibError("points_range", vote.line, points=given, key=key, limit=limit)
