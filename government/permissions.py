"""Who may put proposals before the Government and enter its answers. Questions only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proposals.permissions import may_move_proposal

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from government.models import Referral
    from proposals.models import Proposal

    Visitor = User | AnonymousUser


def may_promote_proposal(user: Visitor, proposal: Proposal) -> bool:
    """Whether the person may put this proposal before a body; says nothing about its status."""
    return may_move_proposal(user, proposal, "promote")


def may_answer_referral(user: Visitor, referral: Referral) -> bool:
    """Whether the person may enter the answer to a referral."""
    return may_move_proposal(user, referral.proposal, "answer_accept")


def may_read_dossiers(user: Visitor) -> bool:
    """Whether the person may take dossiers out of the admin."""
    return user.has_perm("proposals.promote_proposal") or may_export_proposals(user)


def may_export_proposals(user: Visitor) -> bool:
    """Whether the person may take lists of proposals out of the admin."""
    return user.has_perm("proposals.export_proposal")
