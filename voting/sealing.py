"""The sealer: gives each vote event its leaf, signs the new head, publishes it. See `seal_votes`.

Each step may be the last before a crash. What is to be sealed is what has no leaf yet, never what
comes after a last number: a vote begun earlier and committed later comes into the next batch.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from voting.actions import close_due_rounds, heal_counts, state_result
from voting.actions.restating import restate_rounds
from voting.heads import (
    note_alive,
    publish,
    published_head,
    published_note,
    refusal_file,
    signed_head,
)
from voting.merkle import BLOCK_LEAVES, root_of
from voting.models import Block, Round, Seal, VoteEvent, VoteLeaf
from voting.notes import NoteRefused
from voting.records import leaf_hash
from voting.sealed import RECORD_COLUMNS, leaf_hashes, newest_seal, record_from, tree_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from voting.notes import Head

logger = logging.getLogger(__name__)

BATCH_EVENTS = 5_000
LOCK_NUMBER = 0x5EA1_707E


class SealRefused(Exception):
    """The database is not a continuation of the last published head; the sentence says how."""


class Busy(Exception):
    """Another sealer holds the lock at this moment."""


@dataclass
class Sealing:
    """What one call of `seal_votes` did."""

    sealed: int = 0
    heads: int = 0
    size: int = 0
    busy: bool = False
    results: int = 0


# Called with the name of each step as it is reached; tests stop the process there.
reached: Callable[[str], object] = str


def seal_votes(*, accept_head: bool = False, batch: int = BATCH_EVENTS) -> Sealing:
    """Close what is due, seal what has no leaf, publish the heads, state results. Safe to repeat.

    One transaction for each `batch` events, a bounded amount of memory. Raises `SealRefused` if the
    ledger is not a continuation of the published head, unless that is accepted as it is.
    """
    done = Sealing()
    close_due_rounds()
    reached("closed")
    try:
        if not accept_head:
            check_published_head()
        _seal_all(done, batch)
    except SealRefused as refusal:
        _raise_alarm(str(refusal))
        raise
    except Busy:
        done.busy = True
        return done
    note_alive()
    done.results = _state_results() + restate_rounds()
    heal_counts()
    return done


def check_published_head() -> None:
    """Compare the ledger with the head that was published last; raises `SealRefused`.

    This is what finds out an old backup put back, or rows changed behind the triggers' back. Reads
    32 bytes for every 256 leaves.
    """
    try:
        head = published_head()
    except NoteRefused as fault:
        raise SealRefused(f"The file of the last published head cannot be used: {fault}.") from None
    newest = newest_seal()
    if head is None:
        if newest and newest.size:
            raise SealRefused(
                f"The file of the last published head is missing, and {newest.size} records are "
                "sealed: put it back, or accept the ledger as it is with --accept-head."
            )
        return
    _compare(head, newest.size if newest else 0)


def _compare(head: Head, size: int) -> None:
    if head.size > size:
        raise SealRefused(
            f"The last published head has {head.size} records and this database only {size}: "
            "it is an older copy. Restore the newest one, or accept it with --accept-head."
        )
    if tree_at(head.size).root() != head.root:
        raise SealRefused(
            f"The first {head.size} sealed records are not those of the last published head: "
            "the ledger was changed."
        )


def _seal_all(done: Sealing, batch: int) -> None:
    if newest_seal() is None:
        # An empty head comes first: after that a ledger without a published head is suspicious.
        _seal_some(done, 0)
    while _seal_some(done, batch) == batch:
        pass
    newest = newest_seal()
    done.size = newest.size if newest else 0
    if newest and published_note() != newest.note:
        publish(newest)  # A crash between commit and publication left the file one head behind.


def _seal_some(done: Sealing, limit: int) -> int:
    """Seal and publish at most so many events; returns how many there were."""
    seal, sealed = seal_batch(limit)
    if seal:
        reached("committed")
        publish(seal)
        reached("published")
        done.heads += 1
    done.sealed += sealed
    return sealed


@transaction.atomic(durable=True)
def seal_batch(limit: int) -> tuple[Seal | None, int]:
    """One more head over at most `limit` more events, and how many; None if nothing is new.

    A round closed since the last head gets its closing seal, with no new events too.
    """
    if not _lock():
        raise Busy
    # Read before the events: closing waits for votes under way, so all of its votes are seen then.
    closed = list(Round.objects.closed_unsealed().values_list("pk", flat=True))
    events = _events_without_leaf(limit)
    if len(events) == limit:
        closed = []  # The next batch may hold more of their votes.
    last = newest_seal()
    if last and not events and not closed:
        return None, 0
    reached("taken")
    seal = _append(last, events)
    Round.objects.filter(pk__in=closed).update(closing_seal=seal)
    reached("sealed")
    return seal, len(events)


def _lock() -> bool:
    """Whether this is the only sealer until the end of the transaction."""
    if connection.vendor != "postgresql":
        return True  # SQLite's IMMEDIATE transaction has no other writer beside it.
    with connection.cursor() as cursor:
        # For the transaction, not the session: the latter does not work through PgBouncer.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK_NUMBER])
        return bool(cursor.fetchone()[0])


def _events_without_leaf(limit: int) -> list[tuple[bytes, int]]:
    """Leaf hash and number of events that are not sealed, by hash. Raises `SealRefused`.

    By hash is as good as shuffled: who came first cannot be told afterwards.
    """
    sealed = VoteLeaf.objects.filter(event=OuterRef("pk"))
    rows = VoteEvent.objects.filter(~Exists(sealed)).order_by("pk")
    found = rows.values_list("pk", "leaf", *RECORD_COLUMNS)[:limit]
    return sorted((_checked(row[1], row[2:]), row[0]) for row in found)


def _checked(leaf: bytes, columns: tuple[Any, ...]) -> bytes:
    if leaf_hash(record_from(columns)) != bytes(leaf):
        raise SealRefused(f"Event {columns[0]} is not what was hashed when it was written.")
    return bytes(leaf)


def _append(last: Seal | None, events: list[tuple[bytes, int]]) -> Seal:
    """Write the head, its leaves and the blocks they complete."""
    start = last.size if last else 0
    end, first = start + len(events), start // BLOCK_LEAVES
    fresh = [*leaf_hashes(first * BLOCK_LEAVES, start), *(leaf for leaf, _number in events)]
    roots = [
        root_of(fresh[place : place + BLOCK_LEAVES]) for place in range(0, len(fresh), BLOCK_LEAVES)
    ]
    seal = _make_seal(last, end, root_of([*tree_at(start).blocks, *roots]))
    reached("head")
    places = enumerate(events, start)
    VoteLeaf.objects.bulk_create(
        VoteLeaf(seq=seq, event_id=number, seal=seal) for seq, (_leaf, number) in places
    )
    reached("leaves")
    whole = zip(range(first, end // BLOCK_LEAVES), roots, strict=False)
    Block.objects.bulk_create(Block(number=number, root=root) for number, root in whole)
    reached("blocks")
    return seal


def _make_seal(last: Seal | None, size: int, root: bytes) -> Seal:
    now = timezone.now()
    # A clock that was set back must not make a head older than the one before it.
    made_at = max(now, last.made_at) if last else now
    return Seal.objects.create(size=size, root=root, note=signed_head(size, root), made_at=made_at)


def _raise_alarm(sentence: str) -> None:
    """Tell whoever watches the log, and the health check, that nothing is sealed any more."""
    logger.critical("Votes are no longer sealed. %s", sentence)
    refusal_file().parent.mkdir(parents=True, exist_ok=True)
    refusal_file().write_text(f"{sentence}\n", encoding="utf-8")


def _state_results() -> int:
    """State what rounds with options came to whose closing seal is there. Returns how many."""
    stated = 0
    for round_ in Round.objects.to_state():
        try:
            state_result(round_=round_)
        except ValueError:
            # One round that cannot be counted must not keep the others' votes from being sealed.
            logger.critical("Round %s cannot be counted", round_.pk, exc_info=True)
        else:
            stated += 1
    return stated
