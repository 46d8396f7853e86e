"""One step with many proposals from the list: each goes through the same action as alone."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_list_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.views.bulk_action import BulkAction

from proposals import states
from proposals.actions import AssigneeChanged, ProposalMoved, assign_proposal, move_proposal
from proposals.models import Proposal
from proposals.permissions import may_check_proposal, may_move_proposal
from proposals.viewsets.forms import AssignForm, ReasonForm, RejectForm, ReturnForm
from proposals.viewsets.listing import listed_proposals
from proposals.viewsets.steps import ASSIGN, STEPS, Step

if TYPE_CHECKING:
    from accounts.models import User


class MoveProposals(BulkAction):
    """Base of the bulk steps: `action_type` is the verb."""

    models = [Proposal]
    template_name = "proposals/staff/bulk_move.html"

    tells_author = True

    @property
    def verb(self) -> str:
        return self.action_type

    @property
    def step(self) -> Step:
        return STEPS[self.verb]

    @classmethod
    def get_queryset(cls, model: type[Proposal], object_ids: list[Any]) -> list[Proposal]:
        # Without this, the number of a draft would be enough to read its title.
        shown = (
            Proposal.objects.exclude(status=Proposal.Status.DRAFT)
            .select_related("author")
            .prefetch_related("coauthors")
        )
        return get_list_or_404(shown, pk__in=object_ids)

    def check_perm(self, obj: Proposal) -> bool:
        return obj.status in states.MOVES[self.verb].sources and may_move_proposal(
            self.request.user, obj, self.verb
        )

    def get_all_objects_in_listing_query(self, parent_id: str | None) -> Any:
        # Wagtail's own takes every row there is, also those the filters leave out.
        return listed_proposals(self.request).values_list("pk", flat=True)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = {"step": self.step, "tells_author": self.tells_author}
        return super().get_context_data(**kwargs) | told

    def get_execution_context(self) -> dict[str, Any]:
        said = self.cleaned_form.cleaned_data if self.cleaned_form else {}
        return {"user": self.request.user, "verb": self.verb, "said": said}

    @classmethod
    def execute_action(
        cls, objects: list[Proposal], *, user: User, verb: str, said: dict[str, str], **_more: Any
    ) -> tuple[int, int]:
        """Move each; one that somebody else moved meanwhile does not hold up the others."""
        moved = 0
        for proposal in objects:
            try:
                with transaction.atomic():
                    move_proposal(user=user, proposal=proposal, verb=verb, **said)
            except ProposalMoved:
                continue
            moved += 1
        return moved, 0

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        if missed := len(self.actionable_objects) - num_parent_objects:
            messages.warning(self.request, _missed(missed))
        return _("%(step)s: %(count)d.") % {
            "step": self.step.done,
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


class ReturnProposals(MoveProposals):
    """Send proposals back to their authors, for one reason."""

    display_name = STEPS["return"].button
    action_type = "return"
    aria_label = gettext_lazy("Return the selected proposals to their authors")
    action_priority = 12
    form_class = ReturnForm


class RejectProposals(MoveProposals):
    """Reject proposals for one reason."""

    display_name = STEPS["reject"].button
    action_type = "reject"
    aria_label = gettext_lazy("Reject the selected proposals")
    action_priority = 14
    classes = {"serious"}
    form_class = RejectForm


class AssignProposals(MoveProposals):
    """Give proposals to one moderator to check."""

    display_name = ASSIGN.button
    action_type = "assign"
    aria_label = gettext_lazy("Give the selected proposals to a moderator to check")
    action_priority = 16
    form_class = AssignForm
    step = ASSIGN  # no step of `states.MOVES`: the status stays
    tells_author = False

    def check_perm(self, obj: Proposal) -> bool:
        waits = obj.status == Proposal.Status.SUBMITTED
        return waits and may_check_proposal(self.request.user, obj)

    @classmethod
    def execute_action(
        cls, objects: list[Proposal], *, user: User, said: dict[str, Any], **_more: Any
    ) -> tuple[int, int]:
        """Give each; one taken meanwhile, or written by that moderator, holds up no other."""
        given = 0
        for proposal in objects:
            with suppress(AssigneeChanged, ValidationError), transaction.atomic():
                assign_proposal(user=user, proposal=proposal, to=said["assignee"])
                given += 1
        return given, 0


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


BULK_ACTIONS = (
    AcceptProposals,
    ReturnProposals,
    RejectProposals,
    AssignProposals,
    ShortlistProposals,
    ArchiveProposals,
)
