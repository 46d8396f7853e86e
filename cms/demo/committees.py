"""The demo's committees: members, rules, meetings and two rounds, by the real actions."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import translation
from wagtail.documents import get_document_model

from assessment.actions.committees import (
    add_item,
    members_on_day,
    record_attendance,
    record_decision,
    save_document,
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
    CommitteeDocument,
    Decision,
    Meeting,
    Membership,
)
from assessment.presets import criteria_of
from cms.demo.calls import call_page
from cms.demo.clock import clock_at
from cms.demo.content import SOURCE, Calendar, Step, read
from cms.demo.people import person
from cms.demo.proposals import find
from cms.demo.terms import source_term
from events.models import EventPage
from home.papers import shared_words, typeset
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
    for row in read("committees")["meeting"]:
        yield Step("meetings", partial(at, min(row["day"], 0), partial(_meet_again, row, calendar)))
    for row in read("committees")["document"]:
        yield Step("rules", partial(at, row["day"], partial(_keep_rules, row, calendar)))
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
    _put_on_agenda({**row, "title": row["agenda"]}, meeting)
    record_attendance(user=_secretary(), meeting=meeting, present=members_on_day(meeting))
    _decide(row, meeting.agenda.get())
    return True


def _meet_again(row: dict[str, Any], calendar: Calendar) -> bool:
    """A meeting at an event, with its agenda; those that were held decided on all of it."""
    committee = source_term(Committee, row["committee"])
    held_at = calendar.moment(row["day"], row["clock"])
    if committee.meetings.filter(held_at=held_at).exists():
        return False
    event = EventPage.objects.get(slug=row["event"], locale__language_code=SOURCE)
    words = {"place": row["place"], "minutes": row.get("minutes", "")}
    meeting = Meeting(committee=committee, held_at=held_at, event=event, **words)
    save_meeting(user=_secretary(), meeting=meeting)
    items = [_put_on_agenda(told, meeting) for told in row["item"]]
    if row["day"] < 0:
        with clock_at(held_at + timedelta(hours=1)):
            record_attendance(user=_secretary(), meeting=meeting, present=members_on_day(meeting))
            for told, item in zip(row["item"], items, strict=True):
                _decide(told, item)
    return True


def _put_on_agenda(told: dict[str, Any], meeting: Meeting) -> AgendaItem:
    rows = {row["key"]: row for row in read("proposals")["proposal"]}
    proposal = find(rows[told["proposal"]]) if "proposal" in told else None
    item = AgendaItem(meeting=meeting, title=told["title"], proposal=proposal)
    return add_item(user=_secretary(), item=item)


def _decide(told: dict[str, Any], item: AgendaItem) -> None:
    yes, no, none = told["votes"]
    decision = Decision(
        votes_for=yes,
        votes_against=no,
        votes_abstain=none,
        chair_vote=Decision.Vote.FOR,
        reasons=told["extract"]["ru"],
        extract=told["extract"],
    )
    record_decision(user=_secretary(), item=item, decision=decision)


def _keep_rules(row: dict[str, Any], calendar: Calendar) -> bool:
    """The rules of a committee as a PDF among the site's documents, and on its page."""
    committee = source_term(Committee, row["committee"])
    if committee.documents.exists():
        return False
    moment = calendar.moment(row["day"], "15:00")
    title = row["title"][SOURCE]
    with translation.override(SOURCE):
        words = shared_words(SOURCE, committee.name, moment) | {"running": [title, committee.name]}
        paper = typeset("cms/rules", words | {"title": title, "lines": row["lines"]})
    file = ContentFile(paper, name=f"demo-{committee.slug}.pdf")
    document = get_document_model().objects.create(title=title, file=file, file_size=len(paper))
    kept = CommitteeDocument(committee=committee, title=row["title"], document=document)
    save_document(user=_secretary(), document=kept)  # dated on the day of this step
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
            selected_count=self.row["selected_count"],
            by_theme=self.row["by_theme"],
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
            if any(lines.values()):
                declare(user=person(key), round_=self.round, conflicts=self._conflicts(key))
                self._send(person(key), lines, scales)
        return True

    def _conflicts(self, key: str) -> dict[int, str]:
        """With which of their sheets the person declares a conflict."""
        rows = {told["key"]: told for told in read("proposals")["proposal"]}
        told = {name: who[key] for name, who in self.row.get("conflicts", {}).items() if key in who}
        return {self._sheet(person(key), rows[name]).pk: note for name, note in told.items()}

    def _sheet(self, user: User, proposal: dict[str, Any]) -> Assignment:
        mine = Assignment.objects.of(user).select_related("assessed__round", "membership")
        return mine.get(assessed__round=self.round, assessed__proposal=find(proposal))

    def _send(self, user: User, lines: dict[str, list[int]], scales: list[int]) -> None:
        rows = {told["key"]: told for told in read("proposals")["proposal"]}
        for name, values in lines.items():
            scores = {pk: {"value": value} for pk, value in zip(scales, values, strict=False)}
            if scores:  # who is recused from it gives none
                sheet = self._sheet(user, rows[name])
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
