"""Registers what accounts adds to the admin and to other apps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from accounts.models import Municipality
from accounts.permissions import KeptPolicy
from accounts.personal_data import account_data
from accounts.viewsets import EraseBulkAction, MunicipalityViewSet

if TYPE_CHECKING:
    from wagtail.log_actions import LogActionRegistry

    from accounts.models import User

# First of all: Wagtail makes a policy of its own for a model whose policy is asked for before.
register_permission_policy(Municipality, KeptPolicy(Municipality))
register_snippet(MunicipalityViewSet)


@hooks.register("register_log_actions")
def log_actions(actions: LogActionRegistry) -> None:
    """Name what the audit log says about people."""
    actions.register_action(
        "accounts.confirm_email", _("Confirm e-mail"), _("E-mail address confirmed")
    )
    actions.register_action("accounts.change_profile", _("Change profile"), _("Profile changed"))
    actions.register_action("accounts.erase", _("Erase account"), _("Account erased"))
    actions.register_action("accounts.load_areas", _("Load a map"), _("A map was loaded"))


@hooks.register("register_personal_data")
def own_data(user: User) -> tuple[str, dict[str, Any]]:
    """What this app tells a person that it holds about them."""
    return "account", account_data(user)


# After Wagtail's own, whose place it takes: the registry keeps the last of a type.
hooks.register("register_bulk_action", EraseBulkAction, order=1)
