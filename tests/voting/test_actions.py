"""Casting and taking back support, seen from one process."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import AssuranceLevel
from proposals.actions import move_proposal
from proposals.models import CallPage
from tests.factories.accounts import MunicipalityFactory
from tests.factories.proposals import ProposalFactory, make_call
from voting.actions import (
    StaleForm,
    VoteRefused,
    cast_support,
    close_round,
    follow_call,
    recount_support,
    withdraw_support,
)
from voting.models import Round, VoteEvent, VoteKey
from voting.models.ledger import VoteEventQuerySet
from voting.permissions import Refusal
from voting.pseudonyms import keys_of, open_key, pseudonym
from voting.records import leaf_hash, record

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from accounts.models import User
    from home.models import HomePage
    from proposals.models import Proposal


def tally(proposal: Proposal) -> int:
    return VoteEvent.objects.filter(round__proposal=proposal).tally()


def test_cast_support_twice_leaves_one_row(proposal: Proposal, neighbour: User) -> None:
    first = cast_support(user=neighbour, proposal_id=proposal.pk)
    second = cast_support(user=neighbour, proposal_id=proposal.pk)
    assert first.event == second.event
    assert VoteEvent.objects.count() == tally(proposal) == 1


def test_cast_support_that_met_another_click_reads_what_it_wrote(
    proposal: Proposal, neighbour: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the other click had committed between our look and our write."""
    first = cast_support(user=neighbour, proposal_id=proposal.pk)
    looks = iter([None])
    seen = VoteEventQuerySet.last_of
    monkeypatch.setattr(
        VoteEventQuerySet,
        "last_of",
        lambda *asked: None if next(looks, "over") is None else seen(*asked),
    )
    second = cast_support(user=neighbour, proposal_id=proposal.pk)
    assert second.event == first.event
    assert VoteEvent.objects.count() == 1


def test_withdraw_support_appends_and_cast_again_is_generation_three(
    proposal: Proposal, neighbour: User
) -> None:
    cast_support(user=neighbour, proposal_id=proposal.pk)
    withdraw_support(user=neighbour, proposal_id=proposal.pk)
    assert tally(proposal) == 0
    again = cast_support(user=neighbour, proposal_id=proposal.pk)
    assert (again.gen, tally(proposal), VoteEvent.objects.count()) == (3, 1, 3)


def test_withdraw_support_never_given_writes_nothing(proposal: Proposal, neighbour: User) -> None:
    standing = withdraw_support(user=neighbour, proposal_id=proposal.pk)
    assert (standing.gen, VoteEvent.objects.count()) == (0, 0)


