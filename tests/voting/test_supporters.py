"""Finding supporters again: whose support stands, in order, without a link stored anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.accounts import UserFactory
from tests.factories.proposals import ProposalFactory
from voting import supporters
from voting.actions import cast_support, withdraw_support
from voting.models import VoteKey
from voting.supporters import standing_people

if TYPE_CHECKING:
    from proposals.models import CallPage, Proposal

pytestmark = pytest.mark.django_db


def test_standing_people_are_those_whose_newest_row_casts(proposal: Proposal) -> None:
    stays, leaves, returns, _never = (UserFactory() for _ in range(4))
    for person in (stays, leaves, returns):
        cast_support(user=person, proposal_id=proposal.pk)
    for person in (leaves, returns):
        withdraw_support(user=person, proposal_id=proposal.pk)
    cast_support(user=returns, proposal_id=proposal.pk)
    assert list(standing_people(proposal.round)) == [stays, returns]


def test_standing_people_leave_out_supporters_of_others(proposal: Proposal, call: CallPage) -> None:
    other = ProposalFactory(call=call)
    mine, theirs = UserFactory(), UserFactory()
    cast_support(user=mine, proposal_id=proposal.pk)
    cast_support(user=theirs, proposal_id=other.pk)
    assert list(standing_people(proposal.round)) == [mine]


def test_standing_people_go_on_after_a_person(proposal: Proposal) -> None:
    people = [UserFactory() for _ in range(5)]
    for person in reversed(people):
        cast_support(user=person, proposal_id=proposal.pk)
    assert list(standing_people(proposal.round, after=people[2].pk)) == people[3:]


def test_standing_people_are_read_in_chunks(
    proposal: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supporters, "CHUNK", 2)
    people = [UserFactory() for _ in range(5)]
    for person in people:
        cast_support(user=person, proposal_id=proposal.pk)
    with CaptureQueriesContext(connection) as queries:
        assert list(standing_people(proposal.round)) == people
    # Two for each of three chunks, and the one that finds no more.
    assert len(queries) == 7


def test_standing_people_are_lost_with_their_key(proposal: Proposal) -> None:
    gone, here = UserFactory(), UserFactory()
    for person in (gone, here):
        cast_support(user=person, proposal_id=proposal.pk)
    VoteKey.objects.filter(person=gone).delete()
    assert list(standing_people(proposal.round)) == [here]
