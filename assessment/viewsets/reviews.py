"""A reviewer's own pages: what waits, the declaration, a sheet beside its proposal.

Nobody sees anybody else's points before their own sheet is in, and then without names.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from assessment.actions.reading import change_sheet, declare, save_draft, submit_sheet
from assessment.findings import criteria_of_round, is_disputed, latest_scores
from assessment.forms import ChangeForm, DeclarationForm, SheetForm
from assessment.models import AssessmentRound, Assignment
from assessment.permissions import (
    AssessmentRefused,
    may_read_sheet,
    may_score_proposals,
    refuse_sheet,
)
from assessment.viewsets.pages import attempt, attempt_form
from home.staff import StaffPage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from assessment.models import Score
    from assessment.models.sheets import AssignmentQuerySet


def own_sheets(user: Any) -> AssignmentQuerySet:
    """The person's sheets of rounds that are public, with what a list shows. One query."""
    rows = Assignment.objects.of(user).filter(assessed__round__opened_at__isnull=False)
    return rows.select_related("assessed__round", "assessed__proposal", "membership")


class ReviewPage(StaffPage):
    """A page for reviewers."""

    may = may_score_proposals
    page_title = gettext_lazy("My reviews")
    header_icon = "tick-inverse"

    def parents(self) -> list[dict[str, Any]]:
        if self.__class__ is ReviewIndexView:
            return []
        return [{"url": reverse("reviews_admin:index"), "label": _("My reviews")}]


class ReviewIndexView(ReviewPage):
    """What the person has to read, by round, the most urgent first. One query."""

    template_name = "assessment/staff/reviews.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rounds: dict[AssessmentRound, list[Assignment]] = {}
        for sheet in own_sheets(request.user).order_by("assessed__round__due_at", "assessed"):
            rounds.setdefault(sheet.assessed.round, []).append(sheet)
        reading = [(one, rows) for one, rows in rounds.items() if one.is_reading]
        over = [(one, rows) for one, rows in rounds.items() if not one.is_reading]
        return self.draw(groups=reading + over[::-1])


class DeclareView(ReviewPage):
    """With which proposals of a round there is a conflict of interest; before any sheet opens."""

    page_title = gettext_lazy("Conflicts of interest")
    template_name = "assessment/staff/declare.html"

    @cached_property
    def round(self) -> AssessmentRound:
        return get_object_or_404(AssessmentRound, pk=self.kwargs["pk"])

    @cached_property
    def rows(self) -> list[Assignment]:
        rows = own_sheets(self.request.user).waiting().filter(assessed__round=self.round)
        return list(rows.order_by("assessed__proposal_id"))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # The mail's link goes on leading here when all is done, or the round is over.
        is_answered = request.method in ("GET", "HEAD", "POST")
        if is_answered and may_score_proposals(request.user) and not self.rows:
            messages.info(request, _("Nothing in this round waits for you."))
            return redirect("reviews_admin:index")
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return str(self.round)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.draw(form=DeclarationForm(self.rows), round=self.round)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = DeclarationForm(self.rows, request.POST)
        if form.is_valid() and attempt_form(form, lambda: self.declare(form)):
            messages.success(request, _("Your declaration is kept. You can read now."))
            return redirect("reviews_admin:index")
        return self.draw(form=form, round=self.round)

    def declare(self, form: DeclarationForm) -> None:
        declare(user=self.request.user, round_=self.round, conflicts=form.conflicts)


