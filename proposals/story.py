"""What a proposal's page tells of co-authors, amendments and merges. Reads only.

Most proposals have none of it: `has_story`, which `for_reading()` brings along, spares them the
queries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from proposals.history import Entry
from proposals.models import Amendment, CoAuthor, HistoryNote

if TYPE_CHECKING:
    from proposals.models import Proposal

Kind = HistoryNote.Kind
# The mark of the timeline that stands for each kind: `status-…`.
MARKS: dict[str, str] = {
    Kind.AMENDED: "draft",
    Kind.COAUTHOR_JOINED: "accepted",
    Kind.COAUTHOR_LEFT: "withdrawn",
}


@dataclass(frozen=True)
class Story:
    """Who writes with the author, and what was added since support began."""

    coauthors: list[CoAuthor]
    amendments: list[Amendment]


def has_story(proposal: Proposal) -> bool:
    """Whether there is anything to tell; asked by who has not read `has_story` along, too."""
    return getattr(proposal, "has_story", True)


def story_of(proposal: Proposal) -> Story:
    """Two queries, none without a story."""
    if not has_story(proposal):
        return Story([], [])
    amendments = proposal.amendments.published().select_related("version")
    return Story(list(proposal.coauthors.all()), list(amendments))


def note_entries(proposal: Proposal) -> list[Entry]:
    """Lines of the timeline that moved no status. One query, none without a story."""
    if not has_story(proposal):
        return []
    return [_entry(note) for note in proposal.history_notes.select_related("other")]


def _entry(note: HistoryNote) -> Entry:
    # What was withdrawn since is named nowhere.
    other = note.other if note.other and note.other.is_public else None
    return Entry(
        MARKS.get(note.kind, "merged"),
        note.get_kind_display(),
        note.made_at,
        note.words,
        about=other.title if other else "",
        url=other.get_absolute_url() if other else "",
    )
