"""The agenda, its chips, past events, and the event's page."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import time_machine as clock
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from wagtail.models import PageViewRestriction

from events.models import EventPage
from tests.factories.accounts import UserFactory
from tests.factories.events import events_index, make_event
from tests.factories.home import make_image, translate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import User

pytestmark = pytest.mark.django_db
VLAT = ZoneInfo("Asia/Vladivostok")
THURSDAY = datetime(2026, 11, 26, 12, tzinfo=VLAT)


@pytest.fixture(autouse=True)
def _on_a_thursday() -> Iterator[None]:
    with clock.travel(THURSDAY, tick=False):
        yield


def after(**delta: int) -> datetime:
    return THURSDAY + timedelta(**delta)


def agenda(client: Client, query: str = "", language: str = "ru") -> str:
    return client.get(f"/{language}/events/{query}").content.decode()


def test_agenda_is_grouped_by_day(stranger: Client) -> None:
    make_event(title="Третье", starts_at=after(days=1))
    make_event(title="Первое", starts_at=after(hours=6))
    make_event(title="Второе", starts_at=after(hours=8))
    content = agenda(stranger)
    assert re.findall(r'id="day-([\d-]+)"', content) == ["2026-11-26", "2026-11-27"]
    assert content.index("Первое") < content.index("Второе") < content.index("Третье")
    assert '<time datetime="2026-11-26T18:00:00+10:00">18:00</time>' in content


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"сейчас", "вечером", "завтра", "суббота", "вебинар", "январь"}),
        ("?when=today", {"сейчас", "вечером"}),
        ("?when=tomorrow", {"сейчас", "завтра"}),
        ("?when=weekend", {"сейчас", "суббота", "вебинар"}),
        ("?when=month", {"сейчас", "вечером", "завтра", "суббота", "вебинар"}),
        ("?online=1", {"вебинар"}),
        ("?kind=lecture", {"завтра"}),
        ("?kind=lecture&when=today", set()),
        (
            "?when=nonsense&kind=nonsense",
            {"сейчас", "вечером", "завтра", "суббота", "вебинар", "январь"},
        ),
    ],
)
def test_chips_choose_events(query: str, shown: set[str], stranger: Client) -> None:
    make_event(title="сейчас", starts_at=after(hours=-2), ends_at=after(days=3))
    make_event(title="вечером", starts_at=after(hours=6))
    make_event(title="завтра", starts_at=after(days=1), kind="lecture")
    make_event(title="суббота", starts_at=after(days=2))
    make_event(title="вебинар", starts_at=after(days=3), online_url="https://meet.example.org/a")
    make_event(title="январь", starts_at=after(days=40))
    make_event(title="прошло", starts_at=after(days=-4))
    titles = re.findall(r'agenda-title"><a href="[^"]+">([^<]+)</a>', agenda(stranger, query))
    assert set(titles) == shown
    assert len(titles) == len(shown)


def test_chip_keeps_the_others(stranger: Client) -> None:
    make_event(kind="lecture"), make_event(kind="workshop")
    assert "?when=today&amp;kind=lecture" in agenda(stranger, "?when=month&kind=lecture")


def test_empty_day_names_the_next_event(stranger: Client) -> None:
    event = make_event(title="Каток", starts_at=after(days=1), place="Зал «Амур»")
    content = agenda(stranger, "?when=today")
    assert 'class="empty' in content
    assert f'href="{event.get_url()}"' in content


def test_past_events_have_their_own_address(stranger: Client) -> None:
    events_index()
    make_event(title="Давно", starts_at=after(days=-30))
    make_event(title="Недавно", starts_at=after(days=-2))
    assert "Недавно" not in agenda(stranger)
    past = agenda(stranger, "past/")
    assert past.index("Недавно") < past.index("Давно")
    assert 'hreflang="ru" href="http://testserver/ru/events/past/"' in past


def test_private_event_is_in_no_list(stranger: Client) -> None:
    event = make_event(title="Закрытое")
    PageViewRestriction.objects.create(page=event, restriction_type=PageViewRestriction.LOGIN)
    assert "Закрытое" not in agenda(stranger)


@pytest.mark.parametrize("count", [1, 3, 30])
def test_agenda_costs_the_same_for_any_number(
    count: int, stranger: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        make_event(image=make_image(f"Картинка {number}"), image_alt="Зал")
    agenda(stranger, "?x")
    with django_assert_num_queries(11):
        agenda(stranger)


def test_long_agenda_is_cut_into_pages(stranger: Client) -> None:
    for number in range(41):
        make_event(title=f"Событие № {number}", starts_at=after(hours=number + 1))
    assert "№ 40" not in agenda(stranger)
    assert "№ 40" in agenda(stranger, "?page=2")


def test_japanese_readers_see_both_times(stranger: Client) -> None:
    event = make_event(starts_at=THURSDAY + timedelta(hours=6))
    translate(event, "ja", title="日本語で話そう")
    content = agenda(stranger, language="ja")
    assert "18:00" in content
    assert "17:00" in content
    assert "17:00" not in agenda(stranger)


def test_page_tells_when_where_and_how_to_get_in(stranger: Client) -> None:
    event = make_event(
        starts_at=datetime(2026, 12, 20, 10, tzinfo=VLAT),
        document_needed=True,
        step_free="yes",
        entrance="Второй этаж",
    )
    content = stranger.get(event.get_url()).content.decode()
    assert 'datetime="2026-12-20T10:00:00+10:00"' in content
    assert "Речная улица, 100" in content
    assert "Второй этаж" in content
    assert 'data-answer="yes"' in content
    assert content.count('data-answer="ask"') == 3
    assert f'href="/ru/events/{event.pk}.ics"' in content


def test_page_of_a_cancelled_event_says_so_first(stranger: Client) -> None:
    event = make_event(cancelled=True, notice="Лектор заболел")
    content = stranger.get(event.get_url()).content.decode()
    assert content.index("Лектор заболел") < content.index("<h1")
    assert f"/ru/events/{event.pk}.ics" not in content


def test_page_of_a_past_event_offers_no_calendar(stranger: Client) -> None:
    event = make_event(starts_at=after(days=-2))
    assert f"/ru/events/{event.pk}.ics" not in stranger.get(event.get_url()).content.decode()


@pytest.mark.parametrize(
    ("fields", "mode"),
    [
        ({}, "OfflineEventAttendanceMode"),
        ({"online_url": "https://meet.example.org/a"}, "MixedEventAttendanceMode"),
        (
            {"online_url": "https://meet.example.org/a", "place": "", "address": ""},
            "OnlineEventAttendanceMode",
        ),
    ],
)
def test_page_is_an_event_to_search_engines(
    fields: dict[str, Any], mode: str, stranger: Client
) -> None:
    event = make_event(**fields)
    content = stranger.get(event.get_url()).content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', content, re.DOTALL)
    data = json.loads(found[1])
    assert data["@type"] == "Event"
    assert data["eventAttendanceMode"].endswith(mode)
    assert data["startDate"].endswith("+10:00")
    assert data["organizer"]["name"] == "Клуб «Река и город»"


def test_event_has_to_end_after_it_starts() -> None:
    event = make_event()
    event.ends_at = event.starts_at
    with pytest.raises(ValidationError):
        event.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        EventPage.objects.filter(pk=event.pk).update(ends_at=event.starts_at)


def test_event_until_midnight_is_of_one_day() -> None:
    start = datetime(2026, 11, 26, 20, tzinfo=VLAT)
    midnight = datetime(2026, 11, 27, tzinfo=VLAT)
    assert EventPage(starts_at=start, ends_at=midnight).is_one_day
    assert not EventPage(starts_at=start, ends_at=midnight + timedelta(hours=1)).is_one_day


def test_menu_lists_events_by_time(staff_of: Callable[[User], Client]) -> None:
    make_event(title="Каток")
    response = staff_of(UserFactory(is_superuser=True)).get("/admin/events/")
    assert "Каток" in response.content.decode()
