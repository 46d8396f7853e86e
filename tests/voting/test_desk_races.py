"""Desk, paper, staff and the voter themselves at one moment: threads on PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AssuranceLevel, User
from tests.conftest import DESK, _grant
from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory
from tests.factories.voting import BallotFactory, make_batch, make_events
from tests.voting.test_races import at_once, standing_votes
from voting.actions import anchors_of, cast_ballot, cast_support, check_document
from voting.actions.desk import VoteStands, cast_at_desk
from voting.actions.desk_work import DeskClosed
from voting.actions.interventions import ask_intervention, confirm_intervention
from voting.actions.paper import cast_paper_batch, enter_paper_ballot
from voting.documents import document_digest
from voting.models import AnchorKey, DeskTally, Intervention, Round, VoteEvent

if TYPE_CHECKING:
    from home.models import HomePage

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="threads race on PostgreSQL"),
]
NUMBER = "0815 123456"


def registrar(number: int = 1) -> User:
    return _grant(UserFactory(email=f"desk{number}@example.org"), *DESK)


@pytest.fixture
def round_(home: HomePage) -> Round:
    return BallotFactory(paper=True, level=AssuranceLevel.DOCUMENT)


def unexpected(results: list[object], *allowed: type[Exception]) -> list[object]:
    return [row for row in results if isinstance(row, Exception) and not isinstance(row, allowed)]


def test_desk_and_online_at_once_are_one_vote(round_: Round) -> None:
    by, person = registrar(), UserFactory()
    check_document(user=person, number=NUMBER, by=by)
    person.refresh_from_db()
    ways = iter(range(8))

    def vote() -> object:
        if next(ways) % 2:
            return cast_ballot(user=person, round_id=round_.pk, choice=[1])
        desk = {"by": by, "round_id": round_.pk, "digest": document_digest(NUMBER)}
        return cast_at_desk(**desk, choice=[2], seen_gen=0)

    results = at_once(vote)
    assert not unexpected(results, VoteStands)
    assert standing_votes() == 1
    assert round_.events.tally() == 1


def test_desk_takes_ten_of_one_registrar_however_many_come_at_once(round_: Round) -> None:
    by, numbers = registrar(), iter(range(8))
    DeskTally.objects.create(person=by, unseen_count=6)

    def vote() -> object:
        digest = document_digest(f"0815 {next(numbers):06}")
        return cast_at_desk(by=by, round_id=round_.pk, digest=digest, choice=[1], seen_gen=0)

    assert not unexpected(at_once(vote), DeskClosed)
    assert round_.events.tally() == 4
    assert DeskTally.objects.get().unseen_count == 10


def test_document_that_is_replaced_while_it_is_shown_stays_one_persons(round_: Round) -> None:
    """Between the old number's going and its coming back nobody may make it another voter."""
    by, person = registrar(), UserFactory()
    check_document(user=person, number=NUMBER, by=by)
    ways = iter(range(8))

    def show() -> object:
        if next(ways) == 3:
            new = {"number": "9999 000001", "replaces": True}
            return check_document(user=person, by=by, **new)
        return anchors_of([document_digest(NUMBER)])

    assert not unexpected(at_once(show))
    assert AnchorKey.objects.people().count() == 1
    assert AnchorKey.objects.count() == 2


def test_one_document_for_many_accounts_at_once_is_one_account(home: HomePage) -> None:
    by = registrar()
    people = iter([UserFactory() for _ in range(8)])
    at_once(lambda: check_document(user=next(people), number=NUMBER, by=by))
    assert AnchorKey.objects.count() == 1
    assert User.objects.filter(level=AssuranceLevel.DOCUMENT).count() == 1


def test_batch_cast_by_many_at_once_is_cast_once(round_: Round) -> None:
    first, second = registrar(1), registrar(2)
    batch = make_batch(first, round_)
    for by in (first, second):
        for line in (1, 2):
            number = f"0815 00000{line}"
            enter_paper_ballot(by=by, batch=batch, line=line, number=number, choice=[line])
    results = at_once(lambda: cast_paper_batch(by=first, batch=batch))
    assert not unexpected(results)
    assert round_.events.count() == round_.events.tally() == 2


def test_annulment_confirmed_by_many_at_once_happens_once(home: HomePage) -> None:
    proposal, person = ProposalFactory(), UserFactory()
    event = cast_support(user=person, proposal_id=proposal.pk).event
    boss, others = (
        UserFactory(is_superuser=True),
        iter([UserFactory(is_superuser=True) for _ in range(8)]),
    )
    row = ask_intervention(
        by=boss,
        round_=proposal.round,
        kind=Intervention.Kind.ANNUL,
        reason=Intervention.Reason.ONE_PERSON,
        voters=[bytes(event.voter)],
    )
    results = at_once(lambda: confirm_intervention(by=next(others), intervention=row))
    assert not unexpected(results)
    assert VoteEvent.objects.count() == 2
    proposal.figures.refresh_from_db()
    assert proposal.support_count == 0


def test_annulment_asked_for_twice_at_once_is_one_request(home: HomePage) -> None:
    round_, boss = ProposalFactory().round, UserFactory(is_superuser=True)
    voters = [bytes(event.voter) for event in make_events(round_, 3)]
    annul = {"kind": Intervention.Kind.ANNUL, "reason": Intervention.Reason.BURST}
    results = at_once(lambda: ask_intervention(by=boss, round_=round_, voters=voters, **annul))
    assert not unexpected(results)
    assert Intervention.objects.count() == 1


def test_hold_while_people_vote_leaves_figure_and_ledger_equal(home: HomePage) -> None:
    proposal = ProposalFactory()
    voted = UserFactory()
    event = cast_support(user=voted, proposal_id=proposal.pk).event
    boss = UserFactory(is_superuser=True)
    people = iter([None, *(UserFactory() for _ in range(7))])

    def act() -> object:
        if person := next(people):
            return cast_support(user=person, proposal_id=proposal.pk, seen_gen=0)
        hold = {"kind": Intervention.Kind.HOLD, "reason": Intervention.Reason.BURST}
        voters = [bytes(event.voter)]
        return ask_intervention(by=boss, round_=proposal.round, voters=voters, **hold)

    assert not unexpected(at_once(act))
    proposal.figures.refresh_from_db()
    assert proposal.support_count == proposal.round.events.tally() == 7
    assert Intervention.objects.get().decided_at <= timezone.now()
