"""`manage.py erase_old_packets`: packets of dossiers whose time is over."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from government.actions import erase_old_packets


class Command(BaseCommand):
    help = "Erases packets of dossiers 14 days after they were asked for."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"Packets erased: {erase_old_packets()}.")
