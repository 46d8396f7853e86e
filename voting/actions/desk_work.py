"""Entries at the desk are counted; after ten a colleague has to look before the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from wagtail.log_actions import log

from voting.models import DeskTally
from voting.models.desk import UNSEEN_MAX
from voting.permissions import may_look_over_desk

if TYPE_CHECKING:
    from accounts.models import User


class DeskClosed(Exception):
    """A colleague has to look at this person's entries before the next one."""


def count_entry(*, by: User) -> None:
    """Count one more entry of `by` at the desk, within their transaction. Two queries.

    However slowly one person makes up voters, a second one sees that ten came and when. Raises
    `DeskClosed`.
    """
    DeskTally.objects.bulk_create([DeskTally(person=by)], ignore_conflicts=True)
    free = DeskTally.objects.filter(person=by, unseen_count__lt=UNSEEN_MAX)
    if not free.update(unseen_count=F("unseen_count") + 1):
        raise DeskClosed


@transaction.atomic
def look_over_desk(*, by: User, person: User, seen_count: int) -> bool:
    """Put down that `by` has looked at the oldest entries of a colleague, who may then go on.

    What came after the list was drawn stays to be looked at. False if a third person was quicker.
    Raises `PermissionDenied`.
    """
    if not may_look_over_desk(by, person):
        raise PermissionDenied
    rows = DeskTally.objects.filter(person=person, unseen_count__gte=seen_count)
    if seen_count < 1 or not rows.update(unseen_count=F("unseen_count") - seen_count):
        return False
    log(instance=person, action="voting.look_over_desk", user=by, data={"entries": seen_count})
    return True
