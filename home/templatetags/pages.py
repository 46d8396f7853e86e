"""Tags about pages: latest news, structured data, the picture to share. Reads only."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from home import pictures
from home.chrome import address_of, chrome_of, path_of
from home.frame import frame_of
from home.models import BasePage, NewsIndexPage, NewsPage
from home.structured_data import breadcrumb_list

if TYPE_CHECKING:
    from django.http import HttpRequest
    from wagtail.images.models import AbstractRendition, Image
    from wagtail.models import Page

register = template.Library()

# Inside <script> only these could end it or open a comment.
SCRIPT_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def latest_news(count: int = 3) -> list[NewsPage]:
    """The newest pieces of news in the active language, with pictures. Two queries."""
    news = NewsPage.objects.filter(locale__language_code=get_language()).newest()
    pages = list(news[: count or 3])
    pictures.with_card_pictures(pages)
    return pages


@register.simple_tag(takes_context=True)
def page_url(context: template.Context, page: Page) -> str:
    """Address of a page, without the query that Wagtail's `pageurl` costs."""
    return path_of(page, context.get("request"))


@register.simple_tag(takes_context=True)
def news_url(context: template.Context) -> str:
    """Address of the list of news in the active language, or "". No query of its own."""
    request = context.get("request")
    index = chrome_of(request).page_of(NewsIndexPage) if request else None
    return index.url if index else ""


@register.simple_tag(takes_context=True)
def frame(context: template.Context) -> dict[str, SafeString] | None:
    """Head and foot as they were drawn for everybody signed out; None where they are drawn anew."""
    request = context.get("request")
    return frame_of(request, context["languages"]) if request else None


@register.simple_tag
def share_picture(image: Image | None) -> AbstractRendition | None:
    """The crop that other sites show beside a link to us."""
    return pictures.share_picture(image)


@register.simple_tag(takes_context=True)
def structured_data(context: template.Context) -> SafeString:
    """What the page is and where it stands, as JSON-LD. A script of data: it is never run."""
    page, request = context.get("page"), context.get("request")
    if not isinstance(page, BasePage) or request is None:
        return SafeString("")
    found = [page.structured_data(request), _way_to(page, context.get("breadcrumbs"), request)]
    return mark_safe("".join(_script(data) for data in found if data))


def _way_to(page: BasePage, above: Any, request: HttpRequest) -> dict[str, Any] | None:
    """The breadcrumbs and the page itself."""
    if not above:
        return None
    steps = [(step.title, request.build_absolute_uri(step.url)) for step in above]
    return breadcrumb_list([*steps, (page.title, address_of(page, request))])


def _script(data: dict[str, Any]) -> SafeString:
    text = json.dumps(data, ensure_ascii=False, cls=DjangoJSONEncoder).translate(SCRIPT_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))
