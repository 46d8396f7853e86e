"""`manage.py send_decision_mails`: mails about decisions that nobody can undo any more."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from proposals.notifications import send_due_mails


class Command(BaseCommand):
    help = "Queues the mails about decisions whose ten minutes to undo are over."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"Mails queued: {send_due_mails()}.")
