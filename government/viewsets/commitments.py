"""Staff pages of commitments: the list, one with its next step, promises added to an answer."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from government.actions.commitments import (
    CommitmentMoved,
    add_commitments,
    all_kept,
    move_commitment,
    redate_commitment,
)
from government.commitment_board import Board
from government.commitment_forms import BasePromiseFormSet, StaffPromiseFormSet, StepForm
from government.commitment_timeline import steps_of
from government.models import Answer, Commitment
from government.permissions import may_keep_commitments
from home.staff import StaffPage
from proposals import states
from proposals.permissions import may_read_as_staff

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

ON_PAGE = 50


class CommitmentsPage(StaffPage):
    """A page of the admin about commitments, for all who work with proposals."""

    may = may_read_as_staff
    page_title = gettext_lazy("Commitments")
    header_icon = "calendar-check"

    def parents(self) -> list[dict[str, Any]]:
        return [{"url": reverse("commitments_admin:index"), "label": _("Commitments")}]


class CommitmentIndexView(CommitmentsPage):
    """All public commitments, narrowed down as on the public board."""

    template_name = "government/staff/commitments.html"

    def parents(self) -> list[dict[str, Any]]:
        return []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        board = Board(request.GET)
        rows = board.rows.for_pages() if board.is_valid else Commitment.objects.none()
        page = Paginator(rows, ON_PAGE).get_page(request.GET.get("p"))
        return self.draw(board=board, commitments=page, status=200 if board.is_valid else 400)


class CommitmentView(CommitmentsPage):
    """One commitment: what it is, what happened, and the form of its next step."""

    template_name = "government/staff/commitment.html"

    @cached_property
    def commitment(self) -> Commitment:
        rows = Commitment.objects.for_pages().select_related("proposal__author")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.commitment.what

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(StepForm(commitment=self.commitment))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = StepForm(request.POST, request.FILES, commitment=self.commitment)
        if not may_keep_commitments(request.user, self.commitment.proposal):
            raise PermissionDenied
        if not form.is_valid():
            return self.show(form)
        try:
            self.step(form)
        except ValidationError as error:
            form.add_error(None, error)
            return self.show(form)
        except CommitmentMoved:
            del self.commitment
            return self.show(form, moved=True, status=409)
        messages.success(request, _("Everybody can see it now."))
        return redirect("commitments_admin:commitment", self.commitment.pk)

    def step(self, form: StepForm) -> None:
        data = form.cleaned_data
        common = {"user": self.request.user, "commitment": self.commitment}
        if data["verb"] == StepForm.REDATE:
            redate_commitment(due_on=data["due_on"], reason=data["text"], **common)
        else:
            move_commitment(verb=data["verb"], evidence=form.evidence, **common)

    def show(self, form: StepForm, status: int = 200, **flags: bool) -> HttpResponse:
        commitment = self.commitment
        may_keep = may_keep_commitments(self.request.user, commitment.proposal)
        return self.draw(
            commitment=commitment,
            entries=steps_of(commitment),
            observations=commitment.observations.accepted(),
            form=form if may_keep else None,
            may_finish=may_keep and may_be_finished(commitment),
            status=status,
            **flags,
        )


def may_be_finished(commitment: Commitment) -> bool:
    """Whether staff are offered to call the proposal done. At most one query."""
    proposal = commitment.proposal
    return bool(states.target(proposal.status, "finish")) and all_kept(proposal)


class AddCommitmentsView(CommitmentsPage):
    """Promises that stand in a published answer and were not put down with it."""

    page_title = gettext_lazy("Add commitments")
    template_name = "government/staff/commitments_add.html"

    @cached_property
    def answer(self) -> Answer:
        answers = Answer.objects.select_related("referral__proposal", "referral__body")
        answer = get_object_or_404(answers, pk=self.kwargs["pk"])
        if not may_keep_commitments(self.request.user, answer.referral.proposal):
            raise PermissionDenied
        return answer

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(StaffPromiseFormSet.read(request.POST, "promises"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = StaffPromiseFormSet.read(request.POST, "promises")
        if rows.asks_for_more(request.POST) or not rows.is_fine or not rows.promises:
            return self.show(rows)
        try:
            made = add_commitments(user=request.user, answer=self.answer, promises=rows.promises)
        except ValidationError as error:
            return self.show(rows, refusals=error.messages)
        text = ngettext("Added: %(count)d commitment.", "Added: %(count)d commitments.", len(made))
        messages.success(request, text % {"count": len(made)})
        return redirect("proposals_admin:inspect", self.answer.referral.proposal_id)

    def show(self, rows: BasePromiseFormSet, refusals: list[str] | None = None) -> HttpResponse:
        proposal = self.answer.referral.proposal
        return self.draw(answer=self.answer, proposal=proposal, promises=rows, refusals=refusals)
