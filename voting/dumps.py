"""A round's public dump: everything needed to count it again without this site. Writes nothing.

The same parts are a folder (`manage.py dump_round`), a zip and single files (`voting.views.dumps`).
All of them are of one sealed size of the ledger, so nothing moves while they are read.
"""

from __future__ import annotations

import hashlib
import json
import time
import zipfile
import zlib
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from django.db.models import F, Q
from django.utils.timezone import localtime

from accounts.notifications import absolute_url
from proposals.models import Proposal, ProposalFigures
from voting.heads import signer, verifiers
from voting.models import Round, Seal, VoteLeaf
from voting.models.ledger import SMALLEST_GROUP
from voting.round_lists import announced
from voting.rules import canonical
from voting.sealed import RECORD_COLUMNS, count_at, record_from, sealed_at
from voting.statements import told_results

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from voting.models.rounds import RoundQuerySet

VERSION = 1
LEAVES_AT_ONCE = 8_192  # rows of the ledger in memory
LOOKS, PAUSE_SECONDS = 5, 0.1
CODE = Path(__file__).parent
PROGRAMS = ("verify.py", "verify_tally.py", "verify_heads.py")
LICENCE = (
    "CC0 1.0: to the extent possible under law, whoever runs this site waives all rights to this"
    " data. Anybody may copy, change and publish it, without asking."
    " https://creativecommons.org/publicdomain/zero/1.0/legalcode"
)
WITHHELD = {
    "hidden": "Results of this round are hidden until it closes; then they are added.",
    "unstated": "This round is closed, and its result is not stated yet: votes are still checked or"
    " typed in. Its records and the result are added then.",
    "sums": "Only sums of this round are published: a published ballot could be shown to somebody"
    " who paid for it. Its records are sealed under the heads all the same.",
    "few": f"Fewer than {SMALLEST_GROUP} people voted, and neighbours could tell who. The records"
    " are sealed under the heads all the same, and are published once there are more.",
}
NEVER_IN = (
    "The time of a vote: a record has its day only, and leaves of one head are in the order of"
    " their hashes. Names, addresses and accounts: a record has a pseudonym that is different in"
    " every round. Records of other rounds: of them only the leaf hashes are here."
)


def published_rounds() -> RoundQuerySet:
    """Rounds whose dump anybody may have: of public proposals, and ballots that are announced."""
    supports = Q(proposal__in=Proposal.objects.public().values("pk"))
    return Round.objects.filter(supports | Q(pk__in=announced().values("pk")))


