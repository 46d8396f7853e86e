"""Writing the traces of votes, and erasing them when their time is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.utils import timezone

from voting.models import VoteTrace

if TYPE_CHECKING:
    from voting.models import VoteEvent
    from voting.origins import Origin

CHUNK = 2000

WRITE = """
    INSERT INTO voting_votetrace (event_id, minute, subnet, mail_domain) VALUES (%s, %s, %s, %s)
"""


def write_trace(event: VoteEvent, origin: Origin) -> None:
    """Write the trace with the vote, so that both wait for the disk once. One query."""
    minute = timezone.now().replace(second=0, microsecond=0)
    subnet = origin.subnet_in(event.round_id)
    with connection.cursor() as cursor:
        when = connection.ops.adapt_datetimefield_value(minute)
        cursor.execute(WRITE, [event.pk, when, subnet, origin.mail_domain[:255]])


def erase_old_traces() -> int:
    """Erase traces older than `VOTE_TRACE_DAYS`; returns how many."""
    before = timezone.now() - timedelta(days=settings.VOTE_TRACE_DAYS)
    old, erased = VoteTrace.objects.filter(minute__lt=before), 0
    while numbers := list(old.values_list("pk", flat=True)[:CHUNK]):
        erased += VoteTrace.objects.filter(pk__in=numbers).delete()[0]
    return erased
