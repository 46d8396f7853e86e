"""Sealing: every event gets one leaf, heads continue each other, and a doubt stops it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory
from tests.factories.voting import BallotFactory, make_events
from tests.ledger import guards_lifted
from voting.actions import (
    NotSealedYet,
    append_event,
    cast_ballot,
    cast_support,
    close_round,
    state_result,
    withdraw_ballot,
)
from voting.heads import published_head, published_note, read_head, refusal_file
from voting.merkle import proves_consistency, root_of
from voting.models import Block, Result, Round, Seal, VoteEvent, VoteLeaf
from voting.sealed import leaf_hashes, newest_seal, standing_at, tree_at
from voting.sealing import SealRefused, seal_votes

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

    from accounts.models import User
    from proposals.models import Proposal

pytestmark = pytest.mark.django_db


def close(round_: Round) -> None:
    Round.objects.filter(pk=round_.pk).update(closed_at=timezone.now())


def assert_heads_are_sound() -> None:
    """Each event stands in one leaf, no place is left out, each head continues the one before."""
    seqs = list(VoteLeaf.objects.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(VoteEvent.objects.count()))
    leaves = leaf_hashes(0, len(seqs))
    older = None
    for seal in Seal.objects.order_by("pk"):
        head = read_head(seal.note)
        assert (head.size, head.root) == (seal.size, bytes(seal.root))
        assert head.root == root_of(leaves[: seal.size]) == tree_at(seal.size).root()
        if older and older.size:
            proof = tree_at(head.size).consistency(older.size)
            assert proves_consistency(older.size, older.root, head.size, head.root, proof)
        older = head
    assert seqs == list(range(older.size if older else 0))
    assert published_head() == older


def test_first_run_publishes_an_empty_head() -> None:
    done = seal_votes()
    assert (done.sealed, done.heads, done.size) == (0, 1, 0)
    head = published_head()
    assert head is not None
    assert (head.origin, head.size) == ("localhost/votes", 0)
    assert seal_votes().heads == 0


def test_seal_votes_gives_each_event_a_leaf_and_continues_the_last_head(ballot: Round) -> None:
    for count in (1, 255, 1, 300, 700):
        make_events(ballot, count)
        done = seal_votes(batch=200)
        assert done.sealed == count
    assert done.size == 1257
    assert Block.objects.count() == 1257 // 256
    assert_heads_are_sound()


def test_order_within_a_head_tells_nothing_about_who_came_first(ballot: Round) -> None:
    make_events(ballot, 50)
    seal_votes()
    leaves = leaf_hashes(0, 50)
    assert leaves == sorted(leaves)
    assert leaves != [bytes(e.leaf) for e in VoteEvent.objects.order_by("pk")]


def test_nothing_new_makes_no_head(proposal: Proposal, neighbour: User) -> None:
    cast_support(user=neighbour, proposal_id=proposal.pk)
    assert seal_votes().sealed == 1
    assert seal_votes().heads == 0
    assert list(Seal.objects.values_list("size", flat=True)) == [0, 1]


def test_round_that_closed_gets_a_closing_seal_though_nothing_is_new(
    proposal: Proposal, neighbour: User
) -> None:
    cast_support(user=neighbour, proposal_id=proposal.pk)
    seal_votes()
    close_round(proposal=proposal)
    assert seal_votes().heads == 1
    round_ = Round.objects.get(proposal=proposal)
    assert round_.closing_seal == newest_seal()
    assert seal_votes().heads == 0
    assert_heads_are_sound()


def test_closing_seal_holds_every_vote_of_its_round(ballot: Round) -> None:
    make_events(ballot, 30)
    close(ballot)
    seal_votes(batch=10)
    ballot.refresh_from_db()
    assert ballot.closing_seal is not None
    assert ballot.closing_seal.size == 30
    assert not VoteEvent.objects.filter(round=ballot, place__seq__gte=30).exists()


def test_closing_seal_never_changes(ballot: Round) -> None:
    close(ballot)
    seal_votes()
    ballot.refresh_from_db()
    make_events(BallotFactory(), 1)
    seal_votes()
    for seal in (newest_seal(), None):
        with pytest.raises(DatabaseError), transaction.atomic():
            Round.objects.filter(pk=ballot.pk).update(closing_seal=seal)


def test_due_round_is_closed_and_its_result_stated_once(ballot: Round, neighbour: User) -> None:
    cast_ballot(user=neighbour, round_id=ballot.pk, choice=[2])
    with guards_lifted():
        Round.objects.filter(pk=ballot.pk).update(closes_at=timezone.now())
    assert seal_votes().results == 1
    assert seal_votes().results == 0
    result = Result.objects.get(round=ballot)
    ballot.refresh_from_db()
    assert result.seal == ballot.closing_seal
    assert result.tally["winners"] == [2]
    assert result.tally["size"] == 1


def test_state_result_counts_later_changes_only_with_a_reason(
    ballot: Round, neighbour: User, resident: User
) -> None:
    cast_ballot(user=neighbour, round_id=ballot.pk, choice=[2])
    event = cast_ballot(user=resident, round_id=ballot.pk, choice=[1]).event
    assert event is not None
    with pytest.raises(NotSealedYet):
        state_result(round_=ballot)
    close(ballot)
    seal_votes()
    append_event(event.round, bytes(event.voter), 2, 1, "annul")
    seal_votes()
    first = state_result(round_=ballot)
    assert first == Result.objects.get(round=ballot)
    assert first.tally["ballots"] == 2
    anew = state_result(round_=ballot, reason="One vote was annulled.")
    assert anew.tally["ballots"] == 1
    assert anew.tally["winners"] == [2]
    assert anew.seal == first.seal, "another seed would draw the lots again"


def test_votes_stand_as_they_did_at_a_size_whatever_came_later(
    ballot: Round, neighbour: User, resident: User
) -> None:
    for user, choice in ((neighbour, [1]), (resident, [2])):
        cast_ballot(user=user, round_id=ballot.pk, choice=choice)
    seal_votes()
    cast_ballot(user=neighbour, round_id=ballot.pk, choice=[3])
    withdraw_ballot(user=resident, round_id=ballot.pk)
    seal_votes()

    def choices(size: int) -> list[list[int]]:
        return sorted(standing_at(ballot, size).values_list("choice", flat=True))

    assert choices(2) == [[1], [2]]
    assert choices(5) == [[3]]


def test_lot_is_drawn_by_the_closing_seal(ballot: Round) -> None:
    close(ballot)
    make_events(BallotFactory(), 1)
    seal_votes()
    assert Result.objects.get(round=ballot).tally["provisional"] is False


def test_round_that_cannot_be_counted_does_not_stop_the_others(
    ballot: Round, caplog: pytest.LogCaptureFixture
) -> None:
    make_events(ballot, 1, choice=[99])
    other = BallotFactory()
    close(ballot)
    close(other)
    assert seal_votes().results == 1
    assert Result.objects.get().round == other
    assert f"Round {ballot.pk} cannot be counted" in caplog.text


@pytest.fixture
def sealed(proposal: Proposal) -> list[VoteEvent]:
    """Three sealed supports of one proposal."""
    for _ in range(3):
        cast_support(user=UserFactory(), proposal_id=proposal.pk)
    seal_votes()
    return list(VoteEvent.objects.order_by("place__seq"))


def assert_refused(words: str) -> None:
    size = Seal.objects.count()
    with pytest.raises(SealRefused, match=words):
        seal_votes()
    assert Seal.objects.count() == size
    assert words in refusal_file().read_text()


def test_older_copy_of_the_database_is_refused(
    sealed: list[VoteEvent], caplog: pytest.LogCaptureFixture
) -> None:
    with guards_lifted():
        VoteLeaf.objects.filter(seq=2).delete()
        Seal.objects.update(size=2, root=root_of([bytes(e.leaf) for e in sealed[:2]]))
    assert_refused("it is an older copy")
    assert [record.levelname for record in caplog.records if record.name == "voting.sealing"] == [
        "CRITICAL"
    ]


def test_changed_record_is_refused(sealed: list[VoteEvent]) -> None:
    with guards_lifted():
        VoteEvent.objects.filter(pk=sealed[1].pk).update(leaf=b"x" * 32)
    assert_refused("the ledger was changed")


def test_event_that_was_changed_before_it_was_sealed_is_refused(
    sealed: list[VoteEvent], proposal: Proposal
) -> None:
    event = cast_support(user=UserFactory(), proposal_id=proposal.pk).event
    assert event is not None
    with guards_lifted():
        VoteEvent.objects.filter(pk=event.pk).update(level=3)
    assert_refused(f"{event.uuid} is not what was hashed")


def test_missing_head_is_refused_and_may_be_accepted(
    sealed: list[VoteEvent], settings: SettingsWrapper
) -> None:
    settings.SEAL_FILE.unlink()
    assert_refused("is missing")
    seal_votes(accept_head=True)
    assert_heads_are_sound()
    assert not refusal_file().exists()


@pytest.mark.parametrize("note", ["", "nonsense", "log\n1\nAAAA\n\n— log AAAA\n"])
def test_head_that_cannot_be_read_is_refused(
    note: str, sealed: list[VoteEvent], settings: SettingsWrapper
) -> None:
    settings.SEAL_FILE.write_text(note)
    assert_refused("cannot be used")


def test_head_of_a_key_before_this_one_is_known_by_its_verifier(
    sealed: list[VoteEvent], settings: SettingsWrapper, proposal: Proposal
) -> None:
    from voting.heads import signer

    old = str(signer().verifier)
    settings.SEAL_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    assert_refused("no key that is known")
    settings.SEAL_OLD_KEYS = [old]
    cast_support(user=UserFactory(), proposal_id=proposal.pk)
    seal_votes()
    assert_heads_are_sound()


def test_head_not_yet_published_is_published_by_the_next_run(
    sealed: list[VoteEvent], settings: SettingsWrapper, proposal: Proposal
) -> None:
    behind = published_note()
    assert behind is not None
    cast_support(user=UserFactory(), proposal_id=proposal.pk)
    seal_votes()
    settings.SEAL_FILE.write_text(behind)
    assert seal_votes().heads == 0
    assert_heads_are_sound()


def test_command_says_what_it_did(
    proposal: Proposal, neighbour: User, capsys: pytest.CaptureFixture[str]
) -> None:
    cast_support(user=neighbour, proposal_id=proposal.pk)
    call_command("seal_votes")
    assert capsys.readouterr().out == "1 sealed, 1 in all, 0 results stated\n"
    call_command("seal_votes", "--json")
    said = json.loads(capsys.readouterr().out)
    assert said == {"sealed": 0, "heads": 0, "size": 1, "busy": False, "results": 0}


def test_command_refuses_in_one_sentence_with_status_2(
    sealed: list[VoteEvent], settings: SettingsWrapper
) -> None:
    settings.SEAL_FILE.unlink()
    with pytest.raises(CommandError) as refused:
        call_command("seal_votes")
    assert refused.value.returncode == 2
    assert str(refused.value).count("\n") == 0


def test_seal_never_goes_back_in_time(ballot: Round) -> None:
    make_events(ballot, 1)
    seal_votes()
    later = timezone.now() + timedelta(days=2)
    with guards_lifted():
        Seal.objects.update(made_at=later)
    make_events(ballot, 1)
    seal_votes()
    newest = newest_seal()
    assert newest is not None
    assert newest.made_at == later


def test_many_proposals_share_one_ledger(neighbour: User, proposal: Proposal) -> None:
    for one in (proposal, ProposalFactory(call=proposal.call), ProposalFactory(call=proposal.call)):
        cast_support(user=neighbour, proposal_id=one.pk)
    assert seal_votes().sealed == 3
    assert connection.vendor
    assert_heads_are_sound()
