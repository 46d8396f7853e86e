"""Registers what voting adds to other apps: rounds follow proposals, votes follow people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wagtail import hooks

from proposals import states
from voting.actions import close_round, erase_votes, open_round
from voting.own_votes import votes_data

if TYPE_CHECKING:
    from accounts.models import User
    from proposals.models import StatusChange


@hooks.register("after_move_proposal")
def rounds_follow_proposals(change: StatusChange) -> None:
    """Open the round on acceptance; close it once the proposal can no longer be supported."""
    if change.verb in {"accept", "import"}:
        open_round(proposal=change.proposal)
    elif change.to_status not in states.SUPPORTABLE:
        close_round(proposal=change.proposal)


@hooks.register("before_erase_account")
def take_votes_back(account: User, keep_name: bool) -> None:
    """Undo the person's votes in open rounds while their key still finds them."""
    erase_votes(user=account)


@hooks.register("register_personal_data")
def own_votes(user: User) -> tuple[str, Any]:
    """Which proposals the person supported, and whether that still stands."""
    return "supports", votes_data(user)
