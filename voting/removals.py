"""What everybody is told of a round's votes: how surely voters are known, what staff removed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.cache import caches
from django.db.models import Count, Exists
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import AssuranceLevel
from voting.models import Intervention, InterventionVote, VoteEvent
from voting.models.ledger import SMALLEST_GROUP, shown_count
from voting.turnout import Group, groups

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

KEPT_SECONDS = 60


@dataclass(frozen=True)
class Removal:
    """Votes that are held, were annulled or restored; `count` is None for fewer than 10."""

    kind: str
    count: int | None
    reason: str
    words: str
    at: datetime
    tally_after: int | None
    """How many votes stood right after it; None where that would tell a small count."""

    @property
    def is_held(self) -> bool:
        return self.kind == Intervention.Kind.HOLD

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
    """Holds that stand, finished annulments and restorations, oldest first.

    One query, three if votes were ever held.
    """
    rows = list(Intervention.objects.filter(round=round_id).public())
    held = held_by(round_id) if any(row.kind == Intervention.Kind.HOLD for row in rows) else {}
    removals, small = [], False
    for row in rows:
        is_held = row.kind == Intervention.Kind.HOLD
        count = held.get(row.pk, 0) if is_held else row.vote_count
        # Once a small count is hidden, the figures after it would give it away.
        small = small or row.vote_count < SMALLEST_GROUP or 0 < count < SMALLEST_GROUP
        if count:
            removals.append(_removal(row, count, None if small or is_held else row.tally_after))
    return removals


def _removal(row: Intervention, count: int, tally_after: int | None) -> Removal:
    return Removal(
        kind=row.kind,
        count=shown_count(count),
        reason=row.reason,
        words=row.words,
        at=row.decided_at,
        tally_after=tally_after,
    )


def held_by(round_id: int) -> Counter[int]:
    """How many votes each hold of a round still holds, by its number. Two queries."""
    events = VoteEvent.objects.filter(round=round_id).held()
    held = {bytes(voter) for voter in events.values_list("voter", flat=True)}
    votes = InterventionVote.objects.filter(intervention__round=round_id, changed=True)
    rows = votes.filter(intervention__kind=Intervention.Kind.HOLD).order_by("pk")
    # Given back and held once more, a vote is the later one's.
    newest = {bytes(voter): hold for voter, hold in rows.values_list("voter", "intervention")}
    return Counter(hold for voter, hold in newest.items() if voter in held)


def held_words(removals: Iterable[Removal]) -> str:
    """Why a result is not stated yet, or no words if no vote is held.

    Not how many in all if one of the holds is of fewer than 10: it could be worked out.
    """
    counts = [row.count for row in removals if row.is_held]
    if None in counts:
        return _(
            "Some votes are held and being checked; the result is stated once it is decided about"
            " them."
        )
    text = ngettext(
        "%(count)d vote is held and being checked; the result is stated once it is decided about"
        " it.",
        "%(count)d votes are held and being checked; the result is stated once it is decided about"
        " them.",
        sum(counts),
    )
    return text % {"count": sum(counts)} if counts else ""


def told_of(round_id: int, count: int) -> Told:
    """What to tell beside a count of supports. One query, two to four if votes were taken; none
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
