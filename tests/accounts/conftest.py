"""The consent that sign-up needs, and steps that many of these tests share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from wagtail.models import Locale

from accounts.actions import confirm_email
from home.models import HomePage, StandardPage

if TYPE_CHECKING:
    from django.core.mail import EmailMessage
    from django.http import HttpResponse

    from accounts.models import User

CONSENT = {
    "ru": ("Согласие", "Я согласен на обработку данных."),
    "en": ("Consent", "I agree."),
    "ja": ("同意", "同意します。"),
}
PASSWORD = "amur-steam-77"


@pytest.fixture(autouse=True)
def _land_on_the_profile(settings: Any) -> None:
    """Signing in leads to a page of another app, which these tests do without."""
    settings.LOGIN_REDIRECT_URL = "accounts:profile"


@pytest.fixture
def consent(home: HomePage) -> dict[str, StandardPage]:
    """The consent page in each language, under each language's home page."""
    pages = {}
    for code, (title, words) in CONSENT.items():
        locale = Locale.objects.get(language_code=code)
        parent = HomePage.objects.filter(locale=locale).first()
        if parent is None:
            parent = home.copy_for_translation(locale)
            parent.save_revision().publish()
        pages[code] = parent.add_child(
            instance=StandardPage(title=title, slug="consent", intro=words, locale=locale)
        )
    return pages


@pytest.fixture
def browser() -> Client:
    """A fresh browser."""
    return Client()


@pytest.fixture
def confirmed(resident: User) -> User:
    """A resident who can sign in with `PASSWORD`: the address is proven."""
    resident.set_password(PASSWORD)
    resident.save()
    confirm_email(user=resident)
    return resident


def sign_up(client: Client, language: str = "ru", query: str = "", **fields: Any) -> HttpResponse:
    """Send the sign-up form; a field given as None is left out."""
    data = {
        "email": "anna@example.org",
        "password1": PASSWORD,
        "name": "Анна",
        "municipality": "",
        "consent": "on",
        **fields,
    }
    sent = {name: value for name, value in data.items() if value is not None}
    return client.post(f"/{language}/accounts/signup/{query}", sent)


def sign_in(client: Client, user: User, query: str = "", password: str = PASSWORD) -> HttpResponse:
    """Send the sign-in form."""
    return client.post(f"/ru/accounts/login/{query}", {"login": user.email, "password": password})


def link_in(mail: EmailMessage) -> str:
    """The path of the first link in a mail."""
    return re.search(r"https?://[^/]+(/\S+)", mail.body)[1]
