"""By which rule a Pabulib file is counted, and that what differs from the file is said."""

from __future__ import annotations

import pytest

from tests.voting.test_pabulib import load, text
from voting.pabulib_rules import NOTES, notes_on, rule_name, takes_comparison, takes_shares

POINTS = "voter_id;vote;points\na;1,2;2,1\nb;2;1"


def codes(data: str) -> list[str]:
    """Which notes the file gets."""
    by_text = {template: code for code, template in NOTES.items()}
    return [by_text[template] for template, _values in notes_on(load(data)[0])]


@pytest.mark.parametrize(
    ("rule", "shares", "comparison", "said"),
    [
        ("greedy", False, False, []),
        ("greedy-threshold", False, False, []),
        ("equalshares/add1", True, False, []),
        ("equalshares/add1-comparison", True, True, []),
        ("equalshares", True, False, ["shares"]),
        ("equalshares-comparison", True, True, ["shares"]),
        ("greedy-no-skip", False, False, ["no_skip"]),
        ("greedy-exclusive", False, False, ["greedy"]),
        ("greedy-custom", False, False, ["greedy"]),
        ("phragmen", False, False, ["greedy"]),
        ("unknown", False, False, ["no_rule"]),
        ("", False, False, ["no_rule"]),
    ],
)
def test_rule_of_the_file(rule: str, *, shares: bool, comparison: bool, said: list[str]) -> None:
    data = text(rule=rule)
    election, _votes = load(data)
    assert (takes_shares(election), takes_comparison(election)) == (shares, comparison)
    assert codes(data) == said


def test_every_exact_rule_is_written_as_it_is_read() -> None:
    names = [
        rule_name(shares=shares, comparison=comparison, threshold=threshold)
        for shares, comparison, threshold in [(0, 0, 0), (0, 0, 7), (1, 0, 0), (1, 1, 0), (1, 1, 7)]
    ]
    assert [codes(text(rule=name)) for name in names] == [[]] * 5
    assert len(set(names)) == 4


def test_equal_shares_of_points_are_counted_by_greedy_and_that_is_said() -> None:
    data = text(rule="equalshares/add1", vote_type="cumulative", votes=POINTS)
    assert not takes_shares(load(data)[0])
    assert codes(data) == ["greedy"]


def test_how_votes_become_points_is_said() -> None:
    assert codes(text(rule="greedy", vote_type="ordinal")) == ["ranks"]
    assert codes(text(rule="greedy", vote_type="ordinal", votes=POINTS)) == []
    scored = text(rule="greedy", vote_type="scoring", votes=POINTS, default_score="-0.5")
    ((template, values),) = notes_on(load(scored)[0])
    assert (template, values) == (NOTES["default"], {"points": "-0.5"})


def test_budgets_of_parts_are_said_not_to_be_kept_to() -> None:
    assert codes(text(rule="greedy", budget_per_category="10,20")) == ["not_kept"]
