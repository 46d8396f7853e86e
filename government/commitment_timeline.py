"""What happened to commitments, in words for timelines; on their own page and on the proposal's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from government.commitment_words import STEPS
from government.models import CommitmentChange
from proposals.history import Entry

if TYPE_CHECKING:
    from government.models import Commitment
    from proposals.models import Proposal

# Statuses of proposals that can have commitments; pages of all others cost no query.
PROMISED = frozenset({"accepted", "declined", "in_progress", "done"})


@dataclass(frozen=True)
class Step(Entry):
    """One line of a commitment's own timeline, with its evidence."""

    change: CommitmentChange | None = None


def steps_of(commitment: Commitment) -> list[Step]:
    """All steps of one commitment, the newest first. One query."""
    return [
        Step(STEPS[one.verb].status, _title(one), one.made_at, one.text, change=one)
        for one in reversed(commitment.changes.all())
    ]


def _title(change: CommitmentChange) -> str:
    words = STEPS[change.verb].done
    if change.verb == "redate":
        return _("Date moved from %(was)s to %(now)s") % {
            "was": date_format(change.from_due_on),
            "now": date_format(change.to_due_on),
        }
    if change.verb == "promise":
        return _("Promised for %(day)s") % {"day": date_format(change.to_due_on)}
    return str(words)


def entries_of(proposal: Proposal) -> list[Entry]:
    """The same of all commitments of a proposal, each under its name. One query at most."""
    if proposal.status not in PROMISED:
        return []
    steps = CommitmentChange.objects.filter(commitment__proposal=proposal.pk)
    return [_entry(one) for one in steps.select_related("commitment")]


def _entry(change: CommitmentChange) -> Entry:
    title = f"{change.commitment.what}: {_title(change)}"
    return Entry(STEPS[change.verb].status, title, change.made_at, change.text)
