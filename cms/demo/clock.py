"""Puts the clock back while the demo's past is made, so that it comes out dated as it happened.

Actions, the audit log and the ledger all ask `timezone.now()`; rows of the ledger could not be
dated afterwards, since they never change. Only seed_demo does this, alone in its process.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let it be `moment` for everything that is done inside."""
    real = timezone.now
    timezone.now = lambda: moment
    try:
        yield
    finally:
        timezone.now = real
