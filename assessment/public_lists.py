"""What the public pages show, gathered in few queries. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count

from assessment.findings import criteria_of_round
from assessment.models import Assignment, Committee, Decision, Membership

if TYPE_CHECKING:
    from assessment.models import AssessmentRound

DECISIONS_SHOWN = 10


def committee_rows() -> list[tuple[Committee, int]]:
    """Every committee in the active language, with how many sit in it now. Two queries."""
    in_office = Membership.objects.in_office().values_list("committee")
    counts = dict(in_office.annotate(count=Count("pk")))
    return [(one, counts.get(one.pk, 0)) for one in Committee.objects.in_language()]


def committee_context(committee: Committee) -> dict[str, Any]:
    """Members in office, documents, meetings, latest decisions, rounds. Five queries."""
    members = list(committee.memberships.in_office().in_order())
    voting = [one for one in members if one.role != one.Role.SECRETARY]
    decisions = Decision.objects.filter(item__meeting__committee=committee.pk)
    return {
        "committee": committee,
        "members": members,
        "quorum": committee.quorum_for(len(voting)),
        "documents": committee.documents.select_related("document"),
        "meetings": committee.meetings.all(),
        "decisions": decisions.select_related("item__meeting").order_by(
            "-item__meeting__held_at", "item__number"
        )[:DECISIONS_SHOWN],
        "rounds": committee.rounds.public().select_related("protocol"),
    }


def protocol_context(round_: AssessmentRound) -> dict[str, Any]:
    """A round's page, with its protocol if there is one. Two queries, whatever it holds."""
    names = Committee.objects.filter(translation_key=round_.committee.translation_key)
    protocol = getattr(round_, "protocol", None)
    return {
        "round": round_,
        "committee_name": names.localized_names()[round_.committee.translation_key],
        "criteria": criteria_of_round(round_),
        "protocol": protocol,
        "table": protocol_table(protocol.contents) if protocol else [],
        "recusals": recusal_lines(protocol.contents) if protocol else [],
    }


def protocol_table(contents: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of a protocol: each proposal with its points in the order of the criteria."""
    scales = [row["number"] for row in contents["sheet"]["criteria"] if row["kind"] == "scale"]
    names = {row["number"]: row["name"] for row in contents["sheet"]["criteria"]}
    return [
        row
        | {
            "points": [
                (row["means"].get(str(number)), row["spreads"].get(str(number)))
                for number in scales
            ],
            "stopped_by": [(names[stop["criterion"]], stop["reasons"]) for stop in row["stops"]],
        }
        for row in contents["proposals"]
    ]


def recusal_lines(contents: dict[str, Any]) -> list[tuple[str, int, Any]]:
    """Who was recused from which proposal and why, in words."""
    kinds = dict(Assignment.Recusal.choices)
    return [(row["member"], row["proposal"], kinds[row["kind"]]) for row in contents["recusals"]]
