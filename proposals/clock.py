"""Dates of moderation in the site's own time: the same for everybody, wherever staff sit."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone

from proposals.working_days import nth_working_day, working_days_between


def site_day(moment: datetime | None = None) -> date:
    """The calendar day in Vladivostok: there it is Monday while UTC still has Sunday.

    Asked for by name, since Wagtail's admin lets each member of staff have a zone of their own.
    """
    return timezone.localdate(moment, timezone.get_default_timezone())


def due_after(moment: datetime, working_days: int) -> date:
    """The last day of a term of working days that begins with what happened at `moment`."""
    return nth_working_day(site_day(moment), working_days)


def start_of(day: date) -> datetime:
    """Midnight with which a day begins."""
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())


def end_of(day: date) -> datetime:
    """The last moment of a day, for pages that show moments."""
    return timezone.make_aware(datetime.combine(day, time.max), timezone.get_default_timezone())


def days_left(due_on: date) -> int:
    """Working days until the end of a term: 0 on its last day, below it for those it is late.

    A term that ran out over a weekend is late all the same, by a day until the next begins.
    """
    today = site_day()
    days = working_days_between(today, due_on)
    return min(days, -1) if due_on < today else days


def next_working_day() -> date:
    """The next one after today."""
    return nth_working_day(site_day(), 1)
