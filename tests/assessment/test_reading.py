"""Declaring, scoring and changing scores: who may, when, what is refused, what others see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from assessment.actions.reading import change_sheet, declare, save_draft, submit_sheet
from assessment.findings import findings_of, progress_of
from assessment.models import Assignment, Score
from assessment.permissions import Refusal
from tests.assessment.asking import refused
from tests.factories.accounts import UserFactory
from tests.factories.assessment import (
    make_ended_round,
    make_open_round,
    make_round,
    points,
    reviewers,
    secretary,
    send,
    sheets,
)

if TYPE_CHECKING:
    from assessment.models import AssessmentRound

pytestmark = pytest.mark.django_db


def scores(round_: AssessmentRound, *values: int) -> dict[int, dict[str, Any]]:
    return points(round_, *values)


def test_sheet_is_nobody_elses() -> None:
    round_ = make_open_round()
    sheet = sheets(round_)[0]
    boss = UserFactory(is_superuser=True)
    for person in (UserFactory(), secretary(), reviewers(round_)[1], boss):
        for action, more in ((submit_sheet, {"scores": {}}), (save_draft, {"draft": {}})):
            with pytest.raises(PermissionDenied):
                action(user=person, assignment=sheet, **more)
    with pytest.raises(PermissionDenied):
        declare(user=UserFactory(), round_=round_, conflicts={})


def test_sheet_before_the_declaration() -> None:
    round_ = make_open_round(declared=False)
    sheet = sheets(round_)[0]
    with refused(Refusal.NOT_DECLARED):
        send(sheet, 7)
    with pytest.raises(DatabaseError), transaction.atomic():
        Score.objects.create(assignment=sheet, criterion=round_.criteria.first(), value=5)


def test_who_declares_a_conflict_is_recused() -> None:
    round_ = make_open_round(declared=False)
    sheet, other = (one for one in sheets(round_) if one.membership.user == reviewers(round_)[0])
    assert declare(user=reviewers(round_)[0], round_=round_, conflicts={sheet.pk: "Сосед"}) == 1
    with refused(Refusal.RECUSED):
        send(sheet, 7)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(pk=sheet.pk).update(submitted_at=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        Score.objects.create(assignment=sheet, criterion=round_.criteria.first(), value=5)
    send(other, 7)


def test_declaration_does_not_reach_other_peoples_sheets() -> None:
    round_ = make_open_round(declared=False)
    theirs = sheets(round_)[1]
    declare(user=reviewers(round_)[0], round_=round_, conflicts={theirs.pk: "Чужое"})
    theirs.refresh_from_db()
    assert (theirs.recusal, theirs.declared_at) == ("", None)


@pytest.mark.parametrize("value", [-1, 11, None, "7", 10**9])
def test_score_off_the_scale(value: Any) -> None:
    round_ = make_open_round()
    sheet = sheets(round_)[0]
    with pytest.raises(ValidationError):
        submit_sheet(user=sheet.membership.user, assignment=sheet, scores=scores(round_, 7, value))
    assert not Score.objects.exists()


@pytest.mark.parametrize("fields", [{"value": 11}, {}, {"value": 5, "stops": True}])
def test_database_keeps_scores_on_the_scale(fields: dict[str, Any]) -> None:
    round_ = make_open_round()
    with pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.create(
            assignment=sheets(round_)[0], criterion=round_.criteria.first(), **fields
        )


def test_round_that_has_not_begun_or_is_closed_takes_no_sheet() -> None:
    early = make_round()
    assessed = early.assessed.first()
    member = early.committee.memberships.first()
    sheet = Assignment.objects.create(assessed=assessed, membership=member)
    with refused(Refusal.NOT_BEGUN):
        send(sheet, 7)
    closed = make_ended_round(members=4)
    with refused(Refusal.ENDED):
        send(sheets(closed)[0], 7)
    with pytest.raises(DatabaseError), transaction.atomic():
        Score.objects.create(
            assignment=sheets(closed)[0], criterion=closed.criteria.first(), value=5, version=2,
            comment="Поздно",
        )  # fmt: skip


def test_sheet_is_sent_once() -> None:
    round_ = make_open_round()
    sheet = sheets(round_)[0]
    send(sheet, 7)
    with refused(Refusal.SENT):
        send(sheet, 9)
    with refused(Refusal.SENT):
        save_draft(user=sheet.membership.user, assignment=sheet, draft={})


def test_draft_is_kept_until_the_sheet_is_sent() -> None:
    round_ = make_open_round()
    sheet = sheets(round_)[0]
    save_draft(user=sheet.membership.user, assignment=sheet, draft={"points-1": "7"})
    sheet.refresh_from_db()
    assert sheet.draft == {"points-1": "7"}
    send(sheet, 7)
    sheet.refresh_from_db()
    assert sheet.draft == {}


def test_change_needs_a_disagreement_and_a_reason_and_keeps_both() -> None:
    round_ = make_open_round(proposals=1)
    first, second, third = sheets(round_)
    user = first.membership.user
    with refused(Refusal.NOT_SENT):
        change_sheet(user=user, assignment=first, scores=scores(round_, 5), reason="Так")
    send(first, 2)
    send(second, 6)
    with refused(Refusal.NOT_DISPUTED):  # the third has not read yet: nothing may show
        change_sheet(user=user, assignment=first, scores=scores(round_, 5), reason="Так")
    assert not progress_of(round_)[0].is_disputed
    send(third, 6)
    assert progress_of(round_)[0].is_disputed
    with pytest.raises(ValidationError):
        change_sheet(user=user, assignment=first, scores=scores(round_, 5), reason=" ")
    assert change_sheet(user=user, assignment=first, scores=scores(round_, 5), reason="Учёл") == 4
    kept = Score.objects.filter(assignment=first, criterion=round_.criteria.first())
    assert list(kept.order_by("version").values_list("value", "comment")) == [(2, ""), (5, "Учёл")]
    assert not progress_of(round_)[0].is_disputed
    with refused(Refusal.NOT_DISPUTED):
        change_sheet(user=user, assignment=first, scores=scores(round_, 6), reason="Ещё")


def test_scores_are_never_changed_or_deleted() -> None:
    round_ = make_open_round()
    send(sheets(round_)[0], 7)
    with pytest.raises(DatabaseError), transaction.atomic():
        Score.objects.update(value=9)
    with pytest.raises(DatabaseError), transaction.atomic():
        Score.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():  # a change without a reason
        Score.objects.create(
            assignment=sheets(round_)[0], criterion=round_.criteria.first(), value=5, version=2
        )


def test_hard_stop_excludes_by_majority_and_needs_its_reason() -> None:
    round_ = make_open_round(proposals=1, preset="investment")
    stop = round_.criteria.filter(kind="stop").first()
    first, second, third = sheets(round_)
    for sheet, found in ((first, True), (second, True), (third, False)):
        given = scores(round_, 9) | {stop.pk: {"stops": found, "comment": ""}}
        if found:
            with pytest.raises(ValidationError):
                submit_sheet(user=sheet.membership.user, assignment=sheet, scores=given)
            given[stop.pk]["comment"] = "Нет денег"
        submit_sheet(user=sheet.membership.user, assignment=sheet, scores=given)
    (finding,) = findings_of(round_).values()
    assert finding.stopped == (stop.pk,)
