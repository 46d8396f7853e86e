"""What staff read on buttons and in the log for each step of a proposal; no logic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from proposals import states

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Step:
    """The words for one verb of `states.MOVES`."""

    button: _StrPromise  # what it will do
    done: _StrPromise  # what the log says was done
    icon: str = "check"
    is_serious: bool = False
    is_quiet: bool = False  # a way back, which should not look like the way on
    key: str = ""  # on the keyboard, as browsers name its place


STEPS = {
    "submit": Step(pgettext_lazy("button", "Send in"), _("Sent in")),
    "import": Step(pgettext_lazy("button", "Import"), _("Imported"), "download"),
    "withdraw": Step(pgettext_lazy("button", "Withdraw"), _("Withdrawn by the author")),
    "accept": Step(
        pgettext_lazy("button", "Accept and publish"), _("Accepted and published"), key="KeyP"
    ),
    "return": Step(
        pgettext_lazy("button", "Return to the author"),
        _("Returned to the author"),
        "rotate",
        is_quiet=True,
        key="KeyA",
    ),
    "reject": Step(
        pgettext_lazy("button", "Reject"), _("Rejected"), "cross", is_serious=True, key="KeyD"
    ),
    "undo": Step(
        pgettext_lazy("button", "Undo"), _("The decision was undone; it waits again"), "undo"
    ),
    "overturn": Step(
        pgettext_lazy("button", "Overturn and publish"), _("Published after an appeal")
    ),
    "shortlist": Step(
        pgettext_lazy("button", "Put on the shortlist"), _("Put on the shortlist"), "list-ol"
    ),
    "unshortlist": Step(
        pgettext_lazy("button", "Take off the shortlist"),
        _("Taken off the shortlist"),
        "rotate",
        is_quiet=True,
    ),
    "archive": Step(
        pgettext_lazy("button", "Archive"), _("Archived"), "folder-inverse", is_serious=True
    ),
    "merge": Step(pgettext_lazy("button", "Merge"), _("Merged into another proposal"), "resubmit"),
    "promote": Step(
        pgettext_lazy("button", "Put before the Government"), _("Put before the Government"), "mail"
    ),
    "answer_accept": Step(pgettext_lazy("button", "Accepted"), _("Accepted by the Government")),
    "answer_decline": Step(pgettext_lazy("button", "Declined"), _("Declined by the Government")),
    "start": Step(pgettext_lazy("button", "Work has begun"), _("Work has begun"), "cogs"),
    "finish": Step(pgettext_lazy("button", "The work is done"), _("The work is done")),
}

# No move: what the list and the decision page say of giving a proposal to somebody.
ASSIGN = Step(pgettext_lazy("button", "Give to a moderator"), _("Given to be checked"), "user")

# Steps that need more than a reason: a body of government, its answer, an author's appeal, the
# consent of all. They are made on pages of their own, which panels of the decision page lead to.
MADE_ELSEWHERE = frozenset(
    {"undo", "promote", "answer_accept", "answer_decline", "overturn", "merge"}
)
DECISIONS = [
    verb
    for verb, move in states.MOVES.items()
    if move.role in {states.MODERATOR, states.PROMOTER} and verb not in MADE_ELSEWHERE
]
