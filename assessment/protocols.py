"""Freezes what came of a round: reads models, returns plain data to be hashed and published.

No reviewer's name stands beside a score, and no private note goes in. The sheets themselves are in
it as one hash with a secret salt: whoever may see them later can show that none was changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from assessment.findings import criteria_of_round, findings_of, scales_of
from assessment.hashes import hash_of
from assessment.models import Assignment, Committee, Score
from assessment.ranking import rank, reorder
from assessment.selecting import selection_of
from proposals.clock import site_day
from proposals.models import CallPage

if TYPE_CHECKING:
    from fractions import Fraction

    from assessment.models import AssessedProposal, AssessmentRound
    from assessment.ranking import Finding

VERSION = 2  # 1 knew of no selection
SPREAD_MIN_SHEETS = 2  # of a single sheet the "spread" would be somebody's very score


def points(value: Fraction) -> str:
    """Two digits after the point, halves rounded up; text, since floats do not hash alike.

    >>> from fractions import Fraction
    >>> points(Fraction(20, 3)), points(Fraction(1, 200)), points(Fraction(7))
    ('6.67', '0.01', '7.00')
    """
    hundredths = int((value * 200 + 1) // 2)
    return f"{hundredths // 100}.{hundredths % 100:02}"


def total_of(found: Finding) -> str | None:
    """The weighted points as text, or None without a sheet."""
    return None if found.total is None else points(found.total)


def standing_of(round_: AssessmentRound) -> Standing:
    """Places by scores and in the end, and who is selected, as things are now. Nine queries.

    A proposal that is gone has no place, whatever it was given by hand before.
    """
    findings = findings_of(round_)
    rows = list(round_.assessed.select_related("proposal__figures"))
    there = [row for row in rows if not row.is_gone]
    scales = scales_of(criteria_of_round(round_))
    ranked = rank([findings[row.proposal_id] for row in there], scales)
    by_hand = {row.proposal_id: row.place_by_hand for row in there if row.place_by_hand}
    final = reorder([(place, found.proposal) for place, found in ranked], by_hand)
    by_scores = {found.proposal: place for place, found in ranked}
    return Standing(rows, findings, by_scores, final, selection_of(round_, rows, final))


@dataclass(frozen=True)
class Standing:
    """Where each proposal of a round stands; places are by proposal."""

    rows: list[AssessedProposal]
    findings: dict[int, Finding]
    by_scores: dict[int, int]
    final: dict[int, int]
    selection: dict[str, Any] | None

    def is_selected(self, number: int) -> bool | None:
        """None where the round only ranks."""
        return number in self.selection["chosen"] if self.selection else None


def contents_of(round_: AssessmentRound, salt: str) -> dict[str, Any]:
    """The whole protocol as it would be now. About twenty queries, for any number of proposals."""
    standing = standing_of(round_)
    return {
        "version": VERSION,
        "round": _round_part(round_),
        "committee": _committee_part(round_.committee),
        "sheet": round_.sheet,
        "sheet_hash": round_.sheet_hash,
        "quorum": quorum_part(round_),
        "members": _members(round_),
        "proposals": _proposals(round_, standing),
        "selection": standing.selection,
        "recusals": _recusals(round_),
        "sheets": _sheet_counts(round_),
        "sheets_hash": sheets_hash(round_, salt),
    }


def _round_part(round_: AssessmentRound) -> dict[str, Any]:
    return {
        "id": round_.pk,
        "title": round_.title,
        "call": dict(
            CallPage.objects.filter(translation_key=round_.call.translation_key, live=True)
            .order_by("locale__language_code")
            .values_list("locale__language_code", "title")
        ),
        "opened_at": round_.opened_at and round_.opened_at.isoformat(),
        "due_at": round_.due_at.isoformat(),
        "ended_at": round_.ended_at and round_.ended_at.isoformat(),
    }


def _committee_part(committee: Committee) -> dict[str, Any]:
    rows = Committee.objects.filter(translation_key=committee.translation_key)
    names = rows.values_list("locale__language_code", "name")
    return {"slug": committee.slug, "name": dict(names.order_by("locale__language_code"))}


def quorum_part(round_: AssessmentRound) -> dict[str, int]:
    """How many members there are, how many had to take part and how many did. Four queries.

    Who is recused from every proposal of the round has nothing to do in it and is not counted.
    """
    members = voting_members(round_)
    sent = Assignment.objects.filter(assessed__round=round_.pk, submitted_at__isnull=False)
    count, recused = members.count(), _recused_from_all(round_, members)
    return {
        "members": count,
        "recused": recused,
        "needed": round_.committee.quorum_for(count - recused),
        # Who had no vote when reading began fills no quorum, whatever they sent in.
        "took_part": members.filter(pk__in=sent.values("membership")).count(),
    }


def _recused_from_all(round_: AssessmentRound, members: Any) -> int:
    own = Q(assignments__assessed__round=round_.pk) & ~Q(assignments__recusal="")
    counted = members.annotate(recusals=Count("assignments", filter=own))
    return counted.filter(recusals__gt=0, recusals=round_.assessed.count()).count()


def voting_members(round_: AssessmentRound) -> Any:
    """Members in office when reading began, or now before it begins; not its secretaries."""
    day = site_day(round_.opened_at) if round_.opened_at else None
    return round_.committee.memberships.in_office(day).voting().in_order()


def _members(round_: AssessmentRound) -> list[dict[str, Any]]:
    sent = Assignment.objects.filter(assessed__round=round_.pk, submitted_at__isnull=False)
    done = set(sent.values_list("membership", flat=True))
    return [
        {
            "name": member.name,
            "position": member.position,
            "organisation": member.organisation,
            "role": member.role,
            "took_part": member.pk in done,
        }
        for member in voting_members(round_)
    ]


def _proposals(round_: AssessmentRound, standing: Standing) -> list[dict[str, Any]]:
    """One entry for each proposal, best place first, those without a place at the end."""
    reasons = _stop_reasons(round_)
    told = [
        _finding_part(row, standing.findings[row.proposal_id], reasons)
        | {
            "place_by_scores": standing.by_scores.get(row.proposal_id),
            "place": standing.final.get(row.proposal_id),
            "is_placed_by_hand": row.place_by_hand is not None and not row.is_gone,
            "is_selected": standing.is_selected(row.proposal_id),
            "is_selected_by_hand": row.selected_by_hand is not None and not row.is_gone,
            "place_reason": "" if row.is_gone else row.place_reason,
        }
        for row in standing.rows
    ]
    last = len(told) + 1
    return sorted(told, key=lambda one: (one["place"] or last, one["proposal"]))


def _finding_part(
    row: AssessedProposal, found: Finding, reasons: dict[tuple[int, int], list[str]]
) -> dict[str, Any]:
    shows_spread = found.sheets >= SPREAD_MIN_SHEETS
    spreads = found.spreads if shows_spread else {}
    return {
        "proposal": row.proposal_id,
        "title": row.proposal.title,
        "language": row.proposal.language,
        "sheets": found.sheets,
        "total": total_of(found),
        "total_spread": points(found.total_spread) if shows_spread else None,
        "means": {str(number): points(mean) for number, mean in found.means.items()},
        "spreads": {str(number): list(ends) for number, ends in spreads.items()},
        "stops": [
            {"criterion": stop, "reasons": reasons.get((row.proposal_id, stop), [])}
            for stop in found.stopped
        ],
        "discussed": row.discussed_at is not None,
        "gone": row.proposal.status if row.is_gone else "",
    }


def _stop_reasons(round_: AssessmentRound) -> dict[tuple[int, int], list[str]]:
    """Why hard stops apply, in the reviewers' words and without their names. One query."""
    reasons: dict[tuple[int, int], list[str]] = {}
    rows = Score.objects.filter(assignment__assessed__round=round_.pk, stops=True)
    for proposal, criterion, comment in rows.order_by("comment").values_list(
        "assignment__assessed__proposal_id", "criterion_id", "comment"
    ):
        reasons.setdefault((proposal, criterion), []).append(comment)
    return reasons


