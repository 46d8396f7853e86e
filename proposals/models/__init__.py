"""Calls, proposals and what hangs on them; split by meaning, imported as `proposals.models`."""

from .calls import CallIndexPage, CallPage, CallPhase, Category
from .moderation import Appeal, StatusChange
from .proposals import (
    DRAFT_KEPT,
    Proposal,
    ProposalDocument,
    ProposalFigures,
    ProposalImage,
    ProposalTag,
)

__all__ = [
    "DRAFT_KEPT",
    "Appeal",
    "CallIndexPage",
    "CallPage",
    "CallPhase",
    "Category",
    "Proposal",
    "ProposalDocument",
    "ProposalFigures",
    "ProposalImage",
    "ProposalTag",
    "StatusChange",
]
