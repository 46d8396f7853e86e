"""Ties by a stated rule: more support, lower cost, then a lot everybody can draw again. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from voting.outcomes import Tie

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from typing import Any


@dataclass(frozen=True)
class Lot:
    """The draw among equals. Its seed is the root of the seal that closed the round.

    Nobody can choose that root, and everybody can repeat the draw: each option's ticket is
    `printf '%s:%s' SEED NUMBER | sha256sum`, and the lowest ticket comes first.
    Without a seed options keep the order of their numbers, and the result is provisional.
    """

    seed: bytes | None = None

    @property
    def name(self) -> str:
        """What a tie broken by it says."""
        return "number" if self.seed is None else "lot"

    def ticket(self, number: int) -> tuple[str, int]:
        """What options are sorted by, lowest first.

        >>> Lot(bytes.fromhex("00ff")).ticket(7)[0][:12]
        'c86430739b1a'
        >>> sorted([2, 3, 1], key=Lot().ticket)
        [1, 2, 3]
        """
        if self.seed is None:
            return "", number
        return hashlib.sha256(f"{self.seed.hex()}:{number}".encode()).hexdigest(), number


def order(
    numbers: Iterable[int],
    strength: Callable[[int], Any],
    costs: Callable[[int], int],
    lot: Lot,
) -> tuple[list[int], list[Tie]]:
    """Options from the strongest to the weakest, and the ties met on the way.

    >>> order([1, 2, 3], {1: 5, 2: 5, 3: 9}.get, {1: 40, 2: 30, 3: 1}.get, Lot())
    ([3, 2, 1], [Tie(options=(2, 1), broken_by='cost', decisive=False)])
    """
    standing = sorted(numbers, key=lambda number: (costs(number), lot.ticket(number)))
    standing.sort(key=strength, reverse=True)  # Keeps the order of equals.
    ties: list[Tie] = []
    for _strength, equals in groupby(standing, strength):
        level = list(equals)
        same_cost = [tuple(same) for _cost, same in groupby(level, costs)]
        if len(same_cost) > 1:
            ties.append(Tie(tuple(level), "cost"))
        ties += [Tie(same, lot.name) for same in same_cost if len(same) > 1]
    return standing, ties


def settled(ties: Iterable[Tie], winners: Collection[int]) -> tuple[Tie, ...]:
    """The ties with a mark at those that decided who won.

    >>> [tie.decisive for tie in settled([Tie((1, 2), "lot"), Tie((3, 4), "lot")], [1, 3, 4])]
    [True, False]
    """
    won = set(winners)
    return tuple(
        replace(tie, decisive=tie.decisive or 0 < len(won & set(tie.options)) < len(tie.options))
        for tie in ties
    )
