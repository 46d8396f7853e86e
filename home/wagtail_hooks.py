"""Registers what this app adds to the Wagtail admin: colours, checks, lists, a tidy menu."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import get_language
from wagtail import hooks
from wagtail.admin.userbar import ContentCheckerItem
from wagtail.snippets.models import register_snippet

from home.content_checks import ContentChecks
from home.models import HomePage
from home.viewsets import NewsListingViewSet, NewsTagViewSet

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.safestring import SafeString

register_snippet(NewsTagViewSet)


@hooks.register("register_admin_viewset")
def news_list() -> NewsListingViewSet:
    """News has its own place in the menu: it is what editors write most."""
    return NewsListingViewSet("news_list")


@hooks.register("insert_global_admin_css")
def admin_colours() -> SafeString:
    """Our colours, from our own server."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


@hooks.register("construct_wagtail_userbar")
def our_checks(request: HttpRequest, items: list[Any], page: Any) -> None:
    """Our checks in the place of Wagtail's."""
    items[:] = [
        ContentChecks(in_editor=item.in_editor) if isinstance(item, ContentCheckerItem) else item
        for item in items
    ]


@hooks.register("construct_help_menu")
def no_news_of_wagtail(request: HttpRequest, menu_items: list[Any]) -> None:
    """Editors have no use for what is new in Wagtail; it would lead them to a foreign site."""
    menu_items[:] = [item for item in menu_items if not item.name.startswith("whats-new")]


@hooks.register("construct_mail_context")
def site_in_mail(context: dict[str, Any]) -> None:
    """Mail is signed with the site's name in its reader's language."""
    page = HomePage.objects.live().filter(locale__language_code=get_language()).first()
    if page:
        context["site_name"] = page.site_name
