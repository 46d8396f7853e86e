"""The calendar and its entries, read back the way a calendar program does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from icalendar import Calendar

from events.calendars import EPOCH, sequence_of
from events.models import EventPage
from tests.factories.events import make_event
from tests.factories.home import translate

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries
    from time_machine import TimeMachineFixture

pytestmark = pytest.mark.django_db
VLAT = ZoneInfo("Asia/Vladivostok")


def read(client: Client, url: str) -> Calendar:
    cache.clear()  # Kept answers are dropped when a publication is committed; tests never commit.
    response = client.get(url)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content)


def one(client: Client, event: EventPage, language: str = "ru") -> Calendar:
    return read(client, f"/{language}/events/{event.pk}.ics").walk("VEVENT")[0]


def test_entry_carries_time_zone_and_utc_alike(stranger: Client) -> None:
    starts_at = datetime(2026, 12, 20, 10, tzinfo=VLAT)
    event = make_event(starts_at=starts_at)
    calendar = read(stranger, f"/ru/events/{event.pk}.ics")
    entry = calendar.walk("VEVENT")[0]
    assert entry["DTSTART"].params["TZID"] == "Asia/Vladivostok"
    assert entry["DTSTART"].dt.astimezone(UTC) == datetime(2026, 12, 20, tzinfo=UTC)
    assert entry["DTEND"].dt - entry["DTSTART"].dt == timedelta(hours=2)
    zones = calendar.walk("VTIMEZONE")
    assert [str(zone["TZID"]) for zone in zones] == ["Asia/Vladivostok"]
    assert b"TZOFFSETTO:+1000" in calendar.to_ical()


def test_entry_escapes_and_names_its_language(stranger: Client) -> None:
    event = make_event(title="Рыба; лёд, река\\море", intro="Первая строка\nвторая, «да»")
    raw = stranger.get(f"/ru/events/{event.pk}.ics").content
    assert "SUMMARY;LANGUAGE=ru:Рыба\\; лёд\\, река\\\\море" in raw.decode().replace("\r\n ", "")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    entry = one(stranger, event)
    assert str(entry["SUMMARY"]) == event.title
    assert str(entry["DESCRIPTION"]).startswith("Первая строка\nвторая, «да»")
    assert str(entry["LOCATION"]) == "Зал «Амур», Речная улица, 100"
    assert str(entry["URL"]) == f"http://testserver{event.get_url()}"


def test_entry_is_known_again_after_a_new_address_and_in_other_languages(stranger: Client) -> None:
    event = make_event()
    before = one(stranger, event)["UID"]
    event.slug = "moved"
    event.save_revision().publish()
    assert one(stranger, event)["UID"] == before
    japanese = translate(event, "ja")
    assert one(stranger, japanese, "ja")["UID"] == before


def test_sequence_grows_with_each_publication_and_never_shrinks(
    stranger: Client, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(datetime(2026, 11, 24, tzinfo=UTC))
    event = make_event()
    first = one(stranger, event)["SEQUENCE"]
    time_machine.shift(60)
    event.title = "Новое название"
    event.save_revision()
    assert one(stranger, event)["SEQUENCE"] == first, "a draft changes nothing"
    event.save_revision().publish()
    assert one(stranger, event)["SEQUENCE"] > first
    event.revisions.exclude(pk=event.latest_revision_id).delete()
    assert one(stranger, EventPage.objects.get(pk=event.pk))["SEQUENCE"] > first


def test_sequence_fits_the_integer_of_the_standard() -> None:
    event = EventPage(last_published_at=datetime(2080, 1, 1, tzinfo=UTC))
    assert 0 < sequence_of(event) < 2**31
    assert sequence_of(EventPage()) == 0
    assert sequence_of(EventPage(last_published_at=EPOCH)) == 0


def test_cancelled_event_says_so(stranger: Client) -> None:
    entry = one(stranger, make_event(cancelled=True, notice="Лектор заболел"))
    assert str(entry["STATUS"]) == "CANCELLED"
    assert "Лектор заболел" in str(entry["DESCRIPTION"])


def test_online_event_carries_its_link(stranger: Client) -> None:
    entry = one(stranger, make_event(place="", address="", online_url="https://meet.example.org/a"))
    assert "LOCATION" not in entry
    assert str(entry["CONFERENCE"]) == "https://meet.example.org/a"


def test_calendar_holds_the_coming_events_of_its_language(stranger: Client) -> None:
    over = datetime.now(UTC) - timedelta(days=3)
    make_event(title="Было", starts_at=over)
    coming, only_russian = make_event(title="Будет"), make_event(title="Только по-русски")
    translate(coming, "ja", title="これから")
    russian = read(stranger, "/ru/events/calendar.ics")
    japanese = read(stranger, "/ja/events/calendar.ics")
    names = [str(entry["SUMMARY"]) for entry in russian.walk("VEVENT")]
    assert names == ["Будет", only_russian.title]
    assert [str(entry["SUMMARY"]) for entry in japanese.walk("VEVENT")] == ["これから"]
    assert str(russian["REFRESH-INTERVAL"].to_ical(), "ascii") == "PT6H"
    assert str(russian["METHOD"]) == "PUBLISH"


@pytest.mark.parametrize("count", [0, 1, 30])
def test_calendar_costs_the_same_for_any_number(
    count: int, stranger: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(count):
        make_event()
    stranger.get("/ru/events/calendar.ics?x")
    with django_assert_num_queries(1):
        stranger.get("/ru/events/calendar.ics")


def test_entry_of_a_draft_or_of_another_language_is_not_given(stranger: Client) -> None:
    event = make_event()
    assert stranger.get(f"/ja/events/{event.pk}.ics").status_code == 404
    event.unpublish()
    assert stranger.get(f"/ru/events/{event.pk}.ics").status_code == 404
