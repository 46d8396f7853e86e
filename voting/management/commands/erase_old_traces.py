"""`manage.py erase_old_traces`: takes away what the integrity of votes no longer needs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from voting.actions.erasing import forget_documents, forget_kept_keys
from voting.actions.tracing import erase_old_traces


class Command(BaseCommand):
    help = "Erases old traces of votes, and keys without an account that no round needs any more."

    def handle(self, **options: Any) -> None:
        traces, documents = erase_old_traces(), forget_documents() + forget_kept_keys()
        self.stdout.write(f"{traces} traces and {documents} keys erased")
