"""Writing the traces of votes, and erasing them when their time is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from accounts.rows import insert
from voting.models import Round, TakenVote, VoteTrace

if TYPE_CHECKING:
    from datetime import datetime

    from voting.models import VoteEvent
    from voting.origins import Origin

CHUNK = 2000


def write_trace(event: VoteEvent, origin: Origin) -> None:
    """Write the trace with the vote, so that both wait for the disk once. One query."""
    trace = VoteTrace(
        event_id=event.pk,
        minute=timezone.now().replace(second=0, microsecond=0),
        subnet=origin.subnet_in(event.round_id),
        mail_domain=origin.mail_domain[:255],
    )
    insert(trace)


def erase_old_traces() -> int:
    """Erase traces older than `VOTE_TRACE_DAYS`, and who took votes; returns how many."""
    before = timezone.now() - timedelta(days=settings.VOTE_TRACE_DAYS)
    old, erased = VoteTrace.objects.filter(minute__lt=before), 0
    while numbers := list(old.values_list("pk", flat=True)[:CHUNK]):
        erased += VoteTrace.objects.filter(pk__in=numbers).delete()[0]
    return erased + _forget_who_took(before)


def _forget_who_took(before: datetime) -> int:
    """Of finished rounds only: what was stuffed early can be annulled until the count."""
    old = TakenVote.objects.filter(day__lt=timezone.localdate(before))
    return old.exclude(event__round__in=Round.objects.unfinished()).delete()[0]
