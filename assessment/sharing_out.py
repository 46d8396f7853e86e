"""Which reviewer reads which proposal: balanced, and the same each time. Pure, no Django."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def share_out(
    proposals: Sequence[int],
    reviewers: Sequence[int],
    each: int | None,
    *,
    barred: Collection[tuple[int, int]] = (),
    given: Collection[tuple[int, int]] = (),
) -> list[tuple[int, int]]:
    """New pairs (proposal, reviewer) so that each proposal has `each` of them; None means all.

    `barred` pairs are never made; `given` ones are there already and count as load. The reviewer
    with the fewest proposals comes first; of equals the one next in turn, so that neighbours in
    the list do not always read together. Fewer come out where not enough reviewers are left.

    >>> share_out([11, 12, 13], [1, 2, 3], 2)
    [(11, 1), (11, 2), (12, 3), (12, 1), (13, 2), (13, 3)]
    >>> share_out([11, 12], [1, 2], None, barred={(11, 1)})
    [(11, 2), (12, 1), (12, 2)]
    >>> share_out([11], [1, 2, 3], 2, barred={(11, 1)}, given={(11, 2)})
    [(11, 3)]
    """
    load = Counter(reviewer for pair in given if pair not in barred for reviewer in pair[1:])
    made: list[tuple[int, int]] = []
    turn = 0
    for proposal in proposals:
        has = sum(one == proposal and (one, who) not in barred for one, who in given)
        free = [who for who in reviewers if not {(proposal, who)} & {*barred, *given}]
        wanted = len(free) if each is None else max(0, each - has)
        places = {who: place for place, who in enumerate(reviewers)}
        free.sort(key=lambda who: (load[who], (places[who] - turn) % len(reviewers)))
        for who in free[:wanted]:
            made.append((proposal, who))
            load[who] += 1
            turn = places[who] + 1
    return made
