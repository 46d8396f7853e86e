"""What other pages of the admin say about commitments: the decision page and the front page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wagtail.admin.ui.components import Component

from government.commitment_timeline import PROMISED
from government.models import Answer, Commitment, Observation
from government.permissions import may_keep_commitments
from proposals import states

if TYPE_CHECKING:
    from accounts.models import User
    from proposals.models import Proposal


class CommitmentsPanel(Component):
    """A proposal's commitments on its decision page, and what can be done next. Two queries."""

    template_name = "government/staff/commitments_panel.html"

    def __init__(self, proposal: Proposal, user: User) -> None:
        self.proposal, self.user = proposal, user

    @property
    def is_shown(self) -> bool:
        return self.proposal.status in PROMISED

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        rows = list(Commitment.objects.filter(proposal=self.proposal.pk).for_pages())
        may_keep = may_keep_commitments(self.user, self.proposal)
        is_over = any(row.state == Commitment.State.DONE for row in rows) and not any(
            row.is_open for row in rows
        )
        return {
            "commitments": rows,
            "answer": Answer.objects.filter(referral__proposal=self.proposal.pk).first(),
            "may_keep": may_keep,
            "may_finish": may_keep
            and is_over
            and bool(states.target(self.proposal.status, "finish")),
        }


class KeptPanel(Component):
    """Commitments that are overdue, and those that residents doubt. Two queries."""

    name = "government_commitments"
    template_name = "government/staff/kept_panel.html"
    order = 61

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        public = Commitment.objects.public()
        return {"overdue": public.overdue().count(), "disputed": public.disputed().count()}


class ObservationsPanel(Component):
    """How many observations wait to be read. One query."""

    name = "government_observations"
    template_name = "government/staff/observations_panel.html"
    order = 55

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"count": Observation.objects.waiting().count()}
