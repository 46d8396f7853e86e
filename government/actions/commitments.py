"""What is done with commitments: made with an answer, moved with evidence, given a new date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from government import commitment_states
from government.models import Commitment, CommitmentChange
from government.permissions import may_keep_commitments
from proposals import states
from proposals.actions import move_proposal
from proposals.models import Proposal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.core.files import File

    from accounts.models import User
    from government.models import Answer, Body

FAR = timedelta(days=365 * 30)  # a year typed with five digits, or a promise nobody would live to


class CommitmentMoved(Exception):
    """Somebody else moved the commitment, or its date, in the meantime; nothing was changed."""


@dataclass(frozen=True)
class Promise:
    """What a commitment is made from; `body` only if it is not the one that answers."""

    what: str
    due_on: date
    owner_name: str = ""
    amount_minor: int | None = None
    currency: str = Commitment.Currency.RUB
    body: Body | None = None
    budget_line: str = ""


@dataclass(frozen=True)
class Evidence:
    """What a step is shown by: words, and a link, a photo or a document."""

    text: str
    link: str = ""
    photo: File[bytes] | None = None
    photo_alt: str = ""
    document: File[bytes] | None = None
    document_name: str = ""

    @property
    def has_proof(self) -> bool:
        return bool(self.link or self.photo or self.document)

    @property
    def columns(self) -> dict[str, Any]:
        """As a `CommitmentChange` keeps it."""
        return {
            "text": self.text.strip(),
            "link": self.link,
            "photo": self.photo or "",
            "photo_alt": self.photo_alt,
            "document": self.document or "",
            "document_name": self.document_name,
        }


@transaction.atomic
def make_commitments(
    *, answer: Answer, promises: Iterable[Promise], user: User | None = None
) -> list[Commitment]:
    """Put down what an answer promises. For the action that keeps the answer.

    Asks for no permission: whoever may answer may promise; `user` is None for an official without
    an account. Raises `ValidationError` for a date before the answer, or the same promise twice.
    """
    drafts = draft_commitments(answer=answer, promises=promises)
    for commitment in drafts:
        _save(commitment)
        _put_down(commitment, "promise", user, from_state="")
    return drafts


def draft_commitments(*, answer: Answer, promises: Iterable[Promise]) -> list[Commitment]:
    """The commitments as they would be made now, not saved: for the preview and for the action.

    Raises `ValidationError`, which says of which promise.
    """
    return [_draft(answer, promise) for promise in promises]


def _draft(answer: Answer, promise: Promise) -> Commitment:
    proposal, now = answer.referral.proposal, timezone.now()
    commitment = Commitment(
        answer=answer,
        proposal=proposal,
        municipality=proposal.municipality,
        what=promise.what.strip(),
        body=promise.body or answer.referral.body,
        owner_name=promise.owner_name.strip(),
        first_due_on=promise.due_on,
        due_on=promise.due_on,
        amount_minor=promise.amount_minor,
        currency=promise.currency,
        budget_line=promise.budget_line.strip(),
        state_changed_at=now,
        made_at=now,
    )
    try:
        commitment.clean_fields(exclude=["answer"])
        _check_day(promise.due_on, answer.answered_on)
    except ValidationError as error:  # no form has one field for each promise
        said = [f"“{promise.what[:60]}”: {message}" for message in error.messages]
        raise ValidationError(said) from error
    return commitment


def _save(commitment: Commitment) -> None:
    try:
        with transaction.atomic():
            commitment.save()
    except IntegrityError as error:
        twice = _("This answer promises the same for the same day already.")
        raise ValidationError(twice) from error


def _check_day(due_on: date, earliest: date) -> None:
    if not earliest <= due_on <= earliest + FAR:
        raise ValidationError(
            {"due_on": _("Give a day that has not passed, at most 30 years from now.")}
        )


def _put_down(
    commitment: Commitment, verb: str, user: User | None, **columns: Any
) -> CommitmentChange:
    """Add the row of a step that was made, and the line of the audit log."""
    change = CommitmentChange(
        commitment=commitment,
        verb=verb,
        to_state=commitment.state,
        to_due_on=commitment.due_on,
        by=user,
        made_at=timezone.now(),
        **columns,
    )
    change.clean_fields()
    change.save()
    data = {"verb": verb, "state": commitment.state, "due_on": f"{commitment.due_on}"}
    log(instance=commitment, action=f"government.commitment_{verb}", user=user, data=data)
    return change


@transaction.atomic
def add_commitments(*, user: User, answer: Answer, promises: Iterable[Promise]) -> list[Commitment]:
    """Put down promises of an answer that is published already. Raises as `make_commitments`.

    Also raises `PermissionDenied`.
    """
    if not may_keep_commitments(user, answer.referral.proposal):
        raise PermissionDenied
    return make_commitments(answer=answer, promises=promises, user=user)


@transaction.atomic
def move_commitment(
    *, user: User, commitment: Commitment, verb: str, evidence: Evidence
) -> CommitmentChange:
    """Make one move of `commitment_states.MOVES` with its evidence, and what follows from it.

    The first commitment of an accepted proposal that begins puts the proposal itself in progress.
    Raises `PermissionDenied`, `ValidationError` for missing evidence, and `CommitmentMoved` if it
    is not where the move starts from (any more).
    """
    if not may_keep_commitments(user, commitment.proposal):
        raise PermissionDenied
    _check_evidence(verb, evidence)
    was = commitment.state
    _move(commitment, verb)
    change = _put_down(commitment, verb, user, from_state=was, **evidence.columns)
    if verb == "begin":
        _begin_proposal(user, commitment, evidence.text)
    return change


def _check_evidence(verb: str, evidence: Evidence) -> None:
    if not evidence.text.strip():
        raise ValidationError({"text": _("Write what happened: everybody will read it.")})
    if commitment_states.MOVES[verb].proof_required and not evidence.has_proof:
        raise ValidationError({"link": _("Add a link, a photo or a document that shows it.")})


def _move(commitment: Commitment, verb: str) -> None:
    move, now = commitment_states.MOVES[verb], timezone.now()
    is_open = move.target in commitment_states.OPEN
    columns = {
        "state": move.target,
        "state_changed_at": now,
        "settled_on": None if is_open else timezone.localdate(now),
    }
    # The condition in the UPDATE, not a check before it, stops two decisions at once.
    still = Commitment.objects.filter(pk=commitment.pk, state=commitment.state)
    if commitment.state not in move.sources or not still.update(**columns):
        raise CommitmentMoved
    for name, value in columns.items():
        setattr(commitment, name, value)


def _begin_proposal(user: User, commitment: Commitment, text: str) -> None:
    # Locked: of two commitments that begin at once, one moves the proposal and the other sees it.
    proposal = Proposal.objects.select_for_update().get(pk=commitment.proposal_id)
    if states.target(proposal.status, "start"):
        move_proposal(user=user, proposal=proposal, verb="start", reason=text)


@transaction.atomic
def redate_commitment(
    *, user: User, commitment: Commitment, due_on: date, reason: str
) -> CommitmentChange:
    """Give an open commitment another date, in public and with a reason; the first one stays.

    Raises `PermissionDenied`, `ValidationError`, and `CommitmentMoved` if it was settled or given
    another date meanwhile.
    """
    if not may_keep_commitments(user, commitment.proposal):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"text": _("Write why the date is moved: everybody will read it.")})
    _check_day(due_on, timezone.localdate())
    was = commitment.due_on
    if due_on == was:
        raise ValidationError({"due_on": _("This is the date already.")})
    still = Commitment.objects.open().filter(pk=commitment.pk, due_on=was)
    if not still.update(due_on=due_on, due_moved_count=F("due_moved_count") + 1):
        raise CommitmentMoved
    commitment.refresh_from_db(fields=["due_on", "due_moved_count", "state"])
    columns = {"from_state": commitment.state, "from_due_on": was, "text": reason.strip()}
    return _put_down(commitment, "redate", user, **columns)


def all_kept(proposal: Proposal) -> bool:
    """Whether the proposal could be called done: some commitment was kept and none is open."""
    found = proposal.commitments.values_list("state", flat=True)
    return (
        bool(found) and Commitment.State.DONE in found and not commitment_states.OPEN & set(found)
    )
