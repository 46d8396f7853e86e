"""Which votes stand out in a round, by network, moment and mail provider. Pure; finds, decides not.

The rules, in words; staff read them beside what they found:

- A network (/24 or /48) stands out with at least 20 votes and 10 times as many as the network in
  the middle, if all are put in a row by their votes. It also stands out with at least 20 votes and
  a third of all: where there are few networks, the one in the middle may be the attacker's own.
- Ten minutes stand out with at least 20 votes and more than the mean of the ten-minute spans in the
  twelve hours before and after, plus six times the root of that mean. Chance alone does this to one
  span in millions.
- A mail provider stands out with at least 20 votes and 5 times as many as its share among accounts
  older than the round lets expect, if there are at least 100 of these.

Each can be innocent: a school, an office or a mobile operator is one network to us, and in a small
place one operator easily has a third of the votes; a word on television is a burst, an employer or
a university is a mail provider. `seems_made` says which of
them look like a script, and it too is only a hint.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median_low
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Kind = Literal["subnet", "moment", "domain"]

LEAST = 20
TIMES_MIDDLE = 10
PARTS = 3  # a network that has one of so many parts of all votes stands out
SPAN = timedelta(minutes=10)
AROUND = timedelta(hours=12)
ROOTS = 6
TIMES_SHARE = 5
LEAST_OLDER = 100


@dataclass(frozen=True)
class Burst:
    """A group of votes that stands out, and how many the rest of the round lets expect."""

    kind: Kind
    key: Any
    """The network's hash, the first minute of the span, or the domain."""
    count: int
    expected: int


