"""A round's rules as plain data, and their hash: what voters are promised before they vote. Pure.

Every record of the ledger names this hash, so no rule can change behind a vote.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import TYPE_CHECKING, Any

from voting.money import exponent

if TYPE_CHECKING:
    from collections.abc import Iterable

VERSION = 1


def rules_of(round_: Any, options: Iterable[Any], municipalities: Iterable[str]) -> dict[str, Any]:
    """The rules of a round: strings, integers, booleans, lists and null; times in UTC.

    Takes the model or its like in a migration: only the columns are read.
    """
    return {
        "version": VERSION,
        "round": str(round_.uuid),
        "title": round_.title,
        "proposal": round_.proposal_id,
        "method": round_.method,
        "limit": round_.limit,
        "seats": round_.seats,
        "score_max": round_.score_max,
        "budget_minor": round_.budget_minor,
        "currency": round_.currency,
        # By how much equal shares raises each voter's part at a time: one rouble, one yen.
        "step_minor": 10 ** exponent(round_.currency),
        "fits_budget": round_.fits_budget,
        "comparison": round_.comparison,
        "threshold": round_.threshold,
        "level": round_.level,
        "residents_only": round_.residents_only,
        "municipalities": sorted(municipalities),
        "paper": round_.paper,
        "hidden": round_.hidden,
        "open_record": round_.open_record,
        "opens_at": round_.opens_at.astimezone(UTC).isoformat(),
        "closes_at": round_.closes_at.astimezone(UTC).isoformat(),
        "options": [
            {"number": option.number, "title": option.title, "cost_minor": option.cost_minor}
            for option in options
        ],
    }


def canonical(data: Any) -> bytes:
    """Canonical JSON (RFC 8785) of what this ledger holds: no floats, ASCII keys.

    >>> canonical({"b": [1, None], "a": "мост"}).decode()
    '{"a":"мост","b":[1,null]}'
    """
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def hash_of(rules: dict[str, Any]) -> bytes:
    """SHA-256 of the rules as canonical JSON; 32 bytes."""
    return hashlib.sha256(canonical(rules)).digest()
