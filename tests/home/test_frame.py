"""Head and foot that are drawn once for all who are signed out: right for each address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from home import chrome
from home.frame import PARTS, frame_of
from home.stencil import Stencil, hole
from tests.factories.home import home_page, make_news, news_index

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.test import Client, RequestFactory
    from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

    from accounts.models import User
    from proposals.models import Proposal

pytestmark = pytest.mark.django_db

ADDRESSES = [
    "/ru/",
    "/ru/proposals/?order=newest&q=%D0%BC%D0%BE%D1%81%D1%82+%26+%22x%22",
    "/ru/search/?q=50%25%20<b>",
    "/ru/accounts/login/?next=/ru/",
    "/ru/accounts/signup/",
    "/ru/results/?show=overdue",
    "/ru/нет такой%20страницы/",
]


def asked(rf: RequestFactory, address: str) -> HttpRequest:
    request = rf.get(address)
    request.user = AnonymousUser()
    return request


def header(page: str) -> str:
    return page[page.index("<header>") : page.index("</header>")]


@pytest.mark.parametrize("language", ["ru", "en", "ja"])
def test_frame_filled_in_is_what_the_templates_draw(rf: RequestFactory, language: str) -> None:
    news_index(language)
    with translation.override(language):
        frame_of(asked(rf, f"/{language}/elsewhere/"), chrome.languages_of_path(rf.get("/x/")))
        for address in ADDRESSES:
            request = asked(rf, address.replace("/ru/", f"/{language}/"))
            languages = chrome.languages_of_path(request)
            filled = frame_of(request, languages)
            assert filled
            for part in PARTS:
                context = {"LANGUAGE_CODE": language}
                drawn = render_to_string(f"components/{part}.html", context, request)
                assert filled[part] == drawn, (address, part)


def test_frame_is_drawn_once(
    rf: RequestFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    frame_of(asked(rf, "/ru/"), chrome.languages_of_path(rf.get("/ru/")))
    with django_assert_num_queries(0):
        frame_of(asked(rf, "/ru/search/"), chrome.languages_of_path(rf.get("/ru/search/")))


def test_frame_of_one_address_says_nothing_of_another(stranger: Client) -> None:
    first = stranger.get("/ru/search/?q=onlyhere")
    assert "onlyhere" in header(first.text)
    second = stranger.get("/ru/results/?show=waiting")
    assert "onlyhere" not in second.text
    assert 'href="/en/results/?show=waiting" lang="en"' in second.text
    assert "?next=/ru/results/%3Fshow%3Dwaiting" in second.text


def test_frame_links_to_the_translations_of_a_page(stranger: Client) -> None:
    stranger.get("/ru/search/")
    page = make_news()
    text = header(stranger.get(page.url).text)
    assert f'href="{page.url}" lang="ru"' in text
    assert 'href="/ja/" lang="ja"' in text


def test_frame_marks_the_section_of_the_page_only(stranger: Client, proposal: Proposal) -> None:
    stranger.get("/ru/results/")
    text = header(stranger.get(proposal.get_absolute_url()).text)
    current = re.findall(r'<a href="([^"]*)" aria-current="true">', text)
    assert set(current) == {"/ru/proposals/"}


def test_frame_escapes_what_is_in_the_address(stranger: Client) -> None:
    text = stranger.get("/ru/search/?q=\"><script>alert('1')</script>%25(path)s").text
    assert "<script>alert" not in text
    assert "'1'" not in header(text)


def test_frame_shows_a_publication_at_once(
    stranger: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    stranger.get("/ru/search/?q=a")
    home = home_page()
    home.site_name, home.tagline = "Новое имя", "По средам"
    with django_capture_on_commit_callbacks(execute=True):
        home.save_revision().publish()
    text = stranger.get("/ru/search/?q=b").text
    assert "Новое имя" in header(text)
    assert "По средам" in text


def test_frame_of_the_signed_in_is_their_own(
    stranger: Client, resident: User, editor: User, client_of: Callable[[User], Client]
) -> None:
    address = "/ru/results/"
    assert "Мои предложения" not in stranger.get(address).text
    mine = header(client_of(resident).get(address).text)
    assert "Мои предложения" in mine
    assert "/accounts/login/" not in mine
    assert "/admin/" in header(client_of(editor).get(address).text)
    other = header(stranger.get(f"{address}?show=waiting").text)
    assert "/admin/" not in other
    assert "/accounts/login/" in other


def test_frame_of_a_preview_is_drawn_anew(rf: RequestFactory) -> None:
    request = asked(rf, "/ru/")
    request.is_preview = True
    assert frame_of(request, chrome.languages_of_path(request)) is None


def test_stencil_takes_what_a_template_takes() -> None:
    values = {"a": gettext_lazy("Sign in"), "b": mark_safe("<b>"), "c": None, "d": 7, "e": "'\"<&>"}
    stencil = Stencil("".join(hole(name) for name in values), values)
    drawn = Template("".join(f"{{{{ {name} }}}}" for name in values)).render(Context(values))
    assert stencil.fill(values) == drawn


def test_stencil_escapes_what_it_is_filled_with() -> None:
    stencil = Stencil(f"<p title='100 %s'>{hole('a')}, {hole('a')}, {hole('c')}</p>", ["a", "b"])
    filled = stencil.fill({"a": "<&>", "b": "unused"})
    assert filled == f"<p title='100 %s'>&lt;&amp;&gt;, &lt;&amp;&gt;, {hole('c')}</p>"
