"""Publishing proposals that come from another system."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from proposals.actions.moving import make_move
from proposals.models import Proposal, ProposalFigures

if TYPE_CHECKING:
    from proposals.models import CallPage


@transaction.atomic
def import_proposal(
    *, call: CallPage, external_id: str, supports: int = 0, **fields: Any
) -> tuple[Proposal, str]:
    """Publish a proposal from another system, or bring it up to date; for the command line.

    Found again by its number there, so a second import changes only what differs. Returns the
    proposal and "created", "updated" or "unchanged". Raises `ValidationError`.
    """
    known = Proposal.objects.filter(call=call, external_id=external_id).first()
    proposal = known or Proposal(call=call, external_id=external_id, published_at=timezone.now())
    differs = [name for name, value in fields.items() if getattr(proposal, name) != value]
    for name in differs:
        setattr(proposal, name, fields[name])
    # The language may be one the site does not speak; the text is shown as it was written.
    proposal.full_clean(exclude=["call", "draft_key", "external_id", "language"])
    if differs or known is None:
        proposal.save()
    figures, _made = ProposalFigures.objects.get_or_create(proposal=proposal)
    recounted = figures.imported_support_count != supports
    if recounted:
        figures.imported_support_count = supports
        figures.save(update_fields=["imported_support_count"])
    if known is None:
        make_move(proposal, "import", None)
        return proposal, "created"
    return proposal, "updated" if differs or recounted else "unchanged"
