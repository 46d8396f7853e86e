"""The days of a Pabulib election, which files write in several ways. Pure."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import TYPE_CHECKING

from voting.pabulib_errors import PabulibError

if TYPE_CHECKING:
    from voting.pabulib import Election

DAYS = (
    re.compile(r"(?:(?:(?P<day>\d{1,2})\.)?(?P<month>\d{1,2})\.)?(?P<year>\d{4})", re.ASCII),
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?", re.ASCII),
)
FIRST_YEAR = 1900  # What is before is a slip, and midnight of year 1 is in no calendar elsewhere.


def days_of(election: Election) -> tuple[date | None, date | None]:
    """Its first and last day, as far as the file says them. Raises `PabulibError`."""
    first, last = _said(election, "date_begin"), _said(election, "date_end")
    if first and last and first > last:
        value = election.meta["date_end"]
        raise PabulibError("dates_reversed", election.lines.get("date_end", 0), value=value)
    return first, last


def _said(election: Election, key: str) -> date | None:
    text = election.meta.get(key, "")
    day = day_of(text, first=key == "date_begin")
    if text and day is None:
        raise PabulibError("bad_date", election.lines.get(key, 0), key=key, value=text)
    return day


def day_of(text: str, *, first: bool) -> date | None:
    """A day such as 18.09.2023 or 2023-09-18, or the first or last of a month or a year.

    >>> day_of("18.09.2023", first=True), day_of("2023-9-18", first=True)
    (datetime.date(2023, 9, 18), datetime.date(2023, 9, 18))
    >>> day_of("02.2024", first=False), day_of("2022", first=True), day_of("soon", first=True)
    (datetime.date(2024, 2, 29), datetime.date(2022, 1, 1), None)
    """
    match = next((match for form in DAYS if (match := form.fullmatch(text))), None)
    if match is None or int(match["year"]) < FIRST_YEAR:
        return None
    year, month = int(match["year"]), int(match["month"] or (1 if first else 12))
    try:
        last = calendar.monthrange(year, month)[1]
        return date(year, month, int(match["day"] or (1 if first else last)))
    except ValueError:  # There is no such month or day.
        return None
