"""Who writes a proposal, and what they and moderators may do about that. Questions only.

What a role may do with a proposal's status is in `permissions`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from proposals import states
from proposals.permissions import has_role, may_move_proposal

if TYPE_CHECKING:
    from accounts.models import User
    from proposals.models import CoAuthor, Proposal
    from proposals.permissions import Visitor


def writers_of(proposal: Proposal) -> list[User]:
    """The author, if there is one, then the co-authors, the first to join in front. Two queries."""
    author = [proposal.author] if proposal.author else []
    return [*author, *(row.person for row in proposal.coauthors.select_related("person"))]


def speaker_of(proposal: Proposal) -> User | None:
    """Who is asked in the proposal's name: the author, else who joined first. Two queries."""
    return next(iter(writers_of(proposal)), None)


def is_main_author(user: Visitor, proposal: Proposal) -> bool:
    """Whether the person is the author, or a co-author of a proposal whose author is gone."""
    if proposal.author_id is None:
        return has_role(user, proposal, states.AUTHOR)
    return proposal.author_id == user.pk


def may_invite_coauthors(user: Visitor, proposal: Proposal) -> bool:
    """The author, as long as the proposal can still be worked on."""
    is_alive = proposal.is_editable or proposal.status in states.AMENDABLE
    return user.is_authenticated and is_main_author(user, proposal) and is_alive


def may_remove_coauthor(user: Visitor, coauthor: CoAuthor) -> bool:
    """The author anybody, everybody themselves."""
    if not user.is_authenticated:
        return False
    return coauthor.person_id == user.pk or is_main_author(user, coauthor.proposal)


def may_amend_proposal(user: Visitor, proposal: Proposal) -> bool:
    """Authors and co-authors, once support has begun and until an answer is there."""
    return has_role(user, proposal, states.AUTHOR) and proposal.status in states.AMENDABLE


def may_decide_amendment(user: Visitor, proposal: Proposal) -> bool:
    """Moderators, but nobody on what they wrote themselves."""
    return may_move_proposal(user, proposal, "accept")


def may_merge_proposals(user: Visitor) -> bool:
    """Whether the person may propose merges; of each proposal `may_move_proposal` asks besides."""
    return user.has_perm("proposals.moderate_proposal")
