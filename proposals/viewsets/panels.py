"""What the admin's front page says about proposals that wait."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Min
from wagtail.admin.ui.components import Component

from proposals.models import Proposal


class WaitingPanel(Component):
    """How many proposals wait to be checked, and how long the oldest has. One query."""

    name = "proposals_waiting"
    template_name = "proposals/staff/waiting_panel.html"
    order = 50

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        waiting = Proposal.objects.filter(status=Proposal.Status.SUBMITTED)
        return waiting.aggregate(count=Count("pk"), oldest=Min("submitted_at"))
