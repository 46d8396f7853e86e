"""What a receipt shows: one event of the ledger, how it stands now, its proof. Writes nothing."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from proposals import states
from voting.ballots import Ballot
from voting.heads import signed_promise, verifiers
from voting.merkle import proves_inclusion
from voting.models import VoteEvent
from voting.records import leaf_hash
from voting.sealed import newest_seal, record_of, tree_at

if TYPE_CHECKING:
    from uuid import UUID

    from proposals.models import Proposal
    from voting.ballots import Row
    from voting.models import Round, Seal

Reason = VoteEvent.Reason


class State(models.TextChoices):
    """How a vote stands now, in the words of its receipt."""

    STANDS = "stands", _("It counts.")
    REPLACED = "replaced", _("It was replaced: a later vote of the same voter counts.")
    WITHDRAWN = "withdraw", _("It was taken back: no vote of this voter counts now.")
    HELD = "hold", _("It is held for a check and does not count at the moment.")
    ANNULLED = "annul", _("It was annulled and does not count.")
    ERASED = "erase", _("It was taken back when the account was deleted.")


class Receipt:
    """One event as its voter may show it. Two queries, sealed five."""

    def __init__(self, event: VoteEvent) -> None:
        self.event = event

    @classmethod
    def find(cls, uuid: UUID) -> Receipt | None:
        """The receipt with this code. One query."""
        rows = VoteEvent.objects.select_related("round__proposal", "place")
        event = rows.filter(uuid=uuid).first()
        return cls(event) if event else None

    @property
    def code(self) -> str:
        return str(self.event.uuid)

    @property
    def round(self) -> Round:
        return self.event.round

    @property
    def proposal(self) -> Proposal | None:
        """The proposal that is supported, as long as everybody may read it."""
        proposal = self.round.proposal
        return proposal if proposal and proposal.status not in states.HIDDEN else None

    @cached_property
    def state(self) -> State:
        """How the voter stands in the round since. One query."""
        newest = VoteEvent.objects.last_of(self.round.pk, bytes(self.event.voter)) or self.event
        if not newest.stands:
            return State(newest.reason)
        given_back = newest.reason in (Reason.RELEASE, Reason.RESTORE)
        same = newest == self.event or (given_back and newest.choice == self.event.choice)
        return State.STANDS if same else State.REPLACED

    @property
    def stands(self) -> bool:
        return self.state == State.STANDS

    @property
    def shows_choice(self) -> bool:
        """Whether it may say what was cast: else it could be shown to somebody who paid for it."""
        return self.round.open_record and self.event.stands

    @cached_property
    def chosen(self) -> list[Row]:
        """The options that were cast; empty for a blank ballot and for a support. One query."""
        if not self.shows_choice or self.event.choice is None:
            return []
        return Ballot(self.round, AnonymousUser(), last=self.event).standing_rows

    @property
    def leaf(self) -> bytes:
        return bytes(self.event.leaf)

    @property
    def seq(self) -> int | None:
        """The number of its leaf, or None as long as it is not sealed."""
        place = getattr(self.event, "place", None)
        return place.seq if place else None

    @cached_property
    def head(self) -> Seal | None:
        """The newest head, if it holds this event. One query."""
        seal = newest_seal() if self.seq is not None else None
        return seal if seal and self.seq is not None and self.seq < seal.size else None

    @cached_property
    def proof(self) -> list[bytes]:
        """The hashes that lead from the leaf up to the newest head's root."""
        if self.head is None or self.seq is None:
            return []
        return tree_at(self.head.size).inclusion(self.seq)

    @cached_property
    def is_proved(self) -> bool:
        """Whether the record's own hash leads by the proof to the root of the newest head."""
        if self.head is None or self.seq is None:
            return False
        leaf = leaf_hash(record_of(self.event))
        root = bytes(self.head.root)
        return proves_inclusion(leaf, self.seq, self.head.size, self.proof, root)

    def data(self) -> dict[str, Any]:
        """The receipt to keep: record, proof and signed head; before the seal a signed promise."""
        found: dict[str, Any] = {
            "uuid": self.code,
            "rules": self.round.rules_hex,
            "record": record_of(self.event) if self.round.open_record else None,
            "leaf_hash": self.leaf.hex(),
            "leaf": self.seq,
            "keys": [str(verifier) for verifier in verifiers()],
        }
        if self.head is None:
            return found | {"promise": signed_promise(self.code, self.leaf)}
        proof = [one.hex() for one in self.proof]
        return found | {"size": self.head.size, "proof": proof, "head": self.head.note}
