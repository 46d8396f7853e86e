"""Which proposals of a call go on to expert review: the rules, pure and repeatable; no Django.

Ranked by supports, most first. Equal supports: the one published earlier stands higher; published
at the same moment: the lower number. A resident can run this on the published figures.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - the doctest and callers build candidates with it
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Candidate:
    """A proposal as the rules see it."""

    pk: int
    supports: int
    category: int | None
    published_at: datetime


@dataclass(frozen=True)
class Rule:
    """What limits the choice; None means no limit of that kind."""

    count: int | None = None
    minimum: int = 0
    per_category: int | None = None


class Verdict(StrEnum):
    """Whether a candidate is chosen, and if not, what stood in the way first."""

    CHOSEN = "chosen"
    TOO_FEW = "too_few"
    CATEGORY_FULL = "category_full"
    NO_PLACE = "no_place"


@dataclass(frozen=True)
class Place:
    """A candidate with its rank, from 1, and the verdict."""

    rank: int
    candidate: Candidate
    verdict: Verdict

    @property
    def is_chosen(self) -> bool:
        return self.verdict == Verdict.CHOSEN


def rank(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Most supports first, then the earlier published, then the lower number."""
    return sorted(candidates, key=lambda one: (-one.supports, one.published_at, one.pk))


def choose(candidates: Iterable[Candidate], rule: Rule) -> list[Place]:
    """Walk down the ranking and take each candidate that the rule still has room for.

    >>> from datetime import datetime as at
    >>> water, roads = 1, 2
    >>> asked = [
    ...     Candidate(11, 50, water, at(2026, 9, 3)),
    ...     Candidate(12, 80, water, at(2026, 9, 1)),
    ...     Candidate(13, 50, roads, at(2026, 9, 2)),
    ...     Candidate(14, 60, water, at(2026, 9, 5)),
    ...     Candidate(15, 9, roads, at(2026, 9, 4)),
    ... ]
    >>> chosen = lambda rule: [p.candidate.pk for p in choose(asked, rule) if p.is_chosen]
    >>> chosen(Rule(count=3))  # 13 and 11 have 50 each: 13 was published earlier
    [12, 14, 13]
    >>> chosen(Rule(minimum=50))
    [12, 14, 13, 11]
    >>> chosen(Rule(count=3, per_category=1))
    [12, 13]
    >>> [str(p.verdict) for p in choose(asked, Rule(count=2, minimum=10, per_category=2))]
    ['chosen', 'chosen', 'no_place', 'category_full', 'too_few']
    """
    taken: Counter[int | None] = Counter()
    places = []
    for number, candidate in enumerate(rank(candidates), start=1):
        verdict = _verdict(candidate, rule, taken)
        if verdict == Verdict.CHOSEN:
            taken[candidate.category] += 1
        places.append(Place(number, candidate, verdict))
    return places


def _verdict(candidate: Candidate, rule: Rule, taken: Counter[int | None]) -> Verdict:
    if candidate.supports < rule.minimum:
        return Verdict.TOO_FEW
    if rule.per_category is not None and taken[candidate.category] >= rule.per_category:
        return Verdict.CATEGORY_FULL
    if rule.count is not None and taken.total() >= rule.count:
        return Verdict.NO_PLACE
    return Verdict.CHOSEN
