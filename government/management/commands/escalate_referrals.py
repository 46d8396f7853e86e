"""`manage.py escalate_referrals`: what the clock does with referrals that wait for an answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from government.actions import escalate_referral
from government.case_clock import RUNGS
from government.models import Referral


class Command(BaseCommand):
    help = "Reminds officials of answers, then their heads, then staff; each step once."

    def handle(self, **options: Any) -> None:
        earliest = max(-rung.from_day for rung in RUNGS)
        soon = timezone.localdate() + timedelta(days=earliest)
        waiting = Referral.objects.unanswered().filter(due_on__lte=soon)
        rows = waiting.filter(proposal__status="promoted")
        made = sum(len(escalate_referral(referral)) for referral in rows)
        self.stdout.write(f"Steps made: {made}.")
