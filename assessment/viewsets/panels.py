"""What the decision page and the admin's front page say about assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.utils import timezone
from wagtail.admin.ui.components import Component

from assessment.models import AssessmentRound, Assignment, Committee, Meeting, Membership
from assessment.templatetags.assessment_tags import review_of

if TYPE_CHECKING:
    from accounts.models import User
    from proposals.models import Proposal

SHOWN = 5
MEETINGS_SHOWN = 2


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
    """In which rounds sheets or a declaration of the person are missing, and the next meeting.

    Four queries, whatever waits.
    """

    name = "assessment_reviews"
    template_name = "assessment/staff/reviews_panel.html"
    order = 65

    def __init__(self, user: User) -> None:
        self.user = user

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        missing = Count("pk", filter=Q(declared_at=None))
        waiting = Assignment.objects.of(self.user).waiting().values("assessed__round")
        counts = list(waiting.annotate(count=Count("pk"), undeclared=missing))
        rounds = AssessmentRound.objects.in_bulk(row["assessed__round"] for row in counts)
        rows = [{"round": rounds[row["assessed__round"]], **row} for row in counts]
        mine = Membership.objects.in_office().filter(user=self.user)
        return {
            "rows": sorted(rows, key=lambda row: row["round"].due_at),
            "meetings": _next_meetings(Q(committee__in=mine.values("committee"))),
            "now": timezone.now(),
        }


class CommitteesPanel(Component):
    """For secretaries: rounds without a protocol and how far they are, meetings. Four queries."""

    name = "assessment_committees"
    template_name = "assessment/staff/committees_panel.html"
    order = 66

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        asked = Q(assessed__assignments__recusal="")
        sent = Q(assessed__assignments__submitted_at__isnull=False)
        rounds = (
            AssessmentRound.objects.filter(protocol__isnull=True)
            .select_related("protocol")
            .annotate(
                asked_count=Count("assessed__assignments", filter=asked),
                sent_count=Count("assessed__assignments", filter=sent),
            )
        )
        held = Meeting.objects.filter(held_at__lte=timezone.now(), present_count__isnull=True)
        return {
            "rounds": rounds.order_by("due_at")[:SHOWN],
            "meetings": _next_meetings(),
            "uncounted": held.select_related("committee").order_by("held_at")[:SHOWN],
            "now": timezone.now(),
        }


def _next_meetings(of: Q | None = None) -> list[tuple[Meeting, str]]:
    """Each with its committee's name. Two queries."""
    names = Committee.objects.localized_names()
    coming = Meeting.objects.filter(of or Q(), held_at__gt=timezone.now())
    rows = coming.select_related("committee").order_by("held_at")[:MEETINGS_SHOWN]
    return [(one, names[one.committee.translation_key]) for one in rows]
