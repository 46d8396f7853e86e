"""A proposal's way so far and what comes next, in words and dates. Reads what it is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from proposals.clock import end_of

if TYPE_CHECKING:
    from proposals.choices import CallChoice
    from proposals.models import CallPage, Proposal, StatusChange

    Call = CallPage | CallChoice

PROGRESS_DAYS = 90

STEPS = {
    "submit": _("Sent in to be checked"),
    "withdraw": _("Withdrawn by its author"),
    "import": _("Taken over from another system"),
    "accept": _("Published; support began"),
    "return": _("Returned to its author"),
    "reject": _("Rejected"),
    "undo": _("The decision was taken back; it is checked again"),
    "overturn": _("Published; support began"),
    "shortlist": _("Taken up for expert review"),
    "unshortlist": _("Put back to gathering support"),
    "archive": _("Archived"),
    "merge": _("Merged into another proposal"),
    "promote": _("Put before the Government"),
    "answer_accept": _("Accepted by the authorities"),
    "answer_decline": _("Declined by the authorities"),
    "start": _("Work has begun"),
    "finish": _("Done"),
}
# Steps that an author and a moderator settle between themselves.
PRIVATE = frozenset({"return", "reject", "undo"})
ANSWERS = frozenset({"answer_accept", "answer_decline"})


@dataclass(frozen=True)
class Entry:
    """One line of the timeline, as `components/timeline.html` shows it."""

    status: str
    title: Any
    at: datetime
    text: str = ""
    expected: bool = False
    by: str = ""
    note: str = ""
    about: str = ""  # the title of another proposal, and where it is
    url: str = ""


@dataclass(frozen=True)
class NextStep:
    """What should happen next, and by when; `at` is None where no date is known."""

    status: str
    text: Any
    at: datetime | None


def entries(proposal: Proposal, call: Call | None = None) -> list[Entry]:
    """The timeline, newest first, with the expected step on top. No query of its own.

    Other apps add to it by the hook `register_timeline_entries(proposal)`, a list of `Entry`.
    """
    own = [
        Entry(change.to_status, STEPS[change.verb], change.made_at, _words(change))
        for change in proposal.status_changes.all()
        if not (proposal.is_public and (change.is_undone or change.verb in PRIVATE))
    ]
    tellers = hooks.get_hooks("register_timeline_entries")
    others = [entry for tell in tellers for entry in tell(proposal)]
    past = sorted([*own, *others], key=attrgetter("at"))  # stable: of one moment, ours come first
    coming = next_step(proposal, call)
    first = []
    if coming and coming.at:
        first.append(Entry(coming.status, coming.text, coming.at, expected=True))
    return first + past[::-1]


def _words(change: StatusChange) -> str:
    """The reason given; not an official answer, which stands in full at the top of the page."""
    return "" if change.verb in ANSWERS else change.reason


def last_change(proposal: Proposal) -> StatusChange | None:
    """The step that brought the proposal where it is."""
    return next(iter(reversed(proposal.status_changes.all())), None)


def next_step(proposal: Proposal, call: Call | None = None) -> NextStep | None:
    """What an open status waits for, with its date; None once nothing is left to come.

    An app that knows the date better says so by the hook `register_next_date(proposal)`. Needs
    the call's phases: those of `call`, or of the proposal's own as `for_page()` fetches it.
    """
    step = _NEXT.get(proposal.status)
    if step is None:
        return None
    status, text, phase, days = step
    return NextStep(status, text, _date(proposal, call or proposal.call, phase, days))


# Status: what comes next, in whose words, and its date: the end of a phase of the call, or days
# after the last step.
_NEXT: dict[str, tuple[str, Any, str, int]] = {
    "draft": ("submitted", _("Send it in before submission closes"), "submission", 0),
    "submitted": ("supporting", _("A moderator reads it by then"), "", 0),
    "returned": ("submitted", _("The author changes it and sends it again"), "support", 0),
    "supporting": ("shortlisted", _("Support closes"), "support", 0),
    "shortlisted": ("promoted", _("Expert review ends"), "assessment", 30),
    "promoted": ("accepted", _("The authorities answer"), "answer", 30),
    "accepted": ("in_progress", _("The authorities report how the work goes"), "", PROGRESS_DAYS),
    "in_progress": ("done", _("The authorities report how the work goes"), "", PROGRESS_DAYS),
}


def _date(proposal: Proposal, call: Call, kind: str, days: int) -> datetime | None:
    for due in hooks.get_hooks("register_next_date"):
        if at := due(proposal):
            return at
    if proposal.status == "submitted":
        return end_of(proposal.moderation_due_on) if proposal.moderation_due_on else None
    phase = call.phase(kind) if kind else None
    if phase is not None and phase.closes_at > timezone.now():
        return phase.closes_at
    changes = list(proposal.status_changes.all())
    return changes[-1].made_at + timedelta(days=days) if days and changes else None
