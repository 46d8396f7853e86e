"""A small round's dump, made without a database and signed by a key of its own.

Whoever runs a site can sign whatever they like; tests change a `Forgery` before it is signed, or
its files after that, and see what is found.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.dumps import TALLY
from voting.heads import Head
from voting.merkle import root_of
from voting.notes import Signer
from voting.records import leaf_hash
from voting.rules import canonical, hash_of

if TYPE_CHECKING:
    from collections.abc import Iterable

SIGNER = Signer("localhost/votes", bytes(32))
STRANGER = Signer("localhost/votes", b"\x01" * 32)
OTHER_ROUNDS = b"\x07" * 32  # a leaf of some other round, at the same place each time
PLACE = 5
CLOSING, SIZE = 15, 17


def rules_of(method: str) -> dict[str, Any]:
    titles = ["Bridge", "Park", "Tram"]
    options = [
        {"number": n, "title": {"en": title}, "cost_minor": 10}
        for n, title in enumerate(titles, start=1)
    ]
    return {
        "round": "a-round",
        "method": method,
        "options": [] if method == "support" else options,
        "limit": 2,
        "seats": 2,
        "threshold": 0,
        "score_max": 5,
        "level": 1,
        "budget_minor": 30,
        "step_minor": 1,
        "comparison": False,
    }


def record(voter: int, choice: Any, gen: int = 1, reason: str = "cast") -> dict[str, Any]:
    kind = 1 if gen % 2 else -1
    fixed = {"channel": "online", "day": "2026-05-01", "level": 1, "nonce": f"{voter:032x}"}
    return fixed | {
        "choice": choice,
        "gen": gen,
        "kind": kind,
        "reason": reason,
        "uuid": f"{voter}-{gen}",
        "voter": f"{voter:032x}",
    }


def some_records(method: str) -> list[dict[str, Any]]:
    """Eleven people vote, one changes the mind, one takes the vote back; one is annulled later."""
    points = [[[1, 5]], [[2, 3]]]
    choices: Any = {"approval": [[1], [1, 2], []], "score": points, "greedy": points}.get(
        method, [None]
    )
    votes = [record(n, choices[n % len(choices)]) for n in range(11)]
    changed = [
        record(1, None, 2, "change"),
        record(1, choices[0], 3),
        record(3, None, 2, "withdraw"),
    ]
    return [*votes, *changed, record(4, None, 2, "annul"), record(0, None, 2, "erase")]


def standing(records: list[dict[str, Any]]) -> list[Any]:
    last = {row["voter"]: row for row in sorted(records, key=lambda row: row["gen"])}
    return [row["choice"] for row in last.values() if row["kind"] == 1]


@dataclass
class Forgery:
    """What is to be signed; `about` goes over what `round.json` would say."""

    method: str = "approval"
    rules: dict[str, Any] = field(init=False)
    records: list[dict[str, Any]] = field(init=False)
    heads: list[int] = field(default_factory=lambda: [0, 8, CLOSING, SIZE])
    about: dict[str, Any] = field(default_factory=dict)
    signer: Signer = SIGNER
    is_open: bool = False

    def __post_init__(self) -> None:
        self.rules, self.records = rules_of(self.method), some_records(self.method)
        self.ballots = standing(self.records)

    def cut(self, size: int) -> Forgery:
        """The same round when its ledger had `size` leaves, more than `PLACE`, and was open."""
        self.records = self.records[: size - 1]
        self.ballots = standing(self.records)
        self.heads = [head for head in self.heads if head < size] + [size]
        self.about, self.is_open = {"closing": None, "closed_at": None}, True
        return self

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The records as they are published, but for the number of their leaf."""
        return [{**row, "rules": hash_of(self.rules).hex()} for row in self.records]

    @property
    def leaves(self) -> list[bytes]:
        hashes = [leaf_hash(row) for row in self.rows]
        return [*hashes[:PLACE], OTHER_ROUNDS, *hashes[PLACE:]]

    def note(self, size: int) -> str:
        """The signed head at this size."""
        return self.signer.sign(Head(self.signer.name, size, root_of(self.leaves[:size])).text)

    def statement(self) -> dict[str, Any]:
        found = TALLY(self.rules, self.ballots, root_of(self.leaves[:CLOSING]).hex())
        lines = [{"number": n, "total": total} for n, total in found.pop("totals").items()]
        size = len(self.leaves)
        result = {"tally": {**found, "lines": lines, "size": size}}
        support = {"figure": found["ballots"], "waiting": 0}
        said = {"stated_at": "2026-05-03T10:00:00+00:00", "reason": "", "earlier": []}
        shown = support if self.method == "support" else {} if self.is_open else said
        return {
            "round": "a-round",
            "rules": self.rules,
            "rules_hash": hash_of(self.rules).hex(),
            "closed_at": "2026-05-02T10:00:00+10:00",
            "size": size,
            "left_out": ["times"],
            "closing": {"size": CLOSING, "root": root_of(self.leaves[:CLOSING]).hex()},
            "voters": 11,
            "records": len(self.records),
            "result": result | shown,
            **self.about,
        }

    def files(self) -> dict[str, bytes]:
        """Every part that a browser asks for."""
        places = (place for place in range(len(self.leaves)) if place != PLACE)
        lines = [canonical(row | {"leaf": next(places)}) + b"\n" for row in self.rows]
        return {
            "round.json": json.dumps(self.statement(), indent=1).encode(),
            "records.jsonl.gz": gzip.compress(b"".join(lines)),
            "leaves.bin": b"".join(self.leaves),
            "heads.json": json.dumps([self.note(size) for size in self.heads]).encode(),
            "keys.txt": f"{self.signer.verifier}\n".encode(),
        }


def zipped(files: dict[str, bytes], kinds: Iterable[int] = (zipfile.ZIP_DEFLATED,)) -> bytes:
    """The files as a zip with a folder in it, packed in these ways by turns."""
    ways, pipe = list(kinds), io.BytesIO()
    with zipfile.ZipFile(pipe, "w") as archive:
        for place, (name, data) in enumerate(files.items()):
            archive.writestr(f"round-1-at-17/{name}", data, ways[place % len(ways)])
    return pipe.getvalue()
