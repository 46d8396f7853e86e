"""`manage.py erase_old_drafts`: takes away drafts that nobody has come back to."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from proposals.ownerless import erase_old_drafts


class Command(BaseCommand):
    help = "Erases drafts begun without an account that nobody has touched for 30 days."

    def handle(self, **options: Any) -> None:
        erased = 0
        while count := erase_old_drafts():
            erased += count
        self.stdout.write(f"{erased} erased")
