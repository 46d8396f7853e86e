"""Which words differ between two texts; pure, no Django. Drawing it is the template's.

By words; Japanese by characters, since it has no spaces. Paragraphs are matched first, so that a
long text is not compared letter by letter as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, ADDED, REMOVED = "same", "added", "removed"
# Latin words and numbers stay whole in Japanese; everything else is a character of its own.
_UNSPACED = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
_SPACED = re.compile(r"\w+|\s+|[^\w\s]")
_UNSPACED_LANGUAGES = frozenset({"ja"})
# Beyond so many pairs of pieces two paragraphs are shown whole, the old one and the new one.
PAIRS_MAX = 4_000_000
# Of less in common a paragraph was written anew, and pieces of it would be confetti.
ALIKE = 0.3


@dataclass(frozen=True)
class Piece:
    """A stretch of text and whether both texts have it."""

    kind: str
    text: str


def differences(old: str, new: str, language: str = "ru") -> list[Piece]:
    """The pieces of which both texts are made, in reading order.

    >>> [(piece.kind, piece.text) for piece in differences("Два датчика.", "Два новых датчика.")]
    [('same', 'Два '), ('added', 'новых '), ('same', 'датчика.')]
    >>> [(piece.kind, piece.text) for piece in differences("川の水位", "川の高い水位", "ja")]
    [('same', '川の'), ('added', '高い'), ('same', '水位')]
    """
    lines, changed = old.splitlines(keepends=True), new.splitlines(keepends=True)
    pieces: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, lines, changed, autojunk=False).get_opcodes():
        before, after = "".join(lines[i:j]), "".join(changed[k:m])
        pieces += [Piece(SAME, before)] if tag == "equal" else _within(before, after, language)
    return _joined(pieces)


def _within(old: str, new: str, language: str) -> list[Piece]:
    """The pieces of a stretch in which no line is the same."""
    cut = _UNSPACED if language in _UNSPACED_LANGUAGES else _SPACED
    a, b = cut.findall(old), cut.findall(new)
    start = _alike_from_the_start(a, b)
    end = _alike_from_the_start(a[start:][::-1], b[start:][::-1])
    head, tail = "".join(a[:start]), "".join(a[len(a) - end :])
    middle = _compared(a[start : len(a) - end], b[start : len(b) - end])
    return [Piece(SAME, head), *middle, Piece(SAME, tail)]


def _alike_from_the_start(a: list[str], b: list[str]) -> int:
    pairs = enumerate(zip(a, b, strict=False))
    return next((place for place, (x, y) in pairs if x != y), min(len(a), len(b)))


def _compared(a: list[str], b: list[str]) -> list[Piece]:
    old, new = "".join(a), "".join(b)
    if not a or not b or len(a) * len(b) > PAIRS_MAX:
        return _whole(old, new)
    codes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    same = sum(not piece.isspace() for tag, i, j, *_ in codes if tag == "equal" for piece in a[i:j])
    if same < ALIKE * sum(not piece.isspace() for piece in max(a, b, key=len)):
        return _whole(old, new)
    pieces = []
    for tag, i, j, k, m in codes:
        before, after = "".join(a[i:j]), "".join(b[k:m])
        pieces += [Piece(SAME, before)] if tag == "equal" else _whole(before, after)
    return pieces


def _whole(old: str, new: str) -> list[Piece]:
    pairs = ((REMOVED, old), (ADDED, new))
    return [Piece(kind, text) for kind, text in pairs if text]


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Neighbours of one kind as one piece."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and piece.text and joined[-1].kind == piece.kind:
            joined[-1] = Piece(piece.kind, joined[-1].text + piece.text)
        elif piece.text:
            joined.append(piece)
    return joined


def is_changed(pieces: list[Piece]) -> bool:
    """Whether anything differs.

    >>> is_changed(differences("a", "a")), is_changed(differences("a", "b"))
    (False, True)
    """
    return any(piece.kind != SAME for piece in pieces)
