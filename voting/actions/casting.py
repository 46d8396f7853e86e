"""Casting, changing and taking back votes: one way for supports and ballots alike."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AssuranceLevel
from accounts.rows import insert
from voting.actions.counting import count_later
from voting.actions.tracing import write_trace
from voting.choices import canonical_choice
from voting.models import AnchorKey, LockedRound, Round, VoteEvent, new_nonce
from voting.permissions import Refusal, why_not_again, why_not_vote
from voting.pseudonyms import make_key, open_key, pseudonym
from voting.records import leaf_hash, record

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import User
    from voting.origins import Origin

Reason, Channel = VoteEvent.Reason, VoteEvent.Channel

# Each try that fails is another click of the same person that went through; with one retry only,
# two hundred clicks to and fro at once were answered with 18 errors in 800.
TRIES = 50


class VoteRefused(Exception):
    """The person cannot vote in this round now; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class OtherRules(Exception):
    """The round's rules changed since the form was drawn: its numbers may name other options."""


class StaleForm(Exception):
    """The form was drawn before the person's vote changed elsewhere; `gen` is the present one."""

    def __init__(self, gen: int) -> None:
        super().__init__(gen)
        self.gen = gen


@dataclass(frozen=True)
class Standing:
    """How a person stands in a round after an action: their newest row and the count with it."""

    round: Round | LockedRound
    event: VoteEvent | None
    support_count: int

    @property
    def gen(self) -> int:
        return self.event.gen if self.event else 0

    @property
    def stands(self) -> bool:
        return self.event is not None and self.event.stands


@dataclass(frozen=True)
class Wish:
    """What a person wants to stand for them: a vote with its choice, or none.

    `seen_gen` is the generation their form was drawn from, `seen_rules` the hash of the rules; None
    takes whatever stands. `origin` is where the wish came from, for the trace of the vote.
    """

    stands: bool
    choice: Any = None
    seen_gen: int | None = None
    seen_rules: bytes | None = None
    channel: str = Channel.ONLINE
    origin: Origin | None = None

    @property
    def is_first(self) -> bool:
        """Whether the form that it came from knew of no earlier row of this person."""
        return self.stands and self.seen_gen == 0

    def is_met_by(self, last: VoteEvent | None) -> bool:
        if last is None or not last.stands:
            return not self.stands
        return self.stands and last.choice == self.choice


def cast_support(
    *, user: User, proposal_id: int, seen_gen: int | None = None, origin: Origin | None = None
) -> Standing:
    """Support a proposal; doing it twice is doing it once. `origin` becomes a trace that expires.

    Raises `VoteRefused`, `StaleForm`, and `Round.DoesNotExist` for a proposal without a round.
    """
    wish = Wish(stands=True, seen_gen=seen_gen, origin=origin)
    return _stand(user, wish, proposal_id=proposal_id)


def withdraw_support(*, user: User, proposal_id: int, seen_gen: int | None = None) -> Standing:
    """Take support back; the row that gave it stays. Raises `VoteRefused`, `StaleForm`."""
    return _stand(user, Wish(stands=False, seen_gen=seen_gen), proposal_id=proposal_id)


def cast_ballot(
    *,
    user: User,
    round_id: int,
    choice: Any,
    seen_gen: int | None = None,
    seen_rules: bytes | None = None,
    origin: Origin | None = None,
) -> Standing:
    """Cast or change a ballot; the same one twice is one row.

    `choice` is as `voting.choices` says, its numbers as in the rules whose hash is `seen_rules`.
    Raises `OtherRules` if these changed, and `ChoiceRefused`, besides what a support raises.
    """
    wish = Wish(True, choice, seen_gen=seen_gen, seen_rules=seen_rules, origin=origin)
    return _stand(user, wish, id=round_id)


def withdraw_ballot(*, user: User, round_id: int, seen_gen: int | None = None) -> Standing:
    """Take a ballot back altogether. Raises `VoteRefused`, `StaleForm`."""
    return _stand(user, Wish(stands=False, seen_gen=seen_gen), id=round_id)


