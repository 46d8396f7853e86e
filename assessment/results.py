"""What expert review found of a proposal, for pages and papers of other apps. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from assessment.models import Protocol

if TYPE_CHECKING:
    from proposals.models import Proposal


def summary_of(proposal: Proposal) -> dict[str, Any] | None:
    """The newest published protocol's finding of a proposal, or None. One query.

    Texts are `{language: text}` (see `home.words.said`), points are text such as "7.80".
    """
    rows = Protocol.objects.filter(round__assessed__proposal=proposal.pk)
    protocol = rows.select_related("round").order_by("-made_at", "-pk").first()
    return summary_in(protocol, proposal.pk) if protocol else None


def summary_in(protocol: Protocol, number: int) -> dict[str, Any]:
    """What a protocol says of one of its proposals. No query of its own."""
    told = protocol.contents
    found = next(row for row in told["proposals"] if row["proposal"] == number)
    scales = [row for row in told["sheet"]["criteria"] if row["kind"] == "scale"]
    names = {row["number"]: row["name"] for row in told["sheet"]["criteria"]}
    return {
        "title": told["round"]["title"],
        "committee": told["committee"]["name"],
        "criteria": [_criterion(row, found) for row in scales] if found["sheets"] else [],
        "total": found["total"],
        "total_spread": found["total_spread"],
        "rank": found["place"],
        "rank_by_scores": found["place_by_scores"],
        "rank_reason": found["place_reason"],
        "is_placed_by_hand": found.get("is_placed_by_hand", bool(found["place_reason"])),
        "is_selected_by_hand": found.get("is_selected_by_hand", False),
        "is_selected": found.get("is_selected"),
        "of": sum(row["place"] is not None for row in told["proposals"]),
        "stops": [names[stop["criterion"]] for stop in found["stops"]],
        "sheets": found["sheets"],
        "members": told["quorum"]["members"],
        "members_scored": told["quorum"]["took_part"],
        "quorum": told["quorum"]["needed"],
        "protocol_hash": protocol.contents_hash,
        "protocol_url": reverse("assessment:round", args=[protocol.round_id]),
        "made_at": protocol.made_at,
    }


def _criterion(row: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    number = str(row["number"])
    return {
        "name": row["name"],
        "weight": row["weight"],
        "mean": found["means"][number],
        "spread": found["spreads"].get(number),
    }
