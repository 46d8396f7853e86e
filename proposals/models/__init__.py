"""Calls, proposals and what hangs on them; split by meaning, imported as `proposals.models`."""

from .calls import CallIndexPage, CallPage, CallPhase, Category
from .proposals import (
    DRAFT_KEPT,
    Proposal,
    ProposalDocument,
    ProposalFigures,
    ProposalImage,
    ProposalTag,
    StatusChange,
)

__all__ = [
    "DRAFT_KEPT",
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
