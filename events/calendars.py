"""Events as iCalendar (RFC 5545, RFC 7986). Pure: events in, bytes out.

A calendar program knows an event again by its UID and takes a change by its SEQUENCE, so neither
may depend on the address or the words of the page.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from icalendar import Calendar, Event, vDuration, vText, vUri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from events.models import EventPage

PRODUCT = "-//Boiling Point//Events//EN"
REFRESH = timedelta(hours=6)
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def calendar_of(
    events: Iterable[EventPage], *, name: str, language: str, address_of: Callable[[EventPage], str]
) -> bytes:
    """Events as a calendar to subscribe to."""
    entries = (entry_of(event, language=language, address=address_of(event)) for event in events)
    return calendar_around(entries, name=name, language=language, product=PRODUCT)


def calendar_around(entries: Iterable[Event], *, name: str, language: str, product: str) -> bytes:
    """A calendar to subscribe to, with the time zone it speaks of; other apps have entries too."""
    calendar = Calendar()
    calendar.add("prodid", product)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name, parameters={"LANGUAGE": language})
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", timezone.get_default_timezone_name())
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for entry in entries:
        calendar.add_component(entry)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def entry_of(event: EventPage, *, language: str, address: str) -> Event:
    """One event. Its words carry their language; its times carry the zone of the Territory."""
    entry = Event()
    words = {"LANGUAGE": language}
    changed = event.last_published_at or event.first_published_at or EPOCH
    entry.add("uid", str(event.translation_key))
    entry.add("sequence", sequence_of(event))
    entry.add("dtstamp", changed)
    entry.add("last-modified", changed)
    entry.add("dtstart", timezone.localtime(event.starts_at))
    entry.add("dtend", timezone.localtime(event.ends_at))
    entry.add("summary", event.title, parameters=words)
    entry.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    entry.add("categories", [str(event.get_kind_display())])
    entry.add("url", vUri(address))
    for name, text in (
        ("description", "\n\n".join(part for part in (event.notice, event.intro, address) if part)),
        ("location", ", ".join(part for part in (event.place, event.address) if part)),
        ("contact", event.organiser),
    ):
        if text:
            entry.add(name, vText(text), parameters=words)
    if event.online_url:
        entry.add("conference", vUri(event.online_url), parameters={"VALUE": "URI"})
    return entry


def sequence_of(event: EventPage) -> int:
    """How far the event has come: seconds from 2020 to the publication of its newest revision.

    Counting revisions would go backwards when old ones are purged, and a calendar program then
    takes no change any more.
    """
    if event.last_published_at is None:
        return 0
    return int((event.last_published_at - EPOCH).total_seconds())
