"""What other pages of the admin say about referrals: the decision page and the front page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wagtail.admin.ui.components import Component

from government.dossier_formats import FORMATS
from government.models import Referral
from government.permissions import (
    may_answer_referral,
    may_handle_referral,
    may_promote_proposal,
    may_read_dossiers,
)
from proposals import states

if TYPE_CHECKING:
    from accounts.models import User
    from proposals.models import Proposal

SHOWN_OVERDUE = 5


class ReferralPanel(Component):
    """A proposal's referral on its decision page, or the way to make one. Two queries."""

    template_name = "government/staff/referral_panel.html"

    def __init__(self, proposal: Proposal, user: User) -> None:
        self.proposal, self.user = proposal, user
        referrals = Referral.objects.for_pages().select_related("by").prefetch_related("dossiers")
        self.referral = referrals.filter(proposal=proposal).first()

    @property
    def is_shown(self) -> bool:
        may_start = states.target(self.proposal.status, "promote") is not None
        return self.referral is not None or (
            may_start and may_promote_proposal(self.user, self.proposal)
        )

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        waits = states.target(self.proposal.status, "answer_accept") is not None
        return {
            **self.case_context(waits=waits),
            "proposal": self.proposal,
            "referral": self.referral,
            # The forms' token, which a component does not get by itself.
            "csrf_token": (parent_context or {}).get("csrf_token"),
            "may_read_dossiers": may_read_dossiers(self.user),
            "dossier_formats": list(FORMATS),
            "may_answer": self.referral is not None
            and waits
            and may_answer_referral(self.user, self.referral),
        }

    def case_context(self, *, waits: bool) -> dict[str, Any]:
        """What happened to the case, staff's notes too, and by which links. Two queries."""
        if self.referral is None:
            return {}
        return {
            "steps": self.referral.steps.select_related("by", "body"),
            "links": self.referral.links.select_related("official"),
            "may_handle": waits and may_handle_referral(self.user, self.referral),
        }


class OverduePanel(Component):
    """How many answers are overdue, and the five that are most. Two queries."""

    name = "government_overdue"
    template_name = "government/staff/overdue_panel.html"
    order = 60

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {
            "figures": Referral.objects.figures(),
            "overdue": Referral.objects.overdue().for_pages()[:SHOWN_OVERDUE],
        }
