"""What this app holds of a person, for them to take along. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from government.models import ReferralStep

if TYPE_CHECKING:
    from accounts.models import User


def observations_data(user: User) -> list[dict[str, Any]]:
    """All that the person reported of commitments. One query."""
    return [
        {
            "commitment": one.commitment.what,
            "verdict": one.get_verdict_display(),
            "text": one.text,
            "name_shown": one.author_name,
            "language": one.language,
            "photo": one.photo_alt,
            "state": one.get_state_display(),
            "reason": one.reason,
            "sent_at": one.made_at,
            "decided_at": one.decided_at,
        }
        for one in user.observations.select_related("commitment").order_by("pk")
    ]


def replies_data(user: User) -> list[dict[str, Any]]:
    """All that the person replied to bodies about their own proposals. One query."""
    steps = ReferralStep.objects.filter(kind="reply", by=user).select_related("referral")
    return [
        {"proposal": step.referral.proposal_id, "text": step.words, "sent_at": step.made_at}
        for step in steps
    ]
