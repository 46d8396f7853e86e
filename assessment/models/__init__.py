"""Committees, their meetings, and rounds in which they assess proposals; split by meaning."""

from .committees import Committee, CommitteeDocument, Membership
from .meetings import AgendaItem, Attendance, Decision, Meeting
from .rounds import AssessmentRound, Criterion
from .sheets import AssessedProposal, Assignment, Protocol, Score

__all__ = [
    "AgendaItem",
    "AssessedProposal",
    "AssessmentRound",
    "Assignment",
    "Attendance",
    "Committee",
    "CommitteeDocument",
    "Criterion",
    "Decision",
    "Meeting",
    "Membership",
    "Protocol",
    "Score",
]
