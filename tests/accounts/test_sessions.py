"""Who a session's cookie signs in, and who not: expired, ended, made up, or no longer active."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db
SIGNED_IN, ASKED_TO_SIGN_IN = 200, 302


@pytest.fixture
def signed_in(resident: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(resident)


def profile(client: Client) -> int:
    return client.get(reverse("accounts:profile")).status_code


def test_session_signs_its_person_in(signed_in: Client, resident: User) -> None:
    assert profile(signed_in) == SIGNED_IN
    assert get_user(signed_in) == resident


def test_session_that_is_over_signs_nobody_in(signed_in: Client) -> None:
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE + 1)):
        assert profile(signed_in) == ASKED_TO_SIGN_IN


def test_session_that_was_ended_signs_nobody_in(signed_in: Client) -> None:
    Session.objects.all().delete()
    assert profile(signed_in) == ASKED_TO_SIGN_IN


@pytest.mark.parametrize("key", ["a" * 32, "x", "'; --", "ÿ" * 32, r"aaaaaaaa\000"])
def test_made_up_key_signs_nobody_in(client: Client, key: str) -> None:
    cookie = f'{settings.SESSION_COOKIE_NAME}="{key}"'
    response = client.get(reverse("accounts:profile"), HTTP_COOKIE=cookie)
    assert response.status_code == ASKED_TO_SIGN_IN


def test_session_whose_data_was_changed_signs_nobody_in(signed_in: Client) -> None:
    session = Session.objects.get()
    Session.objects.update(session_data=session.session_data[:-1] + "!")
    assert profile(signed_in) == ASKED_TO_SIGN_IN


def test_session_of_another_password_signs_nobody_in(signed_in: Client, resident: User) -> None:
    resident.set_password("another one entirely")
    resident.save()
    assert profile(signed_in) == ASKED_TO_SIGN_IN


def test_session_of_somebody_locked_out_signs_nobody_in(signed_in: Client, resident: User) -> None:
    resident.is_active = False
    resident.save()
    assert profile(signed_in) == ASKED_TO_SIGN_IN


def test_session_of_an_erased_account_signs_nobody_in(signed_in: Client, resident: User) -> None:
    type(resident).objects.filter(pk=resident.pk).delete()
    assert profile(signed_in) == ASKED_TO_SIGN_IN
