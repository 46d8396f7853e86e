"""Two moderators at once: one has the proposal, one answers the appeal, whatever the order."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections

from proposals.actions import (
    AppealAnswered,
    AppealRefused,
    AssigneeChanged,
    UndoRefused,
    answer_appeal,
    assign_proposal,
    make_appeal,
    move_proposal,
    undo_decision,
)
from proposals.models import Appeal, Proposal, StatusChange
from proposals.notifications import mail_author
from tests.factories.accounts import UserFactory
from tests.factories.moderation import make_appealed, make_rejected, make_waiting
from voting.actions import cast_support
from voting.models import Round, VoteEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from home.models import HomePage
    from proposals.models import CallPage

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="threads race on PostgreSQL"),
]


def at_once(works: list[Callable[[], object]]) -> list[object]:
    """Run each in a thread of its own, all from the same moment; exceptions are returned."""
    gate = threading.Barrier(len(works))

    def one(work: Callable[[], object]) -> object:
        gate.wait()
        try:
            return work()
        except Exception as failure:  # noqa: BLE001 - the test looks at what came
            return failure
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(one, work) for work in works]]


def test_take_by_many_at_once_gives_it_to_one(home: HomePage) -> None:
    people = [UserFactory(is_superuser=True) for _ in range(4)]
    pk = make_waiting().pk

    def take(person: object) -> Callable[[], None]:
        row = Proposal.objects.get(pk=pk)
        return lambda: assign_proposal(user=person, proposal=row, to=person)

    results = at_once([take(person) for person in people])
    assert sum(isinstance(result, AssigneeChanged) for result in results) == 3
    assert Proposal.objects.get(pk=pk).assignee == people[results.index(None)]


def test_appeal_by_two_clicks_at_once_is_one(home: HomePage) -> None:
    proposal = make_rejected(UserFactory(is_superuser=True))
    results = at_once(
        [lambda: make_appeal(user=proposal.author, proposal=proposal, text="Прошу.")] * 4
    )
    assert sum(isinstance(result, AppealRefused) for result in results) == 3
    assert Appeal.objects.count() == 1


def test_appeal_answered_by_two_at_once_has_one_outcome(home: HomePage) -> None:
    appeal = make_appealed(UserFactory(is_superuser=True))
    people = [UserFactory(is_superuser=True) for _ in range(2)]

    def answer(person: object, verb: str) -> Callable[[], object]:
        row = Appeal.objects.select_related("proposal").get(pk=appeal.pk)
        return lambda: answer_appeal(user=person, appeal=row, verb=verb, answer="Так.")

    results = at_once([answer(people[0], "uphold"), answer(people[1], "overturn")])
    assert sum(isinstance(result, AppealAnswered) for result in results) == 1
    appeal.refresh_from_db()
    is_public = Proposal.objects.get(pk=appeal.proposal_id).is_public
    assert is_public == (appeal.state == Appeal.State.OVERTURNED)


def test_undo_by_two_clicks_at_once_is_one(home: HomePage) -> None:
    person = UserFactory(is_superuser=True)
    change = StatusChange.objects.get(proposal=make_rejected(person))

    def undo() -> Callable[[], object]:
        row = StatusChange.objects.select_related("proposal").get(pk=change.pk)
        return lambda: undo_decision(user=person, change=row)

    results = at_once([undo() for _ in range(4)])
    assert sum(isinstance(result, UndoRefused) for result in results) == 3
    assert StatusChange.objects.filter(verb="undo").count() == 1


def test_undo_and_mail_at_once_never_both(home: HomePage, mailoutbox: list) -> None:
    person = UserFactory(is_superuser=True)
    change = StatusChange.objects.select_related("proposal").get(proposal=make_rejected(person))
    results = at_once(
        [
            lambda: undo_decision(user=person, change=change),
            lambda: mail_author.enqueue(change.pk),
        ]
    )
    undone = not isinstance(results[0], UndoRefused)
    assert StatusChange.objects.filter(verb="undo").exists() == undone
    assert len(mailoutbox) == (0 if undone else 1)


def test_undo_and_support_at_once_never_both(call: CallPage) -> None:
    person, proposal = UserFactory(is_superuser=True), make_waiting(call=call)
    change = move_proposal(user=person, proposal=proposal, verb="accept")
    voter = UserFactory()
    results = at_once(
        [
            lambda: undo_decision(user=person, change=change),
            lambda: cast_support(user=voter, proposal_id=proposal.pk),
        ]
    )
    undone = not isinstance(results[0], UndoRefused)
    assert isinstance(results[1], Round.DoesNotExist) == undone
    assert VoteEvent.objects.exists() != undone
    assert Proposal.objects.get(pk=proposal.pk).is_public != undone
