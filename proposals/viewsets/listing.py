"""The staff's list of proposals: columns, filters, search, and the lists its filters make."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import django_filters
from django import forms
from django.conf import settings
from django.db.models import F, Q
from django.forms import CheckboxSelectMultiple
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import hooks
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import (
    BulkActionsCheckboxColumn,
    Column,
    NumberColumn,
    StatusTagColumn,
    TitleColumn,
)
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button

from accounts.models import Municipality
from proposals import states
from proposals.models import CallPage, Category, Proposal
from proposals.viewsets.fields import CallFilter, TermFilter
from proposals.viewsets.queue import Queue, in_queue, nothing_in, queue_columns

if TYPE_CHECKING:
    from django.http import HttpRequest

    from proposals.models.sets import ProposalQuerySet

Status = Proposal.Status

# What the list can be sorted by: the word in the address, and the column of the database.
ORDERINGS = {
    "number": "pk",
    "title": "title",
    "status": "status",
    "call": "call__title",
    "category": "category__name",
    "municipality": "municipality__name",
    "supports": "figures__support_count",
    "imported": "figures__imported_support_count",
    "sent": "submitted_at",
    "due": "moderation_due_on",
    "similar": "figures__similar_count",
    "assignee": "assignee__name",
}
NEWEST_FIRST = "-sent"
# Columns that give way on a small screen, and already on a middling one: rather than scroll
# sideways. All of it stands on the proposal's page.
SMALL, MIDDLING = "staff-unless-small", "staff-unless-middling"


def source_calls(_request: HttpRequest | None = None) -> Any:
    """Calls in the source language, the newest first; drafts of calls too."""
    return CallPage.objects.filter(locale__language_code=settings.LANGUAGE_CODE).order_by("-pk")


STAGES = [
    ("sent", pgettext_lazy("stage", "sent in")),
    ("published", pgettext_lazy("stage", "published")),
    ("shortlisted", pgettext_lazy("stage", "expert review")),
    ("promoted", pgettext_lazy("stage", "put before the Government")),
    ("answered", pgettext_lazy("stage", "answered")),
    ("accepted", pgettext_lazy("stage", "accepted")),
    ("begun", pgettext_lazy("stage", "work begun")),
    ("done", pgettext_lazy("stage", "done")),
]
CHECKED = ("checked", pgettext_lazy("stage", "checked by a moderator"))


class PersonFilter(django_filters.NumberFilter):
    """Filters by the number of somebody on the staff."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.HiddenInput
        super().__init__(widget=widget, min_value=1, max_value=2**31 - 1, **kwargs)

    def filter(self, qs: ProposalQuerySet, value: Any) -> ProposalQuerySet:
        if not value:
            return qs
        waiting = qs.filter(status=Status.SUBMITTED, assignee=int(value))
        return qs.decided_by(int(value)) if self.field_name == "decided_by" else waiting


class ProposalFilterSet(WagtailFilterSet):
    """What the list can be narrowed to."""

    queue = django_filters.ChoiceFilter(
        label=_("Queue"), choices=Queue.choices, method="filter_queue"
    )
    status = django_filters.MultipleChoiceFilter(
        label=_("Status"),
        choices=[choice for choice in Status.choices if choice[0] != Status.DRAFT],
        widget=CheckboxSelectMultiple,
    )
    call = CallFilter(label=_("Call"), queryset=source_calls)
    category = TermFilter(label=_("Category"), queryset=lambda _r: Category.objects.sources())
    municipality = TermFilter(
        label=_("Municipality"), queryset=lambda _r: Municipality.objects.sources()
    )
    tag = django_filters.CharFilter(label=_("Tag"), method="filter_tag")
    submitted_at = django_filters.DateFromToRangeFilter(
        label=_("Sent in"), widget=DateRangePickerWidget
    )
    published_at = django_filters.DateFromToRangeFilter(
        label=_("Published"), widget=DateRangePickerWidget
    )

    reached = django_filters.ChoiceFilter(
        label=_("Has reached"), choices=[*STAGES, CHECKED], method="filter_reached"
    )
    # Links from the figures set these two; choosing among people would be a query on every page.
    decided_by = PersonFilter(label=_("Checked by (number of the account)"))
    assignee = PersonFilter(label=_("To be checked by (number of the account)"))

    class Meta:
        model = Proposal
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.request.user.has_perm("proposals.moderate_proposal"):
            del self.filters["queue"]
        for construct in hooks.get_hooks("construct_proposal_filters"):
            construct(self.filters, self.request)

    def filter_queue(self, queryset: ProposalQuerySet, _name: str, value: str) -> ProposalQuerySet:
        return in_queue(queryset, value, self.request.user)

    def filter_reached(
        self, queryset: ProposalQuerySet, _name: str, value: str
    ) -> ProposalQuerySet:
        return queryset.reached(value)

    def filter_tag(self, queryset: ProposalQuerySet, _name: str, value: str) -> ProposalQuerySet:
        # SQLite compares Cyrillic letters by case, the slug has none.
        slug = slugify(value, allow_unicode=True)
        return queryset.filter(Q(tags__slug=slug) | Q(tags__name=value)).distinct()


