"""Freezing dossiers: the first with the referral, later ones when staff say so."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from government.actions.links import locked, tell_in_charge
from government.actions.steps import add_step
from government.case_notifications import tell_of_step
from government.dossiers import freeze
from government.models import Dossier, ReferralStep
from government.permissions import may_freeze_dossier
from government.snapshots import contents_hash

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from government.models import Referral
    from government.snapshots import Snapshot


def keep_dossier(referral: Referral, snapshot: Snapshot, made_at: datetime) -> Dossier:
    """Save a snapshot as what it says it is; the constraint refuses a number twice."""
    return Dossier.objects.create(
        referral=referral,
        number=snapshot["number"],
        snapshot=snapshot,
        contents_hash=contents_hash(snapshot),
        made_at=made_at,
    )


@transaction.atomic
def freeze_dossier(*, user: User, referral: Referral) -> Dossier:
    """Freeze a new version of a dossier, with what changed since the last, and tell the body.

    Raises `PermissionDenied`, `ValidationError` once the body has answered, and if nothing
    changed: that is also what the second of two clicks finds.
    """
    if not may_freeze_dossier(user, referral):
        raise PermissionDenied
    current = locked(referral)
    if current.is_answered:
        raise ValidationError(_("The body has answered; what it decided on stays as it was."))
    before = current.dossiers.order_by("number").last()
    number = before.number + 1 if before else 1
    snapshot = freeze(current, number=number, before=before)
    if snapshot["changes"] and not snapshot["changes"]["items"]:
        raise ValidationError(_("Nothing changed since the last version of the dossier."))
    dossier = keep_dossier(current, snapshot, timezone.now())
    data = {"number": dossier.number, "dossier": dossier.contents_hash}
    log(instance=referral, action="government.freeze", user=user, data=data)
    if not current.is_returned:
        _tell_body(current, user)
    return dossier


def _tell_body(referral: Referral, user: User) -> None:
    """A step that everybody sees; whoever is in charge reads by mail what changed."""
    step = add_step(referral=referral, kind=ReferralStep.Kind.DOSSIER, user=user)
    tell_in_charge(referral, step)
    transaction.on_commit(partial(tell_of_step, step))
