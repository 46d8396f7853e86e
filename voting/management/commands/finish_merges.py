"""`manage.py finish_merges`: goes on with merges whose time is over, and with their mails."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from proposals.actions.inviting import forget_old_invitations
from proposals.actions.merging import MergeOver, finish_merge, settle_merge
from proposals.models import Merge
from voting.models import MergeLetters
from voting.notifications import mail_merge_letters


class Command(BaseCommand):
    help = "Ends merges whose time is over; takes up mails that a stopped worker left."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--minutes",
            type=int,
            default=60,
            help="leave mails alone of merges that began this recently (60)",
        )

    def handle(self, *, minutes: int, **options: Any) -> None:
        refused = [merge for merge in Merge.objects.due() if not self.go_on(merge)]
        before = timezone.now() - timedelta(minutes=minutes)
        left = MergeLetters.objects.filter(mailed_at__isnull=True, merge__begun_at__lt=before)
        numbers = list(left.filter(merge__state=Merge.State.OPEN).values_list("pk", flat=True))
        for number in numbers:
            mail_merge_letters.enqueue(number)
        forget_old_invitations()
        self.stdout.write(f"Merges whose mails were taken up again: {len(numbers)}.")
        if refused:
            sys.exit(1)

    def go_on(self, merge: Merge) -> bool:
        """Settle what authors said, or merge; False if something stands in the way."""
        try:
            if merge.state == Merge.State.ASKING:
                settle_merge(merge=merge)
            else:
                finish_merge(merge=merge)
        except MergeOver:
            return True  # staff were quicker
        except ValidationError as error:
            self.stderr.write(f"{merge}: {' '.join(error.messages)}")
            return False
        self.stdout.write(f"{merge}: {Merge.State(Merge.objects.get(pk=merge.pk).state).value}")
        return True
