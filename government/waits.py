"""How long things took: spans between steps, their median and what nine of ten stay below. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, timedelta

    Step = tuple[int, str, datetime]


class Waits(NamedTuple):
    """How many waited, and half of them and nine of ten no longer than this many days."""

    cases: int
    median: float
    most: float


def spans(steps: Iterable[Step], begins: str, ends: frozenset[str]) -> Iterator[timedelta]:
    """From each beginning to the decision after it; `steps` are (proposal, verb, when) in order.

    >>> from datetime import datetime as at
    >>> steps = [(1, "submit", at(2026, 1, 1)), (1, "return", at(2026, 1, 3)),
    ...          (1, "submit", at(2026, 1, 9)), (2, "accept", at(2026, 1, 10))]
    >>> [span.days for span in spans(steps, "submit", frozenset({"accept", "return"}))]
    [2]
    """
    began: tuple[int, datetime] | None = None
    for number, verb, when in steps:
        if verb == begins:
            began = (number, when)
        elif verb in ends:
            if began and began[0] == number:
                yield when - began[1]
            began = None


def waits_of(found: Iterable[timedelta]) -> Waits:
    """Count, median and ninth decile in days, both of a real case: the nearest rank.

    >>> from datetime import timedelta
    >>> waits_of(timedelta(days=n) for n in (4, 1, 2, 3))
    Waits(cases=4, median=2.0, most=4.0)
    >>> waits_of([])
    Waits(cases=0, median=0.0, most=0.0)
    """
    days = sorted(span.total_seconds() / 86_400 for span in found)
    return Waits(len(days), at_rank(days, 0.5), at_rank(days, 0.9))


def at_rank(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of all stay at or below (nearest rank).

    >>> at_rank([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9)
    9
    """
    return ordered[math.ceil(share * len(ordered) - 1e-9) - 1] if ordered else 0.0
