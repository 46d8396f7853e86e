"""What an answer in parts comes to as a whole. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def overall_outcome(parts: Sequence[str]) -> str | None:
    """The outcome of the whole: "accepted", "partly" or "declined".

    None if nothing in it is the body's own to decide: then it is no answer, and the proposal
    belongs to somebody else.

    >>> overall_outcome(["accepted", "accepted"]), overall_outcome(["declined", "not_ours"])
    ('accepted', 'declined')
    >>> overall_outcome(["accepted", "declined"]), overall_outcome(["accepted", "not_ours"])
    ('partly', 'partly')
    >>> overall_outcome(["not_ours"]) is None, overall_outcome([]) is None
    (True, True)
    """
    own = {part for part in parts if part != "not_ours"}
    if not own:
        return None
    if own == {"declined"}:
        return "declined"
    return "accepted" if set(parts) == {"accepted"} else "partly"
