"""Staff pages beside the decision: who checks a proposal, undoing, the answer to an appeal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views import View
from wagtail.admin import messages

from proposals.actions import (
    AppealAnswered,
    AssigneeChanged,
    ProposalMoved,
    ProposalRewritten,
    UndoRefused,
    answer_appeal,
    assign_proposal,
    undo_decision,
)
from proposals.actions.appealing import OUTCOMES
from proposals.models import Appeal, Proposal
from proposals.notifications import preview_appeal_mail
from proposals.permissions import may_decide_appeal
from proposals.viewsets.decision import DecisionView, StaffProposalMixin
from proposals.viewsets.forms import AppealForm, AssignForm, StepForm, UndoForm
from proposals.viewsets.steps import STEPS, Step

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

APPEAL_STEPS = {
    "uphold": Step(
        pgettext_lazy("button", "Let the decision stand"),
        gettext_lazy("The decision was left to stand after an appeal"),
        is_quiet=True,
    ),
    "overturn": STEPS["overturn"],
}


class AssignView(StaffProposalMixin, View):
    """Takes a proposal, hands it on or lets it go; then back to the decision page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = AssignForm(request.POST)
        try:
            if not form.is_valid():
                raise ValidationError(form.errors.as_data())
            to, self.object.assignee_id = form.cleaned_data["assignee"], form.cleaned_data["seen"]
            assign_proposal(user=request.user, proposal=self.object, to=to)
        except AssigneeChanged:
            messages.warning(request, _("Somebody else took it or decided meanwhile."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _said(to, request.user))
        return redirect(self.inspect_url_name, self.object.pk)


def _said(to: Any, user: Any) -> str:
    if to is None:
        return _("Nobody has it to check now.")
    if to == user:
        return _("It is yours to check now.")
    return _("Given to %(person)s to check.") % {"person": to}


class UndoView(StaffProposalMixin, View):
    """Undoes a decision of the last ten minutes; then back to the proposal, which waits again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = UndoForm(request.POST)
        number = form.cleaned_data["decision"] if form.is_valid() else None
        decision = self.object.status_changes.filter(pk=number).first()
        try:
            if decision is None:
                raise UndoRefused(_("There is no such decision."))
            undo_decision(user=request.user, change=decision)
        except PermissionDenied:
            messages.error(request, _("Only the moderator who decided can undo it."))
        except UndoRefused as refusal:
            messages.warning(request, refusal.words)
        else:
            done = _("Undone. It waits to be checked again, and the author gets no mail.")
            messages.success(request, done)
        return redirect(self.inspect_url_name, self.object.pk)


class AppealView(DecisionView):
    """The second look: what the author says, the answer, and the mail before it goes."""

    template_name = "proposals/staff/appeal.html"
    page_title = gettext_lazy("Second look")
    form_class = AppealForm

    def get_object(self) -> Any:
        proposal = super().get_object()
        appeal = getattr(proposal, "appeal", None)
        if appeal is None:
            raise Http404
        if appeal.is_open and not may_decide_appeal(self.request.user, appeal):
            raise PermissionDenied
        return proposal

    @property
    def appeal(self) -> Appeal:
        return self.object.appeal

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.appeal.is_open:
            return redirect(self.inspect_url_name, self.object.pk)
        return super().get(request, *args, **kwargs)

    def refuse_decided(self, verb: str | None) -> None:
        if not self.appeal.is_open:
            raise ProposalMoved(self.object.status)

    def refuse_stale(self, form: StepForm) -> None:
        if form.cleaned_data["seen_at"] != self.object.changed_at:
            raise ProposalRewritten

    def decide(self, form: StepForm) -> HttpResponse:
        data = form.cleaned_data
        self.refuse_stale(form)
        try:
            answer_appeal(
                user=self.request.user,
                appeal=self.appeal,
                verb=data["verb"],
                answer=data["reason"],
                seen_at=data["seen_at"],
            )
        except AppealAnswered:
            raise ProposalMoved(self.object.status) from None
        messages.success(self.request, f"{APPEAL_STEPS[data['verb']].done}.")
        return redirect(self.inspect_url_name, self.object.pk)

    def draw_mail(self, form: StepForm) -> HttpResponse:
        step = APPEAL_STEPS[form.cleaned_data["verb"]]
        self.page_title = step.button
        context = self.get_context_data(form=form, step=step, **self.outcome(form))
        return self.render("proposals/staff/decision_mail.html", context)

    def outcome(self, form: StepForm) -> dict[str, Any]:
        data = form.cleaned_data
        is_published = data["verb"] == "overturn"
        after = Proposal.Status.SUPPORTING if is_published else Proposal.Status(self.object.status)
        mail = preview_appeal_mail(self.appeal, OUTCOMES[data["verb"]], data["reason"])
        return {"status_after": after.label, "mail": mail}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = reverse(self.inspect_url_name, args=[self.object.pk])
        return super().get_context_data(
            appeal=self.appeal, appeal_steps=APPEAL_STEPS.items(), home_url=here, **kwargs
        )
