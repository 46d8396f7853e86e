"""Which days a chip means, and events by day. No database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from events.agenda import by_day, spans

VLAT = ZoneInfo("Asia/Vladivostok")


def at(day: int, hour: int = 12, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=VLAT)


def event(starts_at: datetime, hours: int = 2) -> SimpleNamespace:
    return SimpleNamespace(starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("today", "saturday"),
    [(26, 28), (28, 28), (30, 5)],
    ids=["thursday", "saturday", "monday"],
)
def test_weekend_is_the_one_going_on_or_the_next(today: int, saturday: int) -> None:
    weekend = spans(at(today))["weekend"]
    assert weekend.starts.day == saturday
    assert weekend.ends.weekday() == 0


def test_weekend_on_sunday_does_not_begin_in_the_past() -> None:
    weekend = spans(at(29))["weekend"]
    assert weekend.starts == at(29, 0)
    assert weekend.ends == at(30, 0)


def test_month_is_what_is_left_of_it() -> None:
    assert spans(at(26))["month"] == (at(26, 0), at(1, 0, month=12))
    assert spans(at(31, month=12))["month"].ends == datetime(2027, 1, 1, tzinfo=VLAT)


def test_days_are_those_of_the_territory_whatever_the_server_thinks() -> None:
    late_in_utc = datetime(2026, 11, 25, 20, tzinfo=UTC)  # already the 26th in Khabarovsk
    assert spans(late_in_utc)["today"].starts == at(26, 0)
    assert by_day([event(late_in_utc)], late_in_utc)[0].on.day == 26


def test_days_are_marked_as_people_call_them() -> None:
    days = by_day([event(at(26, 18)), event(at(27)), event(at(28))], at(26))
    assert [(day.is_today, day.is_tomorrow) for day in days] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def test_event_of_several_days_stands_under_the_first_day_shown() -> None:
    begun, later = event(at(20), hours=24 * 10), event(at(26, 18))
    days = by_day([begun, later], at(26), since=at(26))
    assert [day.on.day for day in days] == [26]
    assert days[0].events == [begun, later]


def test_event_past_midnight_stands_under_the_evening_it_begins() -> None:
    days = by_day([event(at(26, 23))], at(26))
    assert days[0].on.day == 26
