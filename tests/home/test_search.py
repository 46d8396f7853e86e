"""Search over pages in three languages, and what other apps add to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from wagtail import hooks
from wagtail.models import PageViewRestriction

from home.search import SearchGroup, SearchResult
from home.search_terms import index_terms, query_terms
from tests.factories.events import make_event
from tests.factories.home import full_body, make_document, make_image, make_news, translate

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indexed")]


def found(client: Client, text: str, language: str = "ru") -> str:
    response = client.get(f"/{language}/search/", {"q": text})
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("text", ["паводок", "паводков", "ПАВОДКОМ", "паводки Амура"])
def test_russian_is_found_in_any_form(text: str, stranger: Client) -> None:
    page = make_news(title="Паводок на Амуре")
    assert page.get_url() in found(stranger, text)


@pytest.mark.parametrize("text", ["洪水", "洪水警報", "警報"])
def test_japanese_is_found_by_parts_of_words(text: str, stranger: Client) -> None:
    page = translate(make_news(), "ja", title="アムール川の洪水警報")
    assert page.get_url() in found(stranger, text, "ja")


def test_english_is_found_in_any_form(stranger: Client) -> None:
    page = translate(make_news(), "en", title="Flooded villages")
    assert page.get_url() in found(stranger, "flooding village", "en")


@pytest.mark.parametrize("text", ["тревога", "шести часов", "сантиметр", "паспорт", "участвовать"])
def test_words_of_the_body_are_found(text: str, stranger: Client) -> None:
    page = make_news()
    page.body = full_body(make_image(), make_document(), page)
    page.save()
    assert page.get_url() in found(stranger, text)


def test_events_are_found_by_place(stranger: Client) -> None:
    event = make_event(place="Лаборатория «Тигр»")
    assert event.get_url() in found(stranger, "лаборатории тигра")


def test_all_words_have_to_occur(stranger: Client) -> None:
    page = make_news(title="Паводок на Амуре")
    assert page.get_url() not in found(stranger, "паводок на Уссури")


def test_other_languages_drafts_and_private_pages_are_not_found(stranger: Client) -> None:
    russian, draft, private = (
        make_news(title="Паводок"),
        make_news(title="Паводок", live=False),
        make_news(title="Паводок"),
    )
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    content = found(stranger, "паводок")
    assert russian.get_url() in content
    assert draft.get_url() not in content
    assert private.get_url() not in content
    assert russian.get_url() not in found(stranger, "паводок", "ja")


def test_nothing_found_says_what_next(stranger: Client) -> None:
    make_news()
    content = found(stranger, "абракадабра")
    assert 'class="empty' in content
    assert "абракадабра" in content


@pytest.mark.parametrize("text", ["", "   ", "?!", '"', "' OR 1=1 --", "*", "NEAR(", "а" * 500])
def test_odd_words_do_no_harm(text: str, stranger: Client) -> None:
    make_news()
    found(stranger, text)


def test_words_are_escaped(stranger: Client) -> None:
    assert "<script>alert" not in found(stranger, "<script>alert(1)</script>")


def test_other_apps_add_their_results(stranger: Client) -> None:
    def proposals(text: str, request: HttpRequest) -> SearchGroup:
        result = SearchResult("Датчики", "/ru/proposals/1/", kind="Предложение", language="ru")
        return SearchGroup("Предложения", [result], total=7, more_url=f"/ru/proposals/?q={text}")

    with hooks.register_temporarily("register_search_results", proposals):
        content = found(stranger, "датчики")
    assert "Предложения" in content
    assert 'href="/ru/proposals/?q=датчики"' in content


@pytest.mark.parametrize("count", [1, 12])
def test_search_costs_the_same_for_any_number(
    count: int, stranger: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(count):
        make_news(title="Паводок")
    found(stranger, "вода")
    with django_assert_num_queries(8):
        stranger.get("/ru/search/", {"q": "паводок"})


@pytest.mark.parametrize(
    ("one", "other"),
    [("паводок", "паводка"), ("рынок", "рынки"), ("посёлок", "поселке"), ("каток", "катку")],
)
def test_vowel_that_comes_and_goes_does_not_part_words(one: str, other: str) -> None:
    assert query_terms(one) == query_terms(other) == index_terms(other)
