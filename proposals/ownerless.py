"""Drafts of people without an account: begun, claimed, given up, erased. All other changes to
proposals are in `actions`.

Such a draft belongs to whoever holds its key, and has neither files nor a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from proposals.keys import hash_of
from proposals.models import DRAFT_KEPT, CallPage, Proposal, ProposalFigures
from proposals.permissions import may_propose

if TYPE_CHECKING:
    from accounts.models import User

ERASED_AT_ONCE = 500


@transaction.atomic
def start_ownerless_draft(*, call: CallPage, key: str, **fields: Any) -> Proposal:
    """Begin a draft for whoever holds the key. Raises `PermissionDenied` if the call is closed.

    A second click sends the same key, so it finds the draft that the first one made.
    """
    call = call.source
    if not call.is_open_for("submission"):
        raise PermissionDenied
    proposal, _made = Proposal.objects.update_or_create(
        draft_key=hash_of(key), defaults={"call": call, **fields}
    )
    ProposalFigures.objects.get_or_create(proposal=proposal)
    return proposal


@transaction.atomic
def claim_draft(*, user: User, proposal: Proposal, key: str) -> Proposal:
    """Make a draft the person's own; from then on its key opens nothing.

    Raises `PermissionDenied` to whoever may not write to the call, or comes with a key that does
    not open the draft (any more).
    """
    if not may_propose(user, proposal.call):
        raise PermissionDenied
    # The condition in the UPDATE keeps two people who have the same link from both getting it.
    unclaimed = Proposal.objects.opened_by(key).filter(pk=proposal.pk)
    if not unclaimed.update(author=user, author_name=user.name, draft_key=""):
        raise PermissionDenied
    claimed = Proposal.objects.get(pk=proposal.pk)
    claimed.save(update_fields=["changed_at"])  # saved, so that the search index learns of it
    # Under its number: staff read the log, and nobody but the author reads a draft's title.
    log(instance=claimed, action="proposals.claim", user=user, title=f"#{claimed.pk}")
    return claimed


def discard_draft(*, proposal: Proposal, key: str) -> None:
    """Erase a draft at its holder's wish. Raises `PermissionDenied`."""
    deleted, _rows = Proposal.objects.opened_by(key).filter(pk=proposal.pk).delete()
    if not deleted:
        raise PermissionDenied


@transaction.atomic
def erase_old_drafts() -> int:
    """Erase some of the drafts without an author that nobody has touched for `DRAFT_KEPT`.

    Returns how many, 0 once there are no more. They are locked first: one that is claimed or
    written at in this moment stays.
    """
    old = Proposal.objects.exclude(draft_key="").filter(changed_at__lt=timezone.now() - DRAFT_KEPT)
    rows = list(old.select_for_update().values_list("pk", flat=True)[:ERASED_AT_ONCE])
    Proposal.objects.filter(pk__in=rows).delete()
    return len(rows)
