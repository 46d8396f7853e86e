"""Rounds of assessment in the admin: the list, making one, its page, and every step from it."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet

from assessment.actions import rounds as actions
from assessment.choosing import chosen_by_quota, takeable
from assessment.findings import criteria_of_round, progress_of
from assessment.forms import PlaceForm, QuotaForm
from assessment.models import AssessedProposal, AssessmentRound, Assignment, Committee
from assessment.permissions import AssessmentRefused, Refusal, may_run_assessment
from assessment.protocols import Standing, points, quorum_part, standing_of, total_of
from assessment.public_lists import gone_in_words, rule_in_words, selection_lines
from assessment.viewsets.pages import RoundPage, attempt, attempt_form, name_of
from assessment.viewsets.round_form import ROUND_PANELS

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from assessment.models.rounds import AssessmentRoundQuerySet

LIST_URL = "assessments_admin:inspect"


class RoundIndexView(generic.IndexView):
    """Rounds with their committee and state."""

    default_ordering = "-due_at"
    is_searchable = False

    def get_base_queryset(self) -> AssessmentRoundQuerySet:
        return AssessmentRound.objects.select_related("committee", "protocol")

    @cached_property
    def names(self) -> dict[Any, str]:
        return Committee.objects.localized_names()

    @cached_property
    def columns(self) -> list[Any]:
        return [
            TitleColumn("title", label=_("Title"), accessor=str, get_url=self.get_inspect_url),
            Column(
                "committee",
                label=_("Committee"),
                accessor=lambda row: self.names[row.committee.translation_key],
            ),
            Column("state", label=_("State"), accessor=lambda row: row.state.label),
            Column("due_at", label=_("Scores due"), accessor=_due, sort_key="due_at"),
        ]


def _due(row: AssessmentRound) -> str:
    return date_format(timezone.localtime(row.due_at), "SHORT_DATETIME_FORMAT")


class FrozenMixin:
    """Leads to the round's page, with a sentence, once its criteria are frozen."""

    def refuse(self, pk: int) -> HttpResponse:
        messages.warning(self.request, Refusal.BEGUN.label)  # type: ignore[attr-defined]
        return redirect(LIST_URL, pk)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = get_object_or_404(AssessmentRound, pk=kwargs["pk"])
        if row.opened_at is not None and may_run_assessment(request.user):
            return self.refuse(row.pk)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except (AssessmentRefused, DatabaseError):
            # Reading began while the form was open.
            return self.refuse(self.object.pk)  # type: ignore[attr-defined]


class RoundCreateView(generic.CreateView):
    """Makes a round, and goes on to its page."""

    def get_success_url(self) -> str:
        return reverse(LIST_URL, args=[self.object.pk])


class RoundEditView(FrozenMixin, generic.EditView):
    """Changes a round before its reading begins."""

    def get_success_url(self) -> str:
        return reverse(LIST_URL, args=[self.object.pk])


class RoundDeleteView(FrozenMixin, generic.DeleteView):
    """Deletes a round before its reading begins."""

    # Django's DELETE goes past the form, and so past the look at the state.
    http_method_names = ("get", "head", "options", "post")


class RoundView(generic.InspectView):
    """All about one round: criteria, how far each proposal is, and the next step. No scores."""

    page_title = gettext_lazy("Round of assessment")

    def get_object(self, queryset: Any = None) -> AssessmentRound:
        rows = AssessmentRound.objects.select_related("committee", "call", "protocol")
        found = rows.filter(pk=self.pk).first()
        if found is None:
            raise Http404
        return found

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        return [] if self.object.opened_at else super().header_more_buttons

    def get_fields_context(self) -> list[Any]:
        return []  # Our template says it in words.

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        round_ = self.object
        criteria = criteria_of_round(round_)
        recused = Assignment.objects.exclude(recusal="").filter(assessed__round=round_)
        return super().get_context_data(
            round=round_,
            committee_name=name_of(round_.committee),
            state=round_.state,
            rule=rule_in_words(round_.selected_count or 0, by_theme=round_.by_theme),
            criteria=criteria,
            weights=sum(one.weight for one in criteria),
            weights_fit=sum(one.weight for one in criteria) == 1,
            progress=progress_of(round_),
            quorum=quorum_part(round_),
            recused=recused.select_related("membership", "assessed").order_by("pk"),
            may_run=may_run_assessment(self.request.user),
            **kwargs,
        )


DONE = {
    "share": gettext_lazy("Reviews are shared out."),
    "open": gettext_lazy("Reading has begun. The criteria are frozen; reviewers get a mail."),
    "end": gettext_lazy("Reading has ended. Look at the places, then publish the protocol."),
    "publish": gettext_lazy("The protocol is published."),
    "discuss": gettext_lazy("Marked as discussed."),
    "leave": gettext_lazy("The proposal is out of the round."),
}
STEPS = {
    "share": actions.share_out_reviews,
    "open": actions.open_reading,
    "end": actions.end_reading,
    "publish": actions.publish_protocol,
}
STEPS_OF_ONE = {"discuss": actions.mark_discussed, "leave": actions.leave_out}


