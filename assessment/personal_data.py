"""What a person did in committees, for them to take along; what stays when they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assessment.models import Assignment, Membership, Score

if TYPE_CHECKING:
    from accounts.models import User


def assessment_data(user: User) -> dict[str, Any]:
    """Terms of office, and every sheet with its scores. Three queries."""
    rows = Score.objects.filter(assignment__membership__user=user).select_related("criterion")
    scores: dict[int, list[dict[str, Any]]] = {}
    for row in rows.order_by("criterion__sort_order", "version"):
        told = {"criterion": str(row.criterion), "points": row.value, "stop": row.stops}
        told |= {"comment": row.comment, "made_at": row.made_at}
        scores.setdefault(row.assignment_id, []).append(told)
    sheets = Assignment.objects.of(user).select_related("assessed")
    return {
        "terms": [
            {"committee": one.committee.name, "role": one.role, "from": one.starts_on}
            for one in user.memberships.select_related("committee")
        ],
        "sheets": [
            {
                "proposal": one.assessed.proposal_id,
                "recusal": one.recusal,
                "note": one.recusal_note,
                "scores": scores.get(one.pk, []),
            }
            for one in sheets
        ],
    }


def let_go_of_member(account: User, keep_name: bool) -> None:
    """Drafts and private notes go; scores stay, since protocols rest on them."""
    own = Membership.objects.filter(user=account)
    Assignment.objects.filter(membership__in=own).update(draft={}, recusal_note="")
    if not keep_name:
        own.update(name="", organisation="", position={})
