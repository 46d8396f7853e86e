"""Triggers that keep an assessment fair: criteria frozen, scores kept, protocols unchanged.

Written by `voting.triggers`. SQLite loses a table's triggers when a migration rebuilds it: one that
alters these tables has to `remove` all guards before and `install` them after. A test looks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voting import triggers

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from voting.triggers import Guard

FROZEN_OF_ROUND = (
    *("committee_id", "call_id", "sheet", "sheet_hash", "per_proposal", "spread_max", "opened_at"),
)
FROZEN_OF_ASSIGNMENT = ("membership_id", "assessed_id", "declared_at", "recusal", "submitted_at")
FROZEN_OF_PROTOCOL = ("round_id", "contents", "contents_hash", "salt", "made_at")
FROZEN_OF_DECISION = (
    *("item_id", "present_count", "quorum_count", "is_carried", "chair_vote"),
    *("votes_for", "votes_against", "votes_abstain", "reasons", "extract"),
)
OPENED = """EXISTS (SELECT 1 FROM assessment_assessmentround
    WHERE id = {row}.round_id AND opened_at IS NOT NULL)"""
ENDED = """EXISTS (SELECT 1 FROM assessment_assessmentround r
    JOIN assessment_assessedproposal a ON a.round_id = r.id
    WHERE a.id = {row}.assessed_id AND r.ended_at IS NOT NULL)"""
SCORE_IS_REFUSED = """NOT EXISTS (SELECT 1 FROM assessment_assignment g
    JOIN assessment_assessedproposal a ON a.id = g.assessed_id
    JOIN assessment_assessmentround r ON r.id = a.round_id
    WHERE g.id = NEW.assignment_id AND g.recusal = '' AND g.declared_at IS NOT NULL
    AND r.opened_at IS NOT NULL AND r.ended_at IS NULL)"""
HAS_PROTOCOL = "EXISTS (SELECT 1 FROM assessment_protocol WHERE round_id = NEW.round_id)"
SECOND_CHAIR = """NEW.role = 'chair' AND EXISTS (SELECT 1 FROM assessment_membership m
    WHERE m.committee_id = NEW.committee_id AND m.role = 'chair'
    AND m.id IS DISTINCT FROM NEW.id
    AND m.starts_on <= COALESCE(NEW.ends_on, '9999-12-31')
    AND NEW.starts_on <= COALESCE(m.ends_on, '9999-12-31'))"""


def guards() -> list[Guard]:
    """Every guard: table, event, the condition under which it refuses, and what it then says."""
    criteria = "criteria are frozen once reading begins"
    proposals = "proposals are frozen once reading begins"
    ended = "the reading has ended"
    return [
        ("assessment_membership", "INSERT", SECOND_CHAIR, "one chair at a time"),
        ("assessment_membership", "UPDATE", SECOND_CHAIR, "one chair at a time"),
        ("assessment_criterion", "INSERT", OPENED.format(row="NEW"), criteria),
        ("assessment_criterion", "UPDATE", OPENED.format(row="OLD"), criteria),
        ("assessment_criterion", "DELETE", OPENED.format(row="OLD"), criteria),
        ("assessment_assessedproposal", "INSERT", OPENED.format(row="NEW"), proposals),
        ("assessment_assessedproposal", "DELETE", OPENED.format(row="OLD"), proposals),
        ("assessment_assessedproposal", "UPDATE", HAS_PROTOCOL, "the protocol is made"),
        ("assessment_assessmentround", "UPDATE", _round_changed(), criteria),
        ("assessment_assessmentround", "UPDATE", _reopened(), ended),
        ("assessment_assignment", "INSERT", ENDED.format(row="NEW"), ended),
        ("assessment_assignment", "UPDATE", _assignment_changed(), ended),
        ("assessment_assignment", "DELETE", ENDED.format(row="OLD"), ended),
        ("assessment_score", "INSERT", SCORE_IS_REFUSED, "this reviewer may not score now"),
        ("assessment_score", "UPDATE", "1 = 1", "scores are never changed"),
        ("assessment_score", "DELETE", "1 = 1", "scores are never deleted"),
        ("assessment_protocol", "UPDATE", differs(FROZEN_OF_PROTOCOL), "a protocol never changes"),
        ("assessment_protocol", "DELETE", "1 = 1", "a protocol stays"),
        ("assessment_decision", "UPDATE", differs(FROZEN_OF_DECISION), "a decision stays"),
    ]


def differs(columns: tuple[str, ...]) -> str:
    """The condition that one of these columns changes; JSON is compared as text."""
    return " OR ".join(
        f"CAST(OLD.{column} AS text) IS DISTINCT FROM CAST(NEW.{column} AS text)"
        for column in columns
    )


def _round_changed() -> str:
    return f"OLD.opened_at IS NOT NULL AND ({differs(FROZEN_OF_ROUND)})"


def _reopened() -> str:
    return "OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at"


def _assignment_changed() -> str:
    return f"({differs(FROZEN_OF_ASSIGNMENT)}) AND {ENDED.format(row='OLD')}"


def names(connection: BaseDatabaseWrapper) -> set[str]:
    """The triggers' names on this database."""
    return set(triggers.written(connection, guards()))


def install(connection: BaseDatabaseWrapper) -> None:
    """(Re)create every guard on this database."""
    triggers.create(connection, guards())


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop every guard that is there; `install` puts them back."""
    triggers.drop(connection, guards())
