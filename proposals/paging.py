"""Paging by place instead of by number: “what comes after this row”, in any order. No HTTP.

Page numbers count from the start, so a row added meanwhile would show one row twice and another
never; a place stays where it is. The mark of a place is `<key>-<primary key>`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEY_MAX = 2**53  # microseconds until the year 2255, and what every database takes


class NotAMarkError(ValueError):
    """A text that is no place in a list."""


class Mark(NamedTuple):
    """Where a page ended: the last row's sort key as a whole number, and its primary key."""

    key: int
    pk: int

    @classmethod
    def read(cls, text: str) -> Mark:
        """Parse `<key>-<pk>`; raises `NotAMarkError` for anything else.

        >>> Mark.read("500-12")
        Mark(key=500, pk=12)
        """
        key, _dash, pk = text.partition("-")
        if not (key.isascii() and key.isdigit() and pk.isascii() and pk.isdigit()):
            raise NotAMarkError(text)
        if len(text) > 40 or int(key) > KEY_MAX or int(pk) > KEY_MAX:
            raise NotAMarkError(text)
        return cls(int(key), int(pk))

    def __str__(self) -> str:
        return f"{self.key}-{self.pk}"


@dataclass(frozen=True)
class Page:
    """Rows of one page, and the mark to go on from; empty on the last page."""

    rows: list[Any]
    after: str


@dataclass(frozen=True)
class Order:
    """Rows by `key`, then by primary key; both rising, or both falling."""

    key: str
    pk: str = "pk"
    descending: bool = True

    def page(self, rows: QuerySet[Any], after: Mark | None, size: int) -> Page:
        """The next `size` rows, which have the key among their named values.

        One query for each segment that it takes to fill the page.
        """
        found = chain.from_iterable(
            self._sorted(segment)[: size + 1] for segment in self.segments(rows, after)
        )
        taken = list(islice(found, size + 1))
        more = len(taken) > size
        return Page(taken[:size], str(self.mark(taken[size - 1])) if more else "")

    def numbers(self, rows: QuerySet[Any]) -> Iterator[int]:
        """Primary keys of all the rows in this order. One query for each segment."""
        for segment in self.segments(rows, None):
            yield from self._sorted(segment).values_list("pk", flat=True).iterator()

    def segments(self, rows: QuerySet[Any], after: Mark | None) -> list[QuerySet[Any]]:
        """What is still to come, as sets that follow one another."""
        return [self._beyond(rows, after) if after else rows]

    def mark(self, row: Any) -> Mark:
        """A row's place in this order."""
        return Mark(self._to_number(getattr(row, self.key)), row.pk)

    def _sorted(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        sign = "-" if self.descending else ""
        return rows.order_by(f"{sign}{self.key}", f"{sign}{self.pk}")

    def _beyond(self, rows: QuerySet[Any], after: Mark) -> QuerySet[Any]:
        key, side = self._from_number(after.key), "lt" if self.descending else "gt"
        # The first condition lets an index find the place, the second skips what was shown.
        return rows.filter(**{f"{self.key}__{side}e": key}).filter(
            Q(**{f"{self.key}__{side}": key}) | Q(**{f"{self.pk}__{side}": after.pk})
        )

    def _to_number(self, value: Any) -> int:
        return int(value)

    def _from_number(self, number: int) -> Any:
        return number


@dataclass(frozen=True)
class TimeOrder(Order):
    """The same for a key that is a moment; marks count microseconds."""

    def _to_number(self, value: Any) -> int:
        return (value - EPOCH) // timedelta(microseconds=1)

    def _from_number(self, number: int) -> Any:
        return EPOCH + timedelta(microseconds=number)


@dataclass(frozen=True)
class Circle(Order):
    """Once around a circle from `start`: rows from there on, then those before it."""

    descending: bool = field(default=False, init=False)
    start: int = 0

    def segments(self, rows: QuerySet[Any], after: Mark | None) -> list[QuerySet[Any]]:
        before = rows.filter(**{f"{self.key}__lt": self.start})
        if after and after.key < self.start:
            return [self._beyond(before, after)]
        ahead = rows.filter(**{f"{self.key}__gte": self.start})
        return [self._beyond(ahead, after) if after else ahead, before]
