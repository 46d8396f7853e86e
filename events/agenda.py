"""Days of the agenda: which span a chip means, and events by day. Pure; times of the Territory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from events.models import EventPage


class Span(NamedTuple):
    """From `starts` until just before `ends`."""

    starts: datetime
    ends: datetime


@dataclass
class Day:
    """One day of the agenda with its events, the earliest first."""

    on: date
    today: date
    events: list[EventPage] = field(default_factory=list)

    @property
    def is_today(self) -> bool:
        return self.on == self.today

    @property
    def is_tomorrow(self) -> bool:
        return self.on == self.today + timedelta(days=1)


def midnight(day: date) -> datetime:
    """The first moment of a day in the Territory."""
    return timezone.make_aware(datetime.combine(day, time.min))


def spans(now: datetime) -> dict[str, Span]:
    """What today, tomorrow, this weekend and this month mean at a moment.

    The weekend is the one going on or the next one; the month is what is left of it.

    >>> from datetime import datetime
    >>> from zoneinfo import ZoneInfo
    >>> thursday = datetime(2026, 11, 26, 12, tzinfo=ZoneInfo("Asia/Vladivostok"))
    >>> spans(thursday)["weekend"].starts.isoformat()
    '2026-11-28T00:00:00+10:00'
    """
    today = timezone.localtime(now).date()
    saturday = today + timedelta(days=5 - today.weekday())
    next_month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    bounds = {
        "today": (today, today + timedelta(days=1)),
        "tomorrow": (today + timedelta(days=1), today + timedelta(days=2)),
        "weekend": (max(today, saturday), saturday + timedelta(days=2)),
        "month": (today, next_month),
    }
    return {name: Span(midnight(first), midnight(last)) for name, (first, last) in bounds.items()}


def by_day(events: Iterable[EventPage], now: datetime, since: datetime | None = None) -> list[Day]:
    """Events, already in order, under their first day that is not before `since`.

    An event of several days that has begun stands under the first day of the list, or it would
    open an agenda of the future with a day of the past.
    """
    today = timezone.localtime(now).date()
    floor = timezone.localtime(since).date() if since else date.min

    def day_of(event: EventPage) -> date:
        return max(timezone.localtime(event.starts_at).date(), floor)

    return [Day(day, today, list(group)) for day, group in groupby(events, key=day_of)]