class StepView(RoundPage):
    """One button on a round's page."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        step = kwargs["step"]
        if step not in STEPS:
            raise Http404
        act = partial(STEPS[step], user=request.user, round_=self.round)
        attempt(request, act, DONE[step])
        return redirect(self.home)


class OneStepView(RoundPage):
    """One button beside one proposal of a round."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = AssessedProposal.objects.select_related("round", "proposal")
        assessed = get_object_or_404(rows, round=self.round, pk=kwargs["assessed"])
        step = kwargs["step"]
        if step not in STEPS_OF_ONE:
            raise Http404
        act = partial(STEPS_OF_ONE[step], user=request.user, assessed=assessed)
        attempt(request, act, DONE[step])
        return redirect(self.home)


class TakeView(RoundPage):
    """Choose shortlisted proposals by hand, or so many by quota of themes."""

    page_title = gettext_lazy("Take proposals")
    template_name = "assessment/staff/take.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = QuotaForm(request.GET if "places" in request.GET else None)
        ticked = chosen_by_quota(self.round, form.cleaned_data["places"]) if form.is_valid() else []
        return self.draw(form=form, proposals=takeable(self.round), ticked=ticked)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        numbers = [text for text in request.POST.getlist("proposal") if text.isdecimal()]
        chosen = takeable(self.round).filter(pk__in=[int(one) for one in numbers if len(one) < 18])
        count = chosen.count()
        words = ngettext("%(count)d proposal taken.", "%(count)d proposals taken.", count) % {
            "count": count
        }
        act = partial(
            actions.take_proposals, user=request.user, round_=self.round, proposals=list(chosen)
        )
        attempt(request, act, words)
        return redirect(self.home)


class PlacesView(RoundPage):
    """What the scores come to once reading has ended, and places given by hand with reasons."""

    page_title = gettext_lazy("Places")
    template_name = "assessment/staff/places.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = AssessedProposal.objects.select_related("round", "proposal")
        number = request.POST.get("assessed", "")
        pk = int(number) if number.isdecimal() and len(number) < 18 else 0
        assessed = get_object_or_404(rows, round=self.round, pk=pk)
        form = PlaceForm(self.selects, request.POST)
        if form.is_valid():
            data = form.cleaned_data
            act = partial(actions.place_by_hand, user=request.user, assessed=assessed, **data)
            if attempt_form(form, act):
                messages.success(request, _("Saved."))
                return redirect(request.path)
        return self.show(assessed.pk, form)

    def show(self, pk: int = 0, form: PlaceForm | None = None) -> HttpResponse:
        if self.round.ended_at is None:
            messages.warning(self.request, Refusal.NOT_ENDED.label)
            return redirect(self.home)
        standing = standing_of(self.round)
        return self.draw(
            lines=self.lines(standing, pk, form),
            selection=selection_lines({"selection": standing.selection}),
            has_protocol=hasattr(self.round, "protocol"),
        )

    def lines(self, standing: Standing, pk: int, form: PlaceForm | None) -> list[dict[str, Any]]:
        """Proposals in the order of their places, each with its form; unplaced ones last."""
        places, last = standing.by_scores, len(standing.rows) + 1
        rows = sorted(
            standing.rows, key=lambda row: (places.get(row.proposal_id, last), row.proposal_id)
        )
        return [
            self.line(row, standing) | {"form": form if form and row.pk == pk else self.form(row)}
            for row in rows
        ]

    def form(self, row: AssessedProposal) -> PlaceForm:
        selected = {True: "yes", False: "no", None: ""}[row.selected_by_hand]
        initial = {"place": row.place_by_hand, "reason": row.place_reason, "selected": selected}
        return PlaceForm(self.selects, initial=initial, auto_id=f"{row.pk}_%s")

    @property
    def selects(self) -> bool:
        return bool(self.round.sheet.get("selection"))

    def line(self, row: AssessedProposal, standing: Standing) -> dict[str, Any]:
        place, found = standing.by_scores.get(row.proposal_id), standing.findings[row.proposal_id]
        return {
            "row": row,
            "place": place,
            "gone": gone_in_words(row.proposal.status) if row.is_gone else "",
            "is_selected": standing.is_selected(row.proposal_id),
            "total": total_of(found) or "",
            "spread": points(found.total_spread),
            "disputed": found.is_disputed(Fraction(self.round.spread_max)),
        }


class AssessmentRoundViewSet(ModelViewSet):
    """Rounds of assessment."""

    model = AssessmentRound
    name = "assessment"
    url_prefix = "assessments"
    url_namespace = "assessments_admin"
    icon = "list-ol"
    menu_label = gettext_lazy("Rounds of assessment")
    edit_handler = ROUND_PANELS
    index_view_class = RoundIndexView
    add_view_class = RoundCreateView
    edit_view_class = RoundEditView
    delete_view_class = RoundDeleteView
    inspect_view_enabled = True
    inspect_view_class = RoundView
    inspect_template_name = "assessment/staff/round.html"
    copy_view_enabled = False
    add_to_reference_index = False

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_common_view_kwargs(**kwargs), "usage_url_name": None}

    def get_urlpatterns(self) -> list[Any]:
        usage = "usage/<int:pk>/"
        kept = [one for one in super().get_urlpatterns() if str(one.pattern) != usage]
        return [
            *kept,
            path("<int:pk>/take/", TakeView.as_view(), name="take"),
            path("<int:pk>/places/", PlacesView.as_view(), name="places"),
            path("<int:pk>/step/<slug:step>/", StepView.as_view(), name="step"),
            path(
                "<int:pk>/step/<slug:step>/<int:assessed>/", OneStepView.as_view(), name="one_step"
            ),
        ]
