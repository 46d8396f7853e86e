"""Putting a proposal before a body of government."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from government.actions.freezing import keep_dossier
from government.actions.handling import start_clock
from government.actions.links import give_link
from government.dossiers import freeze
from government.models import Body, Referral
from government.notifications import tell_of_referral
from government.permissions import may_promote_proposal
from proposals.actions import move_proposal

if TYPE_CHECKING:
    from accounts.models import User
    from proposals.models import Proposal


def draft_referral(*, user: User, proposal: Proposal, body: Body, note: str) -> Referral:
    """The referral as it would be made now, not saved: for the preview and for the action."""
    referral = Referral(proposal=proposal, note=note.strip(), by=user)
    start_clock(referral, body)
    return referral


@transaction.atomic
def promote_proposal(*, user: User, proposal: Proposal, body: Body, note: str) -> Referral:
    """Put a shortlisted proposal before a body, with a frozen dossier, and tell both sides.

    Raises `PermissionDenied`, `ValidationError` for a missing note, `ProposalMoved`.
    """
    if not may_promote_proposal(user, proposal):
        raise PermissionDenied
    if not note.strip():
        raise ValidationError({"note": _("Write why the body should look at this proposal.")})
    # The move comes first: of two who promote at once it lets one through, and it closes the
    # round, so that the figure frozen below is final.
    move_proposal(user=user, proposal=proposal, verb="promote")
    referral = draft_referral(user=user, proposal=proposal, body=body, note=note)
    referral.save()
    dossier = keep_dossier(referral, freeze(referral), referral.made_at)
    data = {"body": body.name, "due_on": f"{referral.due_on}", "dossier": dossier.contents_hash}
    log(instance=referral, action="government.promote", user=user, data=data)
    if referral.official is not None:
        give_link(referral, referral.official)
    transaction.on_commit(partial(tell_of_referral, referral))
    return referral
