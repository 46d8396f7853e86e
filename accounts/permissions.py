"""Who may do what to an account. Questions only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wagtail.permission_policies.base import ModelPermissionPolicy

from accounts.models import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class KeptPolicy(ModelPermissionPolicy):
    """For terms that people and proposals point at: they can be renamed, but nobody deletes them.

    The database would refuse a term in use, with an error page instead of a sentence.
    """

    def user_has_permission(self, user: User | AnonymousUser, action: str) -> bool:
        return action != "delete" and super().user_has_permission(user, action)


def may_erase_account(user: User | AnonymousUser, account: User) -> bool:
    """One's own, or anybody's for staff who may delete people; never the last administrator's."""
    if not user.is_authenticated:
        return False
    if user.pk != account.pk and not user.has_perm("accounts.delete_user"):
        return False
    if user.pk != account.pk and account.is_superuser and not user.is_superuser:
        return False
    return not _is_last_administrator(account)


def _is_last_administrator(account: User) -> bool:
    # Without one nobody could let anybody into the admin again.
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=account.pk)
    return account.is_superuser and not others.exists()
