"""Events for calendar programs. What people read are the pages in models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from events.calendars import calendar_of
from events.models import EventPage
from home.caching import public_page
from home.chrome import address_of, chrome_of

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_safe
@public_page
def calendar(request: HttpRequest) -> HttpResponse:
    """All coming events of the active language, to subscribe to."""
    events = EventPage.objects.filter(locale__language_code=get_language()).coming()
    return _answer(request, list(events), "calendar.ics")


@require_safe
@public_page
def ics(request: HttpRequest, pk: int) -> HttpResponse:
    """One event, to add to a calendar."""
    events = EventPage.objects.shown().filter(locale__language_code=get_language())
    event = get_object_or_404(events, pk=pk)
    return _answer(request, [event], f"{event.slug}.ics", attached=True)


def _answer(
    request: HttpRequest, events: list[EventPage], filename: str, *, attached: bool = False
) -> HttpResponse:
    data = calendar_of(
        events,
        name=gettext("Events · %(site)s") % {"site": chrome_of(request).site_name},
        language=get_language() or "",
        address_of=lambda event: address_of(event, request),
    )
    answer = HttpResponse(data, content_type="text/calendar; charset=utf-8")
    if disposition := content_disposition_header(attached, filename):
        answer["Content-Disposition"] = disposition
    return answer
