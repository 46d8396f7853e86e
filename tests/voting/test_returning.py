"""Erasing an account and signing up again undoes no hold and no annulment, and loses no privacy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.actions import confirm_email, erase_account
from accounts.models import AssuranceLevel, User
from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory
from tests.factories.voting import BallotFactory, hold_votes
from voting.actions import (
    VoteRefused,
    append_event,
    cast_ballot,
    cast_support,
    check_document,
    close_round,
    recount_support,
)
from voting.actions.erasing import forget_kept_keys
from voting.addresses import address_digest
from voting.models import KeptKey, VoteKey
from voting.permissions import Refusal

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from proposals.models import CallPage, Proposal
    from voting.models import Round

pytestmark = pytest.mark.django_db
ADDRESS = "neighbour@example.org"


def take(proposal: Proposal, user: User, reason: str) -> None:
    """Cast a support and let staff take it."""
    event = cast_support(user=user, proposal_id=proposal.pk).event
    append_event(proposal.round, bytes(event.voter), 2, 1, reason)


def come_back(email: str = ADDRESS) -> User:
    user = UserFactory(email=email, level=AssuranceLevel.NONE)
    confirm_email(user=user)
    return User.objects.get(pk=user.pk)


def refusal_of(user: User, proposal: Proposal) -> Refusal:
    with pytest.raises(VoteRefused) as caught:
        cast_support(user=user, proposal_id=proposal.pk)
    return caught.value.refusal


def reasons(round_: Round) -> list[str]:
    return list(round_.events.order_by("pk").values_list("reason", flat=True))


def test_account_that_never_proved_the_address_changes_no_kept_key(
    proposal: Proposal, neighbour: User
) -> None:
    """It may be somebody else who typed it; and the key that was kept first would be lost."""
    take(proposal, neighbour, "annul")
    erase_account(account=neighbour, by=neighbour, keep_name=False)
    stranger = UserFactory(email=ADDRESS, level=AssuranceLevel.NONE)
    open_to_all = BallotFactory(level=AssuranceLevel.NONE)
    event = cast_ballot(user=stranger, round_id=open_to_all.pk, choice=[1]).event
    append_event(open_to_all, bytes(event.voter), 2, 0, "hold")
    erase_account(account=stranger, by=stranger, keep_name=False)
    assert list(KeptKey.objects.get().rounds.all()) == [proposal.round]
    assert refusal_of(come_back(), proposal) == Refusal.ANNULLED


@pytest.mark.parametrize("email", [ADDRESS, "NEIGHBOUR@Example.org"])
def test_annulled_vote_stays_annulled_for_whoever_returns(
    proposal: Proposal, neighbour: User, email: str
) -> None:
    take(proposal, neighbour, "annul")
    erase_account(account=neighbour, by=neighbour, keep_name=False)
    returned = come_back(email)
    assert refusal_of(returned, proposal) == Refusal.ANNULLED
    assert reasons(proposal.round) == ["cast", "annul"]
    assert not KeptKey.objects.exists()  # it is the account's again


def test_held_vote_is_held_again_and_a_document_gives_it_back(
    proposal: Proposal, neighbour: User, scrutineer: User, registrar: User
) -> None:
    event = cast_support(user=neighbour, proposal_id=proposal.pk).event
    hold_votes(scrutineer, proposal.round, [event])
    erase_account(account=neighbour, by=neighbour, keep_name=False)
    assert reasons(proposal.round) == ["cast", "hold", "release", "erase"]
    returned = come_back()
    assert refusal_of(returned, proposal) == Refusal.HELD
    assert reasons(proposal.round)[4:] == ["cast", "hold"]
    assert recount_support(proposal) == 0
    check_document(user=returned, number="0815 123456", by=registrar)
    assert proposal.round.events.standing().get().gen == 7


def test_key_is_kept_under_a_hash_and_without_a_person(
    call: CallPage, proposal: Proposal, neighbour: User
) -> None:
    take(proposal, neighbour, "annul")
    other = ProposalFactory(call=call)
    cast_support(user=neighbour, proposal_id=other.pk)
    erase_account(account=neighbour, by=neighbour, keep_name=False)
    kept = KeptKey.objects.get()
    assert bytes(kept.digest) == address_digest(ADDRESS)
    assert b"neighbour" not in bytes(kept.digest) + bytes(kept.sealed_key)
    assert {field.name for field in KeptKey._meta.get_fields()} == {
        *("id", "digest", "sealed_key", "rounds")
    }
    assert list(kept.rounds.all()) == [proposal.round]
    assert not VoteKey.objects.exists()
    assert reasons(other.round) == ["cast", "erase"]
    cast_support(user=come_back(), proposal_id=other.pk)
    assert other.round.events.values("voter").distinct().count() == 1


def test_nothing_is_kept_where_nothing_was_taken(
    proposal: Proposal, neighbour: User, resident: User
) -> None:
    cast_support(user=neighbour, proposal_id=proposal.pk)
    take(closed := ProposalFactory(call=proposal.call), neighbour, "annul")
    close_round(proposal=closed)
    for account in (neighbour, resident):
        erase_account(account=account, by=account, keep_name=False)
    assert not KeptKey.objects.exists()


def test_another_address_gets_nothing(proposal: Proposal, neighbour: User) -> None:
    take(proposal, neighbour, "annul")
    erase_account(account=neighbour, by=neighbour, keep_name=False)
    cast_support(user=come_back("someone@example.org"), proposal_id=proposal.pk)
    assert KeptKey.objects.exists()


def test_address_has_to_be_confirmed_and_a_confirmed_account_keeps_its_key(
    proposal: Proposal, neighbour: User, resident: User
) -> None:
    take(proposal, neighbour, "annul")
    cast_support(user=resident, proposal_id=proposal.pk)
    erase_account(account=neighbour, by=neighbour, keep_name=False)
    resident.email = ADDRESS  # changed later: their vote is another voter's and stays
    resident.save()
    confirm_email(user=resident)
    assert KeptKey.objects.exists()
    assert cast_support(user=resident, proposal_id=proposal.pk).gen == 1
    assert proposal.round.events.tally() == 1


def test_vote_cast_before_the_address_was_confirmed_is_taken_back(
    proposal: Proposal, neighbour: User, home: object
) -> None:
    """Or whoever votes first where no address is asked for would keep a key of their own."""
    free = BallotFactory(level=AssuranceLevel.NONE)
    take(proposal, neighbour, "annul")
    erase_account(account=neighbour, by=neighbour, keep_name=False)
    user = UserFactory(email=ADDRESS, level=AssuranceLevel.NONE)
    cast_ballot(user=user, round_id=free.pk, choice=[1])
    confirm_email(user=user)
    assert free.events.tally() == 0
    assert refusal_of(User.objects.get(pk=user.pk), proposal) == Refusal.ANNULLED


def test_held_vote_of_a_round_that_closed_meanwhile_is_left_alone(
    proposal: Proposal, neighbour: User
) -> None:
    take(proposal, neighbour, "hold")
    erase_account(account=neighbour, by=neighbour, keep_name=False)
    close_round(proposal=proposal)
    come_back()
    assert reasons(proposal.round) == ["cast", "hold", "release", "erase"]


def test_kept_key_is_destroyed_once_its_rounds_are_finished(
    call: CallPage, proposal: Proposal, neighbour: User
) -> None:
    other = ProposalFactory(call=call)
    for one in (proposal, other):
        take(one, neighbour, "annul")
    erase_account(account=neighbour, by=neighbour, keep_name=False)
    close_round(proposal=proposal)
    assert forget_kept_keys() == 0
    close_round(proposal=other)
    assert forget_kept_keys() == 1
    assert not KeptKey.objects.exists()


def test_confirming_costs_one_query_where_no_key_was_kept(
    neighbour: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    from voting.actions.returning import take_up_kept_key

    with django_assert_num_queries(3):  # savepoint, the key, release
        assert not take_up_kept_key(user=neighbour)
