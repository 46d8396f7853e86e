"""Counting likely duplicates of what was sent in, in the background: a mark for the queue."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.tasks import task

from proposals.models import Proposal, ProposalFigures

if TYPE_CHECKING:
    from proposals.models import StatusChange


def count_similar_later(change: StatusChange) -> None:
    """Queue the count after sending in: the index cannot be asked for each row of a list."""
    if change.verb == "submit":
        transaction.on_commit(partial(count_similar.enqueue, change.proposal_id))


@task()
def count_similar(proposal_id: int) -> None:
    """Put down how many others share the proposal's telling words. Four queries."""
    proposal = Proposal.objects.filter(pk=proposal_id).first()
    if proposal is not None:
        count = len(duplicates_of(proposal))
        ProposalFigures.objects.filter(proposal=proposal_id).update(similar_count=count)


def duplicates_of(proposal: Proposal) -> list[Proposal]:
    """Up to three others, published or waiting, that share most words with it. Two queries."""
    others = Proposal.objects.comparable().exclude(pk=proposal.pk)
    return others.similar_to(f"{proposal.title} {proposal.summary}")
