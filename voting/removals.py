"""What everybody is told of a round's votes: how surely voters are known, what staff removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.cache import caches
from django.db.models import Count, Exists

from accounts.models import AssuranceLevel
from voting.models import Intervention, VoteEvent
from voting.models.ledger import SMALLEST_GROUP, shown_count
from voting.turnout import Group, groups

if TYPE_CHECKING:
    from datetime import datetime

KEPT_SECONDS = 60


@dataclass(frozen=True)
class Removal:
    """Votes that were annulled, or restored after an appeal; `count` is None for fewer than 10."""

    kind: str
    count: int | None
    reason: str
    words: str
    at: datetime
    tally_after: int | None
    """How many votes stood right after it; None where that would tell a small count."""

    @property
    def is_restored(self) -> bool:
        return self.kind == Intervention.Kind.RESTORE

    @property
    def reason_words(self) -> str:
        return str(Intervention.Reason(self.reason).label)


@dataclass(frozen=True)
class Told:
    """What a page says below a round's count."""

    levels: list[Group]
    """How many votes were cast with each level, as far as none that is small can be worked out."""
    removals: list[Removal]

    @property
    def by_level(self) -> list[tuple[str, Group]]:
        """The levels in words of the reader's language: what is kept here is everybody's."""
        return [(str(AssuranceLevel(int(group.key)).label), group) for group in self.levels]


def removals_of(round_id: int) -> list[Removal]:
    """Finished annulments and restorations, oldest first. One query."""
    rows = Intervention.objects.filter(round=round_id).public()
    removals, small = [], False
    for row in rows:
        # Once a small count is hidden, the figures after it would give it away.
        small = small or row.vote_count < SMALLEST_GROUP
        removals.append(
            Removal(
                kind=row.kind,
                count=shown_count(row.vote_count),
                reason=row.reason,
                words=row.words,
                at=row.decided_at,
                tally_after=None if small else row.tally_after,
            )
        )
    return removals


def told_of(round_id: int, count: int) -> Told:
    """What to tell beside a count of supports. One query, two if votes were removed; none
    within a minute.

    Kept by each worker: counting the levels of a large round with every page would be dear.
    """
    key = f"told-of-votes:{round_id}"
    cache = caches["memory"]
    if (told := cache.get(key)) is None:
        told = _told(round_id, count)
        cache.set(key, told, KEPT_SECONDS)
    return told


def _told(round_id: int, count: int) -> Told:
    if count < SMALLEST_GROUP:  # then every group is too small to be shown
        return Told([], removals_of(round_id))
    # Whether there is more to read comes along, and hardly ever there is.
    removed = Exists(Intervention.objects.filter(round=round_id).public())
    standing = VoteEvent.objects.filter(round=round_id).standing().order_by("level")
    counts = standing.values("level").annotate(count=Count("pk"), removed=removed)
    rows = list(counts.values_list("level", "count", "removed"))
    levels = groups({str(level): n for level, n, _removed in rows})
    return Told(levels, removals_of(round_id) if not rows or rows[0][2] else [])
