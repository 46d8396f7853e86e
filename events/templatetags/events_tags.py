"""Tags with which any page shows events. Reads only."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django import template
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, pgettext

from events.models import EventIndexPage, EventPage
from home.chrome import chrome_of

if TYPE_CHECKING:
    from events.agenda import Day

register = template.Library()


@register.simple_tag
def next_events(count: int = 4) -> list[EventPage]:
    """The next events in the active language. One query."""
    coming = EventPage.objects.filter(locale__language_code=get_language()).coming()
    return list(coming[: count or 4])


@register.simple_tag(takes_context=True)
def events_url(context: template.Context) -> str:
    """Address of the agenda in the active language, or "". No query of its own."""
    request = context.get("request")
    index = chrome_of(request).page_of(EventIndexPage) if request else None
    return index.url if index else ""


@register.filter
def day_words(when: date | datetime) -> str:
    """A day as people say it: weekday, day and month, in the order of the language."""
    return date_format(_local(when), pgettext("Django's date format, with weekday", "l, j E"))


@register.filter
def short_day(when: date | datetime) -> str:
    """Day and month; Django's own format has the Russian month in the wrong case."""
    return date_format(_local(when), pgettext("Django's date format, without weekday", "j E"))


def _local(when: date | datetime) -> date | datetime:
    return localtime(when) if isinstance(when, datetime) else when


@register.simple_tag
def day_heading(day: Day) -> str:
    """The heading of a day of the agenda."""
    words = day_words(day.on)
    if day.is_today:
        return gettext("Today, %(day)s") % {"day": words}
    if day.is_tomorrow:
        return gettext("Tomorrow, %(day)s") % {"day": words}
    return words