class Dump:
    """The dump of one round at one size of the ledger."""

    def __init__(self, round_: Round, seal: Seal) -> None:
        self.round, self.seal = round_, seal

    @classmethod
    def of(cls, round_: Round, size: int | None = None) -> Dump | None:
        """The round's dump at a sealed size, by default the newest; None if there is none."""
        seals = Seal.objects.order_by("-pk")
        seal = (seals if size is None else seals.filter(size=size)).first()
        return cls(round_, seal) if seal and not _is_withdrawn(round_, seal) else None

    @property
    def size(self) -> int:
        return self.seal.size

    @property
    def name(self) -> str:
        """Of the zip and of the one folder in it, so that two of them can lie side by side."""
        return f"round-{self.round.pk}-at-{self.size}"

    @cached_property
    def voters(self) -> int:
        """How many people voted, whatever stands. One query."""
        return sealed_at(self.round, self.size).filter(gen=1).count()

    @cached_property
    def withheld(self) -> str | None:
        """Why the records are not in it: a key of `WITHHELD`, or None."""
        # Hidden until the result is stated: after the close paper may still be typed in.
        if self.round.hidden and not self.round.results.exists():
            return "unstated" if self.round.closed_at else "hidden"
        if not self.round.open_record:
            return "sums"
        return "few" if self.voters < SMALLEST_GROUP else None

    @property
    def is_early(self) -> bool:
        """Whether nothing of what the votes come to may be known yet."""
        return self.withheld in ("hidden", "unstated")

    @property
    def parts(self) -> dict[str, Callable[[], Iterable[bytes]]]:
        """Each file's name and what yields its bytes; the manifest is over all of them."""
        programs = {name: lambda name=name: [(CODE / name).read_bytes()] for name in PROGRAMS}
        return {
            "round.json": lambda: [self._round_json()],
            "records.jsonl.gz": lambda: packed(self.records()),
            "leaves.bin": self.leaves,
            "heads.json": self.heads,
            "keys.txt": lambda: [f"{key}\n".encode() for key in verifiers()],
            **cast("dict[str, Any]", programs),
        }

    @property
    def statement(self) -> dict[str, Any]:
        """What stands in `round.json`: the rules, what they came to, what is left out and why."""
        round_ = self.round
        reason = self.withheld
        return {
            "version": VERSION,
            "round": str(round_.uuid),
            "address": absolute_url(f"/rounds/{round_.pk}/"),
            "title": round_.title or {"": round_.proposal and round_.proposal.title},
            "licence": LICENCE,
            "how": "python3 verify.py FOLDER; python3 verify.py OLDER_FOLDER NEWER_FOLDER",
            "rules": round_.rules,
            "rules_hash": round_.rules_hex,
            "closed_at": round_.closed_at and localtime(round_.closed_at).isoformat(),
            "closing": self._closing(),
            "size": self.size,
            "voters": None if self.is_early else self.voters,
            "records": 0 if reason else sealed_at(round_, self.size).count(),
            "left_out": [NEVER_IN, *([WITHHELD[reason]] if reason else [])],
            "result": None if self.is_early else self._result(),
        }

    def _round_json(self) -> bytes:
        return json.dumps(self.statement, ensure_ascii=False, indent=1).encode() + b"\n"

    def _closing(self) -> dict[str, Any] | None:
        """The head that closed the round; its root draws the lots."""
        seal = self.round.closing_seal
        if seal is None or seal.size > self.size:
            return None
        return {"size": seal.size, "root": bytes(seal.root).hex()}

    def _result(self) -> dict[str, Any] | None:
        """What the site shows: a count as it is now, or the stated result, which has its size."""
        if self.round.method == Round.Method.SUPPORT:
            return {"tally": count_at(self.round, self.size), **self._figure()}
        # A result stated since the round was read belongs to a close that is not in this dump.
        results = self.round.results.all() if self._closing() else []
        stated = [row for row in results if row.tally["size"] <= self.size]
        if not stated:
            live = self.round.closed_at is None and self.voters >= SMALLEST_GROUP
            return {"tally": count_at(self.round, self.size)} if live else None
        rows = [
            {"stated_at": row.stated_at.isoformat(), "reason": row.reason, "tally": row.tally}
            for row in stated
        ]
        told = told_results(self.round, stated)
        for row, result in zip(rows, stated, strict=True):
            if result not in told:  # its sums beside the others' would tell how a few voted
                del row["tally"]
        return {**rows[-1], "earlier": rows[:-1]}

    def _figure(self) -> dict[str, int]:
        """The figure on the proposal's page, and the sum of its votes that are not sealed here.

        Looked at again if votes are coming in: each moves its figure a moment after it is kept.
        """
        sealed = sealed_at(self.round, self.size).tally()
        for _look in range(LOOKS):
            figure = ProposalFigures.objects.get(proposal=self.round.proposal_id).support_count
            waiting = self.round.events.tally() - sealed
            if figure == sealed + waiting:
                break
            time.sleep(PAUSE_SECONDS)
        return {"figure": figure, "waiting": waiting}

    def records(self) -> Iterator[bytes]:
        """The round's sealed records, a line each, in the order of their leaves."""
        if self.withheld:
            return
        columns = ["seq", *(f"event__{name}" for name in RECORD_COLUMNS)]
        for rows in self._ranges():
            # Not the bare column: by its index SQLite would read the whole round each time.
            own = rows.annotate(in_round=F("event__round_id") + 0).filter(in_round=self.round.pk)
            for seq, *row in own.values_list(*columns):
                yield canonical(record_from(row) | {"leaf": seq}) + b"\n"

    def leaves(self) -> Iterator[bytes]:
        """The leaf hashes of the whole ledger, 32 bytes each."""
        for rows in self._ranges():
            yield b"".join(bytes(leaf) for leaf in rows.values_list("event__leaf", flat=True))

    def heads(self) -> Iterator[bytes]:
        """All signed heads up to this one, as a list of texts, the oldest first."""
        notes = Seal.objects.filter(pk__lte=self.seal.pk).order_by("pk")
        before = None
        for note in notes.values_list("note", flat=True).iterator():
            if note != before:
                start = b"[" if before is None else b",\n"
                yield start + json.dumps(note, ensure_ascii=False).encode()
            before = note
        yield b"]\n"

    def _ranges(self) -> Iterator[Any]:
        """The ledger's leaves up to this size, some at a time: by number, so no cursor is held."""
        for start in range(0, self.size, LEAVES_AT_ONCE):
            end = min(start + LEAVES_AT_ONCE, self.size)
            yield VoteLeaf.objects.filter(seq__gte=start, seq__lt=end).order_by("seq")

    def files(self) -> Iterator[tuple[str, Iterable[bytes]]]:
        """Each file's name and bytes, to be taken in this order; last their signed sums."""
        sums = {}
        for name, make in self.parts.items():
            digest = hashlib.sha256()
            yield name, _watched(make(), digest.update)
            sums[name] = digest.hexdigest()
        lines = "".join(f"{digest}  {name}\n" for name, digest in sums.items())
        text = f"{signer().name}\ndump of {self.round.uuid}\n{lines}"
        yield "manifest.txt", [signer().sign(text).encode()]


def _is_withdrawn(round_: Round, seal: Seal) -> bool:
    """Whether only sums are published and were stated anew since: the difference tells of a few."""
    if round_.open_record:
        return False
    return any(row.tally["size"] > seal.size for row in round_.results.all())


def _watched(chunks: Iterable[bytes], see: Callable[[bytes], Any]) -> Iterator[bytes]:
    for chunk in chunks:
        see(chunk)
        yield chunk


def packed(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines as gzip, the same bytes each time."""
    gzip = zlib.compressobj(6, wbits=31)
    for line in lines:
        if chunk := gzip.compress(line):
            yield chunk
    yield gzip.flush()


class _Pipe:
    """A file that only collects what a zip writes, until it is taken away."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.chunks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        chunks, self.chunks = self.chunks, []
        return b"".join(chunks)


def zipped(dump: Dump) -> Iterator[bytes]:
    """The whole dump as a zip, made while it is sent."""
    pipe = _Pipe()
    # The day only: the heads around a vote, each with its minute, would tell when it was cast.
    moment = (*localtime(dump.seal.made_at).timetuple()[:3], 0, 0, 0)
    with zipfile.ZipFile(cast("IO[bytes]", pipe), "w") as archive:
        for name, chunks in dump.files():
            entry = zipfile.ZipInfo(f"{dump.name}/{name}", cast("Any", moment))
            entry.compress_type = zipfile.ZIP_DEFLATED if name.endswith(".json") else 0
            with archive.open(entry, "w", force_zip64=True) as file:
                for chunk in chunks:
                    file.write(chunk)
                    yield pipe.take()
    yield pipe.take()
