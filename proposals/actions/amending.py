"""Amendments: sent in by authors once support has begun, published or declined by moderators."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from proposals.actions.keeping import add_version, note, publish_version, shown_name
from proposals.authorship import may_amend_proposal, may_decide_amendment
from proposals.models import Amendment, HistoryNote, Proposal, Version
from proposals.shared_notifications import tell_of_amendment

if TYPE_CHECKING:
    from accounts.models import User

State = Amendment.State


class AmendmentDecided(Exception):
    """Somebody else decided on the amendment, or it waits no more; nothing was changed."""


@transaction.atomic
def send_amendment(*, user: User, proposal: Proposal, note: str, addition: str) -> Amendment:
    """Send words to be added to the moderators. The same words again are the same amendment.

    Raises `PermissionDenied`, and `ValidationError` while another one waits.
    """
    current = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if not may_amend_proposal(user, current):
        raise PermissionDenied
    waiting = current.amendments.waiting().first()
    if waiting is not None:
        if (waiting.note, waiting.addition) == (note, addition):
            return waiting  # the second of two clicks
        raise ValidationError(
            _("An amendment of this proposal is being checked. Wait for the answer first.")
        )
    amendment = Amendment.objects.create(
        proposal=current,
        note=note,
        addition=addition,
        by=user,
        by_name=shown_name(current, user),
        sent_at=timezone.now(),
    )
    log(instance=current, action="proposals.send_amendment", user=user)
    return amendment


@transaction.atomic
def publish_amendment(*, user: User, amendment: Amendment) -> Version:
    """Put an amendment before everybody: a new version, the text that was voted on stays.

    Raises `PermissionDenied`, also to who wrote the proposal, and `AmendmentDecided`.
    """
    proposal = Proposal.objects.select_for_update().get(pk=amendment.proposal_id)
    _check(user, proposal, amendment)
    last = publish_version(proposal)
    words = last.words | {"solution": f"{last.solution}\n\n{amendment.addition}".strip()}
    version = add_version(
        proposal, Version.Occasion.AMENDED, amendment.by, words, last, is_public=True
    )
    Version.objects.filter(pk=version.pk).update(by_name=amendment.by_name)
    _decide(amendment, State.PUBLISHED, user, version=version)
    note(proposal, HistoryNote.Kind.AMENDED, words=amendment.note)
    log(instance=proposal, action="proposals.publish_amendment", user=user)
    return version


@transaction.atomic
def decline_amendment(*, user: User, amendment: Amendment, reason: str) -> None:
    """Do not publish an amendment; its author reads why. Raises as `publish_amendment` does."""
    proposal = Proposal.objects.select_for_update().get(pk=amendment.proposal_id)
    _check(user, proposal, amendment)
    if not reason.strip():
        raise ValidationError({"reason": _("Give a reason: the author will read it.")})
    _decide(amendment, State.DECLINED, user, reason=reason.strip())
    log(instance=proposal, action="proposals.decline_amendment", user=user)


def _check(user: User, proposal: Proposal, amendment: Amendment) -> None:
    if not may_decide_amendment(user, proposal):
        raise PermissionDenied
    if not proposal.is_public:
        raise AmendmentDecided  # withdrawn meanwhile: nothing of it is shown any more
    if not Amendment.objects.filter(pk=amendment.pk, state=State.WAITING).exists():
        raise AmendmentDecided


def _decide(amendment: Amendment, state: str, user: User, **fields: object) -> None:
    waiting = Amendment.objects.filter(pk=amendment.pk, state=State.WAITING)
    if not waiting.update(state=state, decided_by=user, decided_at=timezone.now(), **fields):
        raise AmendmentDecided
    amendment.refresh_from_db()
    transaction.on_commit(partial(tell_of_amendment, amendment))