def _recusals(round_: AssessmentRound) -> list[dict[str, Any]]:
    rows = Assignment.objects.filter(~Q(recusal=""), assessed__round=round_.pk)
    return [
        {"member": name, "proposal": proposal, "kind": kind}
        for name, proposal, kind in rows.order_by(
            "assessed__proposal_id", "membership__name"
        ).values_list("membership__name", "assessed__proposal_id", "recusal")
    ]


def _sheet_counts(round_: AssessmentRound) -> dict[str, int]:
    rows = Assignment.objects.counted().filter(assessed__round=round_.pk)
    changed = Score.objects.filter(assignment__assessed__round=round_.pk, version__gt=1)
    return {
        "asked": rows.count(),
        "sent": rows.filter(submitted_at__isnull=False).count(),
        "scores_changed": changed.count(),
    }


def sheets_as_data(round_: AssessmentRound) -> list[dict[str, Any]]:
    """Every score with every version, for the hash and for who has to check it. One query."""
    fields = ("assignment__membership_id", "assignment__assessed__proposal_id", "criterion_id")
    rows = Score.objects.filter(assignment__assessed__round=round_.pk).order_by(*fields, "version")
    names = ("member", "proposal", "criterion", "version", "value", "stops", "comment")
    return [
        dict(zip(names, row, strict=True))
        for row in rows.values_list(*fields, "version", "value", "stops", "comment")
    ]


def sheets_hash(round_: AssessmentRound, salt: str) -> str:
    """The hash of every score with the protocol's secret salt. One query."""
    return hash_of({"salt": salt, "sheets": sheets_as_data(round_)})
