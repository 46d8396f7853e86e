"""What a reviewer does: declare conflicts of interest, save a draft, send the sheet, change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from assessment.findings import is_disputed, latest_scores
from assessment.models import AssessmentRound, Assignment, Score
from assessment.models.rounds import SCALE_MAX
from assessment.permissions import (
    AssessmentRefused,
    Refusal,
    conflict_of,
    may_read_sheet,
    may_score_proposals,
    refuse_not_reading,
    refuse_sheet,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import User
    from assessment.models import Criterion

Values = dict[str, Any]  # of one criterion: "value" or "stops", and "comment"


@transaction.atomic
def declare(*, user: User, round_: AssessmentRound, conflicts: Mapping[int, str]) -> int:
    """Declare a conflict with the proposals of the given assignments, and none with the others.

    `conflicts` maps an assignment's number to what the conflict is. Sheets already sent in stay.
    Returns how many proposals the person is recused from by this.
    """
    if not may_score_proposals(user):
        raise PermissionDenied
    row = AssessmentRound.objects.select_for_update(of=("self",)).get(pk=round_.pk)
    refuse_not_reading(row)
    own = Assignment.objects.of(user).waiting().filter(assessed__round=row)
    now, recused = timezone.now(), 0
    for assignment in own.select_for_update(of=("self",)):
        assignment.declared_at = now
        if assignment.pk in conflicts:
            recused += 1
            assignment.recusal = Assignment.Recusal.DECLARED
            assignment.recusal_note = conflicts[assignment.pk].strip()
            assignment.draft = {}
        assignment.save(update_fields=["declared_at", "recusal", "recusal_note", "draft"])
    log(instance=row, action="assessment.declare", user=user, data={"conflicts": recused})
    return recused


def _locked(user: User, assignment: Assignment) -> Assignment:
    """The assignment, its round held open so that it cannot end meanwhile."""
    if not may_read_sheet(user, assignment):
        raise PermissionDenied
    AssessmentRound.objects.select_for_update(of=("self",)).get(pk=assignment.assessed.round_id)
    rows = Assignment.objects.select_related(
        "assessed__round", "assessed__proposal__author", "membership__user"
    )
    row = rows.select_for_update(of=("self",)).get(pk=assignment.pk)
    refuse_sheet(row)
    return row


@transaction.atomic
def save_draft(*, user: User, assignment: Assignment, draft: dict[str, Any]) -> None:
    """Keep what is filled in so far; nobody else ever sees it."""
    row = _locked(user, assignment)
    if row.is_submitted:
        raise AssessmentRefused(Refusal.SENT)
    row.draft = draft
    row.save(update_fields=["draft"])


@transaction.atomic
def submit_sheet(*, user: User, assignment: Assignment, scores: Mapping[int, Values]) -> None:
    """Send in a whole sheet, criterion number to values. The first version of each score.

    Raises `PermissionDenied`, `AssessmentRefused`, `ValidationError` for what is missing or off
    the scale.
    """
    row = _locked(user, assignment)
    if row.is_submitted:
        raise AssessmentRefused(Refusal.SENT)
    criteria = list(row.assessed.round.criteria.order_by("sort_order", "pk"))
    # Somebody may have joined as a co-author, or changed employers, since reviews were shared out.
    if conflict_of(row.membership, row.assessed.proposal):
        raise AssessmentRefused(Refusal.CONFLICT)
    made = [_score(row, one, scores.get(one.pk, {})) for one in criteria]
    Score.objects.bulk_create(made)
    row.submitted_at, row.draft = timezone.now(), {}
    row.save(update_fields=["submitted_at", "draft"])
    data = {"proposal": row.assessed.proposal_id}
    log(instance=row.assessed.round, action="assessment.submit_sheet", user=user, data=data)


def _score(row: Assignment, criterion: Criterion, values: Values, version: int = 1) -> Score:
    comment = str(values.get("comment", "")).strip()
    score = Score(assignment=row, criterion=criterion, version=version, comment=comment)
    score.made_at = timezone.now()
    if criterion.is_stop:
        score.stops = bool(values.get("stops"))
        if score.stops and not comment:
            raise ValidationError(_("A hard stop needs its reason."))
        return score
    value = values.get("value")
    if not isinstance(value, int) or not 0 <= value <= SCALE_MAX:
        words = _("Give points from 0 to %(max)d: %(criterion)s.")
        raise ValidationError(words % {"max": SCALE_MAX, "criterion": criterion})
    score.value = value
    return score


@transaction.atomic
def change_sheet(
    *, user: User, assignment: Assignment, scores: Mapping[int, Values], reason: str
) -> int:
    """Change scores after a discussion, each with the reason; the old ones stay beside them.

    Only while reviewers disagree on the proposal. Returns how many were changed.
    """
    row = _locked(user, assignment)
    if not row.is_submitted:
        raise AssessmentRefused(Refusal.NOT_SENT)
    if not is_disputed(row):
        raise AssessmentRefused(Refusal.NOT_DISPUTED)
    if not reason.strip():
        raise ValidationError(_("Write why you change your scores."))
    olds = [old for old in _current(row) if old.criterion_id in scores]
    made = [_changed(row, old, scores[old.criterion_id], reason) for old in olds]
    new = Score.objects.bulk_create(one for one in made if one)
    data = {"proposal": row.assessed.proposal_id, "count": len(new)}
    log(instance=row.assessed.round, action="assessment.change_sheet", user=user, data=data)
    return len(new)


def _current(row: Assignment) -> list[Score]:
    return list(latest_scores(Q(assignment=row.pk)).get(row.pk, {}).values())


def _changed(row: Assignment, old: Score, values: Values, reason: str) -> Score | None:
    """The next version of a score, or None where nothing about it changes."""
    told = {**values, "comment": reason}
    new = _score(row, old.criterion, told, old.version + 1)
    return None if (new.value, new.stops) == (old.value, old.stops) else new
