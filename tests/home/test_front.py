"""The home page: its sections in the editors' order, and its price."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail import hooks

from home.kept import forget_all
from tests.factories.events import make_event
from tests.factories.home import home_page, make_image, make_news, news_index

if TYPE_CHECKING:
    from django.test import Client

    from home.models import HomePage

pytestmark = pytest.mark.django_db


def with_sections(*sections: tuple[str, dict[str, Any]]) -> HomePage:
    page = home_page()
    page.sections = list(sections)
    page.save()
    return page


def test_sections_stand_in_the_editors_order(stranger: Client) -> None:
    make_event(title="Хакатон"), make_news(title="Каток")
    with_sections(("news", {"heading": "", "count": 3}), ("events", {"heading": "", "count": 4}))
    content = stranger.get("/ru/").content.decode()
    assert content.index("Каток") < content.index("Хакатон")


def test_section_without_content_is_left_out(stranger: Client) -> None:
    with_sections(
        ("news", {"heading": "Новое", "count": 3}), ("events", {"heading": "", "count": 4})
    )
    content = stranger.get("/ru/").content.decode()
    assert "Новое" not in content
    assert 'id="events"' not in content


def test_section_shows_as_many_as_asked(stranger: Client) -> None:
    for _number in range(5):
        make_news()
    with_sections(("news", {"heading": "Новое", "count": 2}))
    content = stranger.get("/ru/").content.decode()
    assert content.count('class="card"') == 2
    assert "Новое" in content


def test_front_page_of_each_language_is_its_own(stranger: Client) -> None:
    for language in ("ru", "en", "ja"):
        content = stranger.get(f"/{language}/").content.decode()
        assert f'<html lang="{language}"' in content
        assert home_page(language).title.split()[0] in content
        assert content.count('rel="alternate" hreflang=') >= 3


def test_source_language_stands_in_for_a_front_page_not_published(stranger: Client) -> None:
    page = home_page("ja")
    page.live = False
    page.save()
    assert home_page("ru").title in stranger.get("/ja/").content.decode()


def test_menu_holds_pages_and_what_other_apps_add(stranger: Client) -> None:
    index = news_index()
    index.show_in_menus = True
    index.save()
    with hooks.register_temporarily("register_navigation_item", lambda: ("Предложения", "/ru/p/")):
        content = stranger.get("/ru/news/").content.decode()
    assert content.index('href="/ru/p/"') < content.index('href="/ru/news/" aria-current="true"')


@pytest.mark.parametrize("count", [1, 6])
def test_own_sections_cost_three_queries(count: int, stranger: Client) -> None:
    """And one each for page, menus and round; tests/cms/test_front_page.py has them all."""
    for number in range(count):
        make_event()
        make_news(image=make_image(f"Картинка {number}"), image_alt="Каток")
    with_sections(("events", {"heading": "", "count": 6}), ("news", {"heading": "", "count": 6}))
    stranger.get("/ru/?warm")
    forget_all()  # Wagtail's own caches stay
    with CaptureQueriesContext(connection) as queries:
        stranger.get("/ru/")
    assert len(queries) == 6
