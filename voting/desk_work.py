"""What staff did at the desk and with paper: how much, when, and which votes of it stand.

Counts and times from the audit log; no document, no choice, no voter. Reads only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from wagtail.models import ModelLogEntry

from voting.bursts import busiest_span
from voting.models import DeskTally, PaperBatch, Round, TakenVote
from voting.models.desk import UNSEEN_MAX

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model, QuerySet

VOTE, DOCUMENT = "voting.cast_at_desk", "voting.check_document"
LATELY = timedelta(days=30)


def names_of(people: Iterable[int]) -> dict[int, str]:
    """Names of staff; of an account that is gone its number. One query."""
    numbers = set(people)
    found = get_user_model().objects.in_bulk(numbers)
    return {number: str(found.get(number, f"№ {number}")) for number in numbers}


@dataclass(frozen=True)
class Shift:
    """What one member of staff did in a round on one day."""

    by: int
    name: str
    day: date
    at_desk: int
    busiest: int
    """Most desk votes within ten minutes."""
    on_paper: int
    """Ballots of the batches that they cast."""
    standing: int
    """Votes of both kinds that still count as they were taken."""


def shifts_of(round_: Round) -> list[Shift]:
    """All shifts of a round, the newest first. Six queries."""
    moments, paper = _moments(round_), _paper(round_)
    groups = TakenVote.objects.of_standing(round_).values_list("by", "day")
    standing = {(by, day): count for by, day, count in groups.annotate(count=Count("pk"))}
    keys = {*moments, *paper, *standing}
    names = names_of(by for by, _day in keys)
    shifts = [
        Shift(
            *(by, names[by], day),
            at_desk=len(moments[by, day]),
            busiest=busiest_span(moments[by, day]),
            on_paper=paper[by, day],
            standing=standing.get((by, day), 0),
        )
        for by, day in keys
    ]
    return sorted(shifts, key=lambda shift: (shift.day, shift.at_desk), reverse=True)


def _moments(round_: Round) -> dict[tuple[int, date], list[datetime]]:
    found = defaultdict(list)
    rows = _logged(Round, [round_.pk]).filter(action=VOTE)
    for by, at in rows.values_list("user_id", "timestamp"):
        found[by, timezone.localdate(at)].append(at)
    return found


def _paper(round_: Round) -> Counter[tuple[int, date]]:
    found: Counter[tuple[int, date]] = Counter()
    batches = round_.paper_batches.values_list("pk", flat=True)
    rows = _logged(PaperBatch, batches).filter(action="voting.cast_paper_batch")
    for by, at, data in rows.values_list("user_id", "timestamp", "data"):
        found[by, timezone.localdate(at)] += data.get("counted", 0)
    return found


def _logged(model: type[Model], numbers: Iterable[int]) -> QuerySet[Any]:
    kind = ContentType.objects.get_for_model(model)
    return ModelLogEntry.objects.order_by().filter(
        content_type=kind, object_id__in=[f"{number}" for number in numbers]
    )


@dataclass(frozen=True)
class DeskWork:
    """What one member of staff did at the desk lately, in all rounds."""

    name: str
    votes: int
    documents: int
    busiest: int
    """Most votes and documents within ten minutes."""


def desk_work() -> list[DeskWork]:
    """Who worked at the desk in the last 30 days, the busiest first. Two queries."""
    moments: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    rows = ModelLogEntry.objects.order_by().filter(
        action__in=(VOTE, DOCUMENT), timestamp__gte=timezone.now() - LATELY
    )
    for by, action, at in rows.values_list("user_id", "action", "timestamp"):
        moments[by].append((action, at))
    names = names_of(moments)
    work = [_work(names[by], done) for by, done in moments.items()]
    return sorted(work, key=lambda one: (-one.busiest, one.name))


def _work(name: str, done: list[tuple[str, datetime]]) -> DeskWork:
    kinds = Counter(action for action, _at in done)
    return DeskWork(name, kinds[VOTE], kinds[DOCUMENT], busiest_span(at for _action, at in done))


@dataclass(frozen=True)
class Unseen:
    """Entries of one member of staff that no colleague has looked at yet."""

    person_id: int
    name: str
    entries: list[tuple[bool, datetime]]
    """Whether each was a vote, or else a document put down for an account; and when."""

    @property
    def count(self) -> int:
        return len(self.entries)

    @property
    def is_closed(self) -> bool:
        return self.count >= UNSEEN_MAX


def unseen_work() -> list[Unseen]:
    """What waits for a colleague's look, the longest list first. Two queries."""
    tallies = DeskTally.objects.filter(unseen_count__gt=0).select_related("person")
    counts = {tally.person_id: tally for tally in tallies.order_by("-unseen_count", "pk")}
    newest = _newest_entries(counts)
    return [
        Unseen(number, str(tally.person), sorted(newest[number][: tally.unseen_count], key=_when))
        for number, tally in counts.items()
    ]


def _when(entry: tuple[bool, datetime]) -> datetime:
    return entry[1]


def _newest_entries(people: Iterable[int]) -> dict[int, list[tuple[bool, datetime]]]:
    """As many entries of each as may wait, the newest first. One query."""
    order = F("timestamp").desc()
    rows = (
        ModelLogEntry.objects.filter(user__in=list(people), action__in=(VOTE, DOCUMENT))
        # A document that is nobody's account's raises no level, so it was not counted.
        .exclude(action=DOCUMENT, data__account=None)
        .annotate(place=Window(RowNumber(), partition_by="user", order_by=order))
        .filter(place__lte=UNSEEN_MAX)
        .order_by("place")
    )
    found = defaultdict(list)
    for by, action, at in rows.values_list("user_id", "action", "timestamp"):
        found[by].append((action == VOTE, at))
    return found


def is_desk_closed(person: Any) -> bool:
    """Whether a colleague has to look before this person's next entry. One query."""
    return DeskTally.objects.filter(person=person, unseen_count__gte=UNSEEN_MAX).exists()
