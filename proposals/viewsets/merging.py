"""Merges in the admin: the list, proposing one, and one merge with how far it has come."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminDateTimeInput

from home.staff import StaffPage
from proposals import states
from proposals.actions.merging import (
    MergeOver,
    cancel_merge,
    finish_merge,
    prolong_merge,
    propose_merge,
)
from proposals.authorship import may_merge_proposals
from proposals.models import Merge, Proposal
from proposals.models.merging import DAYS, DAYS_MAX, DAYS_MIN
from proposals.permissions import may_move_proposal

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PER_PAGE = 50


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


class MergeProposalForm(forms.Form):
    """What is to be merged into one proposal, and why."""

    sources = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Similar proposals of the same call"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others = forms.CharField(
        label=gettext_lazy("Numbers of others"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("As they stand on their pages, separated by spaces or commas."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=1000,
        widget=AdminAutoHeightTextInput(attrs={"rows": 3}),
        help_text=gettext_lazy("Authors and supporters read it in their mail."),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days to answer"),
        initial=DAYS,
        min_value=DAYS_MIN,
        max_value=DAYS_MAX,
        help_text=gettext_lazy("So long authors have, and then supporters; not beyond support."),
    )

    def __init__(self, data: Any, target: Proposal, similar: list[Proposal]) -> None:
        super().__init__(data)
        self.target = target
        numbers = [proposal.pk for proposal in similar]
        self.fields["sources"].queryset = Proposal.objects.filter(pk__in=numbers)
        if not similar:
            del self.fields["sources"]

    def clean_others(self) -> list[Proposal]:
        words = self.cleaned_data["others"].replace(",", " ").replace("№", " ").split()
        if bad := [word for word in words if not _is_number(word)]:
            raise ValidationError(_("“%(word)s” is no number."), params={"word": bad[0]})
        found = Proposal.objects.public().in_bulk([int(word) for word in words])
        if missing := [word for word in words if int(word) not in found]:
            text = _("There is no public proposal with the number %(number)s.")
            raise ValidationError(text, params={"number": missing[0]})
        return list(found.values())

    @property
    def chosen(self) -> list[Proposal]:
        """All that are to be merged, each once."""
        both = [*self.cleaned_data.get("sources", []), *self.cleaned_data["others"]]
        return [*{proposal.pk: proposal for proposal in both}.values()]


class ProlongForm(forms.Form):
    """A later end of the time to answer."""

    due_at = forms.DateTimeField(
        label=gettext_lazy("Answers until"),
        widget=AdminDateTimeInput,
        help_text=gettext_lazy("Later than now promised, and not after support closes."),
    )


class CallOffForm(forms.Form):
    """Why a merge is called off."""

    reason = forms.CharField(
        label=gettext_lazy("Why it is called off"),
        max_length=1000,
        widget=AdminAutoHeightTextInput(attrs={"rows": 2}),
        help_text=gettext_lazy("The authors read it, and everybody in the history."),
    )


class MergePage(StaffPage):
    """A page about merges."""

    may = may_merge_proposals
    header_icon = "resubmit"

    def parents(self) -> list[dict[str, Any]]:
        return [{"url": reverse("merges_admin:index"), "label": _("Merges")}]


class MergeIndexView(MergePage):
    """Those under way first."""

    page_title = gettext_lazy("Merges")
    template_name = "proposals/staff/merges.html"

    def parents(self) -> list[dict[str, Any]]:
        return []

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        pages = Paginator(Merge.objects.with_parts(), PER_PAGE)
        return self.draw(merges=pages.get_page(request.GET.get("p")))


class ProposeMergeView(MergePage):
    """Which proposals are to become part of this one; the next page shows how it goes on."""

    page_title = gettext_lazy("Propose a merge")
    template_name = "proposals/staff/propose_merge.html"

    @cached_property
    def target(self) -> Proposal:
        return get_object_or_404(Proposal.objects.public(), pk=self.kwargs["pk"])

    @cached_property
    def similar(self) -> list[Proposal]:
        text = f"{self.target.title} {self.target.summary}"
        rows = Proposal.objects.filter(call=self.target.call_id, status__in=states.SUPPORTABLE)
        return rows.exclude(pk=self.target.pk).similar_to(text)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.draw(form=MergeProposalForm(None, self.target, self.similar))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = MergeProposalForm(request.POST, self.target, self.similar)
        if form.is_valid():
            values = {name: form.cleaned_data[name] for name in ("reason", "days")}
            try:
                merge = propose_merge(
                    user=request.user, target=self.target, sources=form.chosen, **values
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Proposed. The authors have got a mail."))
                return redirect("merges_admin:merge", merge.pk)
        return self.draw(form=form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = may_move_proposal(self.request.user, self.target, "merge")
        return super().get_context_data(target=self.target, may=may, **kwargs)


class MergeView(MergePage):
    """One merge: who has answered, until when, and what staff may do with it."""

    template_name = "proposals/staff/merge.html"

    @cached_property
    def merge(self) -> Merge:
        rows = Merge.objects.select_related("proposed_by")
        parts = rows.prefetch_related("parts__proposal__coauthors")
        return get_object_or_404(parts, pk=self.kwargs["pk"])

    @property
    def page_title(self) -> str:
        return _("Merge %(number)s") % {"number": self.merge}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.draw()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        stage = request.POST.get("stage", "")
        steps = {"prolong": self.prolong, "cancel": self.call_off, "finish": self.finish}
        if stage not in steps:
            return self.draw(status=400)
        try:
            return steps[stage]()
        except MergeOver:
            messages.warning(request, _("The merge has gone on meanwhile. Nothing was changed."))
            return redirect("merges_admin:merge", self.merge.pk)

    def prolong(self) -> HttpResponse:
        form = ProlongForm(self.request.POST)
        return self.carry_out(form, prolong_merge, _("There is more time to answer."), "prolong")

    def call_off(self) -> HttpResponse:
        form = CallOffForm(self.request.POST)
        return self.carry_out(form, cancel_merge, _("The merge is called off."), "call_off")

    def carry_out(self, form: forms.Form, action: Any, done: str, name: str) -> HttpResponse:
        """Do what a valid form asks for, or show it again with what stands in the way."""
        if form.is_valid():
            try:
                action(user=self.request.user, merge=self.merge, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(self.request, done)
                return redirect("merges_admin:merge", self.merge.pk)
        return self.draw(status=422, **{f"{name}_form": form})

    def finish(self) -> HttpResponse:
        try:
            finish_merge(merge=self.merge, user=self.request.user)
        except ValidationError as error:
            return self.draw(status=409, hindrances=error.messages)
        messages.success(self.request, _("The proposals are merged."))
        return redirect("merges_admin:merge", self.merge.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        merge, user = self.merge, self.request.user
        parts = list(merge.parts.all())
        may = all(may_move_proposal(user, part.proposal, "merge") for part in parts)
        context = {
            "merge": merge,
            "parts": parts,
            "may": may and merge.is_under_way,
            "is_due": merge.state == Merge.State.OPEN and merge.due_at <= timezone.now(),
            "prolong_form": ProlongForm(initial={"due_at": merge.due_at}),
            "call_off_form": CallOffForm(),
        }
        return super().get_context_data(**{**context, **kwargs})


class MergeViewSet(ViewSet):
    """Addresses of merges in the admin."""

    name = "merges"
    url_prefix = "merges"
    url_namespace = "merges_admin"

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", MergeIndexView.as_view(), name="index"),
            path("propose/<int:pk>/", ProposeMergeView.as_view(), name="propose"),
            path("<int:pk>/", MergeView.as_view(), name="merge"),
        ]


class MergePanel(Component):
    """On the decision page: the merge this proposal is part of, or the way to propose one."""

    name = "merge"
    template_name = "proposals/staff/merge_panel.html"

    def __init__(self, proposal: Proposal, request: HttpRequest) -> None:
        self.proposal, self.request = proposal, request

    @property
    def is_shown(self) -> bool:
        return may_merge_proposals(self.request.user) and self.proposal.is_public

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        rows = Merge.objects.filter(parts__proposal=self.proposal)
        may = self.proposal.status in states.SUPPORTABLE and may_move_proposal(
            self.request.user, self.proposal, "merge"
        )
        return {"proposal": self.proposal, "merges": list(rows), "may": may}