def _stand(user: User, wish: Wish, **which: int) -> Standing:
    for tried in range(TRIES - 1):
        try:
            # Almost every vote is a first one. It is written without reading whether it is: if
            # not, the unique constraint refuses generation 1, and the next try reads.
            return _append(user, wish, which, reads=tried > 0 or not wish.is_first)
        except IntegrityError:
            # Another click of the same person came first; read again what it wrote.
            continue
    return _append(user, wish, which)


@transaction.atomic
def _append(user: User, wish: Wish, which: dict[str, int], *, reads: bool = True) -> Standing:
    round_ = Round.objects.lock_for_vote(user.pk, **which)
    if wish.seen_rules not in (None, bytes(round_.rules_hash)):
        raise OtherRules
    if refusal := why_not_vote(user, round_):
        raise VoteRefused(refusal)
    if wish.stands:
        canonical_choice(round_.rules, wish.choice)
    voter = pseudonym(_key(user, round_), round_.pk)
    last = VoteEvent.objects.last_of(round_.pk, voter) if reads else None
    now = Standing(round_, last, round_.support_count or 0)
    if last is not None and (refusal := why_not_again(last)):
        raise VoteRefused(refusal)
    if wish.is_met_by(last):
        return now
    if wish.seen_gen is not None and wish.seen_gen != now.gen:
        raise StaleForm(now.gen)
    return write_wish(now, voter, wish, user.level)


def _key(user: User, round_: LockedRound) -> bytes:
    """The secret behind this person's pseudonym: their document's where the round asks for one."""
    if round_.level >= AssuranceLevel.DOCUMENT:
        anchor = AnchorKey.objects.filter(person=user).first()
        if anchor is None:
            # The level was given by hand, without a document: no key says who this voter is.
            raise VoteRefused(Refusal.DOCUMENT)
        return open_key(anchor.sealed_key)
    return open_key(round_.sealed_key) if round_.sealed_key else make_key(user)


def write_wish(now: Standing, voter: bytes, wish: Wish, level: int) -> Standing:
    """Write what makes the wish stand: one row, or two where a vote takes another's place."""
    event, gen, channel = now.event, now.gen, wish.channel
    if now.stands:
        gen += 1
        reason = Reason.CHANGE if wish.stands else Reason.WITHDRAW
        event = append_event(now.round, voter, gen, level, reason, channel=channel)
    if wish.stands:
        event = append_event(now.round, voter, gen + 1, level, choice=wish.choice, channel=channel)
        if wish.origin:
            write_trace(event, wish.origin)
    change = int(wish.stands) - int(now.stands)
    count_later(now.round, change)
    return Standing(now.round, event, now.support_count + change)


def append_event(
    round_: Round | LockedRound,
    voter: bytes,
    gen: int,
    level: int,
    reason: str = Reason.CAST,
    *,
    choice: Any = None,
    channel: str = Channel.ONLINE,
) -> VoteEvent:
    """Write the next row of a voter. Raises `IntegrityError` if that generation is taken."""
    event = new_event(round_, voter, gen, level, reason, choice=choice, channel=channel)
    insert(event)
    return event


def new_event(
    round_: Round | LockedRound,
    voter: bytes,
    gen: int,
    level: int,
    reason: str = Reason.CAST,
    *,
    choice: Any = None,
    channel: str = Channel.ONLINE,
    day: date | None = None,
) -> VoteEvent:
    """A row with its leaf, not saved yet: for whoever writes many at once."""
    fields: dict[str, Any] = {
        "uuid": uuid.uuid4(),
        "voter": voter,
        "gen": gen,
        "kind": 1 if gen % 2 else -1,
        "reason": str(reason),
        "level": level,
        "channel": str(channel),
        "day": day or timezone.localdate(),
        "nonce": new_nonce(),
        "choice": choice,
    }
    leaf = leaf_hash(record(**fields, rules_hash=bytes(round_.rules_hash)))
    return VoteEvent(**fields, round_id=round_.pk, leaf=leaf)
