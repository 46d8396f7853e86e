"""Changes to proposals that have consequences: permission, state, write, log, then the mail."""

from .attaching import add_document, add_image, remove_file
from .choosing import ChoiceChanged, candidates_of, shortlist_chosen
from .erasing import let_go_of_author
from .importing import import_proposal
from .moving import ProposalMoved, ProposalRewritten, move_proposal
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
    "ChoiceChanged",
    "ProposalMoved",
    "ProposalRewritten",
    "add_document",
    "add_image",
    "candidates_of",
    "import_proposal",
    "let_go_of_author",
    "missing_parts",
    "move_proposal",
    "remove_file",
    "save_draft",
    "shortlist_chosen",
    "start_draft",
    "submit_proposal",
]
