"""Quorum and majority of a committee: pure, so that anybody can check a decision. No Django."""

from __future__ import annotations

PER_CENT = 100


def quorum_of(member_count: int, percent: int, count: int | None = None) -> int:
    """How many members have to take part: a share of those in office rounded up, or a number.

    Of nobody no quorum comes together: at least one has to be there.

    >>> quorum_of(7, 51), quorum_of(8, 51), quorum_of(9, 66)
    (4, 5, 6)
    >>> quorum_of(7, 51, count=3)
    3
    >>> quorum_of(0, 51)
    1
    """
    needed = count if count is not None else -(-member_count * percent // PER_CENT)
    return max(1, needed)


def is_carried(votes_for: int, votes_against: int, chair_vote: str, *, chair_casts: bool) -> bool:
    """Whether a motion has its majority; at equal votes the chair's own decides if it may.

    Abstentions count for neither side.

    >>> is_carried(4, 2, "against", chair_casts=True)
    True
    >>> is_carried(3, 3, "for", chair_casts=True), is_carried(3, 3, "against", chair_casts=True)
    (True, False)
    >>> is_carried(3, 3, "for", chair_casts=False)
    False
    """
    if votes_for == votes_against:
        return chair_casts and chair_vote == "for" and votes_for > 0
    return votes_for > votes_against
