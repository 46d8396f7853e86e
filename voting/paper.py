"""Paper ballots compared: two entries of each, and their sums with the count by hand. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from voting.choices import ChoiceRefused, canonical_choice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Difference = Literal["document", "choice"]
BLANK = "-"


@dataclass(frozen=True)
class Entry:
    """What one person read on one ballot."""

    line: int
    digest: bytes
    choice: Any


@dataclass(frozen=True)
class PaperCheck:
    """What keeps a batch from being cast; nothing, if it is ready."""

    ballot_count: int
    agreed: tuple[Entry, ...]
    """Ballots that two people read alike, by line."""
    once: tuple[int, ...]
    """Lines typed in by one person so far."""
    differing: Mapping[int, tuple[Difference, ...]]
    """Lines that two people read differently, and in what."""
    same_document: tuple[tuple[int, ...], ...]
    """Lines that bear one document. Only the first of them can count."""
    totals: Mapping[int, int]
    """Sums of what was agreed on, by option."""
    by_hand: Mapping[int, int]

    @property
    def missing_count(self) -> int:
        """Ballots that nobody has typed in."""
        return self.ballot_count - len(self.agreed) - len(self.once) - len(self.differing)

    @property
    def is_complete(self) -> bool:
        return len(self.agreed) == self.ballot_count

    @property
    def wrong_totals(self) -> list[tuple[int, int, int]]:
        """Options whose sum differs from the count by hand: number, by hand, typed in."""
        return [
            (number, by_hand, self.totals.get(number, 0))
            for number, by_hand in self.by_hand.items()
            if by_hand != self.totals.get(number, 0)
        ]

    @property
    def is_ready(self) -> bool:
        return self.is_complete and not self.wrong_totals


def check_paper(
    rules: Mapping[str, Any],
    ballot_count: int,
    by_hand: Mapping[int, int],
    entries: Iterable[Entry],
) -> PaperCheck:
    """Compare both entries of each ballot, then the sums with the count by hand.

    >>> rules = {"method": "approval", "options": [{"number": 1}]}
    >>> pair = [Entry(1, b"a", [1]), Entry(1, b"a", [])]
    >>> check_paper(rules, 1, {1: 1}, pair).differing
    {1: ('choice',)}
    >>> check_paper(rules, 1, {1: 1}, pair[:1] * 2).is_ready
    True
    """
    lines: dict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        lines[entry.line].append(entry)
    pairs = {line: both for line, both in sorted(lines.items()) if len(both) > 1}
    differing = {line: found for line, both in pairs.items() if (found := _differences(*both))}
    agreed = tuple(both[0] for line, both in pairs.items() if line not in differing)
    return PaperCheck(
        ballot_count=ballot_count,
        agreed=agreed,
        once=tuple(line for line in sorted(lines) if line not in pairs),
        differing=differing,
        same_document=_same_document(agreed),
        totals=sums_of(rules, (entry.choice for entry in agreed)),
        by_hand={option["number"]: by_hand.get(option["number"], 0) for option in rules["options"]},
    )


def _differences(one: Entry, other: Entry) -> tuple[Difference, ...]:
    found: list[Difference] = []
    if one.digest != other.digest:
        found.append("document")
    if one.choice != other.choice:
        found.append("choice")
    return tuple(found)


def _same_document(entries: Iterable[Entry]) -> tuple[tuple[int, ...], ...]:
    lines: dict[bytes, list[int]] = defaultdict(list)
    for entry in entries:
        lines[entry.digest].append(entry.line)
    return tuple(tuple(found) for found in lines.values() if len(found) > 1)


def sums_of(rules: Mapping[str, Any], choices: Iterable[Any]) -> dict[int, int]:
    """What people at the table count by hand: ballots naming an option, its points, first places.

    >>> sums_of({"method": "ranked"}, [[2, 1], [2], []])
    {2: 2}
    >>> sums_of({"method": "score"}, [[[1, 5]], [[1, 2], [2, 3]]])
    {1: 7, 2: 3}
    """
    sums: Counter[int] = Counter()
    for choice in choices:
        if rules["method"] == "ranked":
            sums.update(choice[:1])
        elif rules["method"] == "score":
            sums.update(dict(choice))
        else:
            sums.update(choice)
    return dict(sums)


def choice_typed(rules: dict[str, Any], typed: str) -> Any:
    """The choice that a line such as `2 5` or `2:4 5:1` means; `-` is a blank ballot.

    Raises `ChoiceRefused`.

    >>> rules = {"method": "score", "score_max": 5, "limit": None, "options": [{"number": 2}]}
    >>> choice_typed(rules, "2:4"), choice_typed(rules, "-")
    ([[2, 4]], [])
    """
    typed = typed.strip()
    if typed == BLANK:
        return []
    words = typed.replace(",", " ").split()
    if not words:
        raise ChoiceRefused("shape")
    read = _points if rules["method"] == "score" else _number
    return canonical_choice(rules, [read(word) for word in words])


def _number(word: str) -> int:
    if not (word.isascii() and word.isdecimal() and len(word) <= 6):
        raise ChoiceRefused("shape")
    return int(word)


def _points(word: str) -> list[int]:
    number, colon, points = word.partition(":")
    if not colon:
        raise ChoiceRefused("shape")
    return [_number(number), _number(points)]
