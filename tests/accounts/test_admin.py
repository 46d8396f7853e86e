"""The one door to the admin, and people in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from wagtail import hooks

from accounts.models import AssuranceLevel, User
from tests.accounts.conftest import PASSWORD, sign_in
from tests.factories.accounts import MunicipalityFactory, UserFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from wagtail.models import Page

    ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db: None) -> User:
    return UserFactory(email="admin@example.org", is_superuser=True)


@pytest.mark.parametrize("path", ["/admin/", "/admin/users/", "/admin/pages/"])
def test_admin_sends_strangers_to_the_one_sign_in(stranger: Client, path: str) -> None:
    answer = stranger.get(path, follow=True)
    assert answer.redirect_chain[-1][0] == f"/ru/accounts/login/?next={path}"


def test_admins_own_sign_in_leads_to_the_one_sign_in(stranger: Client) -> None:
    answer = stranger.get("/admin/login/?next=/admin/pages/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/ru/accounts/login/?next=/admin/")
    assert stranger.post("/admin/login/", {"username": "x", "password": "y"}).status_code == 302


@pytest.mark.parametrize("path", ["", "done/", "confirm/MQ/set-password/", "complete/"])
def test_admins_own_password_reset_leads_to_ours(stranger: Client, path: str) -> None:
    answer = stranger.get(f"/admin/password_reset/{path}")
    assert answer.headers["Location"] == "/ru/accounts/password/reset/"


def test_resident_gets_a_plain_no(client_of: ClientOf, resident: User, home: Page) -> None:
    answer = client_of(resident).get("/admin/", follow=True)
    assert answer.status_code == 403
    assert len(answer.redirect_chain) == 1
    assert resident.email in answer.content.decode()


def test_editor_comes_in_after_signing_in(editor: User, browser: Client, home: Page) -> None:
    from accounts.actions import confirm_email

    editor.set_password(PASSWORD)
    editor.save()
    confirm_email(user=editor)
    answer = sign_in(browser, editor, "?next=/admin/")
    assert answer.headers["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200
    assert browser.get("/ru/accounts/staff/?next=//evil.example/").headers["Location"] == "/admin/"


def person(**fields: object) -> dict[str, object]:
    """What the admin's form sends."""
    return {
        "email": "new@example.org",
        "name": "Новый редактор",
        "municipality": "",
        "level": AssuranceLevel.EMAIL,
        "language": "en",
        "password1": PASSWORD,
        "password2": PASSWORD,
        **fields,
    }


def test_staff_add_a_person_who_can_sign_in(
    client_of: ClientOf, admin: User, browser: Client, home: Page
) -> None:
    place, group = MunicipalityFactory(), Group.objects.get(name="Editors")
    client = client_of(admin)
    assert client.get("/admin/users/new/").status_code == 200
    answer = client.post("/admin/users/new/", person(municipality=place.pk, groups=[group.pk]))
    assert answer.status_code == 302
    user = User.objects.get(email="new@example.org")
    assert (user.name, user.municipality, user.language) == ("Новый редактор", place, "en")
    assert list(user.groups.all()) == [group]
    assert sign_in(browser, user, "?next=/admin/").headers["Location"] == "/admin/"


def test_nobody_gives_the_level_of_a_seen_document_by_hand(
    client_of: ClientOf, admin: User, resident: User
) -> None:
    client, path = client_of(admin), f"/admin/users/edit/{resident.pk}/"
    fields = {"is_active": "on", "password1": "", "password2": ""}
    sent = person(email=resident.email, level=AssuranceLevel.DOCUMENT, **fields)
    assert client.post(path, sent).status_code == 200
    assert User.objects.get(pk=resident.pk).level == AssuranceLevel.EMAIL
    User.objects.filter(pk=resident.pk).update(level=AssuranceLevel.DOCUMENT)
    assert client.post(path, sent).status_code == 302  # one that the desk gave is kept
    assert User.objects.get(pk=resident.pk).level == AssuranceLevel.DOCUMENT


