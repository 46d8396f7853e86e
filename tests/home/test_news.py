"""News: the list and its tags, the page, the feeds, and what editors can do with a piece."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission, Workflow
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from tests.factories.accounts import UserFactory
from tests.factories.home import make_image, make_news, make_tag, news_index, translate

if TYPE_CHECKING:
    from collections.abc import Callable

    import time_machine
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import User
    from home.models import HomePage, NewsPage

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def structured_data(content: str) -> list[dict[str, Any]]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', content, re.DOTALL)
    return [json.loads(text) for text in found]


def test_list_shows_the_newest_first(stranger: Client) -> None:
    make_news(title="Старая", date=timezone.now() - timedelta(days=9))
    make_news(title="Новая", date=timezone.now())
    content = stranger.get("/ru/news/").content.decode()
    assert content.index("Новая") < content.index("Старая")


def test_list_says_when_it_is_empty(stranger: Client) -> None:
    news_index()
    assert 'class="empty"' in stranger.get("/ru/news/").content.decode()


def test_list_is_cut_into_pages(stranger: Client) -> None:
    for _number in range(13):
        make_news()
    first = stranger.get("/ru/news/").content.decode()
    second = stranger.get("/ru/news/?page=2").content.decode()
    assert first.count('class="card"') == 12
    assert second.count('class="card"') == 1
    assert 'rel="next"' in first
    assert 'rel="prev"' in second
    assert 'canonical" href="http://testserver/ru/news/?page=2"' in second


def test_list_is_filtered_by_tag_under_its_name_in_the_language(stranger: Client) -> None:
    tag = make_tag("done", ru="сделано", ja="実現")
    tagged, other = make_news(tags=(tag,)), make_news()
    translate(tagged, "ja")
    translate(other, "ja")
    content = stranger.get("/ja/news/?tag=done").content.decode()
    assert "実現" in content
    assert "сделано" not in content
    assert content.count('class="card"') == 1


def test_unknown_tag_shows_everything(stranger: Client) -> None:
    make_news()
    assert stranger.get("/ru/news/?tag=nope").content.decode().count('class="card"') == 1


@pytest.mark.parametrize("count", [1, 3, 30])
def test_list_costs_the_same_for_any_number(
    count: int, stranger: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tag = make_tag("done", ru="сделано")
    for number in range(count):
        make_news(tags=(tag,), image=make_image(f"Картинка {number}"), image_alt="Каток")
    stranger.get("/ru/news/?tag=")
    with django_assert_num_queries(13):
        stranger.get("/ru/news/")


def test_page_tells_others_what_it_is(stranger: Client) -> None:
    page = make_news(
        title="Каток </script><b>готов</b>",
        byline="Дарья М.",
        image=make_image(),
        image_alt="Каток",
    )
    content = stranger.get(page.get_url()).content.decode()
    article, way = structured_data(content)
    assert article["@type"] == "NewsArticle"
    assert article["headline"] == page.title
    assert article["author"]["name"] == "Дарья М."
    assert article["image"].startswith("http://testserver/media/")
    assert article["datePublished"].endswith("+10:00")
    assert [step["name"] for step in way["itemListElement"]][1:] == ["Новости", page.title]
    assert '<meta property="og:type" content="article">' in content
    assert '<meta property="og:image" content="http://testserver/media/' in content
    assert "<b>готов" not in content


def test_page_names_its_translations_and_no_others(stranger: Client) -> None:
    page = make_news(slug="rink")
    translate(page, "ja")
    content = stranger.get(page.get_url()).content.decode()
    assert 'hreflang="ja" href="http://testserver/ja/news/rink/"' in content
    assert '<link rel="alternate" hreflang="en"' not in content


def test_draft_is_not_shown(stranger: Client) -> None:
    page = make_news(slug="draft", live=False)
    assert stranger.get(page.get_url()).status_code == 404
    assert "draft" not in stranger.get("/ru/news/").content.decode()


@pytest.mark.parametrize("url", ["/ru/news/feed.rss", "/ru/news/feed.atom"])
def test_feed_needs_a_list(url: str, stranger: Client) -> None:
    assert stranger.get(url).status_code == 404


def test_rss_feed_names_each_piece_once_for_all_time(stranger: Client) -> None:
    page = make_news(title="Каток", byline="Дарья", tags=(make_tag("done", ru="сделано"),))
    response = stranger.get("/ru/news/feed.rss")
    assert response["Content-Type"].startswith("application/rss+xml")
    channel = ET.fromstring(response.content)[0]  # noqa: S314 - our own answer
    assert channel.findtext("title") == "Новости · Амур 100°"
    assert channel.findtext("language") == "ru"
    item = channel.find("item")
    assert item.findtext("title") == "Каток"
    assert item.findtext("category") == "сделано"
    assert item.findtext("guid") == f"urn:uuid:{page.translation_key}"
    assert item.findtext("link") == f"http://testserver{page.get_url()}"


def test_atom_feed_is_in_the_language_of_its_address(stranger: Client) -> None:
    translate(make_news(), "ja", title="リンク完成")
    feed = ET.fromstring(stranger.get("/ja/news/feed.atom").content)  # noqa: S314
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "ja"
    assert [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")] == [
        "リンク完成"
    ]


# What editors can do ------------------------------------------------------------------------


@pytest.fixture
def writer(home: HomePage) -> User:
    """Writes below the Russian home page; publishing is for others."""
    return member_of("Editors", home, "add", "change")


@pytest.fixture
def chief(home: HomePage) -> User:
    """Publishes what others wrote."""
    return member_of("Moderators", home, "add", "change", "publish")


def member_of(name: str, home: HomePage, *kinds: str) -> User:
    group = Group.objects.get(name=name)
    for kind in kinds:
        permission = Permission.objects.get(
            content_type__app_label="wagtailcore", codename=f"{kind}_page"
        )
        GroupPagePermission.objects.get_or_create(
            group=group, page=home.page_ptr, permission=permission
        )
    user = UserFactory()
    user.groups.add(group)
    return user


def form_of(page: NewsPage, **changes: Any) -> dict[str, Any]:
    return nested_form_data(
        {
            "title": page.title,
            "slug": page.slug,
            "date": "2026-11-24 10:00",
            "intro": page.intro,
            "body": streamfield([("paragraph", rich_text("<p>Готово.</p>"))]),
            "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0},
            **changes,
        }
    )


def test_editor_submits_and_moderator_publishes(
    writer: User, chief: User, home: HomePage, staff_of: Callable[[User], Client], stranger: Client
) -> None:
    page = make_news(slug="rink", live=False)
    Workflow.objects.get().workflow_pages.get_or_create(page=home.page_ptr)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])

    sent = staff_of(writer).post(edit, form_of(page, title="Каток") | {"action-submit": "1"})
    assert sent.status_code == 302
    assert stranger.get("/ru/news/rink/").status_code == 404

    page.refresh_from_db()
    task = page.current_workflow_task_state
    approve = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])
    assert staff_of(chief).post(approve, {"comment": ""}).status_code == 302
    assert "Каток" in stranger.get("/ru/news/rink/").content.decode()


def test_editor_cannot_publish_alone(
    writer: User, staff_of: Callable[[User], Client], stranger: Client
) -> None:
    page = make_news(slug="rink", live=False)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    staff_of(writer).post(edit, form_of(page) | {"action-publish": "1"})
    assert stranger.get("/ru/news/rink/").status_code == 404


def test_scheduled_piece_appears_and_expires_on_time(
    stranger: Client, time_machine: time_machine.TimeMachineFixture
) -> None:
    now = timezone.now()
    page = make_news(slug="later", live=False)
    page.go_live_at, page.expire_at = now + timedelta(hours=1), now + timedelta(hours=3)
    page.save_revision().publish()
    call_command("publish_scheduled")
    assert stranger.get("/ru/news/later/").status_code == 404
    time_machine.move_to(now + timedelta(hours=2))
    call_command("publish_scheduled")
    assert stranger.get("/ru/news/later/").status_code == 200
    time_machine.move_to(now + timedelta(hours=4))
    call_command("publish_scheduled")
    assert stranger.get("/ru/news/later/").status_code == 404


def test_old_revision_can_be_published_again(stranger: Client) -> None:
    page = make_news(slug="rink", title="Первый")
    first = page.save_revision()
    page.title = "Второй"
    page.save_revision().publish()
    first.publish()
    assert "Первый" in stranger.get("/ru/news/rink/").content.decode()


def test_changed_address_leads_to_the_new_one(
    stranger: Client, django_capture_on_commit_callbacks: Any
) -> None:
    page = make_news(slug="old")
    page.slug = "new"
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    response = stranger.get("/ru/news/old/")
    assert response.status_code == 301
    assert response["Location"] == "/ru/news/new/"


def test_picture_needs_words_before_publication_but_not_in_a_draft(
    staff_of: Callable[[User], Client],
) -> None:
    page = make_news()
    client = staff_of(UserFactory(is_superuser=True))
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = form_of(page, image=make_image().pk, image_alt="")
    assert client.post(edit, data).status_code == 302
    refused = client.post(edit, data | {"action-publish": "1"})
    assert refused.status_code == 200
    assert "Say what the picture shows." in refused.content.decode()


def test_menu_lists_news_by_date(staff_of: Callable[[User], Client]) -> None:
    make_news(title="Каток")
    content = staff_of(UserFactory(is_superuser=True)).get("/admin/news/").content.decode()
    assert "Каток" in content