def search_proposals(queryset: ProposalQuerySet, text: str) -> ProposalQuerySet:
    """Those with all the words, or the one with that number."""
    number = text.strip().removeprefix("№").removeprefix("#").strip()
    found = Q(pk__in=Proposal.objects.matching(text).values("pk"))
    if number.isascii() and number.isdecimal() and len(number) < 16:
        found |= Q(pk=int(number))
    return queryset.filter(found)


def order_proposals(queryset: ProposalQuerySet, ordering: str) -> ProposalQuerySet:
    """By one column, empty values last, and always in one definite order."""
    name = ordering.removeprefix("-")
    if name not in ORDERINGS:
        return order_proposals(queryset, NEWEST_FIRST)
    column = F(ORDERINGS[name])
    if ordering.startswith("-"):
        return queryset.order_by(column.desc(nulls_last=True), "-pk")
    return queryset.order_by(column.asc(nulls_last=True), "pk")


def listed_proposals(request: HttpRequest) -> ProposalQuerySet:
    """What the address asked for narrows the list to: for bulk steps and exports of that list.

    Nothing where it asks for what no filter has, or a mistyped one would take in everything.
    """
    proposals = Proposal.objects.for_staff(request.user)
    filters = ProposalFilterSet(request.GET, proposals, request=request)
    proposals = filters.filter_queryset(proposals) if filters.is_valid() else proposals.none()
    if text := request.GET.get("q", "").strip():
        proposals = search_proposals(proposals, text)
    return order_proposals(proposals, request.GET.get("ordering", NEWEST_FIRST))


class AgeColumn(Column):
    """How long ago a proposal was sent in, in words."""

    def get_value(self, instance: Proposal) -> str:
        since = instance.submitted_at
        return timesince(since, timezone.now(), depth=1) if since else ""


class DayColumn(Column):
    """The day itself; Wagtail's own column says how long ago it was, which is the age's."""

    def get_value(self, instance: Proposal) -> str:
        moment = super().get_value(instance)
        return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT") if moment else ""


class WrittenTitleColumn(TitleColumn):
    """The title as its author wrote it, marked as being in that language."""

    def get_link_attrs(self, instance: Proposal, parent_context: Any) -> dict[str, str]:
        return {"lang": instance.language}


