"""What may stand on a ballot: the form of a choice by method, and its limits. Pure.

support     None
approval, greedy, equal_shares
            option numbers, ascending: [2, 5]
ranked      option numbers, the best first: [5, 2]
score       [number, points] pairs by number, points above 0: [[2, 5], [5, 1]]

An empty list is a blank ballot: it counts as taking part and for nothing else.
"""

from __future__ import annotations

from typing import Any, Literal

Fault = Literal["shape", "unknown", "twice", "limit", "points", "budget"]


class ChoiceRefused(ValueError):
    """A choice the round's rules do not allow; `fault` says which rule, `option` on which one."""

    def __init__(self, fault: Fault, option: int | None = None) -> None:
        super().__init__(f"{fault} {option or ''}".strip())
        self.fault: Fault = fault
        self.option = option


def canonical_choice(rules: dict[str, Any], choice: Any) -> Any:
    """The choice in the one form that is hashed and counted. Raises `ChoiceRefused`.

    >>> rules = {"method": "approval", "limit": 2, "options": [{"number": 1}, {"number": 2}]}
    >>> canonical_choice(rules, [2, 1])
    [1, 2]
    >>> canonical_choice(rules, [3])
    Traceback (most recent call last):
    voting.choices.ChoiceRefused: unknown 3
    """
    if rules["method"] == "support":
        if choice is not None:
            raise ChoiceRefused("shape")
        return None
    if not isinstance(choice, list):
        raise ChoiceRefused("shape")
    numbers = _scored(rules, choice) if rules["method"] == "score" else choice
    _check_numbers(rules, numbers)
    _check_limits(rules, numbers)
    return choice if rules["method"] == "ranked" else sorted(choice)


def _scored(rules: dict[str, Any], choice: list[Any]) -> list[int]:
    for pair in choice:
        if not isinstance(pair, list) or len(pair) != 2:
            raise ChoiceRefused("shape")
        number, points = pair
        if type(points) is not int or not 1 <= points <= rules["score_max"]:
            raise ChoiceRefused("points", number if type(number) is int else None)
    return [number for number, _points in choice]


def _check_numbers(rules: dict[str, Any], numbers: list[Any]) -> None:
    known = {option["number"] for option in rules["options"]}
    for place, number in enumerate(numbers):
        if type(number) is not int:
            raise ChoiceRefused("shape")
        if number not in known:
            raise ChoiceRefused("unknown", number)
        if number in numbers[:place]:
            raise ChoiceRefused("twice", number)


def _check_limits(rules: dict[str, Any], numbers: list[int]) -> None:
    limit = rules["limit"]
    if limit is not None and len(numbers) > limit:
        raise ChoiceRefused("limit", numbers[limit])
    if rules.get("fits_budget") and rules.get("budget_minor") is not None:
        costs = {option["number"]: option["cost_minor"] for option in rules["options"]}
        if sum(costs[number] for number in numbers) > rules["budget_minor"]:
            raise ChoiceRefused("budget", numbers[-1])
