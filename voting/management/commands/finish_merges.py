"""`manage.py finish_merges`: goes on with merges whose time is over, and with their mails."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Q
from django.utils import timezone

from proposals.actions.inviting import forget_old_invitations
from proposals.actions.merging import MergeOver, finish_merge, settle_merge
from proposals.models import Merge
from voting.actions.merging import ask_latecomers
from voting.merge_notifications import mail_merge_letters
from voting.models import MergeLetters


class Command(BaseCommand):
    help = "Ends merges whose time is over; asks who came later; takes up mails that were left."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--minutes",
            type=int,
            default=60,
            help="leave mails alone of merges that began or ended this recently (60)",
        )

    def handle(self, *, minutes: int, **options: Any) -> None:
        refused = [merge for merge in Merge.objects.due() if not self.go_on(merge)]
        before = timezone.now() - timedelta(minutes=minutes)
        recent = Q(merge__begun_at__gte=before) | Q(merge__ended_at__gte=before)
        left = MergeLetters.objects.filter(mailed_at__isnull=True).exclude(recent)
        numbers = list(left.values_list("pk", flat=True))
        for number in numbers:
            mail_merge_letters.enqueue(number)
        for merge in Merge.objects.filter(state=Merge.State.OPEN).with_parts():
            ask_latecomers(merge)
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
