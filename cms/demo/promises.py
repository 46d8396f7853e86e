"""What the demo's answers promised, what came of it, and what residents saw of it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from cms.demo.people import person
from cms.demo.pictures import picture_file
from cms.demo.proposals import find
from government.actions.commitments import (
    Evidence,
    Promise,
    move_commitment,
    redate_commitment,
)
from government.actions.observations import accept_observation, send_observation
from government.models import Commitment, Observation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from cms.demo.content import Calendar

NOON, AFTERNOON = "12:00", "15:00"
READ_AFTER = timedelta(hours=20)  # from sending an observation to a moderator's reading it


def promises_of(row: dict[str, Any], calendar: Calendar) -> list[Promise]:
    """What is handed to the answer, in the source language as staff enter it."""
    return [
        Promise(
            what=promise["text"]["ru"],
            due_on=_day(calendar, promise["due_day"]),
            owner_name=promise.get("owner", ""),
            amount_minor=promise["amount"] * 100 if "amount" in promise else None,
        )
        for promise in row.get("promises", [])
    ]


def _day(calendar: Calendar, day: int) -> date:
    return calendar.moment(day).date()


def moments(row: dict[str, Any], calendar: Calendar) -> Iterator[tuple[datetime, str, Any]]:
    """When, what kind of step, and the step; each may be repeated."""
    for promise in row.get("promises", []):
        of = partial(_commitment, row, promise)
        for step in promise.get("steps", []):
            when = calendar.moment(step["day"], NOON)
            yield when, "commitments", partial(_step, of, step, when, calendar)
        for seen in promise.get("observations", []):
            when = calendar.moment(seen["day"], AFTERNOON)
            yield when, "observations", partial(_see, of, seen, when)
            if seen.get("accepted", True):
                yield when + READ_AFTER, "observations", partial(_accept, of, seen)


def _commitment(row: dict[str, Any], promise: dict[str, Any]) -> Commitment | None:
    """None in a demo that was loaded before promises were tracked."""
    rows = Commitment.objects.select_related("proposal")
    return rows.filter(proposal=find(row), what=promise["text"]["ru"]).first()


def _step(of: Any, step: dict[str, Any], when: datetime, calendar: Calendar) -> bool:
    commitment = of()
    if commitment is None or commitment.changes.filter(verb=step["verb"], made_at=when).exists():
        return False
    common = {"user": person("promoter"), "commitment": commitment}
    if step["verb"] == "redate":
        due_on = _day(calendar, step["due_day"])
        redate_commitment(due_on=due_on, reason=step["text"], **common)
    else:
        evidence = Evidence(step["text"], step.get("link", ""))
        move_commitment(verb=step["verb"], evidence=evidence, **common)
    return True


def _see(of: Any, seen: dict[str, Any], when: datetime) -> bool:
    commitment, by = of(), person(seen["by"])
    if commitment is None or commitment.observations.filter(author=by, made_at=when).exists():
        return False
    send_observation(
        user=by,
        commitment=commitment,
        verdict=seen["verdict"],
        text=seen["text"],
        photo=picture_file(seen["picture"]) if "picture" in seen else None,
        photo_alt=seen["text"] if "picture" in seen else "",
    )
    return True


def _accept(of: Any, seen: dict[str, Any]) -> bool:
    waiting = Observation.objects.waiting().filter(commitment=of(), author=person(seen["by"]))
    if not (observation := waiting.select_related("commitment__proposal").first()):
        return False
    accept_observation(user=person("moderator"), observation=observation)
    return True
