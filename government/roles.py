"""The groups of staff and exactly what each may do; made anew as often as one likes.

Editors write and publish pages and keep municipalities, categories and tags. Moderators check
what residents send in and approve news that an editor sent for approval. Promoters carry proposals
to the Government, take lists out and prepare rounds of voting. Registrars see people's documents,
take votes at the desk and type in paper ballots. Scrutineers hold and annul votes and answer
appeals. Secretaries run committees and rounds of assessment; committee members score proposals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _noop
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from home.models import HomePage, NewsIndexPage

if TYPE_CHECKING:
    from collections.abc import Iterable

EDITORS, MODERATORS, PROMOTERS = "Editors", "Moderators", "Promoters"
REGISTRARS, SCRUTINEERS = "Registrars", "Scrutineers"
SECRETARIES, COMMITTEE_MEMBERS = "Secretaries", "Committee members"
ADMIN = "wagtailadmin.access_admin"
WORKFLOW = _noop("Moderators approval")

PERMISSIONS = {
    EDITORS: (
        ADMIN,
        "accounts.add_municipality",
        "accounts.change_municipality",
        "accounts.view_municipality",
        "proposals.add_category",
        "proposals.change_category",
        "proposals.view_category",
        "home.add_newstag",
        "home.change_newstag",
        "home.delete_newstag",
        "home.view_newstag",
        "wagtail_localize.submit_translation",
        "wagtailredirects.add_redirect",
        "wagtailredirects.change_redirect",
        "wagtailredirects.delete_redirect",
        "wagtailredirects.view_redirect",
    ),
    MODERATORS: (ADMIN, "proposals.moderate_proposal"),
    PROMOTERS: (
        ADMIN,
        "proposals.promote_proposal",
        "proposals.export_proposal",
        "government.add_body",
        "government.change_body",
        "government.view_body",
        "government.add_department",
        "government.change_department",
        "government.view_department",
        "government.add_official",
        "government.change_official",
        "government.view_official",
        "voting.add_round",
        "voting.change_round",
        "voting.delete_round",
        "voting.view_round",
    ),
    REGISTRARS: (ADMIN, "voting.check_document", "voting.enter_paper"),
    SCRUTINEERS: (ADMIN, "voting.guard_votes"),
    SECRETARIES: (
        ADMIN,
        "assessment.run_assessment",
        "assessment.add_committee",
        "assessment.change_committee",
        "assessment.view_committee",
        "assessment.add_assessmentround",
        "assessment.change_assessmentround",
        "assessment.delete_assessmentround",
        "assessment.view_assessmentround",
    ),
    COMMITTEE_MEMBERS: (ADMIN, "assessment.score_proposal"),
}
PAGE_PERMISSIONS = {
    EDITORS: ("add_page", "change_page", "publish_page", "lock_page", "unlock_page"),
}
COLLECTION_PERMISSIONS = {
    EDITORS: (
        *("add_image", "change_image", "choose_image"),
        *("add_document", "change_document", "choose_document"),
    ),
    SECRETARIES: ("add_document", "change_document", "choose_document"),
}


@transaction.atomic
def ensure_roles() -> dict[str, Group]:
    """Make the groups, or set them right: what is missing is added, what is more is taken away.

    Run it again after a language or a news page was added: editors' rights are given on each
    language's home page, and the workflow on each list of news. Returns the groups by name.
    """
    groups = {name: Group.objects.get_or_create(name=name)[0] for name in PERMISSIONS}
    homes = list(HomePage.objects.all())
    for name, group in groups.items():
        group.permissions.set(_permissions(PERMISSIONS[name]))
        _set_page_permissions(group, homes, PAGE_PERMISSIONS.get(name, ()))
        _set_collection_permissions(group, COLLECTION_PERMISSIONS.get(name, ()))
    _set_workflow(groups[MODERATORS])
    return groups


def _permissions(names: Iterable[str]) -> list[Permission]:
    return [
        Permission.objects.get(content_type__app_label=app, codename=codename)
        for app, _dot, codename in (name.partition(".") for name in names)
    ]


def _set_page_permissions(group: Group, homes: list[HomePage], codenames: Iterable[str]) -> None:
    """Those on each home page and nothing else: Wagtail gives its own groups the whole tree."""
    wanted = Permission.objects.filter(
        content_type__app_label="wagtailcore", codename__in=list(codenames)
    )
    kept = [
        GroupPagePermission.objects.get_or_create(group=group, page_id=home.pk, permission=one)[0]
        for home in homes
        for one in wanted
    ]
    group.page_permissions.exclude(pk__in=[one.pk for one in kept]).delete()


def _set_collection_permissions(group: Group, codenames: Iterable[str]) -> None:
    """For images and documents in the one collection that there is."""
    wanted = Permission.objects.filter(
        Q(content_type__app_label="wagtailimages") | Q(content_type__app_label="wagtaildocs"),
        codename__in=list(codenames),
    )
    root = Collection.get_first_root_node()
    kept = [
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=root, permission=one
        )[0]
        for one in wanted
    ]
    group.collection_permissions.exclude(pk__in=[one.pk for one in kept]).delete()


def _set_workflow(moderators: Group) -> None:
    """Wagtail's own "Moderators approval", for news only: other pages need no second reader."""
    workflow, _made = Workflow.objects.get_or_create(name=WORKFLOW)
    task, _made = GroupApprovalTask.objects.get_or_create(name=WORKFLOW)
    task.groups.set([moderators])
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task)
    lists = list(NewsIndexPage.objects.values_list("pk", flat=True))
    WorkflowPage.objects.filter(workflow=workflow).exclude(page__in=lists).delete()
    for pk in lists:
        WorkflowPage.objects.update_or_create(page_id=pk, defaults={"workflow": workflow})
