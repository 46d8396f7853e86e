"""Registers what voting adds to other apps: rounds follow proposals and calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wagtail import hooks

from proposals import states
from voting.actions import close_round, open_round

if TYPE_CHECKING:
    from proposals.models import StatusChange


@hooks.register("after_move_proposal")
def rounds_follow_proposals(change: StatusChange) -> None:
    """Open the round on acceptance; close it once the proposal can no longer be supported."""
    if change.verb in {"accept", "import"}:
        open_round(proposal=change.proposal)
    elif change.to_status not in states.SUPPORTABLE:
        close_round(proposal=change.proposal)
