"""What the ledger knows of proposals, for the staff's list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django_filters
from django.utils import timezone

from voting.models import VoteEvent

if TYPE_CHECKING:
    from datetime import datetime

    from proposals.models.sets import ProposalQuerySet


class SupportedFilter(django_filters.DateFromToRangeFilter):
    """Proposals whose supports changed within days; the ledger has days and no hours."""

    def filter(self, qs: ProposalQuerySet, value: slice | None) -> ProposalQuerySet:
        if not value:
            return qs
        ends: dict[str, datetime | None] = {"day__gte": value.start, "day__lte": value.stop}
        days = {name: timezone.localdate(end) for name, end in ends.items() if end}
        rows = VoteEvent.objects.filter(round__proposal__isnull=False, **days)
        return qs.filter(pk__in=rows.values("round__proposal"))
