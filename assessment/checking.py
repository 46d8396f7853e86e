"""Whether published protocols are still what was published. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assessment.findings import findings_of
from assessment.hashes import hash_of
from assessment.protocols import sheets_hash, total_of

if TYPE_CHECKING:
    from assessment.models import Protocol


def faults_of(protocol: Protocol) -> list[str]:
    """What does not come out: contents, criteria, sheets, totals. Empty if all does. Five queries.

    The database refuses to change any of these rows; this finds who went past it.
    """
    told, round_ = protocol.contents, protocol.round
    checks = {
        "the contents do not have the published hash": hash_of(told) == protocol.contents_hash,
        "the criteria do not have their hash": hash_of(told["sheet"]) == told["sheet_hash"],
        "the round's criteria are not those of the protocol": round_.sheet == told["sheet"],
        "the sheets of scores do not have their hash": (
            sheets_hash(round_, protocol.salt) == told["sheets_hash"]
        ),
        "the totals do not follow from the sheets": _totals_follow(protocol),
    }
    return [fault for fault, holds in checks.items() if not holds]


def _totals_follow(protocol: Protocol) -> bool:
    found = findings_of(protocol.round)
    totals = {number: total_of(one) for number, one in found.items()}
    return totals == {row["proposal"]: row["total"] for row in protocol.contents["proposals"]}
