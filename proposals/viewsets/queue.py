"""The moderators' queue: its saved views, its columns, and what an empty one says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import DurationField, ExpressionWrapper, F, Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from wagtail.admin.ui.tables import Column

from proposals.clock import days_left, next_working_day, site_day
from proposals.models import Proposal, StatusChange

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from proposals.models.sets import ProposalQuerySet

DECIDED = ("accept", "return", "reject")


class Queue(models.TextChoices):
    """What moderators ask the list for; each is a word in its address."""

    WAITING = "waiting", gettext_lazy("Waiting to be checked")
    NEAR = "near", gettext_lazy("Due today or on the next working day")
    OVERDUE = "overdue", gettext_lazy("Overdue")
    MINE = "mine", gettext_lazy("Mine to check")
    NOBODY = "nobody", gettext_lazy("Nobody's yet")
    AUTHOR = "author", gettext_lazy("Waiting for the author")
    APPEALS = "appeals", gettext_lazy("Appeals to answer")


EMPTY = {
    Queue.AUTHOR: gettext_lazy("No proposal waits for its author."),
    Queue.APPEALS: gettext_lazy("No appeal waits for an answer."),
}


def in_queue(proposals: ProposalQuerySet, name: str, user: User) -> ProposalQuerySet:
    """The proposals of one saved view, in the order they have; all of them for no name."""
    today = site_day()
    waiting = proposals.filter(status=Proposal.Status.SUBMITTED)
    rows: dict[str, ProposalQuerySet] = {
        Queue.WAITING: waiting,
        Queue.NEAR: proposals.due_soon(today, next_working_day()),
        Queue.OVERDUE: proposals.overdue(today),
        Queue.MINE: waiting.filter(assignee=user),
        Queue.NOBODY: waiting.filter(assignee=None),
        Queue.AUTHOR: proposals.filter(status=Proposal.Status.RETURNED),
        Queue.APPEALS: proposals.appealed(),
    }
    return rows.get(name, proposals)


class TimeLeftColumn(Column):
    """Until when it is to be checked, and how many working days that is."""

    def get_value(self, instance: Proposal) -> str:
        due_on = instance.moderation_due_on
        if due_on is None or instance.status != Proposal.Status.SUBMITTED:
            return ""
        return f"{time_left_words(days_left(due_on))} ({date_format(due_on, 'SHORT_DATE_FORMAT')})"


def time_left_words(days: int) -> str:
    """What is left of a term, or how late it is, in working days."""
    if days == 0:
        return _("due today")
    if days < 0:
        late = ngettext("%(days)d working day late", "%(days)d working days late", -days)
        return late % {"days": -days}
    return ngettext("%(days)d working day left", "%(days)d working days left", days) % {
        "days": days
    }


class SimilarColumn(Column):
    """A mark for likely duplicates, as counted when the proposal was sent in."""

    def get_value(self, instance: Proposal) -> str:
        return str(instance.figures.similar_count or "")


def queue_columns() -> list[Column]:
    """What moderators need to see of each row, in place of supports."""
    return [
        SimilarColumn("similar", label=gettext_lazy("Similar"), sort_key="similar"),
        Column("assignee", label=gettext_lazy("Who checks it"), sort_key="assignee"),
        TimeLeftColumn("due", label=pgettext_lazy("of a term", "Time left"), sort_key="due"),
    ]


def nothing_in(queue: str) -> str:
    """What an empty view says: what is due next, else how slow we were. Two queries."""
    if queue in EMPTY:
        return str(EMPTY[queue])
    if coming := Proposal.objects.waiting().exclude(moderation_due_on=None).first():
        day = date_format(coming.moderation_due_on, "SHORT_DATE_FORMAT")
        return _("Nothing here. What is due next is due on %(day)s.") % {"day": day}
    longest = _slowest_decision(timezone.now() - timedelta(hours=24))
    if longest is None:
        return _("Nothing is waiting to be checked.")
    return _(
        "Nothing is waiting to be checked. Of the decisions of the last 24 hours the slowest took"
        " %(time)s."
    ) % {"time": timesince(timezone.now() - longest)}


def _slowest_decision(since: datetime) -> timedelta | None:
    waited = ExpressionWrapper(
        F("made_at") - F("proposal__submitted_at"), output_field=DurationField()
    )
    decisions = StatusChange.objects.filter(verb__in=DECIDED, made_at__gte=since)
    return decisions.aggregate(longest=Max(waited))["longest"]
