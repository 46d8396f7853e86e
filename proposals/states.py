"""The states of a proposal and who may move it where: one table, pure, no Django.

Every change of status goes through `target`; the README's diagram is checked against this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

AUTHOR = "author"
MODERATOR = "moderator"
PROMOTER = "promoter"
IMPORTER = "importer"

PUBLIC = frozenset(
    {
        "supporting",
        "shortlisted",
        "promoted",
        "accepted",
        "declined",
        "in_progress",
        "done",
        "archived",
        "merged",
    }
)
# Together with PUBLIC all of them; a new status has to be put on one side.
HIDDEN = frozenset({"draft", "submitted", "returned", "rejected", "withdrawn"})
EDITABLE = frozenset({"draft", "submitted", "returned"})
SUPPORTABLE = frozenset({"supporting", "shortlisted"})
# From the first support until the answer, authors may add to the text and not change it.
AMENDABLE = frozenset({"supporting", "shortlisted", "promoted"})
# Decisions about what was sent in: whoever made one can undo it for so long, and its mail waits.
DECISIONS = ("accept", "return", "reject")
UNDO_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Move:
    """One verb: the statuses it starts from, the one it ends in, and the role that may do it."""

    sources: frozenset[str]
    target: str
    role: str
    reason_required: bool = False


def _move(sources: str, target: str, role: str, *, reason: bool = False) -> Move:
    return Move(frozenset(sources.split()), target, role, reason)


MOVES: dict[str, Move] = {
    "submit": _move("draft returned", "submitted", AUTHOR),
    "withdraw": _move("draft submitted returned supporting shortlisted", "withdrawn", AUTHOR),
    "import": _move("draft", "supporting", IMPORTER),
    "accept": _move("submitted", "supporting", MODERATOR),
    "return": _move("submitted", "returned", MODERATOR, reason=True),
    "reject": _move("submitted", "rejected", MODERATOR, reason=True),
    "undo": _move("supporting returned rejected", "submitted", MODERATOR),
    "overturn": _move("rejected returned", "supporting", MODERATOR),
    "shortlist": _move("supporting", "shortlisted", PROMOTER),
    "unshortlist": _move("shortlisted", "supporting", PROMOTER),
    "archive": _move("supporting shortlisted", "archived", PROMOTER, reason=True),
    "merge": _move("supporting shortlisted", "merged", MODERATOR),
    "promote": _move("shortlisted", "promoted", PROMOTER),
    "answer_accept": _move("promoted", "accepted", PROMOTER),
    "answer_decline": _move("promoted", "declined", PROMOTER, reason=True),
    "start": _move("accepted", "in_progress", PROMOTER),
    "finish": _move("in_progress", "done", PROMOTER, reason=True),
}


# How far proposals came: each stage, and the verbs of which one has to have been done.
STAGES: dict[str, tuple[str, ...]] = {
    "sent": ("submit", "import"),
    "checked": DECISIONS,
    "published": ("accept", "import", "overturn"),
    "shortlisted": ("shortlist",),
    "promoted": ("promote",),
    "answered": ("answer_accept", "answer_decline"),
    "accepted": ("answer_accept",),
    "begun": ("start",),
    "done": ("finish",),
}


def target(status: str, verb: str) -> str | None:
    """The status that `verb` leads to from `status`, or None where it may not.

    >>> target("submitted", "accept")
    'supporting'
    >>> target("rejected", "accept") is None
    True
    """
    move = MOVES[verb]
    return move.target if status in move.sources else None


def verbs_from(status: str, role: str) -> list[str]:
    """The verbs that `role` may use on a proposal in `status`, in the table's order.

    >>> verbs_from("submitted", "moderator")
    ['accept', 'return', 'reject']
    """
    return [verb for verb, move in MOVES.items() if status in move.sources and move.role == role]
