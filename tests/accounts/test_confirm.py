"""Proving the address, the language of mail, and where people land."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from allauth.account.models import EmailAddress
from allauth.core import context
from django.test import Client, RequestFactory
from django.utils import translation

from accounts.adapter import AccountAdapter
from accounts.models import AssuranceLevel, User
from tests.accounts.conftest import PASSWORD, link_in, sign_in, sign_up
from tests.factories.accounts import UserFactory

if TYPE_CHECKING:
    from django.core.mail import EmailMessage
    from wagtail.models import Page

pytestmark = pytest.mark.django_db
WANTED = "/ru/proposals/1/?from=list"


def test_link_confirms_only_by_the_button(
    browser: Client, consent: dict[str, Page], mailoutbox: list[EmailMessage]
) -> None:
    sign_up(browser)
    link = link_in(mailoutbox[0])
    assert browser.get(link).status_code == 200  # a mail program looked ahead
    assert User.objects.get().level == AssuranceLevel.NONE
    browser.post(link)
    assert User.objects.get().level == AssuranceLevel.EMAIL


def test_same_browser_is_signed_in_and_goes_on(
    browser: Client, consent: dict[str, Page], mailoutbox: list[EmailMessage]
) -> None:
    sign_up(browser, next=WANTED)
    answer = browser.post(link_in(mailoutbox[0]))
    assert answer.headers["Location"] == WANTED
    assert "_auth_user_id" in browser.session


def test_other_browser_signs_in_first_and_goes_on(
    browser: Client, consent: dict[str, Page], mailoutbox: list[EmailMessage]
) -> None:
    sign_up(browser, next=WANTED)
    phone = Client()
    answer = phone.post(link_in(mailoutbox[0]))
    assert "_auth_user_id" not in phone.session  # who holds the link need not know the password
    login = answer.headers["Location"]
    assert login.startswith("/ru/accounts/login/?next=")
    answer = phone.post(login, {"login": "anna@example.org", "password": PASSWORD})
    assert answer.headers["Location"] == WANTED


def test_sign_in_before_the_link_sends_it_again(
    browser: Client, consent: dict[str, Page], mailoutbox: list[EmailMessage]
) -> None:
    sign_up(browser)
    from django.core.cache import cache

    cache.clear()  # three minutes later
    answer = sign_in(Client(), User.objects.get())
    assert answer.headers["Location"] == "/ru/accounts/confirm-email/"
    assert len(mailoutbox) == 2


def test_link_that_was_cut_short_says_what_to_do(browser: Client, home: Page) -> None:
    answer = browser.get("/en/accounts/confirm-email/MQ:1xVs:abc/")
    assert "/en/accounts/login/" in answer.content.decode().split("<main")[1]


def test_address_taken_meanwhile_is_not_confirmed(
    confirmed: User, browser: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_in(browser, confirmed)
    browser.post("/ru/accounts/email/", {"action_add": "", "email": "wanted@example.org"})
    UserFactory(email="wanted@example.org")
    browser.post(link_in(mailoutbox[-1]))
    assert User.objects.get(pk=confirmed.pk).email == confirmed.email


def test_change_of_address_counts_once_confirmed(
    confirmed: User, browser: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_in(browser, confirmed)
    browser.post("/ru/accounts/email/", {"action_add": "", "email": "new@example.org"})
    assert User.objects.get(pk=confirmed.pk).email == "resident@example.org"
    browser.post(link_in(mailoutbox[0]))
    assert User.objects.get(pk=confirmed.pk).email == "new@example.org"
    assert [address.email for address in EmailAddress.objects.all()] == ["new@example.org"]
    assert mailoutbox[-1].to == ["resident@example.org"]  # the old address is told


# Language of mail --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ru", "en", "ja"])
def test_sign_up_mail_leads_to_the_language_of_the_page(
    browser: Client, consent: dict[str, Page], language: str, mailoutbox: list[EmailMessage]
) -> None:
    sign_up(browser, language)
    assert link_in(mailoutbox[0]).startswith(f"/{language}/accounts/confirm-email/")
    assert User.objects.get().language == language
    with translation.override(language):
        assert mailoutbox[0].subject == translation.gettext("Confirm your e-mail address")


def test_reset_mail_speaks_its_readers_language(
    browser: Client, home: Page, mailoutbox: list[EmailMessage]
) -> None:
    UserFactory(email="hanako@example.org", language="ja")
    browser.post("/ru/accounts/password/reset/", {"email": "hanako@example.org"})
    assert link_in(mailoutbox[0]).startswith("/ja/accounts/password/reset/key/")


def test_mail_shows_names_as_typed(
    browser: Client, consent: dict[str, Page], mailoutbox: list[EmailMessage]
) -> None:
    sign_up(browser, name="O'Neil & <b>Co")
    assert "O'Neil & <b>Co" in mailoutbox[0].body


# Only this host ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "safe"),
    [
        ("/ru/proposals/1/", True),
        ("http://testserver/ru/", True),
        ("//evil.example/", False),
        ("https://evil.example/", False),
        (r"\\evil.example", False),
        ("http:///evil.example", False),
        ("javascript:alert(1)", False),
        ("http://localhost/ru/", False),  # served here as well, but another origin
        ("", False),
        (None, False),
    ],
)
def test_safe_targets_are_on_this_host(
    rf: RequestFactory, settings: object, target: str | None, safe: bool
) -> None:
    with context.request_context(rf.get("/")):
        assert AccountAdapter().is_safe_url(target) is safe


@pytest.mark.parametrize("path", ["login", "logout"])
def test_foreign_next_is_ignored(confirmed: User, browser: Client, path: str) -> None:
    if path == "logout":
        browser.force_login(confirmed)
    answer = browser.post(
        f"/ru/accounts/{path}/",
        {"login": confirmed.email, "password": PASSWORD, "next": "https://evil.example/"},
    )
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/ru/")


def test_foreign_then_in_a_link_is_ignored(
    browser: Client, consent: dict[str, Page], mailoutbox: list[EmailMessage]
) -> None:
    sign_up(browser)
    link = link_in(mailoutbox[0])
    answer = Client().post(f"{link}?then=https://evil.example/")
    assert answer.headers["Location"] == "/ru/accounts/login/"
