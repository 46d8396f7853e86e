"""Putting a proposal before a body of government, and entering what the body answers."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Site

from government.dossiers import freeze
from government.models import Answer, Body, Dossier, Referral
from government.notifications import tell_of_answer, tell_of_referral
from government.permissions import may_answer_referral, may_promote_proposal
from government.snapshots import contents_hash
from proposals.actions import move_proposal

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import User
    from home.exports import Listing
    from proposals.models import Proposal


def draft_referral(*, user: User, proposal: Proposal, body: Body, note: str) -> Referral:
    """The referral as it would be made now, not saved: for the preview and for the action."""
    today = timezone.localdate()
    return Referral(
        proposal=proposal,
        body=body,
        note=note.strip(),
        by=user,
        made_at=timezone.now(),
        due_on=today + timedelta(days=body.answer_days),
    )


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
    dossier = _make_dossier(referral)
    data = {"body": body.name, "due_on": f"{referral.due_on}", "dossier": dossier.contents_hash}
    log(instance=referral, action="government.promote", user=user, data=data)
    transaction.on_commit(partial(tell_of_referral, referral))
    return referral


def _make_dossier(referral: Referral) -> Dossier:
    snapshot = freeze(referral)
    return Dossier.objects.create(
        referral=referral,
        snapshot=snapshot,
        contents_hash=contents_hash(snapshot),
        made_at=referral.made_at,
    )


@transaction.atomic
def answer_referral(
    *,
    user: User,
    referral: Referral,
    outcome: str,
    text: str,
    official_name: str,
    official_position: str = "",
    answered_on: date,
) -> Answer:
    """Publish a body's answer and tell the author and all supporters in the background.

    Raises `PermissionDenied`, `ValidationError`, `ProposalMoved` if it is answered already.
    """
    if not may_answer_referral(user, referral):
        raise PermissionDenied
    answer = Answer(
        referral=referral,
        outcome=outcome,
        text=text.strip(),
        official_name=official_name.strip(),
        official_position=official_position.strip(),
        answered_on=answered_on,
        entered_by=user,
        entered_at=timezone.now(),
    )
    answer.clean_fields()
    answer.check_day()
    move_proposal(user=user, proposal=referral.proposal, verb=answer.verb, reason=answer.text)
    answer.save()
    log(instance=referral, action="government.answer", user=user, data={"outcome": outcome})
    transaction.on_commit(partial(tell_of_answer, answer))
    return answer


def record_export(*, user: User, name: str, listing: Listing) -> None:
    """Put down in the audit log who takes a list out, before its first byte leaves.

    How many filters and not which: a search may hold somebody's name. A list is no row of its
    own, so the entry stands with the site.
    """
    data = {"format": name, "filters": len(listing.filters), "rows": listing.count}
    site = Site.objects.get(is_default_site=True)
    log(instance=site, action="government.export", user=user, data=data)
