"""The models of voting, by meaning: rounds, the ledger, its seals, results."""

from voting.models.desk import DeskTally, TakenVote
from voting.models.integrity import Appeal, Intervention, InterventionVote, VoteTrace
from voting.models.ledger import (
    PSEUDONYM_BYTES,
    AnchorKey,
    KeptKey,
    VoteEvent,
    VoteKey,
    new_nonce,
)
from voting.models.merging import MergeAnswer, MergeLetters
from voting.models.paper import PaperBallot, PaperBatch, PaperEnd, PaperEntry
from voting.models.results import BallotDraft, Result
from voting.models.rounds import LockedRound, Option, Round, RoundShown
from voting.models.seals import Block, Seal, VoteLeaf

__all__ = [
    "PSEUDONYM_BYTES",
    "AnchorKey",
    "Appeal",
    "BallotDraft",
    "Block",
    "DeskTally",
    "Intervention",
    "InterventionVote",
    "KeptKey",
    "LockedRound",
    "MergeAnswer",
    "MergeLetters",
    "Option",
    "PaperBallot",
    "PaperBatch",
    "PaperEnd",
    "PaperEntry",
    "Result",
    "Round",
    "RoundShown",
    "Seal",
    "TakenVote",
    "VoteEvent",
    "VoteKey",
    "VoteLeaf",
    "VoteTrace",
    "new_nonce",
]
