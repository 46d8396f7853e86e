"""The clock of a referral: who is reminded when, and how much more time may be had. Pure.

Before the day and on it the official in charge hears of it, a week after it the head of the body,
two weeks after it our staff.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

EXTENSION_DAYS = 30


class Rung(NamedTuple):
    """One step of the clock: how many days after the due date it comes, and until when it counts.

    One that was missed, since the timer stood still, is made up for only while it counts.
    """

    kind: str
    from_day: int
    to_day: int


RUNGS = (
    Rung("week_before", -7, -2),
    Rung("day_before", -1, -1),
    Rung("due", 0, 6),
    Rung("head_told", 7, 10_000),
    Rung("staff_told", 14, 10_000),
)


def rungs_reached(due_on: date, today: date, since: date) -> list[str]:
    """Kinds of the steps that have come by `today`; none from before the case came, on `since`.

    >>> due = date(2026, 5, 20)
    >>> rungs_reached(due, date(2026, 5, 13), date(2026, 4, 20))
    ['week_before']
    >>> rungs_reached(due, date(2026, 5, 13), date(2026, 5, 14))
    []
    >>> rungs_reached(due, date(2026, 5, 20), date(2026, 4, 20))
    ['due']
    >>> rungs_reached(due, date(2026, 6, 20), date(2026, 4, 20))
    ['head_told', 'staff_told']
    """
    days = (today - due_on).days
    return [
        rung.kind
        for rung in RUNGS
        if rung.from_day <= days <= rung.to_day and due_on + timedelta(rung.from_day) > since
    ]


def latest_due(due_on: date, today: date) -> date:
    """The last day that more time can be asked for until.

    >>> latest_due(date(2026, 5, 20), date(2026, 5, 1))
    datetime.date(2026, 6, 19)
    """
    return max(due_on, today) + timedelta(days=EXTENSION_DAYS)


def extends_at_once(*, is_extended: bool, is_overdue: bool) -> bool:
    """Whether asking for more time is enough; a second time, or too late, staff decide.

    >>> extends_at_once(is_extended=False, is_overdue=False)
    True
    >>> extends_at_once(is_extended=True, is_overdue=False)
    False
    """
    return not (is_extended or is_overdue)
