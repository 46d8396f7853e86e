"""The demo's news and events."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.text import slugify

from cms.demo.content import Calendar, Step, read
from cms.demo.pages import illustration, index_page
from cms.demo.publishing import publish
from cms.demo.streams import body
from cms.demo.terms import source_term
from events.models import EventPage
from home.models import NewsPage, NewsTag

if TYPE_CHECKING:
    from collections.abc import Iterator

ANNOUNCED_DAYS = 20  # before an event; later for those that would lie in the future


def steps(calendar: Calendar) -> Iterator[Step]:
    """One step a piece of news and an event, the oldest first."""
    for row in sorted(read("news")["news"], key=lambda news: news["day"]):
        yield Step("pages", partial(_publish_news, row, calendar))
    for row in read("events")["event"]:
        yield Step("pages", partial(_publish_event, row, calendar))


def _publish_news(row: dict[str, Any], calendar: Calendar) -> bool:
    return publish(
        parent=index_page("news"),
        make=partial(_news, row, calendar),
        when=calendar.moment(row["day"], row["time"]),
    )


def _news(row: dict[str, Any], calendar: Calendar, language: str) -> NewsPage:
    page = NewsPage(
        slug=row["slug"],
        title=row["title"][language],
        date=calendar.moment(row["day"], row["time"]),
        intro=row["intro"][language],
        body=body(row["body"], language, "news", row["slug"]),
        **illustration(row, language),
    )
    page.tags = [source_term(NewsTag, slugify(english)) for english in row["tags"]["en"]]
    return page


def _publish_event(row: dict[str, Any], calendar: Calendar) -> bool:
    return publish(
        parent=index_page("events"),
        make=partial(_event, row, calendar),
        when=calendar.moment(min(row["day"] - ANNOUNCED_DAYS, -1), "12:00"),
    )


def _event(row: dict[str, Any], calendar: Calendar, language: str) -> EventPage:
    return EventPage(
        slug=row["slug"],
        title=row["title"][language],
        kind=row["kind"],
        starts_at=calendar.moment(row["day"], row["starts"]),
        ends_at=calendar.moment(row.get("last_day", row["day"]), row["ends"]),
        organiser=row["organiser"][language],
        intro=row["intro"][language],
        body=body(row["body"], language, "event", row["slug"]),
        online_url=row.get("online_url", ""),
        **_getting_in(row, language),
        **illustration(row, language),
    )


def _getting_in(row: dict[str, Any], language: str) -> dict[str, Any]:
    """Where it is and how to get in, as the page for visitors says; nothing for online events."""
    if "hall" not in row:
        return {}
    hall = next(hall for hall in read("events")["hall"] if hall["slug"] == row["hall"])
    yes, no = EventPage.Availability.YES, EventPage.Availability.NO
    return {
        "place": hall["name"][language],
        "address": read("pages")["home"]["address"][language],
        "entrance": read("events")["entrance"][language],
        "document_needed": True,
        "step_free": yes,
        "hearing_loop": yes if hall.get("hearing_loop") else no,
    }
