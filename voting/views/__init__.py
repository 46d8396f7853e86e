"""Voting over HTTP, a module for each subject; `urls.py` reads the views from here."""

from voting.views.ballots import cast, keep, withdraw
from voting.views.dumps import dump, dump_part, recount
from voting.views.integrity import appeal, removals
from voting.views.ledger import checkpoint, ledger
from voting.views.merging import merge_choice
from voting.views.receipts import mail_receipt, receipt, receipt_file, receipts
from voting.views.results import method, result_csv
from voting.views.rounds import round_page, rounds
from voting.views.supports import support

__all__ = [
    "appeal",
    "cast",
    "checkpoint",
    "dump",
    "dump_part",
    "keep",
    "ledger",
    "mail_receipt",
    "merge_choice",
    "method",
    "receipt",
    "receipt_file",
    "receipts",
    "recount",
    "removals",
    "result_csv",
    "round_page",
    "rounds",
    "support",
    "withdraw",
]
