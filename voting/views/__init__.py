"""Voting over HTTP, a module for each subject; `urls.py` reads the views from here."""

from voting.views.supports import support

__all__ = ["support"]
