"""What the site holds of a person's proposals, for them to take along. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proposals.models import Amendment, Invitation, MergePart, Version
from proposals.models.versions import WORDS

if TYPE_CHECKING:
    from accounts.models import User
    from proposals.models import Appeal, Proposal

AS_WRITTEN = (
    "title",
    "summary",
    "problem",
    "solution",
    "beneficiaries",
    "language",
    "author_name",
    "latitude",
    "longitude",
    "created_at",
    "changed_at",
    "submitted_at",
    "published_at",
)


def proposals_data(user: User) -> list[dict[str, Any]]:
    """All proposals of the person, drafts too. Five queries."""
    rows = user.proposals.select_related("call", "category", "municipality", "appeal").order_by(
        "pk"
    )
    return [
        _data(row) for row in rows.prefetch_related("tags", "images", "documents", "status_changes")
    ]


def _data(proposal: Proposal) -> dict[str, Any]:
    return {
        "number": proposal.pk,
        "call": proposal.call.title,
        "status": proposal.get_status_display(),
        **{name: getattr(proposal, name) for name in AS_WRITTEN},
        "category": proposal.category and proposal.category.name,
        "municipality": proposal.municipality and proposal.municipality.name,
        "tags": [tag.name for tag in proposal.tags.all()],
        "images": [image.alt for image in proposal.images.all()],
        "documents": [document.name for document in proposal.documents.all()],
        "history": [
            {
                "step": change.verb,
                "made_at": change.made_at,
                "reason_code": change.reason_code,
                "reason": change.reason,
            }
            for change in proposal.status_changes.all()
        ],
        "appeal": _appeal(getattr(proposal, "appeal", None)),
    }


def _appeal(appeal: Appeal | None) -> dict[str, Any] | None:
    """What the author wrote against a decision, and the answer."""
    if appeal is None:
        return None
    names = ("text", "made_at", "state", "answer", "answered_at")
    return {name: getattr(appeal, name) for name in names}


def coauthored_data(user: User) -> dict[str, Any]:
    """What the person writes with others, what they added, and invitations to their address."""
    coauthored = user.coauthored.values("proposal", "name", "joined_at")
    amendments = Amendment.objects.filter(by=user).values(
        "proposal", "note", "addition", "by_name", "sent_at", "state", "reason"
    )
    versions = Version.objects.filter(by=user).values("proposal", "number", "made_at", *WORDS)
    asked = MergePart.objects.filter(asked=user).values("merge", "proposal", "answer")
    invited = Invitation.objects.filter(email=user.email.lower()).values("proposal", "sent_at")
    return {
        "proposals": list(coauthored),
        "amendments": list(amendments),
        "versions": list(versions.order_by("proposal", "number")),
        "answers_to_merges": list(asked),
        "invitations": list(invited),
    }
