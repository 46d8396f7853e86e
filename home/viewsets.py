"""What editors see of news in the Wagtail admin: the list of news, and its tags."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.snippets.views.snippets import SnippetViewSet

from home.models import NewsPage, NewsTag


class MomentColumn(Column):
    """A moment in full; Wagtail's own column says “just now” of anything that is still to come."""

    def get_value(self, instance: Any) -> str:
        moment = super().get_value(instance)
        return date_format(localtime(moment), "SHORT_DATETIME_FORMAT") if moment else ""


class NewsListingViewSet(PageListingViewSet):
    """All news of all languages in one list, with filters and export."""

    model = NewsPage
    url_prefix = "news"
    icon = "doc-full-inverse"
    menu_label = _("News")
    menu_order = 110
    add_to_admin_menu = True
    columns: ClassVar = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=_("Title"), sort_key="title", classname="title"),
        MomentColumn("date", label=_("Date"), sort_key="date", width="12%"),
        Column("byline", label=_("Who writes"), width="14%"),
        PageStatusColumn("status", label=_("Status"), sort_key="live", width="12%"),
    ]
    list_filter: ClassVar = {"date": ["gte", "lte"], "live": ["exact"], "locale": ["exact"]}
    list_export: ClassVar = ["title", "date", "byline", "live", "full_url"]
    ordering = "-date"


class NewsTagViewSet(SnippetViewSet):
    """The words news is filtered by; translate each, or readers see the Russian word."""

    model = NewsTag
    icon = "tag"
    menu_label = _("News tags")
    list_display: ClassVar = ["name", "slug", "locale"]
    search_fields: ClassVar = ["name", "slug"]
    panels: ClassVar = [FieldPanel("name"), FieldPanel("slug")]
