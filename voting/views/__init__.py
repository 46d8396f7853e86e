"""Voting over HTTP, a module for each subject; `urls.py` reads the views from here."""

from voting.views.ballots import cast, keep, withdraw
from voting.views.results import method, result_csv
from voting.views.rounds import round_page, rounds
from voting.views.supports import support

__all__ = [
    "cast",
    "keep",
    "method",
    "result_csv",
    "round_page",
    "rounds",
    "support",
    "withdraw",
]
