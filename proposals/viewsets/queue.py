"""The moderators' queue: its saved views, its columns, and what an empty one says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import DurationField, ExpressionWrapper, F, Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from wagtail.admin.ui.tables import Column

from proposals import states
from proposals.clock import days_left, end_of, next_working_day, site_day, start_of
from proposals.models import Proposal, StatusChange

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import User
    from proposals.models.sets import ProposalQuerySet


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
    """How long until it is to be checked, and the day; pointing at it gives the moment."""

    def get_value(self, instance: Proposal) -> str:
        due_on = instance.moderation_due_on
        if due_on is None or instance.status != Proposal.Status.SUBMITTED:
            return ""
        return format_html(
            '<time datetime="{}" title="{}">{}</time> ({})',
            end_of(due_on).isoformat(timespec="seconds"),
            moment_words(due_on),
            time_left_words(due_on),
            date_format(due_on, "SHORT_DATE_FORMAT"),
        )


def moment_words(due_on: date) -> str:
    """The exact end of a term: of that day in Vladivostok, whatever zone the reader has chosen."""
    moment = date_format(end_of(due_on), "SHORT_DATETIME_FORMAT")
    return _("until %(moment)s, Vladivostok time") % {"moment": moment}


def time_left_words(due_on: date) -> str:
    """What is left of a term, or how late it is: in working days, the last of them in hours."""
    days = days_left(due_on)
    if days == 0:
        return _hours_left_words((end_of(due_on) - timezone.now()) // timedelta(hours=1))
    if days < 0:
        late = ngettext("%(days)d working day late", "%(days)d working days late", -days)
        return late % {"days": -days}
    return ngettext("%(days)d working day left", "%(days)d working days left", days) % {
        "days": days
    }


def _hours_left_words(hours: int) -> str:
    if hours < 1:
        return _("less than an hour left")
    return ngettext("%(hours)d hour left", "%(hours)d hours left", hours) % {"hours": hours}


class SimilarColumn(Column):
    """A mark for likely duplicates, as counted when the proposal was sent in."""

    def get_value(self, instance: Proposal) -> str:
        return str(instance.figures.similar_count or "")


def queue_columns(small: str) -> list[Column]:
    """What moderators need to see of each row, in place of status and supports.

    `small` is the class of those that give way on a small screen.
    """
    whose = gettext_lazy("Who checks it")
    return [
        SimilarColumn(
            "similar", label=gettext_lazy("Similar"), sort_key="similar", classname=small
        ),
        Column("assignee", label=whose, sort_key="assignee", classname=small),
        TimeLeftColumn("due", label=pgettext_lazy("of a term", "Time left"), sort_key="due"),
    ]


def nothing_in(queue: str) -> str:
    """What an empty view says: what is due next, else how slow we were. Two queries."""
    if queue in EMPTY:
        return str(EMPTY[queue])
    if coming := Proposal.objects.waiting().exclude(moderation_due_on=None).first():
        day = date_format(coming.moderation_due_on, "SHORT_DATE_FORMAT")
        return _("Nothing here. What is due next is due on %(day)s.") % {"day": day}
    longest = _slowest_decision()
    if longest is None:
        return _("Nothing is waiting to be checked.")
    words = _("Nothing is waiting to be checked. The oldest that was decided today: %(time)s.")
    return words % {"time": duration_words(longest)}


def duration_words(duration: timedelta) -> str:
    """In hours and minutes, or from a day on in days and hours."""
    hours, minutes = divmod(int(duration.total_seconds()) // 60, 60)
    if hours < 24:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    return _("%(days)d d %(hours)d h") % {"days": hours // 24, "hours": hours % 24}


def _slowest_decision() -> timedelta | None:
    """How long the one waited that waited longest of those decided today, in Vladivostok."""
    sent_at = F("proposal__submitted_at")
    waited = ExpressionWrapper(F("made_at") - sent_at, output_field=DurationField())
    decisions = StatusChange.objects.standing().filter(verb__in=states.DECISIONS)
    # What the author has sent in again since then tells of its new wait alone.
    today = decisions.filter(made_at__gte=start_of(site_day())).filter(made_at__gte=sent_at)
    return today.aggregate(longest=Max(waited))["longest"]
