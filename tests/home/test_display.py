"""The display settings: the cookie's spelling, the form, and what reaches the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from home import display

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

USUAL = {name: values[0] for name, values in display.OPTIONS.items()}


@pytest.mark.parametrize("name", display.OPTIONS)
def test_cookie_reads_back_what_was_written(name: str) -> None:
    for value in display.OPTIONS[name]:
        expected = {} if value == USUAL[name] else {name: value}
        assert display.read(display.write(USUAL | {name: value})) == expected


@pytest.mark.parametrize("cookie", ["", "text", "text-", "-150", "text-999", "colour-red", "....."])
def test_cookie_drops_what_it_does_not_know(cookie: str) -> None:
    assert display.read(cookie) == {}


def test_script_knows_the_same_names_as_the_server() -> None:
    script = (settings.BASE_DIR / "cms/static/js/display.js").read_text()
    names = re.search(r"\^\(([\w|]+)\)\$", script)
    assert names is not None
    assert names[1].split("|") == list(display.OPTIONS)
    assert len(script) <= 500


def test_style_sheet_has_a_rule_for_each_choice() -> None:
    css = (settings.BASE_DIR / "cms/static/css/site.css").read_text()
    for name, (_usual, *others) in display.OPTIONS.items():
        for value in others:
            assert f'[data-{name}="{value}"]' in css


def test_form_keeps_the_choice_and_returns_to_the_page(client: Client) -> None:
    data = USUAL | {"text": "150", "scheme": "black", "next": "/ru/proposals/?q=мост"}
    response = client.post("/ru/display/", data)
    assert response.status_code == 302
    assert response["Location"] == "/ru/proposals/?q=%D0%BC%D0%BE%D1%81%D1%82"
    assert response.cookies["display"].value == "text-150.scheme-black"
    assert response.cookies["display"]["samesite"] == "Lax"
    page = client.get("/ru/display/").content.decode()
    assert '<html lang="ru" data-text="150" data-scheme="black">' in page
    assert re.search(r'value="black"[^>]* checked', page)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:1", ""])
def test_form_returns_nowhere_but_to_this_site(client: Client, target: str) -> None:
    response = client.post("/ru/display/", USUAL | {"next": target})
    assert response["Location"] == "/ru/display/"


def test_back_to_normal_forgets_the_choice(client: Client) -> None:
    client.cookies["display"] = "text-200"
    response = client.post("/en/display/", {"reset": "1"})
    assert response.cookies["display"].value == ""
    assert "data-text" not in client.get("/en/display/").content.decode().partition("<head>")[0]


def test_all_as_usual_leaves_no_cookie(client: Client) -> None:
    assert client.post("/ru/display/", USUAL).cookies["display"].value == ""


def test_unknown_choice_is_refused_with_words(client: Client) -> None:
    response = client.post("/en/display/", USUAL | {"scheme": "pink"})
    assert response.status_code == 422
    assert "display" not in response.cookies
    assert 'class="error-summary"' in response.content.decode()


def test_summary_of_errors_names_a_lone_missing_field(client: Client) -> None:
    page = client.post("/en/display/", {**USUAL, "motion": ""}).text
    summary = page[page.index('class="error-summary"') :]
    assert ">Movement — This field is required.</a>" in summary[:800]


def test_page_starts_no_session(client: Client) -> None:
    client.post("/ru/display/", USUAL | {"motion": "off"})
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_missing_page_offers_the_search(client: Client) -> None:
    response = client.get("/en/no/such/page/")
    assert response.status_code == 404
    assert 'action="/en/search/"' in response.content.decode()
