"""What becomes of a person's votes when their account is erased."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.utils import timezone
from wagtail import hooks

from accounts.actions import erase_account
from accounts.models import User
from accounts.personal_data import personal_data
from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory
from voting.actions import cast_support, close_round, erase_votes, recount_support, withdraw_support
from voting.models import VoteEvent, VoteKey
from voting.own_votes import votes_data

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

    from proposals.models import CallPage, Proposal


def tally(proposal: Proposal) -> int:
    return VoteEvent.objects.filter(round__proposal=proposal).tally()


def shown(proposal: Proposal) -> int:
    proposal.figures.refresh_from_db()
    return proposal.support_count


def test_erase_account_takes_open_votes_back_and_the_figures_follow(
    call: CallPage,
    neighbour: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    proposals = [ProposalFactory(call=call) for _ in range(3)]
    with django_capture_on_commit_callbacks(execute=True):
        for proposal in proposals:
            cast_support(user=neighbour, proposal_id=proposal.pk)
        withdraw_support(user=neighbour, proposal_id=proposals[2].pk)
    with django_capture_on_commit_callbacks(execute=True):
        erase_account(account=neighbour, by=neighbour, keep_name=False)
    assert [tally(proposal) for proposal in proposals] == [0, 0, 0]
    assert [shown(proposal) for proposal in proposals] == [0, 0, 0]
    assert [recount_support(proposal) for proposal in proposals] == [0, 0, 0]
    erased = VoteEvent.objects.filter(reason=VoteEvent.Reason.ERASE)
    assert sorted(erased.values_list("round__proposal", "gen", "kind")) == [
        (proposals[0].pk, 2, -1),
        (proposals[1].pk, 2, -1),
    ]
    assert not VoteKey.objects.exists()


def test_person_who_comes_back_later_counts_once(
    proposal: Proposal,
    neighbour: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        cast_support(user=neighbour, proposal_id=proposal.pk)
        erase_account(account=neighbour, by=neighbour, keep_name=True)
    returned = UserFactory(email="neighbour@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        cast_support(user=returned, proposal_id=proposal.pk)
    assert (tally(proposal), shown(proposal)) == (1, 1)
    assert VoteEvent.objects.values("voter").distinct().count() == 2


@pytest.mark.parametrize("how", ["early", "by date"])
def test_votes_of_a_closed_round_stay(proposal: Proposal, neighbour: User, how: str) -> None:
    cast_support(user=neighbour, proposal_id=proposal.pk)
    if how == "early":
        close_round(proposal=proposal)
    with time_machine.travel(timezone.now() + timedelta(days=30 if how == "by date" else 0)):
        erase_account(account=neighbour, by=neighbour, keep_name=False)
    assert tally(proposal) == 1
    assert VoteEvent.objects.count() == 1


def test_votes_of_others_stay(proposal: Proposal, resident: User, neighbour: User) -> None:
    for user in (resident, neighbour):
        cast_support(user=user, proposal_id=proposal.pk)
    erase_account(account=neighbour, by=neighbour, keep_name=False)
    assert tally(proposal) == 1
    assert recount_support(proposal) == 1


def test_failure_in_the_middle_rolls_everything_back(
    call: CallPage,
    neighbour: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    proposal = ProposalFactory(call=call, author=neighbour, status="draft", published_at=None)
    supported = ProposalFactory(call=call)
    with django_capture_on_commit_callbacks(execute=True):
        cast_support(user=neighbour, proposal_id=supported.pk)

    def fail(account: User, keep_name: bool) -> None:
        assert tally(supported) == 0  # after voting and proposals have let go
        raise RuntimeError

    with (
        hooks.register_temporarily("before_erase_account", fail, order=1000),
        pytest.raises(RuntimeError),
        django_capture_on_commit_callbacks(execute=True) as called,
    ):
        erase_account(account=neighbour, by=neighbour, keep_name=False)
    assert called == []
    assert (tally(supported), shown(supported)) == (1, 1)
    assert User.objects.filter(pk=neighbour.pk).exists()
    assert VoteKey.objects.filter(person=neighbour).exists()
    proposal.refresh_from_db()
    assert proposal.author == neighbour


def test_person_who_never_voted_costs_few_queries(
    proposal: Proposal, neighbour: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # Savepoint, keys for votes and for appeals, no document's key to destroy, release.
    with django_assert_num_queries(5):
        assert erase_votes(user=neighbour) == 0


def test_personal_data_lists_own_supports_and_nobody_elses(
    call: CallPage, resident: User, neighbour: User
) -> None:
    kept, taken_back, closed, other = [ProposalFactory(call=call) for _ in range(4)]
    for proposal in (kept, taken_back, closed):
        cast_support(user=neighbour, proposal_id=proposal.pk)
    withdraw_support(user=neighbour, proposal_id=taken_back.pk)
    close_round(proposal=closed)
    cast_support(user=resident, proposal_id=other.pk)
    supports = personal_data(neighbour)["supports"]
    today = timezone.localdate()
    assert [(row["proposal"], row["stands"]) for row in supports] == [
        (kept.pk, True),
        (taken_back.pk, False),
        (closed.pk, True),
    ]
    assert {row["day"] for row in supports} == {today}
    assert personal_data(UserFactory())["supports"] == []


def test_many_rounds_are_asked_in_portions(
    call: CallPage,
    neighbour: User,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr("voting.own_votes.ROUNDS_A_QUERY", 2)
    for _ in range(5):
        cast_support(user=neighbour, proposal_id=ProposalFactory(call=call).pk)
    with django_assert_num_queries(5):  # key, rounds, three portions
        assert len(votes_data(neighbour)) == 5
