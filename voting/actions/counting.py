"""The cached figure of supports: moved with each vote, and healed from the ledger.

It is never the truth: `VoteEventQuerySet.tally` is, and whatever drifts is set right from there.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F, IntegerField, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from proposals.models import Proposal, ProposalFigures
from voting.models import VoteEvent

if TYPE_CHECKING:
    from voting.models import LockedRound, Round

# A vote moves its figure within moments of its commit. Healed sooner, it would be counted twice.
SETTLED = timedelta(seconds=30)
HEALED_FOR = timedelta(minutes=10)

# A crash may lose this figure's last moves, which are healed: waiting for the disk a second time
# made all voters of one proposal queue up.
MOVE = """
    UPDATE proposals_proposalfigures SET support_count = support_count + %s
    FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unsynced
    WHERE proposal_id = %s
"""


def count_later(round_: Round | LockedRound, change: int) -> None:
    """Move the figure with a vote: after its commit, or all voters of one proposal would queue up.

    SQLite has one writer at a time anyway; there the vote and its figure wait for the disk once.
    """
    if round_.proposal_id is None or not change:
        return
    if connection.vendor == "postgresql":
        transaction.on_commit(partial(_move, round_.proposal_id, change))
    else:
        figures = ProposalFigures.objects.filter(pk=round_.proposal_id)
        figures.update(support_count=F("support_count") + change)


def _move(proposal_id: int, change: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MOVE, [change, proposal_id])


def recount_support(proposal: Proposal) -> int:
    """Set the figure from the ledger and return it; the cure should they ever differ."""
    total = VoteEvent.objects.filter(round__proposal=proposal).tally()
    ProposalFigures.objects.filter(pk=proposal.pk).update(support_count=total)
    return total


def heal_counts() -> int:
    """Set right the figures of proposals whose votes were sealed lately; returns how many drifted.

    One statement. What a crash between a vote's commit and its figure left behind ends here.
    """
    now = timezone.now()
    events = VoteEvent.objects.filter(round__proposal=OuterRef("pk")).order_by()
    sums = events.values("round__proposal").annotate(total=Sum("kind")).values("total")
    sealed = VoteEvent.objects.filter(
        place__seal__made_at__range=(now - HEALED_FOR, now - SETTLED)
    ).values("round__proposal")
    figures = ProposalFigures.objects.filter(pk__in=sealed).annotate(
        total=Coalesce(Subquery(sums, output_field=IntegerField()), 0)
    )
    return figures.exclude(support_count=F("total")).update(support_count=F("total"))
