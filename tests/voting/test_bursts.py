"""What stands out, and a drill: scripted votes among honest ones, a school and an operator."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.factories.accounts import UserFactory
from tests.factories.voting import make_events
from voting.bursts import (
    Counts,
    Shape,
    all_bursts,
    domain_bursts,
    moment_bursts,
    seems_made,
    shape_of,
    subnet_bursts,
)
from voting.integrity import RoundTraces, bars_of, key_of, older_domains
from voting.models import Round, VoteTrace

if TYPE_CHECKING:
    from proposals.models import Proposal

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
COMMON = {"mail.example": 45, "yandex.example": 30, "gmail.example": 20, "own.example": 5}


def test_nothing_has_twice_the_share_of_a_provider_that_everybody_has() -> None:
    """A school in a town where nine of ten use one provider."""
    town = Shape(votes=1000, networks=800, domains=9, days=10, busiest_hour=40, top_domain=900)
    school = Shape(votes=40, networks=1, domains=1, days=1, busiest_hour=40, top_domain=40)
    assert not seems_made("subnet", school, town)


def test_network_stands_out_by_ten_times_the_middle_and_twenty_votes() -> None:
    quiet = {bytes([n]): 3 for n in range(20)}
    for count, found in ((29, 0), (30, 1)):
        assert len(subnet_bursts({**quiet, b"one": count})) == found
    single = {bytes([n]): 1 for n in range(20)}
    for count, found in ((19, 0), (20, 1)):
        assert len(subnet_bursts({**single, b"one": count})) == found
    assert subnet_bursts({}) == []


def test_network_stands_out_with_a_third_of_the_votes_where_there_are_few_networks() -> None:
    """The one in the middle is the attacker's own there; nothing would be ten times as large."""
    for counts in ({b"a": 300, b"b": 200}, {b"a": 118}, {b"a": 40, b"b": 40, b"c": 40}):
        assert {burst.key for burst in subnet_bursts(counts)} == set(counts)
    for count, found in ((49, 0), (50, 1)):
        assert len(subnet_bursts({b"a": count, b"b": 18, b"c": 18, b"d": 18, b"e": 46})) == found
    assert subnet_bursts({b"a": 19, b"b": 3}) == []


def test_few_votes_over_usual_networks_raise_no_alarm() -> None:
    """Of a thousand small rounds, each of 60 people in about 40 networks."""
    dice = random.Random(2017)  # noqa: S311 - the same rounds each time
    rounds = ([dice.randrange(40).to_bytes(1) for _ in range(60)] for _ in range(1000))
    assert [found for votes in rounds if (found := subnet_bursts(Counter(votes)))] == []


def test_group_of_no_votes_looks_like_nothing() -> None:
    empty, whole = Shape(0, 0, 0, 0, 0, 0), Shape(100, 80, 5, 3, 20, 40)
    assert not any(seems_made(kind, empty, whole) for kind in ("subnet", "domain", "moment"))


def test_moment_stands_out_against_the_day_around_it() -> None:
    even = {NOON + timedelta(minutes=10 * n): 30 for n in range(-72, 73)}
    for count, found in ((62, 0), (63, 1)):  # 30 + 6 × √30 = 62.9
        assert len(moment_bursts({**even, NOON: count})) == found
    assert moment_bursts({NOON: 19}) == []
    assert [burst.key for burst in moment_bursts({NOON: 20})] == [NOON]
    assert moment_bursts({}) == []


def test_busy_day_is_no_burst_on_a_quiet_one() -> None:
    """The rhythm of day and night is in what is around, so an evening does not stand out."""
    counts = {}
    for day in range(5):
        for hour in range(24):
            for step in range(6):
                moment = NOON + timedelta(days=day, hours=hour, minutes=10 * step)
                counts[moment] = 24 if 18 <= moment.hour <= 21 else 4
    assert moment_bursts(counts) == []


def test_provider_stands_out_against_older_accounts() -> None:
    counts = {"mail.example": 200, "new.example": 25}
    older = {"mail.example": 90, "new.example": 10}
    assert domain_bursts(counts, older) == []
    assert [burst.key for burst in domain_bursts(counts, {"mail.example": 100})] == ["new.example"]
    assert domain_bursts({"mail.example": 200, "new.example": 19}, {"mail.example": 100}) == []
    for few in ({}, {"mail.example": 99}):
        assert domain_bursts(counts, few) == []  # too little to compare with


def test_bars_cover_the_whole_time_and_every_vote() -> None:
    counts = Counts({NOON: 3, NOON + timedelta(days=9, minutes=7): 2}, {}, {})
    bars = bars_of(counts)
    assert len(bars) <= 100
    assert sum(bar.count for bar in bars) == 5
    assert max(bar.height for bar in bars) == 100
    assert bars_of(Counts({}, {}, {})) == []


