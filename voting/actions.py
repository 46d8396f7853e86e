"""Casting and taking back support, opening and closing rounds. Every change is a new row."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from proposals.models import Proposal, ProposalFigures
from voting.models import Round, VoteEvent, VoteKey, new_nonce
from voting.own_votes import newest_votes
from voting.permissions import Refusal, why_not_support
from voting.pseudonyms import KEY_BYTES, open_key, pseudonym, seal_key
from voting.records import leaf_hash, record

if TYPE_CHECKING:
    from accounts.models import User
    from proposals.models import CallPage


class SupportRefused(Exception):
    """The person cannot vote in this round now; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class StaleForm(Exception):
    """The form was drawn before the person's vote changed elsewhere; `gen` is the present one."""

    def __init__(self, gen: int) -> None:
        super().__init__(gen)
        self.gen = gen


@dataclass(frozen=True)
class Standing:
    """How a person stands in a round after an action: their newest row and the count with it."""

    round: Round
    event: VoteEvent | None
    support_count: int

    @property
    def gen(self) -> int:
        return self.event.gen if self.event else 0

    @property
    def stands(self) -> bool:
        return self.event is not None and self.event.stands


def cast_support(*, user: User, proposal_id: int, seen_gen: int | None = None) -> Standing:
    """Support a proposal; doing it twice is doing it once.

    Raises `SupportRefused`, `StaleForm`, and `Round.DoesNotExist` for a proposal without a round.
    """
    return _stand(user, proposal_id, stands=True, seen_gen=seen_gen)


def withdraw_support(*, user: User, proposal_id: int, seen_gen: int | None = None) -> Standing:
    """Take support back; the row that gave it stays. Raises `SupportRefused`, `StaleForm`."""
    return _stand(user, proposal_id, stands=False, seen_gen=seen_gen)


def _stand(user: User, proposal_id: int, *, stands: bool, seen_gen: int | None) -> Standing:
    try:
        return _append(user, proposal_id, stands=stands, seen_gen=seen_gen)
    except IntegrityError:
        # A second click of the same person came first; read again and return what it wrote.
        return _append(user, proposal_id, stands=stands, seen_gen=seen_gen)


@transaction.atomic
def _append(user: User, proposal_id: int, *, stands: bool, seen_gen: int | None) -> Standing:
    round_ = Round.objects.lock_for_vote(proposal_id, user.pk)
    if refusal := why_not_support(user, round_):
        raise SupportRefused(refusal)
    key = open_key(round_.sealed_key) if round_.sealed_key else make_key(user)
    voter = pseudonym(key, round_.pk)
    last = VoteEvent.objects.last_of(round_.pk, voter)
    now = Standing(round_, last, round_.support_count)
    if now.stands == stands:
        return now
    if seen_gen is not None and seen_gen != now.gen:
        raise StaleForm(now.gen)
    event = append_event(round_, voter, now.gen + 1, user.level)
    transaction.on_commit(partial(_count, proposal_id, event.kind))
    return Standing(round_, event, round_.support_count + event.kind)


def make_key(user: User) -> bytes:
    """The person's key, made on their first vote. Of two made at once the first stays."""
    key = VoteKey(person=user, sealed_key=seal_key(secrets.token_bytes(KEY_BYTES)))
    VoteKey.objects.bulk_create([key], ignore_conflicts=True)
    return open_key(VoteKey.objects.get(person=user).sealed_key)


def append_event(
    round_: Round, voter: bytes, gen: int, level: int, reason: str | None = None
) -> VoteEvent:
    """Write the next row of a voter. Raises `IntegrityError` if that generation is taken."""
    fields: dict[str, Any] = {
        "uuid": uuid.uuid4(),
        "round_id": round_.pk,
        "voter": voter,
        "gen": gen,
        "kind": 1 if gen % 2 else -1,
        "reason": reason or (VoteEvent.Reason.CAST if gen % 2 else VoteEvent.Reason.WITHDRAW),
        "level": level,
        "day": timezone.localdate(),
        "nonce": new_nonce(),
    }
    return VoteEvent.objects.create(**fields, leaf=leaf_hash(record(**fields)))


def _count(proposal_id: int, kind: int) -> None:
    """Move the cached count, after commit: inside, all voters of one proposal would queue up."""
    ProposalFigures.objects.filter(pk=proposal_id).update(support_count=F("support_count") + kind)


@transaction.atomic
def erase_votes(*, user: User) -> int:
    """Take back a person's standing votes in open rounds, before their key is destroyed.

    Without its key nobody could take a vote back any more, and who comes back under a new
    account would count twice. What a closed round decided stays. Returns how many were undone.
    """
    votes = list(newest_votes(user, Round.objects.open()))
    return sum(_erase_vote(vote, user) for vote in votes if vote.stands)


def _erase_vote(vote: VoteEvent, user: User) -> bool:
    proposal_id = vote.round.proposal_id
    if proposal_id is None:  # The model allows it for ballots to come; support always has one.
        return False
    round_ = Round.objects.lock_for_vote(proposal_id, user.pk)
    voter = bytes(vote.voter)
    last = VoteEvent.objects.last_of(round_.pk, voter)
    # Read again under the lock: the round may have closed, the person taken it back themselves.
    if last is None or not last.stands or not round_.is_open:
        return False
    append_event(round_, voter, last.gen + 1, user.level, VoteEvent.Reason.ERASE)
    transaction.on_commit(partial(_count, proposal_id, -1))
    return True


def recount_support(proposal: Proposal) -> int:
    """Set the cached count from the ledger and return it; the cure should they ever differ."""
    total = VoteEvent.objects.filter(round__proposal=proposal).tally()
    ProposalFigures.objects.filter(pk=proposal.pk).update(support_count=total)
    return total


def open_round(*, proposal: Proposal) -> Round | None:
    """Give a newly accepted proposal its round, by its call's rules; None without that phase."""
    call = proposal.call
    phase = call.phase("support")
    if phase is None:
        return None
    return Round.objects.create(
        proposal=proposal,
        threshold=call.threshold,
        level=call.level,
        residents_only=call.audience == call.Audience.RESIDENTS,
        opens_at=phase.opens_at,
        closes_at=phase.closes_at,
    )


def close_round(*, proposal: Proposal) -> None:
    """End support for one proposal, for good. Waits for votes under way, refuses later ones."""
    Round.objects.filter(proposal=proposal, closed_at__isnull=True).update(closed_at=timezone.now())


def follow_call(*, call: CallPage) -> None:
    """Carry new dates of a call over to its rounds; a round that is over stays over."""
    phase = call.phase("support")
    if phase is not None:
        Round.objects.filter(
            proposal__call=call, closed_at__isnull=True, closes_at__gt=timezone.now()
        ).update(opens_at=phase.opens_at, closes_at=phase.closes_at)
