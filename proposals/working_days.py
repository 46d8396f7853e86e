"""Counting in Russia's working days, holidays and moved days off included. Pure, no Django.

A term begins on the day after what starts it and ends with its last day (Civil Code, articles 191
and 194). Which days are moved the Government decides each autumn; the package `holidays` follows.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import holidays

SATURDAY = 5
DAY = timedelta(days=1)


class _Year(NamedTuple):
    off: frozenset[date]
    worked_weekends: frozenset[date]


@cache
def _year(number: int) -> _Year:
    # Each year made anew and kept whole: the package fills a shared calendar while others read it.
    calendar = holidays.country_holidays("RU", years=number)
    return _Year(frozenset(calendar), frozenset(calendar.weekend_workdays))


def is_working_day(day: date) -> bool:
    """Whether offices work on this day.

    >>> [is_working_day(date(2026, 12, number)) for number in (30, 31)]  # the 31st is moved to
    [True, False]
    >>> is_working_day(date(2027, 2, 20))  # a Saturday worked for the Monday after it
    True
    """
    year = _year(day.year)
    if day in year.off:
        return False
    return day.weekday() < SATURDAY or day in year.worked_weekends


def nth_working_day(start: date, number: int) -> date:
    """The working day that is so many after `start`, which itself does not count.

    >>> nth_working_day(date(2026, 12, 30), 5).isoformat()  # New Year's holidays until 10 January
    '2027-01-15'
    >>> nth_working_day(date(2026, 11, 28), 1).isoformat()  # from a Saturday
    '2026-11-30'
    """
    day = start
    while number > 0:
        day += DAY
        number -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days lie after `start`, up to and with `end`; below 0 if `end` is earlier.

    >>> working_days_between(date(2026, 12, 30), date(2027, 1, 15))
    5
    >>> working_days_between(date(2026, 11, 30), date(2026, 11, 26))
    -2
    """
    if end < start:
        return -working_days_between(end, start)
    days = (start + DAY * number for number in range(1, (end - start).days + 1))
    return sum(is_working_day(day) for day in days)
