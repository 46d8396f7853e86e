"""What staff see of moderation beside a proposal, and on the admin's front page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component
from wagtail.admin.views.account import BaseSettingsPanel

from proposals.clock import days_left, site_day
from proposals.models import Appeal, Proposal
from proposals.permissions import may_check_proposal, may_decide_appeal
from proposals.viewsets.forms import AssignForm, QueueKeysForm
from proposals.viewsets.queue import moment_words, time_left_words

if TYPE_CHECKING:
    from accounts.models import User

Status = Proposal.Status


class WaitingPanel(Component):
    """How many proposals wait to be checked, due and overdue, and how many appeals. Two queries."""

    name = "proposals_waiting"
    template_name = "proposals/staff/waiting_panel.html"
    order = 50

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        today = site_day()
        waiting = Proposal.objects.filter(status=Status.SUBMITTED)
        counts = waiting.aggregate(
            count=Count("pk"),
            oldest=Min("submitted_at"),
            today=Count("pk", filter=Q(moderation_due_on=today)),
            overdue=Count("pk", filter=Q(moderation_due_on__lt=today)),
        )
        appeals = Appeal.objects.filter(state=Appeal.State.OPEN)
        late = Count("pk", filter=Q(due_on__lt=today))
        return counts | appeals.aggregate(appeals=Count("pk"), appeals_overdue=late)


class QueueKeysPanel(BaseSettingsPanel):
    """In the account of a moderator: single keys in the queue, which are off by themselves."""

    name = "queue_keys"
    title = _("Moderation")
    order = 150
    form_class = QueueKeysForm

    def is_active(self) -> bool:
        return self.user.has_perm("proposals.moderate_proposal")


def moderation_of(proposal: Proposal, user: User) -> dict[str, Any]:
    """Its clock, who checks it and its appeal, with what this person may do. A query or two."""
    appeal = getattr(proposal, "appeal", None)
    waits = proposal.status == Status.SUBMITTED
    due_on = proposal.moderation_due_on if waits else None
    left = days_left(due_on) if due_on else None
    may_assign = waits and may_check_proposal(user, proposal)
    return {
        "due_on": due_on,
        "days_left": left,
        "words": time_left_words(due_on) if due_on else "",
        "moment": moment_words(due_on) if due_on else "",
        "form": AssignForm(initial={"assignee": proposal.assignee_id}) if may_assign else None,
        "appeal": appeal if user.has_perm("proposals.moderate_proposal") else None,
        "may_answer": bool(appeal and appeal.is_open and may_decide_appeal(user, appeal)),
    }
