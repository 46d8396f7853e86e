"""The staff's list of referrals: what is with which body, until when, and what was answered."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import F
from django.forms import RadioSelect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button

from government.models import Body, Referral
from government.permissions import may_export_proposals
from proposals.models import Proposal
from proposals.viewsets.fields import CallFilter, TermFilter
from proposals.viewsets.listing import source_calls

if TYPE_CHECKING:
    from government.models import ReferralQuerySet

ORDERINGS = {
    "number": "proposal_id",
    "body": "body__name",
    "made": "made_at",
    "due": "due_on",
    "answered": "answer__answered_on",
}
STATES = [
    ("waiting", _("Waiting for an answer")),
    ("overdue", _("Overdue")),
    ("answered", _("Answered")),
]
FILES = {"xlsx": _("Download XLSX"), "csv": _("Download CSV")}


class ReferralFilterSet(WagtailFilterSet):
    """What the list can be narrowed to."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=STATES,
        empty_label=_("All"),
        widget=RadioSelect,
        method="filter_state",
    )
    body = TermFilter(label=_("Body"), queryset=lambda _request: Body.objects.sources())

    call = CallFilter(label=_("Call"), field_name="proposal__call", queryset=source_calls)
    submitted_at = django_filters.DateFromToRangeFilter(
        label=_("Sent in"), field_name="proposal__submitted_at", widget=DateRangePickerWidget
    )

    class Meta:
        model = Referral
        fields: tuple[str, ...] = ()

    def filter_state(self, queryset: ReferralQuerySet, _name: str, value: str) -> ReferralQuerySet:
        if value == "answered":
            return queryset.filter(answer__isnull=False)
        chosen = queryset.overdue() if value == "overdue" else queryset.unanswered()
        # These two have an order of their own; the list's columns decide here.
        return queryset.filter(pk__in=chosen.order_by().values("pk"))


class ReferralIndexView(generic.IndexView):
    """The list; each line leads to the proposal's decision page, which has all the rest."""

    model = Proposal  # whose permission policy says who works here as staff
    any_permission_required = ("view",)
    page_title = _("Referrals")
    header_icon = "mail"
    is_searchable = False
    filterset_class = ReferralFilterSet
    default_ordering = "due"
    paginate_by = 50
    FORMATS = ()

    def get_page_title(self) -> Any:
        return self.page_title

    @cached_property
    def verbose_name_plural(self) -> Any:
        return Referral._meta.verbose_name_plural

    def get_base_queryset(self) -> ReferralQuerySet:
        return Referral.objects.for_pages()

    def order_queryset(self, queryset: ReferralQuerySet) -> ReferralQuerySet:
        name = self.ordering.removeprefix("-")
        column = F(ORDERINGS[name])
        if self.ordering.startswith("-"):
            return queryset.order_by(column.desc(nulls_last=True), "-pk")
        return queryset.order_by(column.asc(nulls_last=True), "pk")

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        """The list as it is filtered now, in each format."""
        if not may_export_proposals(self.request.user):
            return []
        asked = self.request.GET.urlencode()
        return [
            Button(
                label,
                url=f"{reverse('referrals_admin:file', args=[name])}?{asked}",
                icon_name="download",
            )
            for name, label in FILES.items()
        ]

    @cached_property
    def columns(self) -> list[Any]:
        return [
            Column(
                "proposal_id", label=pgettext_lazy("number of a proposal", "No."), sort_key="number"
            ),
            TitleColumn(
                "proposal",
                label=_("Proposal"),
                accessor=lambda referral: str(referral.proposal),
                get_url=lambda referral: reverse(
                    "proposals_admin:inspect", args=[referral.proposal_id]
                ),
            ),
            Column("body_name", label=_("Body"), sort_key="body"),
            DateColumn("made_at", label=_("Referred"), sort_key="made"),
            Column("due_on", label=_("Answer due"), sort_key="due", accessor=_day_due),
            Column("outcome", label=_("Answer"), accessor=_outcome),
            Column("in_time", label=_("In time"), accessor=_in_time, sort_key="answered"),
        ]


def _day_due(referral: Referral) -> Any:
    return date_format(referral.due_on, "SHORT_DATE_FORMAT")


def _outcome(referral: Referral) -> str:
    return referral.answer.get_outcome_display() if referral.is_answered else ""


def _in_time(referral: Referral) -> str:
    if not referral.is_answered:
        return _overdue(referral.days_overdue) if referral.days_overdue else ""
    late = referral.answer.days_late
    if not late:
        return str(_("on time"))
    return ngettext("%(count)d day late", "%(count)d days late", late) % {"count": late}


def _overdue(days: int) -> str:
    return ngettext("%(count)d day overdue", "%(count)d days overdue", days) % {"count": days}
