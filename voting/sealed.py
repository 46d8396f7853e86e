"""Reads of what is sealed: records, the tree at any size, who stood then. Writes nothing."""

from __future__ import annotations

from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from voting.merkle import BLOCK_LEAVES, Tree
from voting.models import Block, Seal, VoteEvent, VoteLeaf
from voting.records import record
from voting.tally import count, option_costs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voting.models import Round
    from voting.models.ledger import VoteEventQuerySet

# What `record_from` takes, in this order, as `values_list` gives it.
RECORD_COLUMNS = (
    "uuid",
    "round__rules_hash",
    "voter",
    "gen",
    "kind",
    "reason",
    "level",
    "channel",
    "day",
    "nonce",
    "choice",
)


def record_from(row: Sequence[Any]) -> dict[str, Any]:
    """The record of one event, from its `RECORD_COLUMNS`."""
    uuid, rules_hash, voter, gen, kind, reason, level, channel, day, nonce, choice = row
    return record(
        uuid=uuid,
        rules_hash=bytes(rules_hash),
        voter=bytes(voter),
        gen=gen,
        kind=kind,
        reason=reason,
        level=level,
        channel=channel,
        day=day,
        nonce=bytes(nonce),
        choice=choice,
    )


def record_of(event: VoteEvent) -> dict[str, Any]:
    """The record of one event. One query."""
    return record_from(VoteEvent.objects.values_list(*RECORD_COLUMNS).get(pk=event.pk))


def newest_seal() -> Seal | None:
    """The seal with the newest head. One query."""
    return Seal.objects.order_by("-pk").first()


def leaf_hashes(start: int, end: int) -> list[bytes]:
    """The hashes of the leaves from `start` up to `end`. One query."""
    rows = VoteLeaf.objects.filter(seq__gte=start, seq__lt=end).order_by("seq")
    return [bytes(leaf) for leaf in rows.values_list("event__leaf", flat=True)]


def tree_at(size: int) -> Tree:
    """The tree over the first `size` leaves. One query, and one for each block it looks into.

    Reads 32 bytes for every 256 leaves.
    """

    @cache
    def block(number: int) -> list[bytes]:
        first = number * BLOCK_LEAVES
        return leaf_hashes(first, min(first + BLOCK_LEAVES, size))

    def leaves(start: int, end: int) -> list[bytes]:
        number, skipped = divmod(start, BLOCK_LEAVES)
        return block(number)[skipped : skipped + end - start]

    rows = Block.objects.filter(number__lt=size // BLOCK_LEAVES).order_by("number")
    return Tree(size, [bytes(root) for root in rows.values_list("root", flat=True)], leaves)


def sealed_at(round_: Round, size: int) -> VoteEventQuerySet:
    """The round's events among the first `size` leaves."""
    return VoteEvent.objects.filter(round=round_, place__seq__lt=size)


def standing_at(round_: Round, size: int) -> VoteEventQuerySet:
    """Votes that stood when the ledger had `size` leaves, whatever came later."""
    later = sealed_at(round_, size).filter(voter=OuterRef("voter"), gen=OuterRef("gen") + 1)
    return sealed_at(round_, size).filter(~Exists(later), kind=1)


def count_at(round_: Round, size: int, eligible: int | None = None) -> dict[str, Any]:
    """The round counted by its rules when the ledger had `size` leaves, as plain data with `size`.

    `eligible` is how many may vote: with it abstentions are counted.
    Before the round has its closing seal a tie that only a lot can break stays open. Raises
    `sums.InvalidBallot`. Reads each standing ballot once.
    """
    seed = bytes(round_.closing_seal.root) if round_.closing_seal else None
    ballots: Iterator[Any]
    if round_.method == round_.Method.SUPPORT:
        ballots = repeat(None, sealed_at(round_, size).tally())
    else:
        ballots = standing_at(round_, size).values_list("choice", flat=True).iterator()
    # What a support round asks for is one option without a number of its own.
    costs = option_costs(round_.rules) or {1: 0}
    return {
        **count(round_.rules, costs, ballots, seed=seed, eligible=eligible).plain(),
        "size": size,
    }
