"""How commitments were kept: one by one, and counted together. Pure, no Django.

Against the date that was promised first: a body that moves a date does not come to be in time.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

# Of fewer a share would say more than there is to know.
SHARE_FROM = 5


def fate(
    *, state: str, first_due_on: date, due_on: date, settled_on: date | None, today: date
) -> str:
    """What became of one commitment by `today`: a field of `Rates`, or "" if it is not due yet.

    >>> from datetime import date
    >>> may, june, july = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
    >>> fate(state="done", first_due_on=june, due_on=june, settled_on=may, today=may)
    'on_time'
    >>> fate(state="done", first_due_on=may, due_on=july, settled_on=june, today=july)
    'late'
    >>> fate(state="in_progress", first_due_on=may, due_on=june, settled_on=None, today=july)
    'overdue'
    >>> fate(state="planned", first_due_on=may, due_on=july, settled_on=None, today=june)
    'moved'
    >>> fate(state="planned", first_due_on=june, due_on=june, settled_on=None, today=june)
    ''
    """
    if state == "dropped":
        return "dropped"
    if state == "done" and settled_on:
        return "on_time" if settled_on <= first_due_on else "late"
    if due_on < today:
        return "overdue"
    return "moved" if first_due_on < today else ""


@dataclass(frozen=True)
class Rates:
    """Commitments due so far, by what became of them; each stands in one place."""

    on_time: int = 0
    late: int = 0
    overdue: int = 0
    moved: int = 0  # its first date has passed, and a later one was set
    dropped: int = 0

    def __add__(self, other: Rates) -> Rates:
        return Rates(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def due(self) -> int:
        """How many should be there by now."""
        return self.on_time + self.late + self.overdue + self.moved + self.dropped

    @property
    def on_time_share(self) -> float | None:
        """The share kept by the date promised first, 0..1; None while they are too few.

        >>> Rates(on_time=3, late=1).on_time_share is None
        True
        >>> Rates(on_time=3, late=1, overdue=1).on_time_share
        0.6
        """
        return self.on_time / self.due if self.due >= SHARE_FROM else None

    @property
    def on_time_percent(self) -> int | None:
        """The same for people, in whole percent.

        >>> Rates(on_time=2, overdue=4).on_time_percent
        33
        """
        return None if self.on_time_share is None else round(100 * self.on_time_share)


def total(groups: Iterable[Rates]) -> Rates:
    """Several groups as one.

    >>> total([Rates(on_time=1), Rates(on_time=2, dropped=1)])
    Rates(on_time=3, late=0, overdue=0, moved=0, dropped=1)
    """
    return sum(groups, Rates())