def subnet_bursts(counts: Mapping[bytes, int]) -> list[Burst]:
    """Networks that stand out, the largest first.

    >>> counts = {bytes([n]): 2 for n in range(9)} | {b"school": 60}
    >>> [(burst.key, burst.count, burst.expected) for burst in subnet_bursts(counts)]
    [(b'school', 60, 2)]
    >>> [(burst.key, burst.expected) for burst in subnet_bursts({b"a": 300, b"b": 200, b"c": 9})]
    [(b'a', 170), (b'b', 170)]
    """
    if not counts:
        return []
    middle, part = median_low(counts.values()), -(-sum(counts.values()) // PARTS)
    least = max(LEAST, min(TIMES_MIDDLE * middle, part))
    found = [Burst("subnet", key, n, min(middle, part)) for key, n in counts.items() if n >= least]
    return sorted(found, key=lambda burst: -burst.count)


def span_of(minute: datetime) -> datetime:
    """The beginning of the ten minutes that a minute lies in."""
    return minute.replace(minute=minute.minute - minute.minute % 10, second=0, microsecond=0)


def moment_bursts(counts: Mapping[datetime, int]) -> list[Burst]:
    """Spans of ten minutes that stand out, in order of time; `counts` are by minute.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    >>> counts = {noon + timedelta(minutes=n): 1 for n in range(0, 600, 5)} | {noon: 90}
    >>> [(burst.key.hour, burst.count, burst.expected) for burst in moment_bursts(counts)]
    [(12, 91, 2)]
    """
    spans: Counter[datetime] = Counter()
    for minute, count in counts.items():
        spans[span_of(minute)] += count
    if not spans:
        return []
    first, last = min(spans), max(spans)
    found = []
    for span, count in sorted(spans.items()):
        mean = _mean_around(spans, span, max(first, span - AROUND), min(last, span + AROUND))
        if count >= LEAST and count > mean and (count - mean) ** 2 > ROOTS**2 * mean:
            found.append(Burst("moment", span, count, mean))
    return found


def _mean_around(
    spans: Mapping[datetime, int], span: datetime, first: datetime, last: datetime
) -> int:
    """The mean of the spans around one, without it, rounded up; at least 1."""
    if spans[span] < LEAST:
        return spans[span]  # It cannot stand out, so nothing around it is added up.
    others = (last - first) // SPAN
    total = sum(spans.get(first + SPAN * step, 0) for step in range(others + 1)) - spans[span]
    return max(1, -(-total // max(others, 1)))


def busiest_span(moments: Iterable[datetime]) -> int:
    """The most moments that lie within any ten minutes.

    >>> noon = datetime(2026, 11, 24, 12)
    >>> busiest_span(noon + timedelta(minutes=n) for n in (0, 7, 9, 10, 16, 40))
    4
    """
    ordered, first, most = sorted(moments), 0, 0
    for place, moment in enumerate(ordered):
        while ordered[first] <= moment - SPAN:
            first += 1
        most = max(most, place - first + 1)
    return most


def domain_bursts(counts: Mapping[str, int], older: Mapping[str, int]) -> list[Burst]:
    """Mail providers that stand out, the largest first; `older` counts accounts by provider.

    >>> counts = {"mail.example": 300, "trash.example": 50}
    >>> [burst.key for burst in domain_bursts(counts, {"mail.example": 900, "own.example": 100})]
    ['trash.example']
    """
    votes, accounts = sum(counts.values()), sum(older.values())
    if accounts < LEAST_OLDER:
        return []  # Of a few accounts nobody knows which providers are usual.
    found = []
    for domain, count in counts.items():
        expected = -(-votes * older.get(domain, 0) // accounts)
        if count >= max(LEAST, TIMES_SHARE * expected):
            found.append(Burst("domain", domain, count, expected))
    return sorted(found, key=lambda burst: -burst.count)


@dataclass(frozen=True)
class Shape:
    """How a group of votes is made up."""

    votes: int
    networks: int
    domains: int
    days: int
    busiest_hour: int
    """Votes of the hour with most of them."""
    top_domain: int
    """Votes of the provider with most of them."""

    def top_share(self, percent: int = 100) -> int:
        """The share of the largest provider, in percent."""
        return percent * self.top_domain // self.votes if self.votes else 0


@dataclass(frozen=True)
class Counts:
    """Votes of a group by minute, by network and by mail provider."""

    minutes: Mapping[datetime, int]
    networks: Mapping[bytes, int]
    domains: Mapping[str, int]


def shape_of(counts: Counts) -> Shape:
    """The shape of a group.

    >>> from datetime import UTC
    >>> minute = datetime(2026, 11, 24, 12, tzinfo=UTC)
    >>> shape = shape_of(Counts({minute: 2}, {b"n": 2}, {"a.example": 1, "b.example": 1}))
    >>> shape.networks, shape.domains, shape.busiest_hour, shape.top_domain
    (1, 2, 2, 1)
    """
    hours: Counter[datetime] = Counter()
    for minute, count in counts.minutes.items():
        hours[minute.replace(minute=0)] += count
    return Shape(
        votes=hours.total(),
        networks=len(counts.networks),
        domains=len(counts.domains),
        days=len({hour.date() for hour in hours}),
        busiest_hour=max(hours.values(), default=0),
        top_domain=max(counts.domains.values(), default=0),
    )


def all_bursts(counts: Counts, older: Mapping[str, int]) -> list[Burst]:
    """Everything that stands out in a round."""
    return [
        *subnet_bursts(counts.networks),
        *domain_bursts(counts.domains, older),
        *moment_bursts(counts.minutes),
    ]


def seems_made(kind: Kind, group: Shape, whole: Shape) -> bool:
    """Whether a group looks like a script's work and not like many people in one place.

    People in one place have the mail providers that everybody has, and people of one provider sit
    in many networks or come over many days. A group looks made if one provider has half of its
    votes and twice its usual share, or, for a provider, if its votes come from few networks or half
    of them within one hour.

    >>> whole = Shape(1000, 800, 9, 10, 40, 350)
    >>> school = Shape(60, 1, 5, 1, 60, 25)
    >>> script = Shape(60, 1, 1, 1, 60, 60)
    >>> seems_made("subnet", school, whole), seems_made("subnet", script, whole)
    (False, True)
    """
    if not group.votes:
        return False
    if kind == "domain":
        few_networks = group.networks * 5 <= group.votes
        return few_networks or group.busiest_hour * 2 >= group.votes
    # Where one provider has half of all votes anyway, nothing can have twice its share.
    return group.top_share() >= max(50, 2 * max(whole.top_share(), 1))
