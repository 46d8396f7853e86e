"""What editors see of events in the Wagtail admin: one list by time, with filters and export."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.viewsets.pages import PageListingViewSet

from events.models import EventPage
from home.viewsets import MomentColumn


class EventListingViewSet(PageListingViewSet):
    """All events of all languages, the latest on top."""

    model = EventPage
    url_prefix = "events"
    icon = "calendar"
    menu_label = _("Events")
    menu_order = 120
    add_to_admin_menu = True
    columns: ClassVar = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=_("Title"), sort_key="title", classname="title"),
        MomentColumn("starts_at", label=_("Starts"), sort_key="starts_at", width="14%"),
        Column("kind", label=_("Kind"), accessor="get_kind_display", width="12%"),
        Column("place", label=_("Place"), width="14%"),
        PageStatusColumn("status", label=_("Status"), sort_key="live", width="12%"),
    ]
    list_filter: ClassVar = {
        "starts_at": ["gte", "lte"],
        "kind": ["exact"],
        "cancelled": ["exact"],
        "locale": ["exact"],
    }
    list_export: ClassVar = [
        "title",
        "kind",
        "starts_at",
        "ends_at",
        "place",
        "organiser",
        "live",
        "full_url",
    ]
    ordering = "-starts_at"
