"""Merging proposals: who may propose it, what authors' answers lead to, how it ends."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from wagtail.models import ModelLogEntry

from proposals.actions import move_proposal
from proposals.actions.merging import (
    MergeOver,
    answer_as_author,
    cancel_merge,
    finish_merge,
    prolong_merge,
    settle_merge,
)
from proposals.keys import hash_of
from proposals.models import CoAuthor, HistoryNote, Merge, MergePart, Proposal
from tests.factories.accounts import UserFactory
from tests.factories.merging import agree, begin, only_source, propose
from tests.factories.proposals import ProposalFactory, make_call
from tests.factories.voting import BallotFactory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.mail import EmailMessage
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from accounts.models import User
    from proposals.models import CallPage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def kinds(proposal: Proposal) -> list[str]:
    return list(proposal.history_notes.values_list("kind", flat=True))


def after_the_time(merge: Merge) -> time_machine.travel:
    return time_machine.travel(merge.due_at + timedelta(minutes=1))


# Proposing ---------------------------------------------------------------------------------------


def test_propose_merge_asks_each_author_by_a_link_of_their_own(
    call: CallPage,
    moderator: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        merge = propose(2, user=moderator)
    assert merge.state == Merge.State.ASKING
    assert {mail.to[0] for mail in mailoutbox} == {
        part.proposal.author.email for part in merge.parts.all()
    }
    keys = [re.search(r"/merging/([\w-]{43})/", mail.body)[1] for mail in mailoutbox]
    assert {hash_of(key) for key in keys} == {part.key_hash for part in merge.parts.all()}
    assert kinds(merge.target) == ["taking_proposed", "taking_proposed"]
    assert [kinds(source) for source in merge.sources] == [["merge_proposed"]] * 2
    assert ModelLogEntry.objects.filter(action="proposals.propose_merge").count() == 3


def test_propose_merge_by_the_wrong_person_is_refused(
    call: CallPage, neighbour: User, promoter: User, editor: User
) -> None:
    for person in (neighbour, promoter, editor):
        with pytest.raises(PermissionDenied):
            propose(user=person)
    assert not Merge.objects.exists()


@pytest.mark.parametrize("place", ["target", "source", "co-author"])
def test_propose_merge_of_ones_own_is_refused(call: CallPage, moderator: User, place: str) -> None:
    own = ProposalFactory(author=UserFactory() if place == "co-author" else moderator)
    if place == "co-author":
        CoAuthor.objects.create(proposal=own, person=moderator, name="М", joined_at=timezone.now())
    of = {"target": own} if place == "target" else {"sources": [own]}
    with pytest.raises(PermissionDenied):
        propose(user=moderator, **of)


@pytest.mark.parametrize("status", ["withdrawn", "promoted", "archived", "merged", "submitted"])
def test_propose_merge_of_one_that_gathers_no_support_is_refused(
    call: CallPage, status: str
) -> None:
    with pytest.raises(ValidationError, match="gathers no support"):
        propose(sources=[ProposalFactory(status=status)])


def test_propose_merge_over_two_calls_is_refused(call: CallPage) -> None:
    with pytest.raises(ValidationError, match="another call"):
        propose(sources=[ProposalFactory(call=make_call())])


def test_propose_merge_into_itself_is_refused(call: CallPage, proposal: Proposal) -> None:
    with pytest.raises(ValidationError, match="one to ten"):
        propose(target=proposal, sources=[proposal])


def test_propose_merge_after_support_is_refused(call: CallPage) -> None:
    target, source = ProposalFactory(), ProposalFactory()
    with (
        time_machine.travel(timezone.now() + timedelta(days=11)),
        pytest.raises(ValidationError, match="Support for this call is closed"),
    ):
        propose(target=target, sources=[source])


def test_propose_merge_of_an_option_of_an_open_ballot_is_refused(call: CallPage) -> None:
    source, ballot = ProposalFactory(), BallotFactory()
    ballot.options.filter(number=1).update(proposal=source)
    with pytest.raises(ValidationError, match="option of the ballot"):
        propose(sources=[source])
    assert not Merge.objects.exists()
    type(ballot).objects.filter(pk=ballot.pk).update(closed_at=timezone.now())
    assert propose(sources=[source])


@pytest.mark.parametrize("place", ["source", "target"])
def test_propose_merge_of_one_in_another_merge_is_refused(call: CallPage, place: str) -> None:
    first = propose()
    busy = only_source(first)
    of = {"target": busy} if place == "target" else {"sources": [busy]}
    with pytest.raises(ValidationError, match="another merge"):
        propose(**of)
    assert Merge.objects.count() == 1


def test_one_merge_at_a_time_is_the_databases_own_rule(call: CallPage) -> None:
    part = propose().parts.get(is_target=False)
    other = propose()
    with pytest.raises(IntegrityError), transaction.atomic():
        MergePart.objects.create(merge=other, proposal=part.proposal)


def test_merge_of_proposals_without_authors_asks_supporters_at_once(call: CallPage) -> None:
    target, source = (ProposalFactory(author=None, author_name="Импорт") for _ in range(2))
    merge = propose(target=target, sources=[source])
    assert merge.state == Merge.State.OPEN


# What authors answer -----------------------------------------------------------------------------


def test_answer_as_author_begins_once_all_agreed(call: CallPage) -> None:
    merge = propose(2)
    parts = list(merge.parts.all())
    for part in parts[:-1]:
        assert answer_as_author(part=part, agrees=True).state == Merge.State.ASKING
    begun = answer_as_author(part=parts[-1], agrees=True)
    assert begun.state == Merge.State.OPEN
    assert begun.begun_at
    assert kinds(merge.target)[-2:] == ["taking_begun", "taking_begun"]


def test_answer_as_author_no_leaves_that_proposal_out(call: CallPage) -> None:
    merge = propose(2)
    refused, agreed = merge.parts.filter(is_target=False)
    answer_as_author(part=refused, agrees=False)
    for part in (agreed, merge.parts.get(is_target=True)):
        answer_as_author(part=part, agrees=True)
    merge = Merge.objects.with_parts().get(pk=merge.pk)
    assert (merge.state, merge.sources) == (Merge.State.OPEN, [agreed.proposal])
    assert kinds(refused.proposal) == ["merge_proposed", "merge_ended"]


@pytest.mark.parametrize("is_target", [True, False])
def test_answer_as_author_no_of_the_only_one_calls_it_off(call: CallPage, is_target: bool) -> None:
    merge = propose()
    answer_as_author(part=merge.parts.get(is_target=not is_target), agrees=True)
    answer_as_author(part=merge.parts.get(is_target=is_target), agrees=False)
    merge.refresh_from_db()
    assert merge.state == Merge.State.CANCELLED
    assert not merge.parts.filter(is_active=True).exists()


def test_answer_as_author_can_be_changed_while_others_are_asked(call: CallPage) -> None:
    merge = propose(2)
    part = merge.parts.filter(is_target=False).first()
    answer_as_author(part=part, agrees=False)
    answer_as_author(part=part, agrees=True)
    assert agree(merge).sources == [one.proposal for one in merge.parts.filter(is_target=False)]


def test_answer_as_author_after_it_began_is_too_late(call: CallPage) -> None:
    merge = begin()
    with pytest.raises(MergeOver):
        answer_as_author(part=merge.parts.get(is_target=False), agrees=False)


def test_answer_as_author_after_the_time_is_too_late(call: CallPage) -> None:
    merge = propose(days=5)
    with after_the_time(merge), pytest.raises(MergeOver):
        answer_as_author(part=merge.parts.first(), agrees=True)


def test_silence_of_an_author_is_no_yes(call: CallPage) -> None:
    merge = propose(2, days=5)
    silent, agreed = merge.parts.filter(is_target=False)
    for part in (agreed, merge.parts.get(is_target=True)):
        answer_as_author(part=part, agrees=True)
    with after_the_time(merge):
        settle_merge(merge=Merge.objects.get(pk=merge.pk))
    merge = Merge.objects.with_parts().get(pk=merge.pk)
    assert (merge.state, merge.sources) == (Merge.State.OPEN, [agreed.proposal])
    assert "merge_ended" in kinds(silent.proposal)


# How it ends -------------------------------------------------------------------------------------


def test_finish_merge_moves_the_proposal_and_makes_its_author_a_coauthor(
    call: CallPage,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    merge = begin()
    source = only_source(merge)
    writer = UserFactory()
    CoAuthor.objects.create(proposal=source, person=writer, name="С", joined_at=timezone.now())
    with after_the_time(merge), django_capture_on_commit_callbacks(execute=True):
        finish_merge(merge=merge)
    source.refresh_from_db()
    merge.refresh_from_db()
    assert (merge.state, source.status) == (Merge.State.DONE, Proposal.Status.MERGED)
    assert source.round.closed_at
    assert [row.person for row in merge.target.coauthors.all()] == [source.author]
    # A co-author of it was not asked, so gets an invitation.
    assert merge.target.invitations.get().email == writer.email
    assert any("/invitation/" in mail.body for mail in mailoutbox if mail.to == [writer.email])
    assert kinds(merge.target)[-2:] == ["taken_in", "coauthor_joined"]
    assert source.status_changes.last().verb == "merge"


def test_finish_merge_before_the_time_is_refused(call: CallPage, moderator: User) -> None:
    merge = begin()
    with pytest.raises(MergeOver):
        finish_merge(merge=merge, user=moderator)
    assert only_source(merge).status == Proposal.Status.SUPPORTING


def test_finish_merge_twice_is_refused(call: CallPage) -> None:
    merge = begin()
    with after_the_time(merge):
        finish_merge(merge=merge)
        with pytest.raises(MergeOver):
            finish_merge(merge=merge)
    assert HistoryNote.objects.filter(kind="taken_in").count() == 1


def test_finish_merge_waits_for_an_open_ballot(call: CallPage) -> None:
    merge, ballot = begin(), BallotFactory(closes_at=timezone.now() + timedelta(days=60))
    ballot.options.filter(number=1).update(proposal=only_source(merge))
    with after_the_time(merge):
        with pytest.raises(ValidationError, match="option of the ballot"):
            finish_merge(merge=merge)
        assert Merge.objects.get(pk=merge.pk).state == Merge.State.OPEN


@pytest.mark.parametrize("verb", ["withdraw", "archive"])
def test_one_that_leaves_meanwhile_falls_out(call: CallPage, verb: str) -> None:
    merge = begin(2)
    leaving, staying = merge.sources
    user = leaving.author if verb == "withdraw" else UserFactory(is_superuser=True)
    move_proposal(user=user, proposal=leaving, verb=verb, reason="Так решили.")
    merge = Merge.objects.with_parts().get(pk=merge.pk)
    assert (merge.state, merge.sources) == (Merge.State.OPEN, [staying])
    with after_the_time(merge):
        finish_merge(merge=merge)
    leaving.refresh_from_db()
    assert leaving.status == ("withdrawn" if verb == "withdraw" else "archived")


@pytest.mark.parametrize("which", ["target", "last source"])
def test_merge_is_called_off_without_target_or_sources(call: CallPage, which: str) -> None:
    merge = begin()
    leaving = merge.target if which == "target" else only_source(merge)
    move_proposal(user=leaving.author, proposal=leaving, verb="withdraw")
    merge.refresh_from_db()
    assert merge.state == Merge.State.CANCELLED


def test_one_on_the_shortlist_meanwhile_is_merged_all_the_same(
    call: CallPage, promoter: User
) -> None:
    merge = begin()
    move_proposal(user=promoter, proposal=only_source(merge), verb="shortlist")
    with after_the_time(merge):
        finish_merge(merge=merge)
    assert Proposal.objects.get(pk=only_source(merge).pk).status == Proposal.Status.MERGED


def test_cancel_merge_frees_the_proposals(call: CallPage, moderator: User) -> None:
    merge = begin()
    source = only_source(merge)
    with pytest.raises(ValidationError):
        cancel_merge(user=moderator, merge=merge, reason=" ")
    cancel_merge(user=moderator, merge=merge, reason="Оказалось, они о разном.")
    assert kinds(source)[-1] == "merge_ended"
    with pytest.raises(MergeOver):
        cancel_merge(user=moderator, merge=merge, reason="Ещё раз.")
    assert propose(sources=[source])


def test_prolong_merge_gives_more_time_and_never_less(call: CallPage, moderator: User) -> None:
    merge = begin(days=3)
    with pytest.raises(ValidationError, match="later one"):
        prolong_merge(user=moderator, merge=merge, due_at=merge.due_at - timedelta(hours=1))
    with pytest.raises(ValidationError, match="Support closes"):
        prolong_merge(user=moderator, merge=merge, due_at=merge.due_at + timedelta(days=60))
    later = merge.due_at + timedelta(days=2)
    prolong_merge(user=moderator, merge=merge, due_at=later)
    merge.refresh_from_db()
    assert merge.due_at == later


def test_staff_actions_on_a_merge_by_the_wrong_person_are_refused(
    call: CallPage, moderator: User, neighbour: User, promoter: User
) -> None:
    merge = begin(target=ProposalFactory(author=moderator))
    later = merge.due_at + timedelta(days=1)
    for person in (neighbour, promoter, moderator):  # who wrote one of them is no judge of it
        with pytest.raises(PermissionDenied):
            cancel_merge(user=person, merge=merge, reason="Хочу.")
        with pytest.raises(PermissionDenied):
            prolong_merge(user=person, merge=merge, due_at=later)
        with after_the_time(merge), pytest.raises(PermissionDenied):
            finish_merge(merge=merge, user=person)


def test_deadline_of_a_merge_is_never_after_support(call: CallPage) -> None:
    merge = begin(days=60)
    assert merge.due_at == call.phase("support").closes_at
