"""The states of a commitment and how it moves between them: one table, pure, no Django.

Whether one is overdue is no state but a fact of the day; see `Commitment.is_overdue`.
"""

from __future__ import annotations

from dataclasses import dataclass

# Still to be kept; the others are settled, for better or worse.
OPEN = frozenset({"planned", "in_progress", "in_part"})


@dataclass(frozen=True)
class Move:
    """One verb: the states it starts from, the one it ends in, and whether words are enough.

    Every move says in words why; `proof_required` asks for a link, a document or a photo too.
    """

    sources: frozenset[str]
    target: str
    proof_required: bool = False


def _move(sources: str, target: str, *, proof: bool = False) -> Move:
    return Move(frozenset(sources.split()), target, proof)


MOVES: dict[str, Move] = {
    "begin": _move("planned", "in_progress"),
    "deliver_part": _move("in_progress", "in_part", proof=True),
    "deliver": _move("in_progress in_part", "done", proof=True),
    "drop": _move("planned in_progress in_part", "dropped"),
    "reopen": _move("in_part done dropped", "in_progress"),
}


def target(state: str, verb: str) -> str | None:
    """The state that `verb` leads to from `state`, or None where it may not.

    >>> target("in_progress", "deliver")
    'done'
    >>> target("planned", "deliver") is None
    True
    """
    move = MOVES[verb]
    return move.target if state in move.sources else None


def verbs_from(state: str) -> list[str]:
    """The verbs that lead on from a state, in the table's order.

    >>> verbs_from("planned")
    ['begin', 'drop']
    """
    return [verb for verb, move in MOVES.items() if state in move.sources]
