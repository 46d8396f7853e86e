"""By which rule a Pabulib file's votes are counted here, and what has to be said about that. Pure.

Names of rules are those of https://pabulib.org/format. Sentences are templates with their values,
as in `pabulib_errors.py`: who shows them translates them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voting.pabulib_ballots import default_points
from voting.pabulib_errors import gettext_noop
from voting.pabulib_writing import points_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voting.pabulib import Election

    Note = tuple[str, dict[str, Any]]

SHARES, COMPARED = "equalshares/add1", "equalshares/add1-comparison"
GREEDY, THRESHOLD = "greedy", "greedy-threshold"
NOT_SAID = {"", "unknown"}

NOTES = {
    "no_rule": gettext_noop(
        "The file does not say by which rule it was counted. Here it is counted by greedy: most"
        " votes or points first, and a project too dear for what is left is passed over."
    ),
    "greedy": gettext_noop(
        "The file’s rule is %(rule)s. Here it is counted by greedy: most votes or points first,"
        " and a project too dear for what is left is passed over."
    ),
    "no_skip": gettext_noop(
        "The file’s rule is %(rule)s, which stops at the first project that does not fit. Here it"
        " is counted by greedy: such a project is passed over, and cheaper ones can still follow."
    ),
    "shares": gettext_noop(
        "The file’s rule is %(rule)s. Here it is counted by %(ours)s: equal shares are raised"
        " unit by unit until one unit more would cost more than the budget."
    ),
    "not_kept": gettext_noop("The file says %(key)s, which this count does not take into account."),
    "ranks": gettext_noop(
        "The file’s votes are rankings. A vote that ranks n projects gives n points to the first"
        " of them and one point less to each next one."
    ),
    "default": gettext_noop(
        "Every project that a vote leaves out gets %(points)s points of it: the file’s"
        " default_score. So a ballot here may name more projects than the file’s max_length."
    ),
    "no_currency": gettext_noop("The file names no currency: its amounts are taken as roubles."),
    "no_days": gettext_noop(
        "The file does not say when the vote was: yesterday stands for that day."
    ),
    "days_ahead": gettext_noop(
        "The file’s last day is still to come: the vote counts as closed yesterday."
    ),
    "broken": gettext_noop(
        "Votes that break the file’s %(key)s: %(count)d, the first on line %(line)d. They count"
        " all the same."
    ),
}


def note(code: str, **values: Any) -> Note:
    """A sentence of NOTES with what it speaks of."""
    return NOTES[code], values


def takes_shares(election: Election) -> bool:
    """Whether the file says it was counted by equal shares, and has the ballots for it."""
    return _rule(election).startswith("equalshares") and election.vote_type in {
        "approval",
        "choose-1",
    }


def takes_comparison(election: Election) -> bool:
    """Whether most votes first is what counts if more voters are better off with it."""
    return takes_shares(election) and "comparison" in _rule(election)


def rule_name(*, shares: bool, comparison: bool, threshold: int) -> str:
    """What the format calls a rule of ours.

    >>> rule_name(shares=True, comparison=True, threshold=0)
    'equalshares/add1-comparison'
    """
    if shares:
        return COMPARED if comparison else SHARES
    return THRESHOLD if threshold else GREEDY


def notes_on(election: Election) -> Iterator[Note]:
    """What is counted here otherwise than the file says, or than its votes are written."""
    yield from _on_rule(election)
    for key in election.meta:
        if key.startswith("budget_per_"):
            yield note("not_kept", key=key)
    if election.vote_type == "ordinal" and "points" not in election.vote_columns:
        yield note("ranks")
    if points := default_points(election):
        yield note("default", points=points_text(points))


def _rule(election: Election) -> str:
    return election.meta.get("rule", "").replace(" ", "").lower()


def _on_rule(election: Election) -> Iterator[Note]:
    rule, said = _rule(election), election.meta.get("rule", "")
    if takes_shares(election):
        ours = rule_name(shares=True, comparison=takes_comparison(election), threshold=0)
        if rule != ours:
            yield note("shares", rule=said, ours=ours)
    elif rule in NOT_SAID:
        yield note("no_rule")
    elif rule not in {GREEDY, THRESHOLD}:
        yield note("no_skip" if rule == "greedy-no-skip" else "greedy", rule=said)