def test_support_count_follows_after_commit(
    proposal: Proposal,
    neighbour: User,
    resident: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        cast_support(user=neighbour, proposal_id=proposal.pk)
        cast_support(user=resident, proposal_id=proposal.pk)
        withdraw_support(user=resident, proposal_id=proposal.pk)
    proposal.figures.refresh_from_db()
    assert proposal.support_count == tally(proposal) == 1


def test_recount_support_mends_a_figure_that_drifted(proposal: Proposal, neighbour: User) -> None:
    cast_support(user=neighbour, proposal_id=proposal.pk)
    proposal.figures.support_count = 99
    proposal.figures.save()
    assert recount_support(proposal) == 1
    proposal.figures.refresh_from_db()
    assert proposal.support_count == 1


def test_cast_support_from_a_stale_form_is_refused(proposal: Proposal, neighbour: User) -> None:
    cast_support(user=neighbour, proposal_id=proposal.pk)
    withdraw_support(user=neighbour, proposal_id=proposal.pk)
    with pytest.raises(StaleForm) as caught:
        cast_support(user=neighbour, proposal_id=proposal.pk, seen_gen=0)
    assert caught.value.gen == 2


def refusal_of(user: User, proposal: Proposal) -> Refusal:
    with pytest.raises(VoteRefused) as caught:
        cast_support(user=user, proposal_id=proposal.pk)
    assert not VoteEvent.objects.exists()
    return caught.value.refusal


def test_cast_support_without_a_confirmed_address(proposal: Proposal, neighbour: User) -> None:
    neighbour.level = AssuranceLevel.NONE
    assert refusal_of(neighbour, proposal) == Refusal.LEVEL


def test_cast_support_in_a_closed_round(proposal: Proposal, neighbour: User) -> None:
    close_round(proposal=proposal)
    assert refusal_of(neighbour, proposal) == Refusal.CLOSED


def test_cast_support_before_and_after_the_phase(proposal: Proposal, neighbour: User) -> None:
    now = timezone.now()
    rounds = Round.objects.filter(proposal=proposal)
    rounds.update(opens_at=now + timedelta(hours=1))
    assert refusal_of(neighbour, proposal) == Refusal.NOT_OPEN_YET
    rounds.update(opens_at=now - timedelta(hours=2), closes_at=now)
    assert refusal_of(neighbour, proposal) == Refusal.CLOSED


def test_cast_support_where_only_residents_may(
    home: HomePage, neighbour: User, resident: User
) -> None:
    here, elsewhere = MunicipalityFactory(), MunicipalityFactory()
    call = make_call(audience=CallPage.Audience.RESIDENTS)
    call.municipalities.set([here])
    call.save()
    proposal = ProposalFactory(call=call)
    neighbour.municipality = elsewhere
    assert refusal_of(neighbour, proposal) == Refusal.ELSEWHERE
    resident.municipality = here
    assert cast_support(user=resident, proposal_id=proposal.pk).stands


def test_accepting_opens_a_round_and_leaving_support_closes_it(
    call: CallPage, moderator: User, promoter: User
) -> None:
    proposal = ProposalFactory(call=call, status="submitted")
    move_proposal(user=moderator, proposal=proposal, verb="accept")
    assert Round.objects.get(proposal=proposal).is_open
    move_proposal(user=promoter, proposal=proposal, verb="shortlist")
    assert Round.objects.get(proposal=proposal).is_open
    move_proposal(user=promoter, proposal=proposal, verb="promote")
    assert not Round.objects.get(proposal=proposal).is_open


def test_rounds_follow_the_calls_new_dates_but_never_reopen(
    call: CallPage, proposal: Proposal
) -> None:
    over = ProposalFactory(call=call)
    Round.objects.filter(proposal=over).update(closes_at=timezone.now() - timedelta(days=1))
    phase = call.phase("support")
    assert phase is not None
    phase.closes_at += timedelta(days=5)
    call.phases.add(phase)
    call.save_revision().publish()
    assert Round.objects.get(proposal=proposal).closes_at == phase.closes_at
    assert not Round.objects.get(proposal=over).is_open


def test_follow_call_without_support_phase_changes_nothing(home: HomePage) -> None:
    follow_call(call=make_call(support=False))


@pytest.mark.parametrize("change", ["update", "delete"])
def test_vote_event_is_never_changed_or_deleted(
    change: str, proposal: Proposal, neighbour: User
) -> None:
    cast_support(user=neighbour, proposal_id=proposal.pk)
    table, sql = VoteEvent._meta.db_table, {"update": "UPDATE {} SET level = 0"}
    statement = sql.get(change, "DELETE FROM {}").format(table)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert tally(proposal) == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL can truncate")
def test_ledger_with_rows_cannot_be_truncated(proposal: Proposal, neighbour: User) -> None:
    cast_support(user=neighbour, proposal_id=proposal.pk)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE voting_voteevent")
    assert tally(proposal) == 1


@pytest.mark.parametrize(("gen", "kind"), [(1, 1), (2, 1), (3, 1), (4, -1), (0, -1)])
def test_vote_event_the_database_refuses(
    gen: int, kind: int, proposal: Proposal, neighbour: User
) -> None:
    """A second first vote, a wrong sign, and a generation that skips one."""
    event = cast_support(user=neighbour, proposal_id=proposal.pk).event
    assert event is not None
    with pytest.raises(DatabaseError), transaction.atomic():
        VoteEvent.objects.create(
            round=event.round,
            voter=event.voter,
            gen=gen,
            kind=kind,
            reason="cast",
            level=1,
            day=event.day,
            leaf=b"x" * 32,
        )


def test_pseudonyms_differ_by_round_and_die_with_the_key(
    call: CallPage, proposal: Proposal, neighbour: User
) -> None:
    other = ProposalFactory(call=call)
    for one in (proposal, other):
        cast_support(user=neighbour, proposal_id=one.pk)
    voters = {bytes(voter) for voter in VoteEvent.objects.values_list("voter", flat=True)}
    assert len(voters) == 2
    sealed = bytes(VoteKey.objects.get().sealed_key)
    key = keys_of(neighbour).account
    assert key is not None
    assert key not in sealed
    assert open_key(sealed) == key
    rounds = Round.objects.values_list("pk", flat=True)
    assert {pseudonym(key, round_id) for round_id in rounds} == voters


def test_vote_event_leaf_is_the_hash_of_its_record(proposal: Proposal, neighbour: User) -> None:
    cast_support(user=neighbour, proposal_id=proposal.pk)
    event = VoteEvent.objects.get()
    fields = record(
        uuid=event.uuid,
        rules_hash=bytes(event.round.rules_hash),
        voter=bytes(event.voter),
        gen=event.gen,
        kind=event.kind,
        reason=event.reason,
        level=event.level,
        channel=event.channel,
        day=event.day,
        nonce=bytes(event.nonce),
        choice=event.choice,
    )
    assert leaf_hash(fields) == bytes(event.leaf)
    assert leaf_hash(fields | {"kind": -1}) != bytes(event.leaf)
