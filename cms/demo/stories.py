"""What happened to the demo's proposals: everything in the order of time, by the real actions.

Drafts, moves, supports, referrals and answers are each made at their moment, so that history,
rounds, dossiers and ledger are what they would be had people done it.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cms.demo import cases, merging, promises
from cms.demo.clock import clock_at
from cms.demo.content import Calendar, Step, read
from cms.demo.people import person, supporter_keys
from cms.demo.proposals import begin, find
from cms.demo.terms import source_term
from government.actions import answer_referral, promote_proposal
from government.models import Answer, Body, Referral
from proposals.actions import assign_proposal, make_appeal, move_proposal, submit_proposal
from proposals.models import Appeal, StatusChange
from voting.actions import StaleForm, VoteRefused, cast_support, recount_support
from voting.models import VoteEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import User
    from proposals.models import Proposal

WRITING = timedelta(minutes=50)  # from the first word of a draft to sending it
CLOSING_VERBS = {"shortlist", "promote", "withdraw", "archive", "merge"}


def steps(calendar: Calendar) -> list[Step]:
    """Every step of every proposal, the earliest first; then the counts, from the ledger."""
    stories = [Story(row, calendar) for row in read("proposals")["proposal"]]
    by_key = {story.row["key"]: story for story in stories}
    all_moments = chain(merging.moments(by_key, calendar), *(story.moments() for story in stories))
    moments = sorted(all_moments, key=lambda timed: timed[0])
    told = [Step(kind, partial(_at, when, work)) for when, kind, work in moments]
    return [*told, *(Step("counts", story.count) for story in stories)]


def _at(when: datetime, work: Any) -> bool:
    with clock_at(when):
        return work()


class Story:
    """One proposal from its draft to where it stands."""

    def __init__(self, row: dict[str, Any], calendar: Calendar) -> None:
        self.row, self.calendar = row, calendar
        self.history = [
            (calendar.moment(move["day"], move["time"]), move) for move in row.get("history", [])
        ]

    def moments(self) -> Iterator[tuple[datetime, str, Any]]:
        """When, what kind of step, and the step; each may be repeated."""
        begun_at = (
            self.history[0][0] - WRITING
            if self.history
            else self.calendar.moment(self.row["begun_day"], "21:00")
        )
        yield begun_at, "proposals", self.begin
        for when, move in self.history:
            if move["verb"] == "merge":
                continue  # `merging` makes it, with all that belongs to it
            yield when, "moves", partial(self.move, when, move)
        if appeal := self.row.get("appeal"):
            when = self.calendar.moment(appeal["day"], appeal["time"])
            yield when, "appeals", partial(self.appeal, appeal["text"])
        yield from promises.moments(self.row, self.calendar)
        yield from cases.moments(self.row, self.calendar)
        for when, key in self.supports():
            yield when, "supports", partial(self.support, key)

    # The proposal ---------------------------------------------------------------------------

    @cached_property
    def proposal(self) -> Proposal:
        return find(self.row)

    def begin(self) -> bool:
        if find(self.row):
            return False
        begin(self.row)
        return True

    def move(self, when: datetime, move: dict[str, Any]) -> bool:
        if self.proposal.status_changes.filter(verb=move["verb"], made_at=when).exists():
            return False
        by, verb = person(move["by"]), move["verb"]
        if verb == "submit":
            submit_proposal(user=by, proposal=self.proposal)
            self._take(move)
        elif verb == "promote":
            self._promote(by)
        elif verb.startswith("answer_"):
            self._answer(by, when)
        else:
            reason = move.get("reason", "").strip()
            code = move.get("reason_code", "")
            change = move_proposal(
                user=by, proposal=self.proposal, verb=verb, reason=reason, reason_code=code
            )
            if change.mail_state:
                # Nobody is told, so nothing may look as if it still had to be sent.
                StatusChange.objects.filter(pk=change.pk).update(mail_state="sent")
        return True

    def _take(self, move: dict[str, Any]) -> None:
        if "taken_by" in move:
            moderator = person(move["taken_by"])
            assign_proposal(user=moderator, proposal=self.proposal, to=moderator)

    def appeal(self, text: str) -> bool:
        if Appeal.objects.filter(proposal=self.proposal).exists():
            return False
        make_appeal(user=self.proposal.author, proposal=self.proposal, text=text)
        return True

    def _promote(self, by: User) -> None:
        referral = self.row["referral"]
        body = source_term(Body, referral["body"])
        promote_proposal(user=by, proposal=self.proposal, body=body, note=referral["note"]["ru"])

    @transaction.atomic
    def _answer(self, by: User, when: datetime) -> None:
        row = self.row["answer"]
        answer = answer_referral(
            user=by,
            referral=Referral.objects.get(proposal=self.proposal),
            outcome=row["outcome"],
            text=row["text"]["ru"],
            official_name=row["official_name"],
            official_position=row["official_position"],
            answered_on=when.date(),
            promises=promises.promises_of(self.row, self.calendar),
        )
        # Nobody is told, so nothing may look as if it still had to be sent.
        Answer.objects.filter(pk=answer.pk).update(notified_at=when)
        self.proposal.refresh_from_db()

    # Its supports ---------------------------------------------------------------------------

    def supports(self) -> list[tuple[datetime, str]]:
        """Who supports it when, the same each time; most come soon after it is published."""
        chance = random.Random(self.row["key"])
        people = [key for key in supporter_keys() if key != self.row["author"]]
        people = chance.sample(people, self.row["supports"])
        if not people:
            return []
        opens_at, closes_at = self._span()
        early = 2.5 if self.row["status"] != "supporting" else 1
        moments = [
            opens_at + (closes_at - opens_at) * chance.random() ** early for _person in people
        ]
        return list(zip(moments, people, strict=True))

    def _span(self) -> tuple[datetime, datetime]:
        """From publication until it is chosen or over, or until the demo's first day."""
        call = next(row for row in read("calls")["call"] if row["slug"] == self.row["call"])
        phase = next(phase for phase in call["phase"] if phase["kind"] == "support")
        published = next(when for when, move in self.history if move["verb"] == "accept")
        ends = [when for when, move in self.history if move["verb"] in CLOSING_VERBS]
        limits = [self.calendar.moment(phase["closes_day"]), self.calendar.moment(0, "00:00")]
        return (
            max(published, self.calendar.moment(phase["opens_day"])),
            min([*ends, *limits]),
        )

    @cached_property
    def is_supported(self) -> bool:
        """Whether all supports were there before this run: people may have taken some back."""
        cast = VoteEvent.objects.filter(round__proposal=self.proposal, gen=1)
        return cast.count() >= self.row["supports"]

    def support(self, key: str) -> bool:
        if self.is_supported:
            return False
        try:
            cast_support(user=person(key), proposal_id=self.proposal.pk, seen_gen=0)
        except (StaleForm, VoteRefused):
            return False  # The demo is used already, and somebody decided otherwise.
        return True

    def count(self) -> bool:
        """Set the cached count from the ledger where this run added to it."""
        if not self.row["supports"] or self.is_supported:
            return False
        recount_support(self.proposal)
        return True
