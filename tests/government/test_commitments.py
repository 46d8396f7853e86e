"""Commitments: made with an answer, moved by the table with evidence, given new dates in public."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.actions import erase_account
from government import commitment_states
from government.actions.commitments import (
    CommitmentMoved,
    Evidence,
    Promise,
    add_commitments,
    all_kept,
    make_commitments,
    move_commitment,
    redate_commitment,
)
from government.guards import FROZEN_OF_STEP, TABLE, names
from government.models import Commitment, CommitmentChange
from proposals.models import Proposal
from tests.factories.accounts import MunicipalityFactory, UserFactory
from tests.factories.government import (
    SEEN,
    BodyFactory,
    make_answer,
    make_commitment,
    make_referral,
)
from tests.ledger import empty_ledger
from tests.test_readme import section
from voting.triggers import installed

if TYPE_CHECKING:
    from accounts.models import User
    from proposals.models import CallPage

pytestmark = pytest.mark.django_db
STATES = Commitment.State.values
KHABAROVSK = ZoneInfo("Asia/Vladivostok")
TODAY = timezone.localdate


def in_days(days: int) -> date:
    return TODAY() + timedelta(days=days)


def put_in(state: str, commitment: Commitment) -> Commitment:
    settled = None if state in commitment_states.OPEN else TODAY()
    Commitment.objects.filter(pk=commitment.pk).update(state=state, settled_on=settled)
    return Commitment.objects.get(pk=commitment.pk)


def test_table_names_only_real_states() -> None:
    moves = commitment_states.MOVES.values()
    named = {move.target for move in moves} | {state for move in moves for state in move.sources}
    assert named == set(STATES)
    assert set(STATES) > commitment_states.OPEN


def test_readme_draws_every_move() -> None:
    drawn = set(
        re.findall(r"(\w+) --> (\w+): (\w+)$", section("### States of a commitment"), re.MULTILINE)
    )
    assert drawn == {
        (source, move.target, verb)
        for verb, move in commitment_states.MOVES.items()
        for source in move.sources
    }


def test_make_commitments_puts_down_the_promise_and_a_first_step(call: CallPage) -> None:
    place = MunicipalityFactory()
    answer = make_answer(make_referral(call=call, municipality=place))
    other = BodyFactory()
    promises = [
        Promise("  Датчики ", in_days(30), "Отдел связи", 450_000_000),
        Promise("Мост", in_days(60), body=other),
    ]
    first, second = make_commitments(answer=answer, promises=promises)
    assert (first.what, first.owner_name, first.amount_minor) == (
        "Датчики",
        "Отдел связи",
        45 * 10**7,
    )
    assert (first.state, first.due_on, first.first_due_on) == ("planned", in_days(30), in_days(30))
    assert (first.body, second.body) == (answer.referral.body, other)
    assert (first.municipality, first.proposal) == (place, answer.referral.proposal)
    assert list(first.changes.values_list("verb", "to_state")) == [("promise", "planned")]
    assert ModelLogEntry.objects.filter(action="government.commitment_promise").count() == 2


@pytest.mark.parametrize("days", [-1, 366 * 31])
def test_make_commitments_for_an_impossible_day_is_refused(days: int, call: CallPage) -> None:
    answer = make_answer(make_referral(call=call))
    with pytest.raises(ValidationError):
        make_commitments(answer=answer, promises=[Promise("Мост", in_days(days))])
    assert not Commitment.objects.exists()


def test_make_commitments_twice_the_same_is_refused(call: CallPage) -> None:
    answer = make_answer(make_referral(call=call))
    promise = Promise("Мост", in_days(5))
    with pytest.raises(ValidationError):
        make_commitments(answer=answer, promises=[promise, promise])
    assert not Commitment.objects.exists()


def test_commitment_of_a_declined_answer_moves_no_proposal(call: CallPage) -> None:
    answer = make_answer(make_referral(call=call), outcome="declined")
    commitment = make_commitment(answer=answer, state="done")
    assert Proposal.objects.get(pk=commitment.proposal_id).status == "declined"


@pytest.mark.parametrize("person", ["resident", "editor", "moderator"])
def test_commitments_by_the_wrong_person_are_refused(
    person: str, call: CallPage, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(person)
    commitment = make_commitment()
    tries = [
        lambda: add_commitments(
            user=user, answer=commitment.answer, promises=[Promise("Ещё", in_days(3))]
        ),
        lambda: move_commitment(user=user, commitment=commitment, verb="begin", evidence=SEEN),
        lambda: redate_commitment(
            user=user, commitment=commitment, due_on=in_days(90), reason="Так."
        ),
    ]
    for attempt in tries:
        with pytest.raises(PermissionDenied):
            attempt()
    commitment.refresh_from_db()
    assert (commitment.state, commitment.changes.count()) == ("planned", 1)


def test_move_commitment_about_ones_own_proposal_is_refused(call: CallPage, promoter: User) -> None:
    commitment = make_commitment(answer=make_answer(make_referral(call=call, author=promoter)))
    with pytest.raises(PermissionDenied):
        move_commitment(user=promoter, commitment=commitment, verb="begin", evidence=SEEN)


@pytest.mark.parametrize("verb", commitment_states.MOVES)
def test_move_commitment_follows_the_table_and_nothing_else(
    verb: str, call: CallPage, promoter: User
) -> None:
    made = make_commitment()
    move = commitment_states.MOVES[verb]
    for state in STATES:
        commitment = put_in(state, made)
        if state not in move.sources:
            with pytest.raises(CommitmentMoved):
                move_commitment(user=promoter, commitment=commitment, verb=verb, evidence=SEEN)
            assert Commitment.objects.get(pk=made.pk).state == state
            continue
        change = move_commitment(user=promoter, commitment=commitment, verb=verb, evidence=SEEN)
        now = Commitment.objects.get(pk=made.pk)
        assert (change.from_state, change.to_state) == (state, move.target)
        assert now.state == commitment.state == move.target
        assert (now.settled_on is None) == (move.target in commitment_states.OPEN)


@pytest.mark.parametrize("verb", commitment_states.MOVES)
def test_move_commitment_asks_for_evidence(verb: str, call: CallPage, promoter: User) -> None:
    move = commitment_states.MOVES[verb]
    commitment = put_in(min(move.sources), make_commitment())
    with pytest.raises(ValidationError):
        move_commitment(
            user=promoter,
            commitment=commitment,
            verb=verb,
            evidence=Evidence(" ", link="https://example.org/"),
        )
    words = Evidence("Так вышло.")
    if move.proof_required:
        with pytest.raises(ValidationError):
            move_commitment(user=promoter, commitment=commitment, verb=verb, evidence=words)
        assert Commitment.objects.get(pk=commitment.pk).state == min(move.sources)
    else:
        move_commitment(user=promoter, commitment=commitment, verb=verb, evidence=words)


def test_delivery_without_a_proof_is_refused_by_the_database(call: CallPage) -> None:
    commitment = make_commitment()
    with pytest.raises(IntegrityError), transaction.atomic():
        CommitmentChange.objects.create(
            commitment=commitment,
            verb="deliver",
            to_state="done",
            to_due_on=commitment.due_on,
            text="Готово",
            made_at=timezone.now(),
        )


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "так"])
def test_move_commitment_takes_no_link_that_runs(link: str, call: CallPage, promoter: User) -> None:
    commitment = make_commitment(state="in_progress")
    with pytest.raises(ValidationError):
        move_commitment(
            user=promoter, commitment=commitment, verb="deliver", evidence=Evidence("Вот", link)
        )
    assert Commitment.objects.get(pk=commitment.pk).state == "in_progress"


def test_move_commitment_keeps_photo_and_document_apart_from_their_names(
    call: CallPage, promoter: User
) -> None:
    commitment = make_commitment(state="in_progress")
    paper = ContentFile(b"%PDF-1.4", name="../../акт.pdf")
    evidence = Evidence("Акт подписан.", document=paper, document_name="акт.pdf")
    change = move_commitment(
        user=promoter, commitment=commitment, verb="deliver", evidence=evidence
    )
    assert change.document.name.startswith(f"commitments/{commitment.pk}/")
    assert "акт" not in change.document.name
    assert change.document_name == "акт.pdf"


def test_second_of_two_clicks_changes_nothing(call: CallPage, promoter: User) -> None:
    commitment = make_commitment(state="in_progress")
    stale = Commitment.objects.get(pk=commitment.pk)
    move_commitment(user=promoter, commitment=commitment, verb="deliver", evidence=SEEN)
    with pytest.raises(CommitmentMoved):
        move_commitment(user=promoter, commitment=stale, verb="drop", evidence=SEEN)
    with pytest.raises(CommitmentMoved):
        redate_commitment(user=promoter, commitment=stale, due_on=in_days(99), reason="Позже.")
    assert commitment.changes.filter(verb__in=("drop", "redate")).count() == 0
    assert Commitment.objects.get(pk=commitment.pk).due_on == commitment.first_due_on


def test_first_commitment_that_begins_puts_the_proposal_in_progress(
    call: CallPage, promoter: User
) -> None:
    first = make_commitment()
    second = make_commitment(answer=first.answer, what="Второе")
    for commitment in (first, second):
        move_commitment(user=promoter, commitment=commitment, verb="begin", evidence=SEEN)
    proposal = Proposal.objects.get(pk=first.proposal_id)
    assert proposal.status == "in_progress"
    assert proposal.status_changes.filter(verb="start").count() == 1
    move_commitment(user=promoter, commitment=first, verb="deliver", evidence=SEEN)
    assert not all_kept(proposal)
    move_commitment(user=promoter, commitment=second, verb="drop", evidence=SEEN)
    assert all_kept(proposal)
    proposal.refresh_from_db()
    assert proposal.status == "in_progress"  # that it is done is for people to say


def test_redate_commitment_keeps_the_first_date(call: CallPage, promoter: User) -> None:
    commitment = make_commitment(due_in=10)
    first = commitment.due_on
    redate_commitment(user=promoter, commitment=commitment, due_on=in_days(40), reason="Подрядчик.")
    redate_commitment(user=promoter, commitment=commitment, due_on=in_days(70), reason="Зима.")
    commitment.refresh_from_db()
    assert (commitment.first_due_on, commitment.due_on) == (first, in_days(70))
    assert commitment.due_moved_count == 2
    change = commitment.changes.last()
    assert (change.verb, change.from_due_on, change.to_due_on) == (
        "redate",
        in_days(40),
        in_days(70),
    )
    assert ModelLogEntry.objects.filter(action="government.commitment_redate").count() == 2


@pytest.mark.parametrize(("days", "reason"), [(40, " "), (-1, "Так."), (10, "Та же дата.")])
def test_redate_commitment_without_sense_is_refused(
    days: int, reason: str, call: CallPage, promoter: User
) -> None:
    commitment = make_commitment(due_in=10)
    with pytest.raises(ValidationError):
        redate_commitment(user=promoter, commitment=commitment, due_on=in_days(days), reason=reason)
    assert Commitment.objects.get(pk=commitment.pk).due_moved_count == 0


@pytest.mark.parametrize("state", ["done", "dropped"])
def test_redate_commitment_that_is_settled_is_refused(
    state: str, call: CallPage, promoter: User
) -> None:
    commitment = make_commitment(state=state)
    with pytest.raises(CommitmentMoved):
        redate_commitment(user=promoter, commitment=commitment, due_on=in_days(90), reason="Так.")


def test_overdue_begins_at_midnight_in_vladivostok(call: CallPage) -> None:
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=KHABAROVSK), tick=False):
        commitment = make_commitment(due_on=date(2026, 6, 10))
    last = datetime(2026, 6, 10, 23, 59, 59, tzinfo=KHABAROVSK)
    for moment, days in (
        (last, 0),
        (last + timedelta(seconds=1), 1),
        (last + timedelta(days=30), 30),
    ):
        with time_machine.travel(moment, tick=False):
            assert commitment.days_overdue == days
            assert Commitment.objects.overdue().filter(pk=commitment.pk).exists() is bool(days)
            assert commitment.is_escalated is (days >= 30)
    with time_machine.travel(last + timedelta(days=3), tick=False):
        assert put_in("done", commitment).days_overdue == 0


def test_proposal_with_commitments_is_not_lost_by_deleting(call: CallPage) -> None:
    from django.db.models import ProtectedError

    commitment = make_commitment()
    with pytest.raises(ProtectedError):
        commitment.answer.delete()


def test_guards_are_all_installed() -> None:
    """SQLite drops a table's triggers whenever a migration rebuilds it."""
    assert names(connection) <= installed(connection)


