"""What the decision page and the admin's front page say about assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Min
from wagtail.admin.ui.components import Component

from assessment.models import Assignment
from assessment.templatetags.assessment_tags import review_of

if TYPE_CHECKING:
    from accounts.models import User
    from proposals.models import Proposal


class ReviewPanel(Component):
    """Points and place of a proposal, on its decision page."""

    template_name = "assessment/staff/review_panel.html"

    def __init__(self, proposal: Proposal) -> None:
        self.review = review_of(proposal)

    @property
    def is_shown(self) -> bool:
        return self.review is not None

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"review": self.review}


class MyReviewsPanel(Component):
    """How many sheets wait for the person, and until when. One query."""

    name = "assessment_reviews"
    template_name = "assessment/staff/reviews_panel.html"
    order = 65

    def __init__(self, user: User) -> None:
        self.user = user

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        open_ = Assignment.objects.of(self.user).counted().filter(
            submitted_at=None,
            assessed__round__opened_at__isnull=False,
            assessed__round__ended_at=None,
        )  # fmt: skip
        return open_.aggregate(count=Count("pk"), due_at=Min("assessed__round__due_at"))
