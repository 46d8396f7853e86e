"""An event in schema.org's words, for search engines. Pure: an event in, a dict out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from home.structured_data import moment, without_empty

if TYPE_CHECKING:
    from events.models import EventPage


def event_data(event: EventPage, url: str, image: str = "") -> dict[str, Any]:
    """One event: https://schema.org/Event."""
    organiser = {"@type": "Organization", "name": event.organiser} if event.organiser else None
    status = "EventCancelled" if event.cancelled else "EventScheduled"
    return without_empty(
        {
            "@context": "https://schema.org",
            "@type": "Event",
            "name": event.title,
            "description": event.summary,
            "startDate": moment(event.starts_at),
            "endDate": moment(event.ends_at),
            "eventStatus": f"https://schema.org/{status}",
            "eventAttendanceMode": f"https://schema.org/{attendance_mode(event)}",
            "location": locations(event),
            "organizer": organiser,
            "inLanguage": event.language,
            "isAccessibleForFree": True,
            "url": url,
            "image": image,
        }
    )


def attendance_mode(event: EventPage) -> str:
    """In the room, from afar, or both."""
    if not event.online_url:
        return "OfflineEventAttendanceMode"
    return "MixedEventAttendanceMode" if event.place else "OnlineEventAttendanceMode"


def locations(event: EventPage) -> list[dict[str, Any]]:
    """The room and the link, whichever there are."""
    found = []
    if event.place or event.address:
        place = {"@type": "Place", "name": event.place, "address": event.address}
        found.append(without_empty(place))
    if event.online_url:
        found.append({"@type": "VirtualLocation", "url": event.online_url})
    return found
