"""Choosing a call's shortlist by rule: a preview with each verdict, then the choice itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from proposals import states
from proposals.actions import ChoiceChanged, candidates_of, shortlist_chosen
from proposals.models import Category, Proposal
from proposals.permissions import has_role
from proposals.selection import Place, Verdict, choose
from proposals.viewsets.forms import SelectionForm

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SHOWN_BELOW = 10  # how many of those not chosen are shown, to see what the line was drawn at

REASONS = {
    Verdict.CHOSEN: _("Chosen"),
    Verdict.TOO_FEW: _("Fewer supports than needed"),
    Verdict.CATEGORY_FULL: _("Its category has its share already"),
    Verdict.NO_PLACE: _("No place left"),
}


@dataclass(frozen=True)
class Line:
    """One line of the preview."""

    place: Place
    proposal: Proposal
    category: str
    verdict: str


class ChooseView(WagtailAdminTemplateMixin, View):
    """The form and, once it is filled in, who would be chosen and why. The rule is in the URL."""

    template_name = "proposals/staff/choose.html"
    page_title = _("Choose the shortlist")
    header_icon = "list-ol"
    index_url_name = ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        plural = capfirst(str(Proposal._meta.verbose_name_plural))
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": plural},
            {"url": "", "label": self.get_page_title()},
        ]

    @cached_property
    def form(self) -> SelectionForm:
        return SelectionForm(self.request.GET or None)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.draw()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.form.is_valid():
            return self.draw()
        data = self.form.cleaned_data
        try:
            changes = shortlist_chosen(
                user=request.user,
                call=data["call"],
                rule=self.form.rule,
                with_imported=data["with_imported"],
                expected=_numbers(request.POST.get("chosen", "")),
            )
        except ChoiceChanged:
            return self.draw(changed=True, status=409)
        return self.done(len(changes))

    def done(self, count: int) -> HttpResponse:
        text = ngettext(
            "%(count)d proposal is on the shortlist now; its author has been told.",
            "%(count)d proposals are on the shortlist now; their authors have been told.",
            count,
        )
        messages.success(self.request, text % {"count": count})
        call = self.form.cleaned_data["call"]
        shortlist = f"?status={Proposal.Status.SHORTLISTED}&call={call.pk}"
        return redirect(reverse(self.index_url_name) + shortlist)

    def draw(self, status: int = 200, **flags: bool) -> HttpResponse:
        context = self.get_context_data(form=self.form, **flags)
        if self.form.is_bound and self.form.is_valid():
            context |= self.preview()
        return self.response_class(
            request=self.request, template=[self.template_name], context=context, status=status
        )

    def preview(self) -> dict[str, Any]:
        """Those chosen, and the first that were not; three queries for any number of them."""
        data = self.form.cleaned_data
        places = choose(
            candidates_of(data["call"], with_imported=data["with_imported"]), self.form.rule
        )
        chosen = [place for place in places if place.is_chosen]
        others = [place for place in places if not place.is_chosen]
        shown = sorted([*chosen, *others[:SHOWN_BELOW]], key=lambda place: place.rank)
        lines = self.lines(shown)
        return {
            "lines": lines,
            "own": [line.proposal for line in lines if self.is_own_and_chosen(line)],
            "chosen": chosen,
            "others_count": len(others),
            "hidden_count": len(others[SHOWN_BELOW:]),
            "rule": self.form.rule,
        }

    def is_own_and_chosen(self, line: Line) -> bool:
        own = has_role(self.request.user, line.proposal, states.AUTHOR)
        return own and line.place.is_chosen

    def lines(self, places: list[Place]) -> list[Line]:
        names = Category.objects.localized_names()
        numbers = [place.candidate.pk for place in places]
        proposals = Proposal.objects.for_list().in_bulk(numbers)
        return [
            Line(
                place,
                proposal,
                names.get(proposal.category.translation_key, "") if proposal.category else "",
                str(REASONS[place.verdict]),
            )
            for place in places
            if (proposal := proposals.get(place.candidate.pk))
        ]


def _numbers(text: str) -> list[int]:
    """The proposals a preview named; nonsense is no proposal, so it never equals a choice."""
    return [int(part) if part.isascii() and part.isdecimal() else -1 for part in text.split()]
