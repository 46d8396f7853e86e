"""Consent, confirmed address, erasure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from wagtail import hooks
from wagtail.models import ModelLogEntry

from accounts.actions import (
    change_profile,
    confirm_email,
    erase_account,
    record_consent,
    settle_email,
)
from accounts.models import AssuranceLevel, Consent, ConsentText, User
from accounts.permissions import may_erase_account
from tests.factories.accounts import UserFactory

if TYPE_CHECKING:
    from django.core.mail import EmailMessage

pytestmark = pytest.mark.django_db


def test_record_consent_keeps_each_wording_once(resident: User, neighbour: User) -> None:
    for user in (resident, neighbour):
        record_consent(user=user, purpose=Consent.Purpose.PERSONAL_DATA, text="Я согласен.")
    assert ConsentText.objects.count() == 1
    assert Consent.objects.count() == 2


def test_confirm_email_raises_the_level_once_and_logs(db: None) -> None:
    user = UserFactory(level=AssuranceLevel.NONE)
    for _again in range(2):
        confirm_email(user=user)
    assert User.objects.get(pk=user.pk).level == AssuranceLevel.EMAIL
    assert EmailAddress.objects.filter(user=user, verified=True, primary=True).count() == 1
    assert ModelLogEntry.objects.filter(action="accounts.confirm_email").count() == 1


def test_settle_email_shuts_the_old_address_out(resident: User) -> None:
    confirm_email(user=resident)
    resident.email = "other@example.org"
    resident.save()
    settle_email(user=resident)
    assert [a.email for a in EmailAddress.objects.filter(user=resident)] == ["other@example.org"]


def test_change_profile_leaves_the_level(resident: User) -> None:
    resident.level = 99
    change_profile(user=resident, name="Аня", municipality=None, language="ja")
    kept = User.objects.get(pk=resident.pk)
    assert (kept.name, kept.language, kept.level) == ("Аня", "ja", AssuranceLevel.EMAIL)


def test_erase_account_takes_the_person_and_tells_them(
    resident: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: object,
) -> None:
    confirm_email(user=resident)
    record_consent(user=resident, purpose=Consent.Purpose.PERSONAL_DATA, text="Я согласен.")
    change_profile(user=resident, name="Анна Амурская", municipality=None, language="ru")
    with django_capture_on_commit_callbacks(execute=True):
        erase_account(account=resident, by=resident, keep_name=False)
    assert not User.objects.exists()
    assert not Consent.objects.exists()
    assert not EmailAddress.objects.exists()
    assert [mail.to for mail in mailoutbox] == [["resident@example.org"]]
    labels = set(ModelLogEntry.objects.values_list("label", flat=True))
    assert len(labels) == 1
    assert not any("Анна" in label or "@" in label for label in labels)
    assert ModelLogEntry.objects.filter(action="accounts.erase", deleted=True).count() == 1


def test_erase_account_asks_other_apps_first(resident: User) -> None:
    asked: list[tuple[int, bool]] = []

    def let_go(account: User, keep_name: bool) -> None:
        asked.append((account.pk, keep_name))

    with hooks.register_temporarily("before_erase_account", let_go):
        number = resident.pk
        erase_account(account=resident, by=resident, keep_name=True)
    assert asked == [(number, True)]


def test_erase_account_leaves_all_if_an_app_cannot_let_go(resident: User) -> None:
    def refuse(account: User, keep_name: bool) -> None:
        raise RuntimeError

    with (
        hooks.register_temporarily("before_erase_account", refuse),
        pytest.raises(RuntimeError),
    ):
        erase_account(account=resident, by=resident, keep_name=True)
    assert User.objects.filter(pk=resident.pk).exists()


def test_erase_account_of_somebody_else_is_refused(resident: User, neighbour: User) -> None:
    with pytest.raises(PermissionDenied):
        erase_account(account=neighbour, by=resident, keep_name=True)
    assert User.objects.filter(pk=neighbour.pk).exists()


def test_last_administrator_stays(resident: User) -> None:
    admin = UserFactory(is_superuser=True)
    assert not may_erase_account(admin, admin)
    second = UserFactory(is_superuser=True)
    assert may_erase_account(admin, admin)
    assert may_erase_account(second, resident)
    assert not may_erase_account(resident, admin)
