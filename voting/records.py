"""The canonical record of a vote event and its leaf hash (RFC 6962 §2.1, RFC 8785). Pure."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from voting.rules import canonical

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


def record(
    *,
    uuid: UUID,
    rules_hash: bytes,
    voter: bytes,
    gen: int,
    kind: int,
    reason: str,
    level: int,
    channel: str,
    day: date,
    nonce: bytes,
    choice: Any,
) -> dict[str, Any]:
    """What is sealed and published of one event: strings, small integers, lists and null.

    `rules` names the round: the rules hold its number, and nobody can exchange them.
    """
    return {
        "channel": channel,
        "choice": choice,
        "day": day.isoformat(),
        "gen": gen,
        "kind": kind,
        "level": level,
        "nonce": nonce.hex(),
        "reason": reason,
        "rules": rules_hash.hex(),
        "uuid": str(uuid),
        "voter": voter.hex(),
    }


def leaf_hash(fields: dict[str, Any]) -> bytes:
    """SHA-256 over 0x00 and the record as canonical JSON; 32 bytes.

    >>> leaf_hash({"gen": 1}).hex()[:16]
    'b485b7c62ea61e10'
    """
    return hashlib.sha256(b"\x00" + canonical(fields)).digest()
