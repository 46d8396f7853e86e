"""Merges under many clicks at once, on PostgreSQL: one answer, one merge, no deadlock."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from proposals.actions import ProposalMoved, move_proposal
from proposals.actions.merging import MergeOver, finish_merge
from proposals.models import Merge, Proposal
from tests.factories.accounts import UserFactory
from tests.factories.merging import begin, only_source, propose
from tests.factories.proposals import ProposalFactory
from tests.factories.voting import BallotFactory
from tests.voting.test_races import CLICKS, at_once
from voting.actions import VoteRefused, cast_support
from voting.actions.merging import MergeEnded, NothingToMove, answer_merge
from voting.actions.preparing import take_proposals
from voting.merge_notifications import mail_merge_letters
from voting.models import MergeAnswer, MergeLetters, Option, VoteEvent

if TYPE_CHECKING:
    from home.models import HomePage

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="threads race on PostgreSQL"),
]


def tally(proposal: Proposal) -> int:
    return VoteEvent.objects.filter(round__proposal=proposal).tally()


def failures(results: list[object], *expected: type[Exception]) -> list[object]:
    return [one for one in results if isinstance(one, Exception) and not isinstance(one, expected)]


def test_the_same_choice_by_many_clicks_at_once_is_one(home: HomePage) -> None:
    user, source = UserFactory(), ProposalFactory()
    cast_support(user=user, proposal_id=source.pk)
    merge = begin(sources=[source])
    results = at_once(lambda: answer_merge(user=user, merge=merge, choice="move"))
    assert not failures(results)
    assert MergeAnswer.objects.count() == 1
    assert VoteEvent.objects.count() == 3  # cast, taken back, cast for the other
    assert (tally(source), tally(merge.target)) == (0, 1)


def test_different_choices_at_once_leave_what_the_last_one_said(home: HomePage) -> None:
    user, source = UserFactory(), ProposalFactory()
    cast_support(user=user, proposal_id=source.pk)
    merge, turn = begin(sources=[source]), count()

    def choose() -> None:
        choice = ("move", "keep", "withdraw")[next(turn) % 3]
        answer_merge(user=user, merge=merge, choice=choice)

    assert not failures(at_once(choose))
    stands = {"move": (0, 1), "keep": (1, 0), "withdraw": (0, 0)}
    assert (tally(source), tally(merge.target)) == stands[MergeAnswer.objects.get().choice]


def test_choices_while_mails_go_out_count_everybody_once(home: HomePage) -> None:
    people, source = [UserFactory() for _ in range(CLICKS)], ProposalFactory()
    for person in people:
        cast_support(user=person, proposal_id=source.pk)
    merge, turn = begin(sources=[source]), count()
    MergeAnswer.objects.all().delete()
    MergeLetters.objects.update(mailed_up_to=0, mailed_at=None, asked_count=0)

    def act() -> None:
        number = next(turn)
        if number == 0:
            mail_merge_letters.call(merge.pk)
        else:
            answer_merge(user=people[-number], merge=merge, choice="keep")

    assert not failures(at_once(act))
    assert MergeAnswer.objects.count() == MergeLetters.objects.get().asked_count == CLICKS


def test_choices_while_the_proposal_is_withdrawn_do_not_wait_for_each_other(
    home: HomePage,
) -> None:
    people, source = [UserFactory() for _ in range(CLICKS)], ProposalFactory()
    for person in people:
        cast_support(user=person, proposal_id=source.pk)
    merge, turn = begin(sources=[source]), count()

    def act() -> None:
        number = next(turn)
        if number == 0:
            own = Proposal.objects.get(pk=source.pk)
            move_proposal(user=own.author, proposal=own, verb="withdraw")
        else:
            answer_merge(user=people[number], merge=merge, choice="move")

    assert not failures(at_once(act), MergeEnded, NothingToMove, VoteRefused)
    assert Merge.objects.get().state == Merge.State.CANCELLED
    moved = MergeAnswer.objects.filter(choice="move").count()
    assert (tally(source), tally(merge.target)) == (CLICKS - moved, moved)


def test_finished_by_many_at_once_it_is_merged_once(home: HomePage) -> None:
    merge = begin()
    Merge.objects.update(due_at=timezone.now())
    source = only_source(merge)
    turn = count()

    def act() -> None:
        if next(turn) % 4 == 0:
            own = Proposal.objects.get(pk=source.pk)
            move_proposal(user=own.author, proposal=own, verb="withdraw")
        else:
            finish_merge(merge=merge)

    assert not failures(at_once(act), MergeOver, ProposalMoved)
    status = Proposal.objects.get(pk=source.pk).status
    notes = merge.target.history_notes.filter(kind="taken_in").count()
    assert (status, notes) in {("merged", 1), ("withdrawn", 0)}


def test_proposed_by_many_at_once_it_is_one_merge(home: HomePage) -> None:
    target, source, boss = ProposalFactory(), ProposalFactory(), UserFactory(is_superuser=True)
    results = at_once(lambda: propose(target=target, sources=[source], user=boss))
    assert not failures(results, ValidationError)
    assert Merge.objects.count() == 1


def test_taken_into_a_ballot_and_into_a_merge_at_once_it_is_in_one(home: HomePage) -> None:
    source, boss = ProposalFactory(), UserFactory(is_superuser=True)
    targets, turn = [ProposalFactory() for _ in range(CLICKS)], count()
    ballots = [BallotFactory() for _ in range(CLICKS)]

    def act() -> None:
        number = next(turn)
        if number % 2:
            take_proposals(user=boss, round_=ballots[number], proposals=[source])
        else:
            propose(target=targets[number], sources=[source], user=boss)

    assert not failures(at_once(act), ValidationError)
    taken, merging = Option.objects.filter(proposal=source).exists(), Merge.objects.exists()
    assert (taken, merging) in {(True, False), (False, True)}
