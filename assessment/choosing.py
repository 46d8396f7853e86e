"""Which proposals of a call a round may take, which of them by quota, and what themes were sent.

Reads only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count

from assessment.quotas import select
from proposals.models import Proposal
from proposals.selection import Candidate, rank

if TYPE_CHECKING:
    from assessment.models import AssessmentRound
    from proposals.models.sets import ProposalQuerySet


def takeable(round_: AssessmentRound) -> ProposalQuerySet:
    """Shortlisted proposals of the round's call that are not in it yet."""
    known = round_.assessed.values("proposal")
    shortlisted = Proposal.objects.filter(call=round_.call_id, status="shortlisted")
    return shortlisted.exclude(pk__in=known).select_related("figures").order_by("pk")


def chosen_by_quota(round_: AssessmentRound, places: int) -> list[int]:
    """Numbers of so many, each theme in proportion to what was sent in. Two queries.

    Inside a theme: most supports first, then the earlier published, then the lower number.
    """
    candidates = [
        Candidate(one.pk, one.support_count, one.category_id, one.published_at)
        for one in takeable(round_)
        if one.published_at
    ]
    ranked = [(one.pk, one.category) for one in rank(candidates)]
    return select(ranked, sent_in_by_theme(round_.call_id), places)


def sent_in_by_theme(call_id: int) -> dict[int | None, int]:
    """How many proposals each theme of a call was sent, in the order of their numbers; the last
    is None, for no theme. One query.
    """
    sent_in = Proposal.objects.filter(call=call_id, submitted_at__isnull=False)
    counts = dict(sent_in.order_by().values_list("category").annotate(Count("pk")))
    return dict(sorted(counts.items(), key=lambda item: (item[0] is None, item[0] or 0)))
