"""What people mark on a ballot, by option number, and the choice it makes. Pure.

A mark is the text that stood in the field: "1" for a tick, a place such as "2", or points. Number 0
is no option but the box “blank ballot”. Marks are kept whatever is wrong with them; a choice
(`voting.choices`) is what may be cast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voting.choices import ChoiceRefused, canonical_choice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Marks = dict[int, str]
    Faults = dict[int, str]
    Rules = dict[str, Any]

BLANK = 0
TICK = "1"
# Longer than any place or number of points; what is beyond was not typed by a person.
MARK_LENGTH = 6


def is_ticked(method: str) -> bool:
    """Whether options are ticked, and not given places or points."""
    return method not in {"ranked", "score"}


def marks_in(rules: Rules, ticked: Iterable[str], field: Callable[[str], str | None]) -> Marks:
    """The marks of a form: `ticked` numbers, or what `field` gives by a name such as `option-3`.

    >>> rules = {"method": "ranked", "options": [{"number": 3}, {"number": 4}]}
    >>> marks_in(rules, [], {"option-3": " 2 ", "option-4": ""}.get)
    {3: '2'}
    """
    numbers = [option["number"] for option in rules["options"]]
    blank = {BLANK: TICK} if field("blank") else {}
    if is_ticked(rules["method"]):
        chosen = set(ticked)
        return blank | {number: TICK for number in numbers if str(number) in chosen}
    typed = {number: (field(f"option-{number}") or "").strip()[:MARK_LENGTH] for number in numbers}
    empty = {"", "0"} if rules["method"] == "score" else {""}
    return blank | {number: text for number, text in typed.items() if text not in empty}


def has_unknown(rules: Rules, ticked: Iterable[str], fields: Iterable[str]) -> bool:
    """Whether a form marks, by a tick or a field's name, what is no option of this ballot.

    >>> rules = {"options": [{"number": 3}, {"number": 4}]}
    >>> has_unknown(rules, ["3"], ["gen", "option-4"]), has_unknown(rules, ["3", "5"], [])
    (False, True)
    """
    known = {str(option["number"]) for option in rules["options"]}
    named = {name.removeprefix("option-") for name in fields if name.startswith("option-")}
    return not known.issuperset({*ticked, *named})


def marks_of(method: str, choice: Any) -> Marks:
    """The marks that make this choice.

    >>> marks_of("approval", [2, 5]), marks_of("ranked", [5, 2]), marks_of("score", [[2, 4]])
    ({2: '1', 5: '1'}, {5: '1', 2: '2'}, {2: '4'})
    >>> marks_of("approval", [])
    {0: '1'}
    """
    if not choice:
        return {BLANK: TICK}
    if method == "score":
        return {number: str(points) for number, points in choice}
    if method == "ranked":
        return {number: str(place) for place, number in enumerate(choice, start=1)}
    return dict.fromkeys(choice, TICK)


def read_marks(rules: Rules, marks: Marks) -> tuple[Any, Faults]:
    """The choice these marks make, and what is wrong at which option.

    To choose nothing has to be said, or a slip would be a blank ballot.

    >>> rules = {"method": "ranked", "limit": None, "options": [{"number": 1}, {"number": 2}]}
    >>> read_marks(rules, {1: "2", 2: "1"}), read_marks(rules, {1: "1", 2: "1"})[1]
    (([2, 1], {}), {2: 'place_taken'})
    >>> read_marks(rules, {0: "1"}), read_marks(rules, {})
    (([], {}), ([], {0: 'empty'}))
    """
    if not marks or BLANK in marks:
        fault = {0: "empty", 1: ""}.get(len(marks), "both")
        return [], {BLANK: fault} if fault else {}
    read = {"ranked": _ranking, "score": _points}.get(rules["method"], _ticks)
    choice, faults = read(rules, marks)
    if faults:
        return choice, faults
    try:
        return canonical_choice(rules, choice), {}
    except ChoiceRefused as refused:
        return choice, {refused.option or BLANK: refused.fault}


def _ticks(_rules: Rules, marks: Marks) -> tuple[list[int], Faults]:
    return list(marks), {}


def _points(rules: Rules, marks: Marks) -> tuple[list[list[int]], Faults]:
    points = {number: _whole(text, rules["score_max"]) for number, text in marks.items()}
    faults: Faults = {number: "points" for number, given in points.items() if given is None}
    return [[number, given] for number, given in points.items() if given], faults


def _ranking(rules: Rules, marks: Marks) -> tuple[list[int], Faults]:
    """Places may have gaps, since somebody takes one off; two options in one place may not be."""
    places = {number: _whole(text, len(rules["options"])) for number, text in marks.items()}
    faults: Faults = {number: "place" for number, place in places.items() if not place}
    holders: dict[int, int] = {}
    for number, place in places.items():
        if place and holders.setdefault(place, number) != number:
            faults[number] = "place_taken"
    return [holders[place] for place in sorted(holders)], faults


def _whole(text: str, most: int) -> int | None:
    """The number typed, digits of any script, if it is whole and from 0 to `most`."""
    number = int(text) if text.isdecimal() else None
    return number if number is not None and number <= most else None
