"""Places for each theme in proportion to what was sent in: largest remainder. Pure, no Django."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping, Sequence


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
    whole = {theme: int(share) for theme, share in shares.items()}
    order = sorted(sent_in, key=lambda theme: (whole[theme] - shares[theme], -sent_in[theme]))
    for theme in order[: places - sum(whole.values())]:
        whole[theme] += 1
    return whole


def seats[Theme: Hashable](
    ranked: Sequence[tuple[int, Theme]], sent_in: Mapping[Theme, int], places: int
) -> dict[Theme, int]:
    """How many of (number, theme) each theme gets: its quota, or all it has if that is fewer.

    Places that a theme cannot fill are shared out again among the themes that have more. Themes of
    which nothing is ranked take no part; themes are named in the order of `sent_in`.

    >>> seats([(1, "a"), (2, "a"), (3, "b"), (4, "b")], {"a": 1, "b": 8, "c": 9}, 3)
    {'a': 1, 'b': 2}
    """
    have = Counter(theme for _number, theme in ranked)
    named = [*(theme for theme in sent_in if theme in have), *(one for one in have)]
    granted = dict.fromkeys(named, 0)
    while left := min(places, len(ranked)) - sum(granted.values()):
        hungry = [theme for theme in granted if granted[theme] < have[theme]]
        # Of a theme that nobody sent anything in for, what is ranked is still no less than one.
        shares = quotas({theme: sent_in.get(theme) or 1 for theme in hungry}, left)
        for theme, more in shares.items():
            granted[theme] = min(have[theme], granted[theme] + more)
    return granted


def select[Theme: Hashable](
    ranked: Sequence[tuple[int, Theme]], sent_in: Mapping[Theme, int], places: int
) -> list[int]:
    """Numbers chosen from (number, theme) best first, each theme up to its `seats`.

    >>> ranked = [(1, "a"), (2, "a"), (3, "a"), (4, "b"), (5, "b")]
    >>> select(ranked, {"a": 6, "b": 6}, 4)
    [1, 2, 4, 5]
    >>> select(ranked, {"a": 2, "b": 8}, 4)  # b has a quota of 3 and only two to give
    [1, 2, 4, 5]
    """
    granted = seats(ranked, sent_in, places)
    chosen = []
    for number, theme in ranked:
        if granted[theme]:
            granted[theme] -= 1
            chosen.append(number)
    return chosen


def select_by_hand[Theme: Hashable](
    ranked: Sequence[tuple[int, Theme]],
    sent_in: Mapping[Theme, int],
    places: int,
    *,
    taken: Collection[int] = (),
    left_out: Collection[int] = (),
) -> list[int]:
    """As `select`, with what was decided by hand; still so many in all, in the ranking's order.

    Who is taken fills the first places of its theme; where the theme has too few, the last of the
    whole ranking that was chosen by rule makes way. Who is left out makes way for the next.

    >>> ranked = [(1, "a"), (2, "a"), (3, "b"), (4, "b"), (5, "c")]
    >>> sent_in = {"a": 6, "b": 6, "c": 1}
    >>> select_by_hand(ranked, sent_in, 2, taken={4}), select_by_hand(ranked, sent_in, 2, taken={5})
    ([1, 4], [1, 5])
    >>> select_by_hand(ranked, sent_in, 2, left_out={1})
    [2, 3]
    """
    first = [row for row in ranked if row[0] in taken]
    rest = [row for row in ranked if row[0] not in {*taken, *left_out}]
    chosen = select([*first, *rest], sent_in, places)
    missing = [number for number, _theme in first if number not in chosen]
    may_go = [number for number in chosen if number not in taken]
    going = may_go[max(0, len(may_go) - len(missing)) :] if missing else []
    kept = ({*chosen} - {*going}) | {*missing}
    return [number for number, _theme in ranked if number in kept]
