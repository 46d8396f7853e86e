"""Places for each theme in proportion to what was sent in: largest remainder. Pure, no Django."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence


def quotas[Theme: Hashable](sent_in: Mapping[Theme, int], places: int) -> dict[Theme, int]:
    """Share out `places` by the method of largest remainders (Hare quota).

    Each theme gets the whole part of its share; what is left goes to the largest remainders. Equal
    remainders: to the theme with more submissions; still equal: to the one named earlier.

    Ten places for 47, 31 and 22 submissions: shares 4.7, 3.1 and 2.2.

    >>> quotas({"ecology": 47, "social": 31, "business": 22}, 10)
    {'ecology': 5, 'social': 3, 'business': 2}
    >>> quotas({"ecology": 3, "social": 3, "business": 3}, 4)  # equal in all: the first named
    {'ecology': 2, 'social': 1, 'business': 1}
    >>> quotas({"ecology": 6, "social": 2}, 2)  # 1.5 and 0.5: more submissions go first
    {'ecology': 2, 'social': 0}
    >>> quotas({}, 3)
    {}
    """
    total = sum(sent_in.values())
    if not total:
        return dict.fromkeys(sent_in, 0)
    shares = {theme: Fraction(count * places, total) for theme, count in sent_in.items()}
    seats = {theme: int(share) for theme, share in shares.items()}
    order = sorted(sent_in, key=lambda theme: (seats[theme] - shares[theme], -sent_in[theme]))
    for theme in order[: places - sum(seats.values())]:
        seats[theme] += 1
    return seats


def select[Theme: Hashable](
    ranked: Sequence[tuple[int, Theme]], sent_in: Mapping[Theme, int], places: int
) -> list[int]:
    """Numbers chosen from (number, theme) best first, each theme up to its quota.

    Places that a theme cannot fill are shared out again among the themes that have more.

    >>> ranked = [(1, "a"), (2, "a"), (3, "a"), (4, "b"), (5, "b")]
    >>> select(ranked, {"a": 6, "b": 6}, 4)
    [1, 2, 4, 5]
    >>> select(ranked, {"a": 2, "b": 8}, 4)  # b has a quota of 3 and only two to give
    [1, 2, 4, 5]
    """
    themes = {theme: sent_in.get(theme, 0) for _number, theme in ranked}
    have = {theme: sum(one == theme for _number, one in ranked) for theme in themes}
    granted = dict.fromkeys(themes, 0)
    left = min(places, len(ranked))
    while left:
        hungry = {theme: max(1, themes[theme]) for theme in themes if granted[theme] < have[theme]}
        for theme, seats in quotas(hungry, left).items():
            granted[theme] = min(have[theme], granted[theme] + seats)
        left = min(places, len(ranked)) - sum(granted.values())
    chosen = []
    for number, theme in ranked:
        if granted[theme]:
            granted[theme] -= 1
            chosen.append(number)
    return chosen
