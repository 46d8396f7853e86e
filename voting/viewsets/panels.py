"""What the admin's front page says to those who look after votes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wagtail.admin.ui.components import Component

from voting.models import Appeal, DeskTally, Intervention, Round
from voting.models.desk import UNSEEN_MAX

if TYPE_CHECKING:
    from accounts.models import User


class IntegrityPanel(Component):
    """Results held up, what waits for a second person, appeals to answer. Three queries."""

    name = "voting_integrity"
    template_name = "voting/staff/integrity_panel.html"
    order = 70

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {
            "urgent": Round.objects.held_up().count(),
            "waiting": Intervention.objects.waiting().count(),
            "appeals": Appeal.objects.filter(state=Appeal.State.OPEN).count(),
        }


class PaperPanel(Component):
    """Closed rounds whose results wait for somebody to say that all paper is in. One query."""

    name = "voting_paper"
    template_name = "voting/staff/paper_panel.html"
    order = 71

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"rounds": list(Round.objects.take_paper().filter(closed_at__isnull=False)[:5])}


class DeskPanel(Component):
    """Whose desk is closed until this person, a colleague, has looked at it. One query."""

    name = "voting_desk"
    template_name = "voting/staff/desk_panel.html"
    order = 72

    def __init__(self, person: User) -> None:
        self.person = person

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        closed = DeskTally.objects.filter(unseen_count__gte=UNSEEN_MAX)
        return {"closed": closed.exclude(person=self.person).count()}
