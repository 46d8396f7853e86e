"""A vote played through with made-up voters, by a round's own rules and counting. Pure, seeded.

Each scene tries what goes wrong on the day: ties, limits, budgets to the last unit, ballots nobody
should be able to cast, changes of mind. Nothing is stored; `words` are made elsewhere.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from voting.choices import ChoiceRefused, canonical_choice
from voting.marks import is_ticked
from voting.tally import count, option_costs

if TYPE_CHECKING:
    from collections.abc import Iterator

    Rules = dict[str, Any]

VOTERS = 200
BLANK_EVERY = 20
SEEDS = (b"one seal", b"another seal")


@dataclass(frozen=True)
class Finding:
    """One thing that was tried: whether it went as it should, and the figures to say it with."""

    key: str
    passed: bool
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scene:
    """Some ballots cast by some rules, what was found, and how they were counted."""

    key: str
    findings: tuple[Finding, ...]
    rules: dict[str, Any]
    tally: dict[str, Any]

    @property
    def passed(self) -> bool:
        return all(finding.passed for finding in self.findings)


def rehearse(rules: Rules, seed: int = 1) -> list[Scene]:
    """Play all scenes; the same seed gives the same play.

    >>> rules = {"method": "approval", "limit": 1, "seats": 1, "threshold": 0, "score_max": 5,
    ...     "budget_minor": None, "fits_budget": False,
    ...     "options": [{"number": n, "cost_minor": 0, "title": {}} for n in (1, 2, 3)]}
    >>> [(scene.key, scene.passed) for scene in rehearse(rules)]
    [('typical', True), ('refused', True), ('tie', True), ('changes', True)]
    """
    rng = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    scenes = [_typical(rules, rng), _refused(rules, rng), _tie(rules), _changes(rules)]
    return scenes + ([_budget(rules)] if rules["method"] in {"greedy", "equal_shares"} else [])


# Ballots ---------------------------------------------------------------------------------------


def ballot_of(rules: Rules, numbers: list[int], points: int = 1) -> Any:
    """A ballot that names these options, the best first, as the method writes it."""
    if rules["method"] == "score":
        return [[number, points] for number in sorted(numbers)]
    return sorted(numbers) if is_ticked(rules["method"]) else list(numbers)


def _fault(rules: Rules, choice: Any) -> str:
    """What the rules have against a ballot; "" if it would be taken."""
    try:
        canonical_choice(rules, choice)
    except ChoiceRefused as refused:
        return refused.fault
    return ""


def _drawn(rules: Rules, rng: random.Random) -> Any:
    """The ballot of one made-up voter, who likes options with low numbers a little better."""
    liked = sorted(_numbers(rules), key=lambda number: rng.random() * (number + 2))
    most = min(rules["limit"] or len(liked), len(liked))
    named: list[int] = []
    for number in liked[: rng.randint(1, most)]:
        if not _fault(rules, ballot_of(rules, [*named, number])):
            named.append(number)
    if rules["method"] == "score":
        return [[number, rng.randint(1, rules["score_max"])] for number in sorted(named)]
    return ballot_of(rules, named)


def _numbers(rules: Rules) -> list[int]:
    return [option["number"] for option in rules["options"]]


def _count(rules: Rules, ballots: list[Any], seed: bytes = SEEDS[0]) -> dict[str, Any]:
    return count(rules, option_costs(rules), ballots, seed=seed).plain()


# Scenes ----------------------------------------------------------------------------------------


def _typical(rules: Rules, rng: random.Random) -> Scene:
    drawn = [[] if n % BLANK_EVERY == 0 else _drawn(rules, rng) for n in range(1, VOTERS + 1)]
    taken = [ballot for ballot in drawn if not _fault(rules, ballot)]
    blank = sum(not ballot for ballot in taken)
    tally = _count(rules, taken)
    findings = (
        Finding("taken", len(taken) == VOTERS, {"count": len(taken), "blank": blank}),
        Finding("counted", tally["ballots"] == len(taken), {"count": tally["ballots"]}),
        Finding("any_order", tally == _count(rules, taken[::-1])),
        # With a threshold for more voters than are played here nothing need win.
        Finding(
            "winners",
            bool(tally["winners"] or rules["threshold"]),
            {"count": len(tally["winners"])},
        ),
    )
    return Scene("typical", findings, rules, tally)


def _refused(rules: Rules, rng: random.Random) -> Scene:
    tried = list(_wrong_ballots(rules))
    findings = [
        Finding(f"{key}_refused", _fault(rules, choice) == fault, {"fault": fault})
        for key, choice, fault in tried
    ]
    if rules["limit"]:
        at_limit = ballot_of(rules, _numbers(rules)[: rules["limit"]])
        dear = rules["fits_budget"] and _fault(rules, at_limit) == "budget"
        findings.append(Finding("limit_taken", dear or not _fault(rules, at_limit)))
    findings.append(Finding("blank_taken", not _fault(rules, [])))
    return Scene("refused", tuple(findings), rules, _count(rules, [_drawn(rules, rng)]))


def _wrong_ballots(rules: Rules) -> Iterator[tuple[str, Any, str]]:
    """Ballots nobody should be able to cast, and the fault each should be refused for."""
    numbers = _numbers(rules)
    yield "unknown", ballot_of(rules, [max(numbers) + 1]), "unknown"
    yield "twice", ballot_of(rules, numbers[:1] * 2), "twice"
    yield "shape", "not a ballot", "shape"
    if rules["limit"] and rules["limit"] < len(numbers):
        yield "limit", ballot_of(rules, numbers[: rules["limit"] + 1]), "limit"
    if rules["method"] == "score":
        yield "points", [[numbers[0], rules["score_max"] + 1]], "points"
    total = sum(option["cost_minor"] for option in rules["options"])
    if rules["fits_budget"] and rules["limit"] is None and total > (rules["budget_minor"] or 0):
        yield "budget", ballot_of(rules, numbers), "budget"


def _tie(rules: Rules) -> Scene:
    """Two options fight for the last place; where there are others, they stand above it."""
    is_budget = rules["method"] in {"greedy", "equal_shares"}
    numbers = _numbers(rules)
    ahead = 0 if is_budget else min(rules["seats"] - 1, len(numbers) - 2)
    level = numbers[ahead : ahead + 2]
    copy = _one_affordable(rules, level) if is_budget else _contested(rules, seats=ahead + 1)
    named = [level] * 6 if is_budget else [[n] for n in level * 3 + numbers[:ahead] * 6]
    ballots = [ballot_of(copy, some, points=min(2, rules["score_max"])) for some in named]
    first, again = (_count(copy, ballots) for _time in range(2))
    broken = [tie["broken_by"] for tie in first["ties"] if set(level) & set(tie["options"])]
    won = len(set(level) & set(first["winners"]))
    findings = (
        Finding("tie_decided", bool(broken) and won == 1, {"how": broken[0] if broken else ""}),
        Finding("tie_repeats", first == again),
    )
    return Scene("tie", findings, copy, first)


def _contested(rules: Rules, *, seats: int) -> Rules:
    return {**rules, "seats": seats, "threshold": 0}


def _one_affordable(rules: Rules, level: list[int]) -> Rules:
    """A copy in which the budget reaches for one of two options that cost the same."""
    options = [
        {**option, "cost_minor": 60_000 if option["number"] in level else 300_000}
        for option in rules["options"]
    ]
    free = {"limit": None, "fits_budget": False, "threshold": 0}
    return {**rules, **free, "options": options, "budget_minor": 60_000}


def _changes(rules: Rules) -> Scene:
    """Three voters: one changes the ballot, one takes it back, one takes it back and returns."""
    first, second = _numbers(rules)[:2]
    cast, other = ballot_of(rules, [first]), ballot_of(rules, [second])
    # As the ledger has it: odd rows of a voter cast, even ones take back.
    rows = {"changes": [cast, None, other], "leaves": [cast, None], "returns": [cast, None, other]}
    standing = [ballots[-1] for ballots in rows.values() if len(ballots) % 2]
    tally = _count({**rules, "threshold": 0}, standing)
    voters = {line["number"]: line["voters"] for line in tally["lines"]}
    findings = (
        Finding("counted_once", tally["ballots"] == 2, {"count": tally["ballots"]}),
        Finding("last_counts", (voters[first], voters[second]) == (0, 2)),
    )
    return Scene("changes", findings, rules, tally)


def _budget(rules: Rules) -> Scene:
    """Two options against budgets that reach for both, for one, and for none, to the unit."""
    pair = [{**option, "cost_minor": 30_000} for option in rules["options"][:2]]
    copy = {**rules, "options": pair, "limit": None, "fits_budget": False, "threshold": 0}
    numbers = _numbers(copy)
    ballots = [ballot_of(copy, numbers)] * 3
    fits, over, dear = (
        _count({**copy, "budget_minor": budget}, ballots) for budget in (60_000, 59_999, 29_999)
    )
    findings = (
        Finding("fits_exactly", len(fits["winners"]) == 2 and fits["spent_minor"] == 60_000),
        Finding("one_unit_over", len(over["winners"]) == 1),
        Finding("too_dear", not dear["winners"]),
    )
    return Scene("budget", findings, {**copy, "budget_minor": 60_000}, fits)
