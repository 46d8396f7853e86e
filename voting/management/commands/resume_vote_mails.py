"""`manage.py resume_vote_mails`: goes on telling voters what staff did to their votes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from voting.models import Intervention
from voting.notifications import mail_intervention


class Command(BaseCommand):
    help = "Queues the mails about votes that not everybody has been told of yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--minutes",
            type=int,
            default=60,
            help="leave interventions alone that were made this recently (60)",
        )

    def handle(self, *, minutes: int, **options: Any) -> None:
        before = timezone.now() - timedelta(minutes=minutes)
        done = Intervention.objects.filter(state=Intervention.State.DONE, notified_at__isnull=True)
        numbers = list(done.filter(decided_at__lt=before).values_list("pk", flat=True))
        for number in numbers:
            mail_intervention.enqueue(number)
        self.stdout.write(f"Interventions taken up again: {len(numbers)}.")
