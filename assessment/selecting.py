"""Who is selected of those with a place, by the rule that was frozen with the criteria. Reads only.

Who shares a place stands in the order of supports, most first, then of publication, the earlier
first, then of numbers: the order in which proposals are taken into a round, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assessment.choosing import sent_in_by_theme
from assessment.quotas import seats, select_by_hand
from proposals.models import Category

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assessment.models import AssessedProposal, AssessmentRound

Themed = tuple[int, int | None]  # a proposal's number and its theme


def selection_of(
    round_: AssessmentRound, rows: Sequence[AssessedProposal], places: Mapping[int, int]
) -> dict[str, Any] | None:
    """The selection as the protocol keeps it, or None where a round only ranks.

    `places` are the final ones by proposal; `rows` come with proposals and figures. Two queries at
    most.
    """
    rule = round_.sheet.get("selection")
    if not rule:
        return None
    order = _in_order(rows, places)
    by_theme = rule["by_theme"]
    ranked: list[Themed] = [
        (row.proposal_id, row.proposal.category_id if by_theme else None) for row in order
    ]
    sent_in = sent_in_by_theme(round_.call_id) if by_theme else {}
    chosen = select_by_hand(
        ranked,
        sent_in,
        rule["count"],
        taken={row.proposal_id for row in rows if row.selected_by_hand is True},
        left_out={row.proposal_id for row in rows if row.selected_by_hand is False},
    )
    return {
        **rule,
        "chosen": chosen,
        "order": [_standing(row) for row in order],
        "themes": _themes(ranked, sent_in, rule["count"], chosen) if by_theme else [],
    }


def _in_order(
    rows: Sequence[AssessedProposal], places: Mapping[int, int]
) -> list[AssessedProposal]:
    placed = [row for row in rows if row.proposal_id in places]
    placed.sort(key=lambda row: (str(row.proposal.published_at or ""), row.proposal_id))
    return sorted(placed, key=lambda row: (places[row.proposal_id], -row.proposal.support_count))


def _standing(row: AssessedProposal) -> dict[str, Any]:
    published_at = row.proposal.published_at
    return {
        "proposal": row.proposal_id,
        "supports": row.proposal.support_count,
        "published_at": published_at and published_at.isoformat(),
    }


def _themes(
    ranked: Sequence[Themed], sent_in: Mapping[int | None, int], places: int, chosen: list[int]
) -> list[dict[str, Any]]:
    """Each theme: its name, how many were sent in, its places, and how many were selected."""
    names = _names()
    themes = dict(ranked)
    return [
        {
            "name": names.get(theme, {}),
            "sent_in": sent_in.get(theme, 0),
            "places": granted,
            "selected": sum(themes[number] == theme for number in chosen),
        }
        for theme, granted in seats(ranked, sent_in, places).items()
    ]


def _names() -> dict[int | None, dict[str, str]]:
    """What each theme is called in every language, by the number of its source row. One query."""
    by_key: dict[Any, dict[str, str]] = {}
    numbers = {}
    for pk, key, language, name in Category.objects.order_by("pk").values_list(
        "pk", "translation_key", "locale__language_code", "name"
    ):
        by_key.setdefault(key, {})[language] = name
        numbers[pk] = key
    return {pk: by_key[key] for pk, key in numbers.items()}
