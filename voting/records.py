"""The canonical record of a vote event and its leaf hash (RFC 6962 §2.1, RFC 8785). Pure."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


def record(
    *,
    uuid: UUID,
    round_id: int,
    voter: bytes,
    gen: int,
    kind: int,
    reason: str,
    level: int,
    day: date,
    nonce: bytes,
    choice: Any = None,
) -> dict[str, Any]:
    """What is sealed and published of one event: strings and small integers only."""
    return {
        "choice": choice,
        "day": day.isoformat(),
        "gen": gen,
        "kind": kind,
        "level": level,
        "nonce": nonce.hex(),
        "reason": reason,
        "round": round_id,
        "uuid": str(uuid),
        "voter": voter.hex(),
    }


def leaf_hash(fields: dict[str, Any]) -> bytes:
    """SHA-256 over 0x00 and the record as canonical JSON; 32 bytes.

    Keys are ASCII and values strings, small integers or null, for which sorted keys without
    spaces are RFC 8785's form.

    >>> leaf_hash({"gen": 1}).hex()[:16]
    'b485b7c62ea61e10'
    """
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(b"\x00" + canonical.encode()).digest()
