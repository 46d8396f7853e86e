"""The cached figure of supports: it moves with votes, and what drifts is healed from the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.utils import timezone

from tests.factories.proposals import ProposalFactory
from voting.actions import cast_support, heal_counts, withdraw_support
from voting.sealing import seal_votes

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import User
    from proposals.models import Proposal

pytestmark = pytest.mark.django_db


def shown(proposal: Proposal) -> int:
    proposal.figures.refresh_from_db()
    return proposal.figures.support_count


def drifted(proposal: Proposal, count: int) -> None:
    proposal.figures.support_count = count
    proposal.figures.save()


def test_heal_counts_sets_right_what_drifted(
    proposal: Proposal, resident: User, neighbour: User
) -> None:
    cast_support(user=resident, proposal_id=proposal.pk)
    cast_support(user=neighbour, proposal_id=proposal.pk)
    withdraw_support(user=neighbour, proposal_id=proposal.pk)
    seal_votes()
    drifted(proposal, 7)
    assert (heal_counts(), shown(proposal)) == (0, 7)  # votes that fresh may still be moving it
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert (heal_counts(), shown(proposal)) == (1, 1)
        assert heal_counts() == 0


def test_heal_counts_leaves_others_alone_whatever_their_number(
    proposal: Proposal, neighbour: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    others = [ProposalFactory(call=proposal.call) for _ in range(3)]
    cast_support(user=neighbour, proposal_id=proposal.pk)
    seal_votes()
    for other in others:
        drifted(other, 5)  # as an import's own figure would be
    with (
        time_machine.travel(timezone.now() + timedelta(minutes=1)),
        django_assert_num_queries(1),
    ):
        heal_counts()
    assert [shown(other) for other in others] == [5, 5, 5]


def test_sealer_heals_what_a_crash_left_behind(proposal: Proposal, neighbour: User) -> None:
    cast_support(user=neighbour, proposal_id=proposal.pk)
    seal_votes()
    drifted(proposal, 0)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        seal_votes()
    assert shown(proposal) == 1
