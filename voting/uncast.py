"""Unfinished ballots of a browser: what its session remembers, so that every page can remind.

Signed in, the marks lie in the database and the session holds only until when they can be cast;
signed out, it holds the marks too, until the person signs in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from voting.actions.drafts import drop_draft, keep_draft
from voting.marks import read_marks
from voting.models import BallotDraft, Round

if TYPE_CHECKING:
    from django.http import HttpRequest

    from voting.marks import Marks
    from voting.models import VoteEvent

SESSION = "uncast_ballots"
# A session must not grow without end; of too many the oldest is forgotten.
HELD_MAX = 20


@dataclass(frozen=True)
class Kept:
    """What was marked and not cast: `marks`, or None; `dropped` if it was of other rules."""

    marks: Marks | None = None
    dropped: bool = False
    titles: list[dict[str, str]] = field(default_factory=list)
    """What was marked in what is dropped, as far as that is known."""


@dataclass(frozen=True)
class Uncast:
    """A round in which this browser's person has something to cast yet."""

    round_id: int
    title: dict[str, str]
    closes_at: datetime
    changes: bool
    """Whether another ballot of theirs is in already."""


def uncast_ballots(request: HttpRequest) -> list[Uncast]:
    """What is not cast yet, first what closes first. No query."""
    now = timezone.now()
    found = [
        Uncast(
            round_id=int(number),
            title=row.get("title", {}),  # sessions from before it was kept have none
            closes_at=datetime.fromtimestamp(row["closes"], UTC),
            changes=row["changes"],
        )
        for number, row in _held(request).items()
    ]
    return sorted((row for row in found if row.closes_at > now), key=lambda row: row.closes_at)


def keep_marks(
    request: HttpRequest, round_: Round, marks: Marks, last: VoteEvent | None = None
) -> None:
    """Keep what was marked, unless it is nothing or just what the person's ballot says anyway."""
    if not marks or _is_cast(round_, marks, last):
        return drop_marks(request, round_)
    row: dict[str, Any] = {
        "title": round_.title,
        "closes": round_.closes_at.timestamp(),
        "changes": last is not None and last.stands,
    }
    if request.user.is_authenticated:
        keep_draft(user=request.user, round_=round_, marks=marks, rules=round_.rules_hex)
    else:
        row |= {"marks": list(marks.items()), "rules": round_.rules_hex}
    _hold(request, {**_held(request), str(round_.pk): row})
    return None


def drop_marks(request: HttpRequest, round_: Round) -> None:
    """Forget what was marked: it is cast, or everything was taken off again."""
    if request.user.is_authenticated:
        drop_draft(user=request.user, round_=round_)
    forget(request, round_.pk)


def forget(request: HttpRequest, round_id: int) -> None:
    """Remind of this round no more. No query."""
    if str(round_id) in _held(request):
        rest = {number: row for number, row in _held(request).items() if number != str(round_id)}
        _hold(request, rest)


def marks_kept(request: HttpRequest, round_: Round, last: VoteEvent | None) -> Kept:
    """What was marked and not cast. One query signed in, none signed out.

    Marks of other rules are dropped: their numbers may name other options by now.
    """
    draft = _draft_of(request, round_)
    marks = dict(draft.choice)
    if marks and draft.rules != round_.rules_hex:
        drop_marks(request, round_)
        return Kept(dropped=True, titles=draft.titles)
    if not marks or _is_cast(round_, marks, last):
        forget(request, round_.pk)
        return Kept()
    return Kept(marks)


def _draft_of(request: HttpRequest, round_: Round) -> BallotDraft:
    """What lies in the database or in the session; an empty one if nothing does."""
    if request.user.is_authenticated:
        draft = BallotDraft.objects.filter(person=request.user, round=round_).first()
        return draft or BallotDraft()
    row = _held(request).get(str(round_.pk), {})
    return BallotDraft(choice=row.get("marks", []), rules=row.get("rules", ""))


def take_over(request: HttpRequest) -> None:
    """After somebody signed in: marks of this browser become theirs, and drafts of theirs count.

    What they began here is newer than what lies in the database. Two queries, one more for each
    ballot that this browser held.
    """
    held = {number: row for number, row in _held(request).items() if "marks" in row}
    rounds = Round.objects.open().ballots().in_bulk([int(number) for number in held])
    for pk, round_ in rounds.items():
        row = held[str(pk)]  # sessions from before it was kept name no rules
        found = {"marks": dict(row["marks"]), "rules": row.get("rules", "")}
        keep_draft(user=request.user, round_=round_, **found)
    drafts = BallotDraft.objects.filter(person=request.user, round__in=Round.objects.open())
    _hold(
        request,
        {
            str(pk): {"title": title, "closes": closes_at.timestamp(), "changes": False}
            for pk, title, closes_at in drafts.values_list(
                "round", "round__title", "round__closes_at"
            )
        },
    )


def _is_cast(round_: Round, marks: Marks, last: VoteEvent | None) -> bool:
    if last is None or not last.stands:
        return False
    choice, faults = read_marks(round_.rules, marks)
    return not faults and choice == last.choice


def _held(request: HttpRequest) -> dict[str, dict[str, Any]]:
    return request.session.get(SESSION, {})


def _hold(request: HttpRequest, rows: dict[str, dict[str, Any]]) -> None:
    if rows or SESSION in request.session:
        request.session[SESSION] = dict(list(rows.items())[-HELD_MAX:])
