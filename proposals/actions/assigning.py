"""Who checks a proposal: taken, handed on and let go. A courtesy among moderators, not a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from proposals.models import Proposal
from proposals.permissions import may_check_proposal

if TYPE_CHECKING:
    from accounts.models import User


class AssigneeChanged(Exception):
    """Somebody else took or handed on the proposal meanwhile, or it no longer waits."""


@transaction.atomic
def assign_proposal(*, user: User, proposal: Proposal, to: User | None) -> None:
    """Put a waiting proposal into somebody's hands, one's own too, or into nobody's.

    `proposal.assignee` is whose it was when the person decided so. Raises `PermissionDenied`,
    `ValidationError` for somebody who may not check it, `AssigneeChanged`.
    """
    if not may_check_proposal(user, proposal):
        raise PermissionDenied
    if to is not None and not may_check_proposal(to, proposal):
        raise ValidationError({"assignee": _("This person may not check this proposal.")})
    still = Proposal.objects.waiting().filter(pk=proposal.pk, assignee=proposal.assignee_id)
    # The condition in the UPDATE lets only one of two who press “Take it” have it.
    if not still.order_by().update(assignee=to):
        raise AssigneeChanged
    verb = "release" if to is None else "take" if to == user else "assign"
    log(instance=proposal, action=f"proposals.{verb}", user=user, data={"to": to and to.pk})
    proposal.assignee = to
