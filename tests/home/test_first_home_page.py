"""A database that has only been migrated: home pages in every language, no welcome page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from wagtail.models import Page, Site

from home.models import HomePage

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def test_migrations_leave_one_home_page_a_language() -> None:
    homes = HomePage.objects.order_by("path")
    assert [home.locale.language_code for home in homes] == LANGUAGES
    assert len({home.translation_key for home in homes}) == 1
    assert Page.objects.filter(depth=2).count() == len(LANGUAGES)
    assert Page.find_problems() == ([], [], [], [], [])


def test_migrations_leave_one_site_under_the_address_that_mails_name() -> None:
    site = Site.objects.get()
    assert site.is_default_site
    assert site.root_url == settings.WAGTAILADMIN_BASE_URL
    assert site.root_page.locale.language_code == settings.LANGUAGE_CODE


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_page_of_an_empty_database_is_served(language: str, stranger: Client) -> None:
    response = stranger.get(f"/{language}/")
    title = HomePage.objects.get(locale__language_code=language).title
    assert response.status_code == 200
    assert title in response.content.decode()


def test_bare_address_leads_to_a_language(stranger: Client) -> None:
    assert stranger.get("/")["Location"] == "/ru/"
    assert stranger.get("/", headers={"Accept-Language": "ja"})["Location"] == "/ja/"
