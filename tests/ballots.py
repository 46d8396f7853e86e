"""Random rules and ballots that they allow, for everything that has to count alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voting.models import Round

if TYPE_CHECKING:
    import random

METHODS = [method for method in Round.Method.values if method != "support"]


def some_rules(chance: random.Random) -> dict[str, Any]:
    """Published rules of a small round by any method, as far as counting reads them."""
    method = chance.choice(METHODS)
    costs = [chance.randint(0, 900) for _ in range(chance.randint(1, 6))]
    return {
        "method": method,
        "options": [{"number": n, "cost_minor": cost} for n, cost in enumerate(costs, start=1)],
        "limit": None,
        "seats": chance.randint(0 if method in ("approval", "score") else 1, 4),
        "threshold": chance.randint(0, 3),
        "score_max": 5,
        "step_minor": 10,
        "comparison": chance.choice([True, False]),
        "budget_minor": chance.randint(1, 2000),
    }


def some_choice(rules: dict[str, Any], chance: random.Random) -> Any:
    """A ballot that these rules allow, perhaps a blank one."""
    numbers = [option["number"] for option in rules["options"]]
    chosen = chance.sample(numbers, chance.randint(0, len(numbers)))
    if rules["method"] == "score":
        return [[number, chance.randint(1, 5)] for number in sorted(chosen)]
    return chosen if rules["method"] == "ranked" else sorted(chosen)
