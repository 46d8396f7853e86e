"""`manage.py resume_answer_mails`: goes on telling people of answers where that was cut short."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from government.models import Answer
from government.notifications import mail_answer


class Command(BaseCommand):
    help = "Queues the mails about answers that not everybody has been told of yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--minutes",
            type=int,
            default=60,
            help="leave answers alone that were entered this recently (60)",
        )

    def handle(self, *, minutes: int, **options: Any) -> None:
        before = timezone.now() - timedelta(minutes=minutes)
        unfinished = Answer.objects.filter(notified_at__isnull=True, entered_at__lt=before)
        numbers = list(unfinished.values_list("pk", flat=True))
        for number in numbers:
            mail_answer.enqueue(number)
        self.stdout.write(f"Answers taken up again: {len(numbers)}.")