def test_staff_change_a_person(client_of: ClientOf, admin: User, resident: User) -> None:
    client = client_of(admin)
    path = f"/admin/users/edit/{resident.pk}/"
    assert "resident@example.org" in client.get(path).content.decode()
    answer = client.post(
        path,
        person(
            email="moved@example.org",
            level=AssuranceLevel.NONE,
            is_active="on",
            password1="",
            password2="",
        ),
    )
    assert answer.status_code == 302
    kept = User.objects.get(pk=resident.pk)
    assert (kept.email, kept.level) == ("moved@example.org", AssuranceLevel.NONE)
    assert not EmailAddress.objects.filter(email="resident@example.org").exists()


def test_staff_cannot_give_two_people_one_address(
    client_of: ClientOf, admin: User, resident: User
) -> None:
    answer = client_of(admin).post("/admin/users/new/", person(email="RESIDENT@example.org"))
    assert answer.status_code == 200
    assert "email" in answer.context["form"].errors


def test_list_of_people_finds_by_name_and_sorts(
    client_of: ClientOf, admin: User, resident: User, neighbour: User
) -> None:
    client = client_of(admin)
    page = client.get("/admin/users/?q=Борис&ordering=name").content.decode()
    assert "neighbour@example.org" in page
    assert "resident@example.org" not in page


@pytest.mark.parametrize("path", ["/admin/users/", "/admin/users/new/"])
def test_editors_do_not_see_people(client_of: ClientOf, editor: User, path: str) -> None:
    assert client_of(editor).get(path).headers["Location"] == "/admin/"


@pytest.fixture
def let_go() -> object:
    """Counts how often other apps were asked to let go of a person."""
    asked: list[str] = []

    def hook(account: User, keep_name: bool) -> None:
        asked.append(account.email)

    with hooks.register_temporarily("before_erase_account", hook):
        yield asked


def test_deleting_in_the_admin_erases(
    client_of: ClientOf, admin: User, resident: User, let_go: list[str]
) -> None:
    client_of(admin).post(f"/admin/users/delete/{resident.pk}/")
    assert let_go == ["resident@example.org"]
    assert not User.objects.filter(pk=resident.pk).exists()


def test_deleting_several_in_the_admin_erases_each(
    client_of: ClientOf, admin: User, resident: User, neighbour: User, let_go: list[str]
) -> None:
    client_of(admin).post(f"/admin/bulk/accounts/user/delete/?id={resident.pk}&id={neighbour.pk}")
    assert sorted(let_go) == ["neighbour@example.org", "resident@example.org"]
    assert User.objects.count() == 1


def test_account_page_of_the_admin_works_without_first_and_last_name(
    client_of: ClientOf, admin: User
) -> None:
    client = client_of(admin)
    page = client.get("/admin/account/").content.decode()
    assert "first_name" not in page
    sent = {"name-name": "Редакция", "locale-preferred_language": "en"}
    for name, choice in {"theme": "system", "density": "default", "contrast": "system"}.items():
        sent[f"theme-{name}"] = choice
    assert client.post("/admin/account/", sent).status_code == 302
    assert User.objects.get(pk=admin.pk).name == "Редакция"


def test_deleting_needs_the_right(client_of: ClientOf, editor: User, resident: User) -> None:
    client_of(editor).post(f"/admin/users/delete/{resident.pk}/")
    assert User.objects.filter(pk=resident.pk).exists()
    change = Permission.objects.get(codename="change_user")
    editor.user_permissions.add(change)
    client_of(editor).post(f"/admin/users/delete/{resident.pk}/")
    assert User.objects.filter(pk=resident.pk).exists()


def test_staff_keep_municipalities_but_do_not_delete_them(admin: User, staff_of: ClientOf) -> None:
    place = MunicipalityFactory(name="Ульчский район")
    client = staff_of(admin)
    assert "Ульчский район" in client.get("/admin/snippets/accounts/municipality/").content.decode()
    address = f"/admin/snippets/accounts/municipality/edit/{place.pk}/"
    assert client.get(address).status_code == 200
    assert client.get(address.replace("edit", "delete")).status_code == 302