# The drill ---------------------------------------------------------------------------------------


class Drill:
    """Votes of many kinds, each as (minute, network, mail provider)."""

    def __init__(self) -> None:
        self.dice = random.Random(2017)  # noqa: S311 - the same drill each time
        self.votes: dict[str, list[tuple[datetime, bytes, str]]] = {
            "honest at home": self.spread(1000, self.home, self.common),
            "mobile operator": self.spread(120, lambda: b"operator", self.common),
            "school in one lesson": self.burst(40, lambda: b"school", self.common),
            "word on television": self.burst(150, self.home, self.common),
            "script, one network": self.burst(100, lambda: b"script", lambda: "trash0.example"),
            "script, throw-away": self.burst(100, self.home, self.throw_away),
            "script, slow": self.spread(50, self.home, self.common),
        }

    def common(self) -> str:
        return self.dice.choices(list(COMMON), COMMON.values())[0]

    def throw_away(self) -> str:
        return f"trash{self.dice.randrange(1, 5)}.example"

    def home(self) -> bytes:
        return self.dice.randrange(700).to_bytes(2)

    def spread(self, count: int, network: object, domain: object) -> list:
        """Over ten days, most in the evening."""
        return [(self.moment(self.dice.randrange(10)), network(), domain()) for _ in range(count)]

    def moment(self, day: int) -> datetime:
        hour = self.dice.choices(range(24), [1] * 8 + [4] * 10 + [9] * 5 + [2])[0]
        return NOON + timedelta(days=day, hours=hour, minutes=self.dice.randrange(60))

    def burst(self, count: int, network: object, domain: object) -> list:
        """Within forty minutes of one day."""
        start = self.moment(self.dice.randrange(10))
        return [
            (start + timedelta(minutes=self.dice.randrange(40)), network(), domain())
            for _ in range(count)
        ]


@pytest.mark.django_db
def test_sybil_drill_in_small(proposal: Proposal) -> None:
    """Of one network and throw-away addresses nearly all is found, of the honest nearly nothing."""
    drill, round_ = Drill(), proposal.round
    UserFactory.create_batch(5)  # older accounts, at example.org
    whose = {}
    for kind, votes in drill.votes.items():
        events = make_events(round_, len(votes))
        VoteTrace.objects.bulk_create(
            VoteTrace(event=event, minute=minute, subnet=network, mail_domain=domain)
            for event, (minute, network, domain) in zip(events, votes, strict=True)
        )
        whose |= {bytes(event.voter): kind for event in events}
    traces = RoundTraces(round_)
    bursts = all_bursts(traces.counts, {domain: 10 * n for domain, n in COMMON.items()})
    groups = [traces.group(burst.kind, key_of(burst.kind, burst.key)) for burst in bursts]
    shown = {voter for group in groups for voter in group.voters()}
    held = {voter for group in groups if group.seems_made for voter in group.voters()}
    share = {
        kind: (len(votes), *(Counter(map(whose.get, some))[kind] for some in (shown, held)))
        for kind, votes in drill.votes.items()
    }
    for kind, (count, found, made) in share.items():
        print(f"{kind:22} {count:5} shown {found:4} looks made {made:4}")  # noqa: T201 - for -s
    for kind in ("script, one network", "script, throw-away"):
        count, _found, made = share[kind]
        assert made >= 0.95 * count, share
    honest = [row for kind, row in share.items() if "script" not in kind]
    assert sum(row[2] for row in honest) <= 0.01 * sum(row[0] for row in honest), share
    assert share["school in one lesson"][1] == 40  # seen, and named as what it may be
    assert share["school in one lesson"][2] == 0


@pytest.mark.django_db
def test_older_accounts_are_counted_by_provider(ballot: Round) -> None:
    from accounts.models import User

    UserFactory(email="a@One.Example")
    UserFactory(email="b@one.example")
    UserFactory(email="c@two.example")
    assert older_domains(ballot) == {}
    User.objects.update(date_joined=ballot.opens_at - timedelta(days=1))
    assert older_domains(ballot) == {"one.example": 2, "two.example": 1}


def test_shape_tells_days_and_the_busiest_hour() -> None:
    minutes = {NOON: 2, NOON + timedelta(minutes=59): 3, NOON + timedelta(days=1): 1}
    shape = shape_of(Counts(minutes, {b"a": 6}, {"x.example": 4, "y.example": 2}))
    assert (shape.votes, shape.days, shape.busiest_hour) == (6, 2, 5)
    assert (shape.top_share(), shape.networks, shape.domains) == (66, 1, 2)
