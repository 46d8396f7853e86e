"""Votes on a budget made by chance: the same for each seed, and strategies of Hypothesis."""

from __future__ import annotations

import random

from hypothesis import strategies as st

Vote = tuple[dict[str, int], list[list[str]], int]
"""Costs, ballots and the budget."""


def drawn(seed: int, *, voters: int, projects: int, budget: int) -> Vote:
    """A vote with popular projects and others, the same for each seed."""
    chance = random.Random(seed)  # noqa: S311 - the same vote each time, nothing secret
    names = [f"p{number}" for number in range(projects)]
    weights = [chance.paretovariate(1) for _ in names]
    costs = {name: chance.randint(1, budget // 3) for name in names}
    ballots = [
        sorted(set(chance.choices(names, weights, k=chance.randint(1, 6)))) for _ in range(voters)
    ]
    return costs, ballots, budget


@st.composite
def votes(draw: st.DrawFn) -> Vote:
    names = "abcdef"[: draw(st.integers(1, 6))]
    costs = {name: draw(st.integers(0, 40)) for name in names}
    ballot = st.lists(st.sampled_from(names), unique=True, max_size=4)
    return costs, draw(st.lists(ballot, min_size=1, max_size=9)), draw(st.integers(0, 90))


def level(seed: int) -> Vote:
    """A vote of few with few different costs, so that projects often stand level."""
    chance = random.Random(seed)  # noqa: S311
    kinds = chance.choice([[1, 1, 2, 3], [1, 2], list(range(1, 12))])
    costs = {
        f"p{number}": 30 * chance.choice(kinds) + chance.choice([0, 0, 1])
        for number in range(chance.randint(4, 9))
    }
    ballots = [
        chance.sample(list(costs), chance.randint(1, 4)) for _ in range(chance.randint(3, 14))
    ]
    return costs, ballots, sum(costs.values()) * chance.randint(2, 8) // 10


def scaled(costs: dict[str, int], factor: int) -> dict[str, int]:
    return {name: factor * cost for name, cost in costs.items()}
