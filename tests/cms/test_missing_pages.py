"""What is missing is told in the reader's language, in development as in production."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as real

from cms.settings import dev

if TYPE_CHECKING:
    from django.test import Client

    from proposals.models import Proposal

pytestmark = pytest.mark.django_db
WORDS = {"ru": "Страница не найдена", "en": "Page not found", "ja": "ページが見つかりません"}


@pytest.fixture(params=["development", "production"])
def mode(request: pytest.FixtureRequest, settings: Any) -> None:
    if request.param == "development":
        settings.DEBUG = True
        settings.MIDDLEWARE = dev.MIDDLEWARE


@pytest.mark.usefixtures("mode")
@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize(
    "path",
    [
        *("nothing/", "proposals/4711/", "нет такой страницы/", "file.html/"),
        *("proposals/download/exe/", f"proposals/{10**20}/"),
    ],
)
def test_missing_page_is_ours(path: str, language: str, stranger: Client) -> None:
    response = stranger.get(f"/{language}/{path}")
    assert response.status_code == 404
    assert f"<h1>{WORDS[language]}</h1>" in response.text


@pytest.mark.usefixtures("mode")
def test_address_without_its_slash_or_language_still_leads_on(
    stranger: Client, proposal: Proposal
) -> None:
    page = proposal.get_absolute_url()
    assert stranger.get(page[:-1])["Location"] == page
    assert stranger.get(page[3:], headers={"Accept-Language": "ru"})["Location"] == page


@pytest.mark.usefixtures("mode")
def test_pages_that_are_there_are_as_ever(stranger: Client, proposal: Proposal) -> None:
    assert stranger.get(proposal.get_absolute_url()).status_code == 200


def test_development_differs_by_one_middleware() -> None:
    assert [*real.MIDDLEWARE, "cms.middleware.MissingPageMiddleware"] == dev.MIDDLEWARE
