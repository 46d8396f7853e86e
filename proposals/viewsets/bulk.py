"""One step with many proposals from the list: each goes through the same action as alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db import transaction
from django.shortcuts import get_list_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.views.bulk_action import BulkAction

from proposals import states
from proposals.actions import ProposalMoved, move_proposal
from proposals.models import Proposal
from proposals.permissions import may_move_proposal
from proposals.viewsets.forms import ReasonForm
from proposals.viewsets.listing import listed_proposals
from proposals.viewsets.steps import STEPS

if TYPE_CHECKING:
    from accounts.models import User


class MoveProposals(BulkAction):
    """Base of the bulk steps: `action_type` is the verb."""

    models = [Proposal]
    template_name = "proposals/staff/bulk_move.html"

    @property
    def verb(self) -> str:
        return self.action_type

    @classmethod
    def get_queryset(cls, model: type[Proposal], object_ids: list[Any]) -> list[Proposal]:
        # Without this, the number of a draft would be enough to read its title.
        shown = Proposal.objects.exclude(status=Proposal.Status.DRAFT).select_related("author")
        return get_list_or_404(shown, pk__in=object_ids)

    def check_perm(self, obj: Proposal) -> bool:
        return obj.status in states.MOVES[self.verb].sources and may_move_proposal(
            self.request.user, obj, self.verb
        )

    def get_all_objects_in_listing_query(self, parent_id: str | None) -> Any:
        # Wagtail's own takes every row there is, also those the filters leave out.
        return listed_proposals(self.request).values_list("pk", flat=True)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"step": STEPS[self.verb]}

    def get_execution_context(self) -> dict[str, Any]:
        reason = self.cleaned_form.cleaned_data.get("reason", "") if self.cleaned_form else ""
        return {"user": self.request.user, "verb": self.verb, "reason": reason}

    @classmethod
    def execute_action(
        cls, objects: list[Proposal], *, user: User, verb: str, reason: str = "", **_more: Any
    ) -> tuple[int, int]:
        """Move each; one that somebody else moved meanwhile does not hold up the others."""
        moved = 0
        for proposal in objects:
            try:
                with transaction.atomic():
                    move_proposal(user=user, proposal=proposal, verb=verb, reason=reason)
            except ProposalMoved:
                continue
            moved += 1
        return moved, 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        if missed := len(self.actionable_objects) - num_parent_objects:
            messages.warning(self.request, _missed(missed))
        return _("%(step)s: %(count)d.") % {
            "step": STEPS[self.verb].done,
            "count": num_parent_objects,
        }


def _missed(count: int) -> str:
    return ngettext(
        "Somebody else moved %(count)d of them meanwhile; it is left as it is.",
        "Somebody else moved %(count)d of them meanwhile; they are left as they are.",
        count,
    ) % {"count": count}


class AcceptProposals(MoveProposals):
    """Publish proposals that wait to be checked."""

    display_name = STEPS["accept"].button
    action_type = "accept"
    aria_label = gettext_lazy("Accept and publish the selected proposals")
    action_priority = 10
    form_class = forms.Form


class ShortlistProposals(MoveProposals):
    """Send proposals to expert review."""

    display_name = STEPS["shortlist"].button
    action_type = "shortlist"
    aria_label = gettext_lazy("Put the selected proposals on the shortlist")
    action_priority = 20
    form_class = forms.Form


class ArchiveProposals(MoveProposals):
    """End the gathering of support for proposals that go no further."""

    display_name = STEPS["archive"].button
    action_type = "archive"
    aria_label = gettext_lazy("Archive the selected proposals")
    action_priority = 30
    classes = {"serious"}
    form_class = ReasonForm


BULK_ACTIONS = (AcceptProposals, ShortlistProposals, ArchiveProposals)
