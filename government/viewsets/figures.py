"""The staff's figures: one page of charts, and each of them as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.admin import messages
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.viewsets.base import ViewSet

from government.actions import record_export
from government.dashboard import Dashboard
from government.views.exporting import described_filters
from home import exports
from home.charts import StepLine
from home.staff import StaffPage
from proposals.models import Proposal
from proposals.permissions import may_read_as_staff
from proposals.rows import site_name
from proposals.views.downloads import as_file
from proposals.viewsets.fields import CallFilter
from proposals.viewsets.listing import source_calls

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from home.charts import Chart

FORMATS = ("csv", "xlsx")


class FiguresFilterSet(WagtailFilterSet):
    """Which proposals the figures are about; the list's own names, so that links carry them."""

    call = CallFilter(label=gettext_lazy("Call"), queryset=source_calls)
    submitted_at = django_filters.DateFromToRangeFilter(
        label=gettext_lazy("Sent in"), widget=DateRangePickerWidget
    )

    class Meta:
        model = Proposal
        fields: tuple[str, ...] = ()


def _filters(request: HttpRequest) -> FiguresFilterSet:
    return FiguresFilterSet(request.GET, Proposal.objects.for_staff(request.user), request=request)


def _dashboard(filters: FiguresFilterSet) -> Dashboard:
    """The figures of what the address asks for; nothing is counted for what no filter has."""
    if not filters.is_valid():
        return Dashboard(Proposal.objects.none(), {})
    asked = filters.form.cleaned_data
    days = asked["submitted_at"] or slice(None, None)
    chosen = {
        "call": asked["call"].pk if asked["call"] else "",
        "submitted_at_from": timezone.localdate(days.start) if days.start else "",
        "submitted_at_to": timezone.localdate(days.stop) if days.stop else "",
    }
    query = {name: f"{value}" for name, value in chosen.items() if value}
    return Dashboard(filters.filter_queryset(filters.queryset), query)


class FiguresPage(StaffPage):
    """All charts, each with its table, its links and its files."""

    may = may_read_as_staff
    template_name = "government/staff/figures.html"
    page_title = pgettext_lazy("statistics", "Figures")
    header_icon = "history"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        filters = _filters(request)
        dashboard = _dashboard(filters)
        return self.draw(
            filters=filters,
            charts=dashboard.charts(),
            formats=FORMATS,
            query=request.GET.urlencode(),
            sees_all=request.user.has_perm("proposals.moderate_proposal"),
        )


@require_safe
@cache_control(private=True, no_store=True)
def figures_file(request: HttpRequest, key: str, name: str) -> HttpResponseBase:
    """One chart's figures as a file."""
    if not may_read_as_staff(request.user):
        raise PermissionDenied
    filters = _filters(request)
    if name not in FORMATS or not filters.is_valid():
        return _back(request, name)
    try:
        chart = _dashboard(filters).chart(key)
    except KeyError:
        raise Http404 from None
    listing = listing_of(chart, described_filters(filters.form, ""))
    response = as_file(listing, exports.FORMATS[name], key)
    record_export(user=request.user, name=name, listing=listing, action="government.export_figures")
    return response


def _back(request: HttpRequest, name: str) -> HttpResponse:
    if name not in FORMATS:
        raise Http404
    messages.error(request, _("No file was made: no filter has this value."))
    return redirect(f"{reverse('figures_admin:index')}?{request.GET.urlencode()}")


def listing_of(chart: Chart, filters: list[tuple[str, str]]) -> exports.Listing:
    """A chart's figures as rows, as numbers and in words, with the length of the list behind."""
    first, second, *third = chart.heads
    is_line = isinstance(chart, StepLine)
    columns = [
        exports.Column("label", first, "date" if is_line else "text", width=40),
        exports.Column("value", second, "decimal"),
        *(exports.Column("listed", head, "integer") for head in third),
        exports.Column("words", pgettext("of a figure", "In words"), width=24),
    ]
    bars = [bar for bar, _cells in chart.rows]
    labels = [day for day, _count in chart.points] if is_line else [bar.label for bar in bars]
    rows: list[exports.Row] = [
        {"label": label, "value": bar.value, "listed": bar.listed, "words": bar.words}
        for label, bar in zip(labels, bars, strict=True)
    ]
    if is_line:
        columns.pop()
    language = get_language() or ""
    return exports.Listing(
        title=chart.title,
        columns=columns,
        rows=rows,
        site=site_name(language),
        language=language,
        generated_at=timezone.now(),
        zone=timezone.get_default_timezone(),
        filters=filters,
        count=len(rows),
    )


class FiguresViewSet(ViewSet):
    """Where the figures are in the admin."""

    name = "figures"
    url_prefix = "figures"
    url_namespace = "figures_admin"
    icon = "history"

    def get_urlpatterns(self) -> list[Any]:
        return [
            path("", FiguresPage.as_view(), name="index"),
            path("<slug:key>.<slug:name>", figures_file, name="file"),
        ]