def test_guards_watch_every_column_but_who_made_the_step() -> None:
    columns = {field.column for field in CommitmentChange._meta.concrete_fields}
    assert set(FROZEN_OF_STEP) == columns - {"by_id"}


@pytest.mark.parametrize(
    "sql",
    [
        f"DELETE FROM {TABLE}",  # noqa: S608 - our own table's name
        *(f"UPDATE {TABLE} SET {change}" for change in (  # noqa: S608
            "text = 'Иначе'", "to_due_on = '2030-01-01'", "made_at = '2030-01-01'",
            "verb = 'drop'", "link = ''", "by_id = (SELECT MAX(id) FROM accounts_user)",
        )),
    ],
)  # fmt: skip
def test_steps_are_refused_any_change_by_the_database(
    sql: str, call: CallPage, promoter: User
) -> None:
    make_commitment(state="in_part")
    UserFactory()
    before = list(CommitmentChange.objects.values())
    with (
        pytest.raises(DatabaseError, match="never"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert list(CommitmentChange.objects.values()) == before


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL can truncate")
def test_steps_are_not_emptied_at_once(call: CallPage) -> None:
    make_commitment()
    connection.check_constraints()  # else what waits for the commit would refuse it as well
    with (
        pytest.raises(DatabaseError, match="steps are never deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {TABLE}")


def test_steps_outlive_the_account_of_who_made_them(call: CallPage, promoter: User) -> None:
    commitment = make_commitment()
    move_commitment(user=promoter, commitment=commitment, verb="begin", evidence=SEEN)
    erase_account(account=promoter, by=promoter, keep_name=False)
    change = commitment.changes.get(verb="begin")
    assert (change.by, change.text) == (None, SEEN.text)


def test_commitments_make_way_for_the_next_test(call: CallPage) -> None:
    make_commitment()
    empty_ledger()
    assert not CommitmentChange.objects.exists()
    assert names(connection) <= installed(connection)
