"""The demo's merge: proposed, agreed to, answered by supporters, made; and what an author added."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from cms.demo.content import Calendar, read
from cms.demo.people import person
from cms.demo.proposals import find
from proposals.actions.amending import publish_amendment, send_amendment
from proposals.actions.merging import answer_as_author, finish_merge, propose_merge
from proposals.models import Amendment, Merge
from voting.actions.merging import MergeEnded, NothingToMove, answer_merge
from voting.merge_notifications import mail_merge_letters, note_asked
from voting.merges import supporters_of
from voting.models import MergeLetters

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cms.demo.stories import Story

# Everybody answers at some hour of these days, in turn.
ANSWERS_DAYS = 10
HOUR = timedelta(hours=1)


def moments(stories: dict[str, Story], calendar: Calendar) -> Iterator[tuple[datetime, str, Any]]:
    """When, what kind of step, and the step; each may be repeated."""
    for row in read("proposals")["merge"]:
        yield from _Merging(row, stories, calendar).moments()
    for story in stories.values():
        if row := story.row.get("amendment"):
            sent_at = calendar.moment(row["day"], "19:30")
            yield sent_at, "amendments", partial(_amend, story.row, row)
            yield sent_at + 15 * HOUR, "amendments", partial(_publish, story.row, row)


class _Merging:
    """One merge of proposals.toml."""

    def __init__(self, row: dict[str, Any], stories: dict[str, Story], calendar: Calendar) -> None:
        self.row, self.calendar = row, calendar
        self.source, self.target = stories[row["source"]], stories[row["target"]]

    def moments(self) -> Iterator[tuple[datetime, str, Any]]:
        at = self.calendar.moment
        yield at(self.row["proposed_day"]), "merges", self.propose
        begun_at = at(self.row["agreed_day"])
        yield begun_at, "merges", self.agree
        for place, (choice, key) in enumerate(self.answers(begun_at)):
            when = begun_at + (1 + place % (24 * ANSWERS_DAYS)) * HOUR
            yield when, "answers", partial(self.answer, key, choice)
        yield at(self.row["done_day"], self.row["done_time"]), "merges", self.finish

    def answers(self, begun_at: datetime) -> list[tuple[str, str]]:
        """Who of those who were asked chooses what; the others do not answer."""
        asked = [key for when, key in self.source.supports() if when < begun_at]
        chosen = [choice for choice, count in self.row["answers"].items() for _ in range(count)]
        return list(zip(chosen, asked, strict=False))

    @property
    def merge(self) -> Merge | None:
        rows = Merge.objects.with_parts().filter(parts__proposal=self.source.proposal)
        return rows.first()

    def propose(self) -> bool:
        if self.merge:
            return False
        propose_merge(
            user=person("moderator"),
            target=self.target.proposal,
            sources=[self.source.proposal],
            reason=self.row["reason"],
            days=self.row["days"],
        )
        return True

    def agree(self) -> bool:
        merge = self.merge
        if merge is None or merge.state != Merge.State.ASKING:
            return False
        for part in merge.parts.all():
            answer_as_author(part=part, agrees=True)
        # Nobody is told, so nothing may look as if it still had to be sent.
        for asked in supporters_of(merge):
            note_asked(merge, asked)
        letters = MergeLetters.objects.filter(merge=merge)
        letters.update(mailed_at=Merge.objects.get(pk=merge.pk).begun_at)
        return True

    def answer(self, key: str, choice: str) -> bool:
        merge = self.merge
        if merge is None:
            return False
        try:
            answer_merge(user=person(key), merge=merge, choice=choice)
        except (MergeEnded, NothingToMove):
            return False  # It is over already: the demo was made before.
        return True

    def finish(self) -> bool:
        merge = self.merge
        if merge is None or merge.state != Merge.State.OPEN:
            return False
        finish_merge(merge=merge, user=person("moderator"))
        mail_merge_letters.call(merge.pk)  # mails nobody: counts who came too late to be asked
        return True


def _amend(row: dict[str, Any], words: dict[str, Any]) -> bool:
    proposal = find(row)
    if proposal is None or proposal.amendments.exists():
        return False
    send_amendment(
        user=person(row["author"]),
        proposal=proposal,
        note=words["note"],
        addition=words["addition"].strip(),
    )
    return True


def _publish(row: dict[str, Any], words: dict[str, Any]) -> bool:
    waiting = Amendment.objects.waiting().filter(proposal=find(row), note=words["note"]).first()
    if waiting is None:
        return False
    publish_amendment(user=person("moderator"), amendment=waiting)
    return True
