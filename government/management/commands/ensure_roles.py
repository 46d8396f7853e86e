"""`manage.py ensure_roles`: the groups of staff as this version of the site knows them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from government.roles import PERMISSIONS, ensure_roles


class Command(BaseCommand):
    help = "Makes the groups Editors, Moderators and Promoters, or sets their rights right."

    def handle(self, **options: Any) -> None:
        ensure_roles()
        self.stdout.write(f"Groups set: {', '.join(PERMISSIONS)}.")
