"""How many proposals there are of each status, theme and place: one query, kept for a minute."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db.models import Count

from home.kept import kept, memory, pages

if TYPE_CHECKING:
    from collections.abc import Collection

    from proposals.models import Proposal
    from proposals.models.sets import ProposalQuerySet

    Group = tuple[str, int | None, int | None, int]


class Facets:
    """Counts over some proposals, by status, category id and municipality id."""

    def __init__(self, groups: list[Group]) -> None:
        self.groups = groups
        self.statuses: Counter[str] = Counter()
        self.categories: Counter[int | None] = Counter()
        self.places: Counter[int | None] = Counter()
        for status, category, place, count in groups:
            self.statuses[status] += count
            self.categories[category] += count
            self.places[place] += count

    def total(
        self,
        statuses: Collection[str] = (),
        categories: Collection[int | None] = (),
        places: Collection[int | None] = (),
    ) -> int:
        """How many there are of what was chosen; nothing chosen means all."""
        if not (categories or places):
            return sum(
                n for status, n in self.statuses.items() if not statuses or status in statuses
            )
        return sum(
            count
            for status, category, place, count in self.groups
            if (not statuses or status in statuses)
            and (not categories or category in categories)
            and (not places or place in places)
        )


def facets_of(rows: ProposalQuerySet, call: int | None, searched: str) -> Facets:
    """Counts of the rows of a call, or of all, that a search found. One query a minute for each."""
    # What is kept is added up already: a thousand groups a request would be a tenth of its cost.
    name, store = f"facets:{call or 'all'}", memory
    if searched:
        name, store = f"{name}:{sha256(searched.encode()).hexdigest()}", pages
    return kept(name, lambda: Facets(_count(rows)), store)


def _count(rows: ProposalQuerySet) -> list[Group]:
    grouped = rows.order_by().values_list("status", "category", "municipality")
    return list(grouped.annotate(count=Count("*")))


def random_start(rows: ProposalQuerySet, number: int) -> int | None:
    """The place on the circle of the `number`-th of these proposals, or None. One query.

    Each proposal is as likely as any other; the next one after a random point of the circle
    would favour those behind a wide gap.
    """
    found: list[Proposal] = list(
        rows.order_by("status", "category_id", "municipality_id", "pk").only("shuffle")[
            number : number + 1
        ]
    )
    return found[0].shuffle if found else None
