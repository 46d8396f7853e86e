"""The demo's rounds of voting: made by the model, voted in and counted by the real actions."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cms.demo.calls import call_page
from cms.demo.clock import clock_at
from cms.demo.content import Calendar, Step, read, stable_uuid
from cms.demo.people import person, supporter_keys
from proposals.models import Proposal
from voting.actions import StaleForm, VoteRefused, cast_ballot
from voting.marks import is_ticked
from voting.models import Option, Round
from voting.sealing import SealRefused, seal_votes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

KOPECKS = 100
# The result is stated so long after the close.
COUNTING = timedelta(minutes=1)


def over_steps(calendar: Calendar) -> Iterator[Step]:
    """Rounds that are over: before everything that the ledger got after their close."""
    yield from _steps(calendar, over=True)


def open_steps(calendar: Calendar) -> Iterator[Step]:
    """Rounds that go on; their options point at proposals that have to be there."""
    yield from _steps(calendar, over=False)


def _steps(calendar: Calendar, *, over: bool) -> Iterator[Step]:
    for row in read("rounds")["round"]:
        if (row["closes_day"] < 0) is over:
            yield from Vote(row, calendar).steps()


class Vote:
    """One round with its options, ballots and, once it is over, its result."""

    def __init__(self, row: dict[str, Any], calendar: Calendar) -> None:
        self.row, self.calendar = row, calendar
        self.chance = random.Random(row["key"])
        self.opens_at = calendar.moment(row["opens_day"])
        self.closes_at = calendar.moment(row["closes_day"])

    def steps(self) -> Iterator[Step]:
        """The round, its ballots in the order of time, then the count."""
        yield Step("rounds", partial(self.at, self.opens_at, self.make))
        for when, key, choice in self.ballots:
            yield Step("ballots", partial(self.at, when, partial(self.cast, key, choice)))
        if self.row["closes_day"] < 0:
            yield Step("results", partial(self.at, self.closes_at + COUNTING, self.count))

    def at(self, when: datetime, work: Any) -> bool:
        with clock_at(when):
            return work()

    # The round ------------------------------------------------------------------------------

    @cached_property
    def round(self) -> Round:
        return Round.objects.get(uuid=stable_uuid("round", self.row["key"]))

    @transaction.atomic
    def make(self) -> bool:
        uuid = stable_uuid("round", self.row["key"])
        if Round.objects.filter(uuid=uuid).exists():
            return False
        round_ = Round.objects.create(
            uuid=uuid,
            call=call_page(self.row["call"]),
            title=self.row["title"],
            intro=self.row["intro"],
            method=self.row["method"],
            limit=self.row.get("limit"),
            budget_minor=self.row.get("budget", 0) * KOPECKS or None,
            opens_at=self.opens_at,
            closes_at=self.closes_at,
        )
        for number, option in enumerate(self.row["option"], start=1):
            self._add(round_, number, option)
        round_.save()
        return True

    def _add(self, round_: Round, number: int, row: dict[str, Any]) -> None:
        titles = {told["key"]: told["title"] for told in read("proposals")["proposal"]}
        title = titles.get(row.get("proposal", ""))
        Option.objects.create(
            round=round_,
            number=number,
            sort_order=number,
            title=row["title"],
            text=row["text"],
            cost_minor=row.get("cost", 0) * KOPECKS,
            proposal=Proposal.objects.filter(title=title).first() if title else None,
        )

    # Its ballots ----------------------------------------------------------------------------

    @cached_property
    def ballots(self) -> list[tuple[datetime, str, Any]]:
        """When who casts what, the same each time."""
        people = self.chance.sample(supporter_keys(), self.row["voters"])
        ends = min(self.closes_at, self.calendar.moment(0, "00:00"))
        moments = sorted(
            self.opens_at + (ends - self.opens_at) * self.chance.random() for _person in people
        )
        choices = [self._choice() for _person in people[self.row["blank"] :]]
        return list(zip(moments, people, [[]] * self.row["blank"] + choices, strict=True))

    def _choice(self) -> list[int]:
        """What one person likes: the stronger an option draws, the likelier and the higher."""
        liking = dict(enumerate((row["liking"] for row in self.row["option"]), start=1))
        order = sorted(liking, key=lambda number: -(self.chance.random() ** (1 / liking[number])))
        most = self.row.get("limit") or len(order)
        chosen = order[: self.chance.randint(1, most)]
        return sorted(chosen) if is_ticked(self.row["method"]) else chosen

    @cached_property
    def is_cast(self) -> bool:
        """Whether all ballots were there before this run: people may have taken some back."""
        round_ = self.round
        return round_.closed_at is not None or (
            round_.events.filter(gen=1).count() >= self.row["voters"]
        )

    def cast(self, key: str, choice: Any) -> bool:
        if self.is_cast:
            return False
        wish = {"choice": choice, "seen_gen": 0}
        try:
            cast_ballot(user=person(key), round_id=self.round.pk, **wish)
        except (StaleForm, VoteRefused):
            return False  # The demo is used already, and somebody decided otherwise.
        return True

    # Its result -----------------------------------------------------------------------------

    def count(self) -> bool:
        """Close it, seal its ballots and state the result, as the sealer does each minute."""
        if self.round.results.exists():
            return False
        try:
            return bool(seal_votes().results)
        except SealRefused:
            return False  # Another ledger's head lies there: whoever runs the site has to look.
