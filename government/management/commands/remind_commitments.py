"""`manage.py remind_commitments`: reminds bodies of what they promised; again, it sends nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from government.actions.reminding import commitments_to_remind, remind_of_commitment


class Command(BaseCommand):
    help = "Reminds bodies of commitments that fall due, and tells staff of those overdue."

    def handle(self, **options: Any) -> None:
        sent = sum(remind_of_commitment(commitment=one) for one in commitments_to_remind())
        self.stdout.write(f"Commitments reminded of: {sent}.")
