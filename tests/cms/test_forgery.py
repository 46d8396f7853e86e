"""Forms without a valid token: a page of ours may send its own again, nobody else's is shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.voting.test_ballots import standing
from voting.pseudonyms import make_key

if TYPE_CHECKING:
    from accounts.models import User
    from voting.models import Round

pytestmark = pytest.mark.django_db

HERE = {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def visitor(home: object) -> Client:
    return Client(enforce_csrf_checks=True)


def sent_again(answer: Any) -> dict[str, str]:
    """The fields that the page of refusal holds ready."""
    assert answer.status_code == 403
    return dict(HIDDEN.findall(answer.text.partition("<main")[2]))


def test_ballot_from_before_signing_in_is_cast_by_one_press(
    ballot: Round, neighbour: User, visitor: Client
) -> None:
    """Signing in in another tab changes the token under the page."""
    address = f"/en/rounds/{ballot.pk}/cast/"
    page = visitor.get(f"/en/rounds/{ballot.pk}/")
    fields = dict(HIDDEN.findall(page.text.partition("data-ballot")[2].partition("</form>")[0]))
    make_key(neighbour)
    visitor.force_login(neighbour)
    visitor.cookies["csrftoken"] = "n" * 32
    refused = visitor.post(address, {**fields, "option": "2"}, headers=HERE)
    assert f'<form method="post" action="{address}">' in refused.text
    assert "no-store" in refused["Cache-Control"]
    assert visitor.post(address, sent_again(refused), headers=HERE).status_code == 302
    assert standing(ballot) == [[2]]


def test_lines_and_quotes_come_back_as_they_were(visitor: Client) -> None:
    text = 'One "line"\n<b>and another</b>'
    answer = visitor.post("/en/proposals/new/?call=1", {"problem": text}, headers=HERE)
    assert 'action="/en/proposals/new/?call=1"' in answer.text
    assert "One &quot;line&quot;\n&lt;b&gt;and another&lt;/b&gt;" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://testserver"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"},
    ],
)
def test_form_of_another_site_is_not_shown(headers: dict[str, str], visitor: Client) -> None:
    answer = visitor.post("/en/proposals/new/", {"title": "planted"}, headers=headers)
    assert not sent_again(answer)
    assert "planted" not in answer.text


def test_origin_alone_is_enough(visitor: Client) -> None:
    headers = {"Origin": "http://testserver"}
    answer = visitor.post("/en/proposals/new/", {"title": "mine"}, headers=headers)
    assert sent_again(answer)["title"] == "mine"


@pytest.mark.parametrize("name", ["login", "signup", "password/reset", "password/change"])
def test_form_of_signing_in_is_never_given_back(name: str, visitor: Client) -> None:
    fields = {"login": "anna@example.org", "email": "anna@example.org", "password": "boiling-100"}
    answer = visitor.post(f"/en/accounts/{name}/", fields, headers=HERE)
    assert not sent_again(answer)
    assert "anna@example.org" not in answer.text


def test_password_is_never_given_back(visitor: Client) -> None:
    fields = {"keep_name": "1", "password": "boiling-100"}
    answer = visitor.post("/en/accounts/delete/", fields, headers=HERE)
    assert sent_again(answer).keys() == {"csrfmiddlewaretoken", "keep_name"}


@pytest.mark.parametrize("extra", [SimpleUploadedFile("plan.pdf", b"%PDF"), "x" * 500_000])
def test_files_and_too_much_are_not_given_back(extra: Any, visitor: Client) -> None:
    fields = {"title": "mine", "extra": extra}
    assert not sent_again(visitor.post("/en/proposals/new/", fields, headers=HERE))


@pytest.mark.parametrize(
    ("language", "words"),
    [("ru", "Отправить ещё раз"), ("en", "Send it again"), ("ja", "もう一度送信する")],
)
def test_page_is_in_the_language(language: str, words: str, visitor: Client) -> None:
    answer = visitor.post(f"/{language}/proposals/new/", {"title": "mine"}, headers=HERE)
    assert f'<html lang="{language}"' in answer.text
    assert words in answer.text
