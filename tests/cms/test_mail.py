"""The demo's mail: kept, shown in debug mode, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.mail import EmailMessage
from django.http import Http404
from django.urls import NoReverseMatch, reverse

import cms.urls  # noqa: F401 - before a test turns DEBUG on: then the page would get its address
from cms import mail

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client, RequestFactory


@pytest.fixture
def folder(settings: object, tmp_path: Path) -> Path:
    settings.DEBUG_MAIL_DIR = tmp_path / "mail"
    settings.MAILERS = {"default": {"BACKEND": "cms.mail.TerminalAndPageBackend"}}
    return settings.DEBUG_MAIL_DIR


def send(number: int = 1) -> None:
    EmailMessage(
        f"Подтвердите адрес {number}",
        "Ссылка: http://localhost:8000/ru/x/?a=1&b=2\n",
        to=["a@b.cd"],
    ).send()


def test_mail_is_printed_readably_and_kept(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    send()
    assert "Подтвердите адрес 1" in capsys.readouterr().out
    assert [letter.subject for letter in mail.letters()] == ["Подтвердите адрес 1"]


def test_only_the_last_fifty_stay_newest_first(folder: Path) -> None:
    for number in range(52):
        send(number)
    assert len(list(folder.iterdir())) == 50
    assert mail.letters()[0].subject == "Подтвердите адрес 51"
    assert mail.letters()[-1].subject == "Подтвердите адрес 2"


@pytest.mark.django_db
def test_page_shows_links_that_can_be_followed(
    folder: Path, settings: object, rf: RequestFactory
) -> None:
    send()
    settings.DEBUG = True
    request = rf.get("/mail/")
    request.user = AnonymousUser()
    page = mail.inbox(request).content.decode()
    assert 'href="http://localhost:8000/ru/x/?a=1&amp;b=2"' in page


def test_page_has_an_address_only_in_debug_mode() -> None:
    assert [url.name for url in mail.urls(debug=True)] == ["debug_mail"]
    assert mail.urls(debug=False) == []


@pytest.mark.django_db
def test_page_is_not_there_on_a_real_site(client: Client, rf: RequestFactory) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("debug_mail")
    assert client.get("/mail/", follow=True).status_code == 404
    with pytest.raises(Http404):
        mail.inbox(rf.get("/mail/"))
