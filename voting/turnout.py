"""How many took part, by group, without giving away what few did. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Of fewer people than these nothing is told apart.
SMALL = 10


@dataclass(frozen=True)
class Group:
    """One group of voters: exactly `count` of them, or `few` (fewer than 10), or at `least`."""

    key: str
    count: int
    told: str = "exactly"


def groups(counts: Mapping[str, int]) -> list[Group]:
    """Groups as they may be published, the largest first; the sum of all is known to everybody.

    >>> [(group.key, group.told, group.count) for group in groups({"paper": 40, "online": 900})]
    [('online', 'exactly', 900), ('paper', 'exactly', 40)]

    Three on paper could be worked out from the sum, so the next group is rounded down:

    >>> [(group.key, group.told, group.count) for group in groups({"paper": 3, "online": 997})]
    [('online', 'least', 990), ('paper', 'few', 10)]
    """
    ordered = sorted(((n, key) for key, n in counts.items() if n), key=lambda pair: -pair[0])
    large = [Group(key, n) for n, key in ordered if n >= SMALL]
    few = [Group(key, SMALL, "few") for n, key in ordered if n < SMALL]
    hidden = sum(n for n, _key in ordered if n < SMALL)
    if large and 0 < hidden < SMALL:
        last = large[-1]
        large[-1] = Group(last.key, last.count // SMALL * SMALL, "least")
    return large + few
