"""Writing the traces of votes, and erasing them when their time is over."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from voting.models import VoteTrace

if TYPE_CHECKING:
    from voting.models import VoteEvent
    from voting.origins import Origin

CHUNK = 2000

# A crash may lose the last traces; waiting for the disk for them would slow every vote.
WRITE = """
    SET LOCAL synchronous_commit TO off;
    INSERT INTO voting_votetrace (event_id, minute, subnet, mail_domain)
    VALUES (%s, %s, %s, %s)
"""


def trace_later(event: VoteEvent, origin: Origin) -> None:
    """Write the trace once the vote is committed: one query, and if it fails the vote stands.

    On SQLite at once, so that the vote and its trace wait for the disk together.
    """
    if connection.vendor == "postgresql":
        trace = partial(_write_apart, event.pk, event.round_id, origin)
        transaction.on_commit(trace, robust=True)
    else:
        _trace(event.pk, event.round_id, origin).save(force_insert=True)


def _trace(event_id: int, round_id: int, origin: Origin) -> VoteTrace:
    return VoteTrace(
        event_id=event_id,
        minute=timezone.now().replace(second=0, microsecond=0),
        subnet=origin.subnet_in(round_id),
        mail_domain=origin.mail_domain[:255],
    )


def _write_apart(event_id: int, round_id: int, origin: Origin) -> None:
    trace = _trace(event_id, round_id, origin)
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [trace.pk, trace.minute, bytes(trace.subnet), trace.mail_domain])


def erase_old_traces() -> int:
    """Erase traces older than `VOTE_TRACE_DAYS`; returns how many."""
    before = timezone.now() - timedelta(days=settings.VOTE_TRACE_DAYS)
    old, erased = VoteTrace.objects.filter(minute__lt=before), 0
    while numbers := list(old.values_list("pk", flat=True)[:CHUNK]):
        erased += VoteTrace.objects.filter(pk__in=numbers).delete()[0]
    return erased