class ProposalIndexView(generic.IndexView):
    """The list. Its filters live in the address, so a filtered list can be kept and sent."""

    any_permission_required = ("view",)
    history_url_name = ""
    is_searchable = True
    default_ordering = NEWEST_FIRST
    # Wagtail's own export holds the whole list in memory and writes formulas as they come.
    FORMATS = ()

    @cached_property
    def _names(self) -> dict[Any, str]:
        # Two queries for the page, however many rows it has.
        return Category.objects.localized_names() | Municipality.objects.localized_names()

    def _name_of(self, term: Category | Municipality | None) -> str:
        return self._names.get(term.translation_key, term.name) if term else ""

    @cached_property
    def _titles(self) -> dict[Any, str]:
        return CallPage.objects.localized_titles()

    def _call_of(self, proposal: Proposal) -> str:
        return self._titles.get(proposal.call.translation_key, proposal.call.title)

    @cached_property
    def columns(self) -> list[Any]:
        return [
            BulkActionsCheckboxColumn("bulk_actions", obj_type="proposal"),
            Column(
                "pk",
                label=pgettext_lazy("number of a proposal", "No."),
                sort_key="number",
                classname=SMALL,
            ),
            self._title_column(),
            *(queue_columns(SMALL) if self.is_queue else self._call_columns()),
            self._term_column("category", _("Category"), MIDDLING),
            self._term_column("municipality", _("Municipality"), SMALL),
            self._time_column(),
        ]

    def _status_column(self) -> Column:
        return StatusTagColumn(
            "status",
            label=_("Status"),
            accessor="get_status_display",
            sort_key="status",
            primary=lambda proposal: proposal.status in states.PUBLIC,
        )

    def _time_column(self) -> Column:
        """One of the two, since they say the same and titles need the room."""
        if self.is_queue:
            return AgeColumn("age", label=_("Age"), classname=MIDDLING)
        return DayColumn("submitted_at", label=_("Sent in"), sort_key="sent", classname=MIDDLING)

    @property
    def is_queue(self) -> bool:
        """Whether moderators look at what waits, and so at its clock rather than its supports."""
        asked = self.request.GET
        return bool(asked.get("queue")) or asked.getlist("status") == [Status.SUBMITTED]

    def _call_columns(self) -> list[Column]:
        imported = pgettext_lazy("supports", "Imported")
        return [
            self._status_column(),
            Column(
                "call",
                label=_("Call"),
                accessor=self._call_of,
                sort_key="call",
                classname=MIDDLING,
            ),
            self._figure_column("support_count", _("Supports"), "supports", SMALL),
            self._figure_column("imported_support_count", imported, "imported", MIDDLING),
        ]

    def _title_column(self) -> TitleColumn:
        return self._get_title_column_class(WrittenTitleColumn)(
            "title",
            label=_("Title"),
            accessor=str,
            sort_key="title",
            width="30%",
            get_url=self.get_inspect_url,
            get_title_id=lambda proposal: f"proposal_{proposal.pk}_title",
        )

    def _term_column(self, name: str, label: Any, classname: str) -> Column:
        return Column(
            name,
            label=label,
            accessor=lambda proposal: self._name_of(getattr(proposal, name)),
            sort_key=name,
            classname=classname,
        )

    def _figure_column(self, name: str, label: Any, sort_key: str, classname: str) -> NumberColumn:
        return NumberColumn(name, label=label, sort_key=sort_key, classname=f"number {classname}")

    def get_base_queryset(self) -> ProposalQuerySet:
        proposals = Proposal.objects.for_staff(self.request.user)
        return proposals.for_list().select_related("call", "assignee")

    def order_queryset(self, queryset: ProposalQuerySet) -> ProposalQuerySet:
        return order_proposals(queryset, self.ordering)

    def search_queryset(self, queryset: ProposalQuerySet) -> ProposalQuerySet:
        return search_proposals(queryset, self.search_query) if self.is_searching else queryset

    def get_list_more_buttons(self, instance: Proposal) -> list[Any]:
        return [
            Button(_("Open"), url=self.get_inspect_url(instance), icon_name="view", priority=10),
            Button(
                _("History"),
                url=reverse(self.history_url_name, args=[instance.pk]),
                icon_name="history",
                priority=20,
            ),
        ]

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        buttons: list[Any] = []
        for construct in hooks.get_hooks("construct_proposal_list_buttons"):
            construct(buttons, self.request)
        return buttons

    @cached_property
    def no_results_message(self) -> Any:
        if self.is_queue:
            # A template calls it, and only that of an empty list does.
            return partial(nothing_in, self.request.GET.get("queue", ""))
        return super().no_results_message
