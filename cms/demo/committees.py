"""The demo's committees: members, a meeting each, and two rounds, by the real actions."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from django.db import transaction

from assessment.actions.committees import (
    add_item,
    members_on_day,
    record_attendance,
    record_decision,
    save_meeting,
    save_membership,
)
from assessment.actions.reading import declare, submit_sheet
from assessment.actions.rounds import (
    end_reading,
    mark_discussed,
    open_reading,
    publish_protocol,
    take_proposals,
)
from assessment.findings import progress_of
from assessment.models import (
    AgendaItem,
    AssessmentRound,
    Assignment,
    Committee,
    Decision,
    Meeting,
    Membership,
)
from assessment.presets import criteria_of
from cms.demo.calls import call_page
from cms.demo.clock import clock_at
from cms.demo.content import Calendar, Step, read
from cms.demo.people import person
from cms.demo.proposals import find
from cms.demo.terms import source_term
from proposals.models import Proposal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import User

FOUNDED_DAY = -220
READERS = ("expert", "expert2", "expert3")


def steps(calendar: Calendar) -> Iterator[Step]:
    """Members and meetings of each committee, then the rounds."""
    for row in read("committees")["committee"]:
        at = partial(_at, calendar)
        yield Step("members", partial(at, FOUNDED_DAY, partial(_seat, row, calendar)))
        yield Step("meetings", partial(at, row["meeting_day"], partial(_meet, row, calendar)))
    for row in read("committees")["round"]:
        yield from Reading(row, calendar).steps()


def _at(calendar: Calendar, day: int, work: Any) -> bool:
    with clock_at(calendar.moment(day, "15:00")), transaction.atomic():
        return work()


def _secretary() -> User:
    return person("secretary")


def _seat(row: dict[str, Any], calendar: Calendar) -> bool:
    committee = source_term(Committee, row["slug"])
    if committee.memberships.exists():
        return False
    for member in row["members"]:
        words = {name: member[name] for name in ("name", "role", "organisation", "position")}
        account = person(member["account"]) if "account" in member else None
        starts_on = calendar.moment(FOUNDED_DAY).date()
        term = Membership(committee=committee, user=account, starts_on=starts_on, **words)
        save_membership(user=_secretary(), membership=term)
    return True


def _meet(row: dict[str, Any], calendar: Calendar) -> bool:
    committee = source_term(Committee, row["slug"])
    if committee.meetings.exists():
        return False
    held_at = calendar.moment(row["meeting_day"], "11:00")
    meeting = Meeting(committee=committee, held_at=held_at, place="Точка кипения, зал «Амур»")
    save_meeting(user=_secretary(), meeting=meeting)
    title = row["agenda"]
    item = add_item(user=_secretary(), item=AgendaItem(meeting=meeting, title=title))
    record_attendance(user=_secretary(), meeting=meeting, present=members_on_day(meeting))
    yes, no, none = row["votes"]
    decision = Decision(
        votes_for=yes,
        votes_against=no,
        votes_abstain=none,
        chair_vote=Decision.Vote.FOR,
        reasons=row["extract"]["ru"],
        extract=row["extract"],
    )
    record_decision(user=_secretary(), item=item, decision=decision)
    return True


@contextmanager
def _on_the_shortlist(proposals: list[Proposal]) -> Iterator[None]:
    """As it was on that day: their stories have been told to the end by now."""
    rows = Proposal.objects.filter(pk__in=[proposal.pk for proposal in proposals])
    statuses = dict(rows.values_list("pk", "status"))
    rows.update(status=Proposal.Status.SHORTLISTED)
    yield
    for pk, status in statuses.items():
        rows.filter(pk=pk).update(status=status)


class Reading:
    """One round: taken, opened, read, and if it is over, ended and published."""

    def __init__(self, row: dict[str, Any], calendar: Calendar) -> None:
        self.row, self.calendar = row, calendar

    def steps(self) -> Iterator[Step]:
        open_day = self.row["open_day"]
        at = partial(_at, self.calendar)
        yield Step("rounds of assessment", partial(at, open_day, self.open))
        yield Step("sheets", partial(at, open_day + 1, self.read))
        if "end_day" in self.row:
            yield Step("protocols", partial(at, self.row["end_day"], self.publish))

    @cached_property
    def round(self) -> AssessmentRound:
        return AssessmentRound.objects.get(call=call_page(self.row["call"]), **self.named)

    @property
    def named(self) -> dict[str, Any]:
        return {"title": self.row["title"]}

    def open(self) -> bool:
        call = call_page(self.row["call"])
        if AssessmentRound.objects.filter(call=call).exists():
            return False
        round_ = AssessmentRound(
            committee=source_term(Committee, self.row["committee"]),
            call=call,
            due_at=self.calendar.moment(self.row["due_day"], "18:00"),
            made_by=_secretary(),
            made_at=self.calendar.moment(self.row["open_day"] - 1),
            **self.named,
        )
        round_.criteria = criteria_of(self.row["preset"], round_)
        round_.save()
        rows = {told["key"]: told for told in read("proposals")["proposal"]}
        found = [find(rows[key]) for key in self.row["scores"]]
        taken = [proposal for proposal in found if proposal]
        take_proposals(user=_secretary(), round_=round_, proposals=taken)
        with _on_the_shortlist(taken):
            open_reading(user=_secretary(), round_=round_)
        return True

    def read(self) -> bool:
        """Those who have points declare and send their sheets; the others still have to."""
        if Assignment.objects.filter(
            assessed__round=self.round, declared_at__isnull=False
        ).exists():
            return False
        scales = [one.pk for one in self.round.criteria.order_by("sort_order", "pk")]
        for place, key in enumerate(READERS):
            lines = {name: scores[place] for name, scores in self.row["scores"].items()}
            if all(lines.values()):
                declare(user=person(key), round_=self.round, conflicts={})
                self._send(person(key), lines, scales)
        return True

    def _send(self, user: User, lines: dict[str, list[int]], scales: list[int]) -> None:
        rows = {told["key"]: told for told in read("proposals")["proposal"]}
        for name, values in lines.items():
            mine = Assignment.objects.of(user).select_related("assessed__round", "membership")
            sheet = mine.get(assessed__round=self.round, assessed__proposal=find(rows[name]))
            scores = {pk: {"value": value} for pk, value in zip(scales, values, strict=True)}
            submit_sheet(user=user, assignment=sheet, scores=scores)

    def publish(self) -> bool:
        if self.round.ended_at:
            return False
        for row in progress_of(self.round):
            if row.waits_for_discussion:
                mark_discussed(user=_secretary(), assessed=row.assessed)
        end_reading(user=_secretary(), round_=self.round)
        publish_protocol(user=_secretary(), round_=self.round)
        return True
