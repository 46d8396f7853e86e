"""Calls, proposals and what hangs on them; split by meaning, imported as `proposals.models`."""

from .calls import CallIndexPage, CallPage, CallPhase, Category
from .coauthors import CoAuthor, Invitation
from .merging import Merge, MergePart
from .moderation import Appeal, StatusChange
from .proposals import (
    DRAFT_KEPT,
    Proposal,
    ProposalDocument,
    ProposalFigures,
    ProposalImage,
)
from .tags import ProposalTag
from .versions import Amendment, HistoryNote, Version

__all__ = [
    "DRAFT_KEPT",
    "Amendment",
    "Appeal",
    "CallIndexPage",
    "CallPage",
    "CallPhase",
    "Category",
    "CoAuthor",
    "HistoryNote",
    "Invitation",
    "Merge",
    "MergePart",
    "Proposal",
    "ProposalDocument",
    "ProposalFigures",
    "ProposalImage",
    "ProposalTag",
    "StatusChange",
    "Version",
]
