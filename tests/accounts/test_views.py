"""A person's own pages, and the same pages for everybody else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from wagtail import hooks

from accounts.actions import record_consent
from accounts.models import Consent, User
from tests.accounts.conftest import PASSWORD
from tests.factories.accounts import MunicipalityFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from wagtail.models import Page

    ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["profile", "data", "delete"])
def test_own_pages_send_strangers_to_sign_in(stranger: Client, path: str) -> None:
    answer = stranger.get(f"/ru/accounts/{path}/")
    assert answer.headers["Location"] == f"/ru/accounts/login/?next=/ru/accounts/{path}/"


@pytest.mark.parametrize("path", ["profile", "data", "delete", "email", "password/change"])
def test_own_pages_are_kept_by_no_cache(
    client_of: ClientOf, resident: User, home: Page, path: str
) -> None:
    answer = client_of(resident).get(f"/ru/accounts/{path}/")
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]


def test_profile_saves_and_answers_in_the_new_language(
    client_of: ClientOf, resident: User, home: Page
) -> None:
    place = MunicipalityFactory()
    answer = client_of(resident).post(
        "/ru/accounts/profile/", {"name": "Аня", "municipality": place.pk, "language": "ja"}
    )
    assert answer.headers["Location"] == "/ja/accounts/profile/"
    kept = User.objects.get(pk=resident.pk)
    assert (kept.name, kept.municipality, kept.language) == ("Аня", place, "ja")


def test_profile_with_an_error_keeps_what_was_typed_and_the_old_name(
    client_of: ClientOf, resident: User, home: Page
) -> None:
    answer = client_of(resident).post(
        "/ru/accounts/profile/", {"name": "", "municipality": "", "language": "xx"}
    )
    assert set(answer.context["form"].errors) == {"name", "language"}
    assert answer.context["user"].name == "Анна"


@pytest.mark.parametrize("field", ["level", "email", "is_superuser", "is_staff"])
def test_profile_takes_no_other_field(
    client_of: ClientOf, resident: User, home: Page, field: str
) -> None:
    before = getattr(resident, field)
    client_of(resident).post(
        "/ru/accounts/profile/", {"name": "Анна", "language": "ru", field: "9"}
    )
    assert getattr(User.objects.get(pk=resident.pk), field) == before


def test_download_holds_own_data_and_nobody_elses(
    client_of: ClientOf, resident: User, neighbour: User
) -> None:
    record_consent(user=resident, purpose=Consent.Purpose.PERSONAL_DATA, text="Я согласен.")
    answer = client_of(resident).get("/ru/accounts/data/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    data = json.loads(answer.content)["account"]
    assert (data["email"], data["name"]) == ("resident@example.org", "Анна")
    assert data["consents"][0]["text"] == "Я согласен."
    assert neighbour.email not in answer.content.decode()
    assert "Анна" in answer.content.decode()  # not \\u0410: people read it too


def test_download_takes_what_other_apps_tell(client_of: ClientOf, resident: User) -> None:
    with hooks.register_temporarily("register_personal_data", lambda user: ("more", [user.pk])):
        answer = client_of(resident).get("/ru/accounts/data/")
    assert json.loads(answer.content)["more"] == [resident.pk]


def test_erase_needs_the_password_and_a_word_on_the_name(
    client_of: ClientOf, confirmed: User, home: Page
) -> None:
    client = client_of(confirmed)
    answer = client.post("/ru/accounts/delete/", {"password": "wrong"})
    assert set(answer.context["form"].errors) == {"keep_name", "password"}
    assert User.objects.filter(pk=confirmed.pk).exists()


def test_erase_signs_out_and_says_so(client_of: ClientOf, confirmed: User, home: Page) -> None:
    client = client_of(confirmed)
    answer = client.post("/ru/accounts/delete/", {"password": PASSWORD, "keep_name": "no"})
    assert answer.headers["Location"] == "/ru/accounts/deleted/"
    assert not User.objects.filter(pk=confirmed.pk).exists()
    assert client.get("/ru/accounts/deleted/").status_code == 200
    assert client.get("/ru/accounts/profile/").status_code == 302


def test_erase_is_not_offered_to_the_last_administrator(client_of: ClientOf, home: Page) -> None:
    client = client_of(UserFactory(is_superuser=True))
    assert "/ru/accounts/delete/" not in client.get("/ru/accounts/profile/").content.decode()
    assert client.get("/ru/accounts/delete/").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "login/",
        "signup/",
        "confirm-email/",
        "inactive/",
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/1-set-password/",
        "password/reset/key/done/",
    ],
)
@pytest.mark.parametrize("language", ["ru", "en", "ja"])
def test_pages_of_signing_in_are_ours(
    stranger: Client, consent: dict[str, Page], language: str, path: str
) -> None:
    answer = stranger.get(f"/{language}/accounts/{path}")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in page
    assert page.count("<h1") == 1
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["logout/", "email/", "password/change/", "reauthenticate/"])
def test_pages_of_the_signed_in_are_ours(
    client_of: ClientOf, confirmed: User, home: Page, path: str
) -> None:
    page = client_of(confirmed).get(f"/ru/accounts/{path}").content.decode()
    assert page.count("<h1") == 1
    assert 'class="button"' in page


def test_first_password_has_its_own_page(client_of: ClientOf, resident: User, home: Page) -> None:
    resident.set_unusable_password()
    resident.save()
    answer = client_of(resident).get("/ru/accounts/password/set/")
    assert list(answer.context["form"].fields) == ["password1"]


def test_password_change_signs_other_browsers_out(
    client_of: ClientOf, confirmed: User, home: Page
) -> None:
    here, elsewhere = client_of(confirmed), client_of(confirmed)
    here.post("/ru/accounts/password/change/", {"oldpassword": PASSWORD, "password1": "another-77"})
    assert here.get("/ru/accounts/profile/").status_code == 200
    assert elsewhere.get("/ru/accounts/profile/").status_code == 302
