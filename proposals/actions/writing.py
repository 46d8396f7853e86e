"""Writing a proposal: its draft, its words, and sending it in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from proposals.actions.keeping import keep_version
from proposals.actions.moving import move_proposal
from proposals.models import CallPage, Proposal, ProposalFigures, StatusChange, Version
from proposals.permissions import may_edit_proposal, may_propose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User
    from proposals.permissions import Visitor

REQUIRED = ("title", "summary", "problem", "solution", "beneficiaries", "category")
TITLE_MIN = 10


@transaction.atomic
def start_draft(*, user: User, call: CallPage, **fields: Any) -> Proposal:
    """Begin a proposal as a draft that only its author sees. Raises `PermissionDenied`.

    A second click on the same button finds the draft that the first one made.
    """
    call = call.source
    if not may_propose(user, call):
        raise PermissionDenied
    get_user_model().objects.select_for_update().get(pk=user.pk)  # the second click waits here
    if same := _draft_just_begun(user, call, fields):
        return same
    proposal = Proposal.objects.create(call=call, author=user, author_name=user.name, **fields)
    ProposalFigures.objects.create(proposal=proposal)
    return proposal


def _draft_just_begun(user: User, call: CallPage, fields: dict[str, Any]) -> Proposal | None:
    since = timezone.now() - timedelta(minutes=1)
    drafts = Proposal.objects.filter(author=user, call=call, status=Proposal.Status.DRAFT)
    return drafts.filter(created_at__gte=since, **fields).first() if fields else None


@transaction.atomic
def save_draft(
    *,
    user: Visitor,
    proposal: Proposal,
    key: str = "",
    tags: Iterable[str] | None = None,
    **fields: Any,
) -> Proposal:
    """Write changed fields of a proposal that is still its author's, or the holder's of its key.

    The row is locked and read again first: a text changed after the decision would put words
    before the public that no moderator has read. Raises `PermissionDenied`, and `ValidationError`
    if a proposal that moderators have before them would lose a part.
    """
    current = locked_for_writing(user, proposal, key)
    for name, value in fields.items():
        setattr(proposal, name, value)
    if current.status == Proposal.Status.SUBMITTED and (missing := missing_parts(proposal)):
        raise ValidationError({name: _("This part is still missing.") for name in missing})
    proposal.save(update_fields=[*fields, "changed_at"])
    if current.status == Proposal.Status.SUBMITTED and user.is_authenticated:
        current.refresh_from_db()  # with what a co-author may have changed beside
        keep_version(current, Version.Occasion.EDITED, user)
    if tags is not None:
        proposal.tags.set(list(tags))
    return proposal


def locked_for_writing(user: Visitor, proposal: Proposal, key: str = "") -> Proposal:
    current = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if not may_edit_proposal(user, current, key):
        raise PermissionDenied
    return current


def missing_parts(proposal: Proposal) -> list[str]:
    """Names of the fields without which a proposal cannot be sent in."""
    missing = [name for name in REQUIRED if not getattr(proposal, name)]
    if proposal.title and len(proposal.title) < TITLE_MIN:
        missing.insert(0, "title")
    return missing


def submit_proposal(*, user: User, proposal: Proposal) -> StatusChange:
    """Send a draft to the moderators. Raises `ValidationError`, `PermissionDenied`.

    A returned proposal may be sent again after the phase is over: the author was asked to.
    """
    if missing := missing_parts(proposal):
        raise ValidationError({name: _("This part is still missing.") for name in missing})
    if proposal.status == Proposal.Status.DRAFT and not may_propose(user, proposal.call):
        raise PermissionDenied
    return move_proposal(user=user, proposal=proposal, verb="submit")