class SheetView(ReviewPage):
    """The proposal's text on the left, the sheet on the right; drafts are kept by a button."""

    page_title = gettext_lazy("Sheet")
    template_name = "assessment/staff/sheet.html"

    @cached_property
    def sheet(self) -> Assignment:
        rows = Assignment.objects.select_related(
            "assessed__round", "assessed__proposal", "membership"
        )
        found = get_object_or_404(rows, pk=self.kwargs["pk"])
        if not may_read_sheet(self.request.user, found):
            raise PermissionDenied
        return found

    @cached_property
    def criteria(self) -> list[Any]:
        return criteria_of_round(self.sheet.assessed.round)

    def get_page_subtitle(self) -> str:
        return str(self.sheet.assessed.proposal)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.sheet.is_recused and self.sheet.declared_at is None:
            if self.sheet.assessed.round.is_reading:
                return redirect("reviews_admin:declare", self.sheet.assessed.round_id)
            return redirect("reviews_admin:index")
        return self.show(SheetForm(self.criteria, initial=self.initial()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "draft" in request.POST:
            return self.keep_draft()
        form = SheetForm(self.criteria, request.POST)
        change = ChangeForm(request.POST) if self.sheet.is_submitted else None
        are_valid = [form.is_valid(), change is None or change.is_valid()]
        if all(are_valid) and attempt_form(form, lambda: self.send(form, change)):
            messages.success(request, _("Your sheet is in."))
            return redirect(self.next_url())
        return self.show(form, change)

    def send(self, form: SheetForm, change: ChangeForm | None) -> None:
        values = {"user": self.request.user, "assignment": self.sheet, "scores": form.scores}
        if change:
            change_sheet(**values, reason=change.cleaned_data["reason"])
        else:
            submit_sheet(**values)

    def keep_draft(self) -> HttpResponse:
        """Keep what is filled in, whatever it is: the fields say what is off the scale."""
        form = SheetForm(self.criteria, self.request.POST, draft=True)
        typed = {name: self.request.POST.get(name, "")[:2000] for name in form.fields}
        act = lambda: save_draft(user=self.request.user, assignment=self.sheet, draft=typed)  # noqa: E731
        attempt(self.request, act, _("The draft is kept. Nobody else sees it."))
        return redirect(self.request.path) if form.is_valid() else self.show(form)

    def initial(self) -> dict[str, Any]:
        """What was typed so far, or what was sent in."""
        if not self.sheet.is_submitted:
            return self.sheet.draft
        filled: dict[str, Any] = {}
        for number, score in latest_scores(Q(assignment=self.sheet.pk))[self.sheet.pk].items():
            filled |= {f"points-{number}": score.value, f"stops-{number}": score.stops}
            filled[f"comment-{number}"] = score.comment
        return filled

    def next_url(self) -> str:
        """The next sheet of the same round that waits, else the list."""
        waiting = own_sheets(self.request.user).waiting()
        following = waiting.filter(assessed__round=self.sheet.assessed.round_id).order_by(
            "assessed"
        )
        found = following.first()
        if found:
            return reverse("reviews_admin:sheet", args=[found.pk])
        return reverse("reviews_admin:index")

    def show(self, form: SheetForm, change: ChangeForm | None = None) -> HttpResponse:
        sheet = self.sheet
        closed = _closed(sheet)
        is_open = not closed
        disputed = is_open and sheet.is_submitted and is_disputed(sheet)
        return self.draw(
            form=form,
            sheet=sheet,
            proposal=sheet.assessed.proposal,
            round=sheet.assessed.round,
            closed=closed,
            may_send=is_open and not sheet.is_submitted,
            change=(change or ChangeForm()) if disputed else None,
            others=self.others() if sheet.is_submitted else [],
        )

    def others(self) -> list[tuple[Any, list[Score]]]:
        """What all sheets that are in say on each criterion, in no order that names anybody."""
        sent = Assignment.objects.filter(
            assessed=self.sheet.assessed_id, submitted_at__isnull=False
        )
        found = latest_scores(Q(assignment__in=sent)).values()
        return [(one, _mixed(scores[one.pk] for scores in found)) for one in self.criteria]


def _closed(sheet: Assignment) -> str:
    """Why nothing can be filled in on this sheet now, or ""."""
    try:
        refuse_sheet(sheet)
    except AssessmentRefused as refused:
        return str(refused.refusal.label)
    return ""


def _mixed(scores: Iterable[Score]) -> list[Score]:
    return sorted(scores, key=lambda one: (one.value or 0, bool(one.stops), one.comment))
