"""What staff read of a round's traces: what stands out, in which votes, and when. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Count, Value
from django.db.models.functions import Lower, StrIndex, Substr

from voting.bursts import SPAN, Burst, Counts, all_bursts, seems_made, shape_of
from voting.models import VoteTrace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voting.bursts import Shape
    from voting.models import Round
    from voting.models.integrity import VoteTraceQuerySet

BARS = 96
UNITS = [timedelta(minutes=10), *(timedelta(hours=n) for n in (1, 3, 6, 12, 24, 72, 168))]
KINDS = ("subnet", "domain", "moment")


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

    def group(self, kind: str, key: str) -> TraceGroup:
        """The votes that a finding is about; raises ValueError for a key that cannot be."""
        return TraceGroup(self, kind, key)


class TraceGroup:
    """The votes of one network, one mail provider or ten minutes."""

    def __init__(self, whole: RoundTraces, kind: str, key: str) -> None:
        self.whole, self.kind, self.key = whole, kind, key
        self.traces = whole.traces.filter(**self._condition())

    def _condition(self) -> dict[str, object]:
        if self.kind == "subnet":
            return {"subnet": bytes.fromhex(self.key)}
        if self.kind == "domain":
            return {"mail_domain": self.key}
        if self.kind != "moment":
            raise ValueError(self.kind)
        begins_at = datetime.strptime(self.key, "%Y%m%d%H%M").replace(tzinfo=UTC)
        return {"minute__gte": begins_at, "minute__lt": begins_at + SPAN}

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
    def seems_made(self) -> bool:
        """Whether it looks like a script's work; a hint and no more."""
        return seems_made(self.kind, self.shape, self.whole.shape)

    def voters(self) -> list[bytes]:
        """The voters' pseudonyms. One query."""
        return [bytes(voter) for voter in self.traces.values_list("event__voter", flat=True)]


def key_of(burst: Burst) -> str:
    """A burst's key as an address carries it."""
    if burst.kind == "subnet":
        return burst.key.hex()
    if burst.kind == "moment":
        return f"{burst.key.astimezone(UTC):%Y%m%d%H%M}"
    return burst.key


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
