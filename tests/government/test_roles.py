"""The groups of staff: exactly their rights, however often they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from wagtail.models import GroupPagePermission, Page, WorkflowPage

from government.roles import EDITORS, MODERATORS, PROMOTERS, ensure_roles
from home.models import HomePage, NewsIndexPage
from tests.factories.accounts import UserFactory, source_locale

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def news(home: HomePage) -> NewsIndexPage:
    page = NewsIndexPage(title="Новости", slug="news", locale=source_locale())
    return home.add_child(instance=page)


def member_of(name: str) -> User:
    user = UserFactory()
    user.groups.add(ensure_roles()[name])
    return user


def held(name: str) -> set[str]:
    permissions = Group.objects.get(name=name).permissions.select_related("content_type")
    return {f"{one.content_type.app_label}.{one.codename}" for one in permissions}


def test_ensure_roles_gives_each_group_its_rights(home: HomePage) -> None:
    ensure_roles()
    assert held(MODERATORS) == {"wagtailadmin.access_admin", "proposals.moderate_proposal"}
    assert "proposals.promote_proposal" in held(PROMOTERS)
    assert "proposals.export_proposal" in held(PROMOTERS)
    assert not any("moderate" in name or "promote" in name for name in held(EDITORS))


def test_ensure_roles_takes_away_what_is_more(home: HomePage) -> None:
    ensure_roles()
    group = Group.objects.get(name=MODERATORS)
    group.permissions.add(Permission.objects.get(codename="promote_proposal"))
    publish = Permission.objects.get(codename="publish_page")
    GroupPagePermission.objects.create(
        group=group, page=Page.objects.get(depth=1), permission=publish
    )
    ensure_roles()
    assert held(MODERATORS) == {"wagtailadmin.access_admin", "proposals.moderate_proposal"}
    assert not group.page_permissions.exists()


def test_ensure_roles_twice_is_ensure_roles_once(home: HomePage, news: NewsIndexPage) -> None:
    call_command("ensure_roles")
    before = (
        GroupPagePermission.objects.count(),
        WorkflowPage.objects.count(),
        *(len(held(name)) for name in (EDITORS, MODERATORS, PROMOTERS)),
    )
    call_command("ensure_roles")
    after = (
        GroupPagePermission.objects.count(),
        WorkflowPage.objects.count(),
        *(len(held(name)) for name in (EDITORS, MODERATORS, PROMOTERS)),
    )
    assert before == after


def test_editors_write_in_every_language_and_not_above(home: HomePage) -> None:
    editor = member_of(EDITORS)
    pages = list(HomePage.objects.all())
    assert len(pages) == 3
    for page in pages:
        rights = page.permissions_for_user(editor)
        assert rights.can_edit()
        assert rights.can_publish()
        assert rights.can_add_subpage()
    assert not Page.objects.get(depth=1).permissions_for_user(editor).can_edit()


def test_moderators_approve_news_but_write_no_pages(home: HomePage, news: NewsIndexPage) -> None:
    moderator = member_of(MODERATORS)
    assert not home.permissions_for_user(moderator).can_edit()
    workflow = news.get_workflow()
    assert [task.name for task in workflow.tasks] == ["Moderators approval"]
    task = workflow.tasks[0].specific
    assert list(task.groups.values_list("name", flat=True)) == [MODERATORS]
    assert home.get_workflow() is None


@pytest.mark.parametrize(
    ("group", "path", "may"),
    [
        (EDITORS, "/admin/proposals/", False),
        (EDITORS, "/admin/pages/", True),
        (EDITORS, "/admin/images/", True),
        (EDITORS, "/admin/snippets/proposals/category/", True),
        (EDITORS, "/admin/snippets/accounts/municipality/", True),
        (EDITORS, "/admin/snippets/accounts/municipality/add/", True),
        (EDITORS, "/admin/redirects/", True),
        (MODERATORS, "/admin/proposals/", True),
        (MODERATORS, "/admin/proposals/choose/", False),
        (MODERATORS, "/admin/snippets/accounts/municipality/", False),
        (MODERATORS, "/admin/users/", False),
        (PROMOTERS, "/admin/proposals/choose/", True),
        (PROMOTERS, "/admin/referrals/", True),
        (PROMOTERS, "/admin/snippets/government/body/", True),
        (PROMOTERS, "/admin/snippets/accounts/municipality/", False),
        (PROMOTERS, "/admin/images/", False),
        (PROMOTERS, "/admin/settings/", False),
    ],
)
def test_groups_reach_their_pages_of_the_admin(
    group: str,
    path: str,
    may: bool,
    home: HomePage,
    client_of: Callable[[User], Client],
) -> None:
    response = client_of(member_of(group)).get(path)
    assert (response.status_code == 200) is may
