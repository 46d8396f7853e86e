"""What machines read: sitemap, robots, and the marks of a page that shared caches may keep."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from wagtail.models import PageViewRestriction

from tests.factories.events import events_index
from tests.factories.home import make_news, make_standard, translate

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import User

pytestmark = pytest.mark.django_db
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"


def sitemap(client: Client) -> dict[str, dict[str, str]]:
    """Address to its alternates by language."""
    tree = ET.fromstring(client.get("/sitemap-pages.xml").content)  # noqa: S314 - our own answer
    return {
        url.findtext(f"{MAP}loc"): {
            link.get("hreflang"): link.get("href") for link in url.findall(LINK)
        }
        for url in tree
    }


def test_sitemap_holds_every_language_and_names_the_others(stranger: Client) -> None:
    page = make_news(slug="rink")
    translate(page, "ja")
    urls = sitemap(stranger)
    assert urls["http://testserver/ja/news/rink/"] == {
        "ru": "http://testserver/ru/news/rink/",
        "ja": "http://testserver/ja/news/rink/",
        "x-default": "http://testserver/ru/news/rink/",
    }
    assert "http://testserver/en/" in urls


def test_sitemap_leaves_out_drafts_and_private_pages(stranger: Client) -> None:
    draft, private = make_standard(live=False), make_standard()
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    urls = sitemap(stranger)
    assert not [url for url in urls if draft.slug in url or private.slug in url]


@pytest.mark.parametrize("count", [1, 30])
def test_sitemap_costs_the_same_for_any_number(
    count: int, stranger: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(count):
        make_news()
    stranger.get("/ru/")
    with django_assert_num_queries(2):
        sitemap(stranger)


def test_robots_are_told_of_the_sitemap(stranger: Client) -> None:
    response = stranger.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    content = response.content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in content
    assert "Disallow: /admin/" in content


@pytest.mark.parametrize("url", ["/ru/", "/ru/events/", "/ru/events/past/", "/ru/news/rink/"])
def test_page_may_be_kept_for_people_without_a_session(
    url: str, stranger: Client, resident: User, client_of: Callable[[User], Client]
) -> None:
    events_index(), make_news(slug="rink")
    assert "public" in stranger.get(url)["Cache-Control"]
    assert "private" in client_of(resident).get(url)["Cache-Control"]


def test_page_behind_a_password_is_never_kept_by_others(stranger: Client) -> None:
    page = make_news(slug="secret")
    restriction = PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.PASSWORD, password="амур"
    )
    asked = stranger.get(page.get_url())
    assert "public" not in asked["Cache-Control"]
    assert page.intro not in asked.content.decode()
    stranger.post(
        f"/ru/_util/authenticate_with_password/{restriction.pk}/{page.pk}/",
        {"password": "амур", "return_url": page.get_url()},
    )
    shown = stranger.get(page.get_url())
    assert page.intro in shown.content.decode()
    assert "public" not in shown["Cache-Control"]
