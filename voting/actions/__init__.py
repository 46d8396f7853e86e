"""Everything that changes rounds and the ledger. Every change of a vote is a new row."""

from voting.actions.casting import (
    OtherRules,
    StaleForm,
    Standing,
    VoteRefused,
    append_event,
    cast_ballot,
    cast_support,
    withdraw_ballot,
    withdraw_support,
)
from voting.actions.counting import heal_counts, recount_support
from voting.actions.documents import DocumentRefused, anchors_of, check_document
from voting.actions.erasing import erase_votes
from voting.actions.results import NotSealedYet, state_result
from voting.actions.rounds import (
    SUPPORTED,
    close_due_rounds,
    close_round,
    drop_round,
    follow_call,
    open_round,
)

__all__ = [
    "SUPPORTED",
    "DocumentRefused",
    "NotSealedYet",
    "OtherRules",
    "StaleForm",
    "Standing",
    "VoteRefused",
    "anchors_of",
    "append_event",
    "cast_ballot",
    "cast_support",
    "check_document",
    "close_due_rounds",
    "close_round",
    "drop_round",
    "erase_votes",
    "follow_call",
    "heal_counts",
    "open_round",
    "recount_support",
    "state_result",
    "withdraw_ballot",
    "withdraw_support",
]
