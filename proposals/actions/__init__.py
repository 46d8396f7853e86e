"""Changes to proposals that have consequences: permission, state, write, log, then the mail."""

from .appealing import AppealAnswered, AppealRefused, answer_appeal, end_appeal, make_appeal
from .assigning import AssigneeChanged, assign_proposal
from .attaching import add_document, add_image, remove_file
from .choosing import ChoiceChanged, candidates_of, shortlist_chosen
from .erasing import let_go_of_author
from .importing import import_proposal
from .moving import ProposalMoved, ProposalRewritten, move_proposal
from .undoing import UndoRefused, undo_decision, what_keeps
from .writing import (
    REQUIRED,
    TITLE_MIN,
    missing_parts,
    save_draft,
    start_draft,
    submit_proposal,
)

__all__ = [
    "REQUIRED",
    "TITLE_MIN",
    "AppealAnswered",
    "AppealRefused",
    "AssigneeChanged",
    "ChoiceChanged",
    "ProposalMoved",
    "ProposalRewritten",
    "UndoRefused",
    "add_document",
    "add_image",
    "answer_appeal",
    "assign_proposal",
    "candidates_of",
    "end_appeal",
    "import_proposal",
    "let_go_of_author",
    "make_appeal",
    "missing_parts",
    "move_proposal",
    "remove_file",
    "save_draft",
    "shortlist_chosen",
    "start_draft",
    "submit_proposal",
    "undo_decision",
    "what_keeps",
]
