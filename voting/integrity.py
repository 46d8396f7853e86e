"""What staff read of a round's traces: what stands out, in which votes, and when. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Value
from django.db.models.functions import Lower, StrIndex, Substr

from voting.bursts import SPAN, Burst, Counts, all_bursts, seems_made, shape_of, span_of
from voting.models import VoteTrace
from voting.models.ledger import SMALLEST_GROUP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voting.bursts import Shape
    from voting.models import Round
    from voting.models.integrity import VoteTraceQuerySet

BARS = 96
UNITS = [timedelta(minutes=10), *(timedelta(hours=n) for n in (1, 3, 6, 12, 24, 72, 168))]
LAST_MINUTE = SPAN - timedelta(minutes=1)
MOMENT = "%Y%m%d%H%M"
LARGEST_SHOWN = 5


def counts_of(traces: VoteTraceQuerySet) -> Counts:
    """Votes by minute, network and mail provider. Three queries."""

    def by(column: str) -> Iterable[tuple[object, int]]:
        return traces.order_by().values_list(column).annotate(count=Count("pk"))

    networks = {bytes(subnet): count for subnet, count in by("subnet")}
    return Counts(dict(by("minute")), networks, dict(by("mail_domain")))


def older_domains(round_: Round) -> dict[str, int]:
    """Accounts made before the round opened, by mail provider. One query."""
    accounts = get_user_model().objects.filter(date_joined__lt=round_.opens_at)
    at = StrIndex("email", Value("@"))
    domains = accounts.annotate(domain=Lower(Substr("email", at + 1)))
    return dict(domains.order_by().values_list("domain").annotate(count=Count("pk")))


@dataclass(frozen=True)
class Bar:
    """Votes of one span of time, and the bar's height in percent of the highest."""

    begins_at: datetime
    count: int
    height: int


class RoundTraces:
    """The traces of a round's votes that count and that no document stands behind."""

    def __init__(self, round_: Round) -> None:
        self.round = round_
        self.traces = VoteTrace.objects.of_standing(round_)

    @cached_property
    def counts(self) -> Counts:
        return counts_of(self.traces)

    @cached_property
    def shape(self) -> Shape:
        return shape_of(self.counts)

    @cached_property
    def bursts(self) -> list[Burst]:
        """What stands out. Four queries."""
        return all_bursts(self.counts, older_domains(self.round))

    @cached_property
    def bars(self) -> list[Bar]:
        return bars_of(self.counts)

    @cached_property
    def largest_networks(self) -> list[tuple[bytes, int]]:
        """The networks with most votes, whether or not they stand out; none that is too small."""
        ordered = sorted(self.counts.networks.items(), key=lambda pair: -pair[1])
        return [pair for pair in ordered[:LARGEST_SHOWN] if pair[1] >= SMALLEST_GROUP]

    def group(self, kind: str, key: str) -> TraceGroup:
        """The votes of one network, mail provider or ten minutes.

        Raises `NoGroup` for a key that cannot be, and for fewer than ten votes: what is done to one
        vote is one record of the public dump, and would show whose ballot that is.
        """
        group = TraceGroup(self, kind, value_of(kind, key))
        if group.shape.votes < SMALLEST_GROUP:
            raise NoGroup
        return group


class NoGroup(Exception):
    """There is no such group of votes, or it is too small to be looked at."""


def value_of(kind: str, key: str) -> Any:
    """What the key in an address means. Raises `NoGroup`.

    Only keys as `key_of` writes them: spans that overlap would tell single votes apart.
    """
    readers = {"subnet": bytes.fromhex, "domain": str, "moment": _moment}
    try:
        value = readers[kind](key)
    except (KeyError, ValueError):
        raise NoGroup from None
    if "\0" in key or key_of(kind, value) != key:
        raise NoGroup
    return value


def _moment(key: str) -> datetime:
    begins_at = datetime.strptime(key, MOMENT).replace(tzinfo=UTC)
    if span_of(begins_at) != begins_at:
        raise ValueError(key)
    return begins_at


class TraceGroup:
    """The votes of one network, one mail provider or ten minutes."""

    def __init__(self, whole: RoundTraces, kind: str, value: Any) -> None:
        self.whole, self.kind, self.value = whole, kind, value
        self.traces = whole.traces.filter(**self._condition())

    def _condition(self) -> dict[str, Any]:
        if self.kind == "moment":
            # Not the minute after the last one: the calendar may have none.
            return {"minute__range": (self.value, self.value + LAST_MINUTE)}
        return {{"subnet": "subnet", "domain": "mail_domain"}[self.kind]: self.value}

    @cached_property
    def counts(self) -> Counts:
        return counts_of(self.traces)

    @cached_property
    def shape(self) -> Shape:
        return shape_of(self.counts)

    @cached_property
    def bars(self) -> list[Bar]:
        return bars_of(self.counts)

    @property
    def stands_out(self) -> bool:
        """Whether a rule found this group."""
        found = {(burst.kind, burst.key) for burst in self.whole.bursts}
        return (self.kind, self.value) in found

    @property
    def seems_made(self) -> bool:
        """Whether it looks like a script's work; a hint and no more."""
        return seems_made(self.kind, self.shape, self.whole.shape)

    def voters(self) -> list[bytes]:
        """The voters' pseudonyms. One query."""
        return [bytes(voter) for voter in self.traces.values_list("event__voter", flat=True)]


def key_of(kind: str, value: Any) -> str:
    """A group's network, provider or first minute as an address carries it."""
    if kind == "subnet":
        return value.hex()
    return f"{value.astimezone(UTC):{MOMENT}}" if kind == "moment" else value


def bars_of(counts: Counts) -> list[Bar]:
    """Votes over time in at most about a hundred bars, the empty ones too."""
    if not counts.minutes:
        return []
    first, last = min(counts.minutes), max(counts.minutes)
    unit = next((unit for unit in UNITS if (last - first) / unit < BARS), UNITS[-1])
    bins = [0] * ((last - first) // unit + 1)
    for minute, count in counts.minutes.items():
        bins[(minute - first) // unit] += count
    most = max(bins)
    return [
        Bar(first + unit * place, count, -(-100 * count // most))
        for place, count in enumerate(bins)
    ]
