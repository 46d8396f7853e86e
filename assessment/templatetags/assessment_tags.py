"""What expert review found, for the pages of proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from assessment.results import summary_of
from assessment.words import in_percent

if TYPE_CHECKING:
    from proposals.models import Proposal

register = template.Library()

# Only these can have been in a round, so pages of all other proposals cost no query.
REVIEWED = frozenset(
    {"shortlisted", "promoted", "accepted", "declined", "in_progress", "done", "archived"}
)


def review_of(proposal: Proposal) -> dict[str, Any] | None:
    """The published finding of a proposal. One query for a page, at most."""
    if proposal.status not in REVIEWED:
        return None
    if not hasattr(proposal, "_review_shown"):
        proposal._review_shown = summary_of(proposal)  # type: ignore[attr-defined]  # for two users
    return proposal._review_shown  # type: ignore[attr-defined]


register.filter("in_percent", in_percent)


@register.inclusion_tag("assessment/expert_review.html")
def expert_review(proposal: Proposal) -> dict[str, Any]:
    """Points and place of a proposal with its protocol; nothing before there is one."""
    return {"review": review_of(proposal)}
