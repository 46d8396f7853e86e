"""What the scores of a round come to, and how far its reading is. Reads models, writes nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from assessment.models import Assignment, Criterion, Score
from assessment.ranking import Finding, Scale, Sheet, find

if TYPE_CHECKING:
    from collections.abc import Iterable

    from assessment.models import AssessedProposal, AssessmentRound


@dataclass(frozen=True)
class Progress:
    """How far the reading of one proposal is; says nothing of any score."""

    assessed: AssessedProposal
    readers: int
    sent: int
    recused: int
    reviewers_disagree: bool

    @property
    def is_read(self) -> bool:
        return 0 < self.readers == self.sent

    @property
    def waits_for_sheets(self) -> bool:
        """Whether reviewers who may still score have time left to do so."""
        in_time = timezone.now() < self.assessed.round.due_at
        return in_time and self.sent < self.readers and not self.assessed.is_gone

    @property
    def is_disputed(self) -> bool:
        """Whether it may be told that reviewers disagree, and they do."""
        shows = not self.waits_for_sheets and not self.assessed.is_gone
        return shows and self.reviewers_disagree

    @property
    def waits_for_discussion(self) -> bool:
        return self.is_disputed and self.assessed.discussed_at is None


def scales_of(criteria: Iterable[Criterion]) -> list[Scale]:
    """The criteria with points, as the rules of ranking see them."""
    return [Scale(one.pk, Fraction(one.weight)) for one in criteria if not one.is_stop]


def criteria_of_round(round_: AssessmentRound) -> list[Criterion]:
    """The criteria in their order. One query."""
    return list(Criterion.objects.filter(round=round_.pk).order_by("sort_order", "pk"))


def latest_scores(found: Q) -> dict[int, dict[int, Score]]:
    """The scores that count, by assignment and criterion: of each the last version. One query."""
    rows: dict[int, dict[int, Score]] = defaultdict(dict)
    for score in Score.objects.filter(found).order_by("version"):
        rows[score.assignment_id][score.criterion_id] = score
    return rows


def findings_of(round_: AssessmentRound) -> dict[int, Finding]:
    """What was found of each proposal by the sheets sent in, by number. Three queries."""
    scales = scales_of(criteria_of_round(round_))
    scores = latest_scores(Q(assignment__assessed__round=round_.pk))
    sent = Assignment.objects.counted().filter(assessed__round=round_.pk).order_by("pk")
    sheets: dict[int, list[Sheet]] = defaultdict(list)
    for pk, proposal in sent.filter(submitted_at__isnull=False).values_list(
        "pk", "assessed__proposal_id"
    ):
        sheets[proposal].append(sheet_of(scores[pk]))
    numbers = round_.assessed.values_list("proposal_id", flat=True)
    return {number: find(number, scales, sheets[number]) for number in numbers}


def sheet_of(scores: dict[int, Score]) -> Sheet:
    """One reviewer's scores as the rules of ranking see them."""
    points = {number: one.value for number, one in scores.items() if one.value is not None}
    return Sheet(points, frozenset(number for number, one in scores.items() if one.stops))


def progress_of(round_: AssessmentRound) -> list[Progress]:
    """How far each proposal is. A dispute shows only once all of its readers are done, or scores
    are due, so that it tells nobody of the first sheets. Five queries.

    Whose term ended before they sent their sheet is no reader any more.
    """
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    rows = Assignment.objects.filter(assessed__round=round_.pk).select_related("membership")
    for row in rows.defer("draft", "recusal_note"):
        counts[row.assessed_id][0] += not row.is_lost
        counts[row.assessed_id][1] += row.is_submitted
        counts[row.assessed_id][2] += row.is_recused
    findings = findings_of(round_)
    limit = Fraction(round_.spread_max)
    return [
        Progress(one, *counts[one.pk], findings[one.proposal_id].is_disputed(limit))
        for one in round_.assessed.select_related("proposal", "round")
    ]


def is_disputed(assignment: Assignment) -> bool:
    """Whether its readers disagree, and all are done or scores are due. Five queries."""
    readers = Assignment.objects.counted().filter(assessed=assignment.assessed_id)
    round_ = assignment.assessed.round
    if timezone.now() < round_.due_at and readers.waiting().exists():
        return False
    scales = scales_of(criteria_of_round(round_))
    scores = latest_scores(Q(assignment__in=readers))
    found = find(assignment.assessed_id, scales, [sheet_of(one) for one in scores.values()])
    return found.is_disputed(Fraction(round_.spread_max))
