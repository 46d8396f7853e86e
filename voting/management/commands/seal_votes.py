"""`manage.py seal_votes`: seals votes that are not sealed yet, once or until it is stopped."""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Max

from voting.models import VoteEvent
from voting.sealing import SealRefused, seal_votes

if TYPE_CHECKING:
    from voting.sealing import Sealing

PAUSE_SECONDS = 60
ENOUGH_EVENTS = 1_000
LOOK_SECONDS = 1


class Command(BaseCommand):
    help = "Seals votes that have no leaf yet and publishes the signed head. Safe to kill."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--watch", action="store_true", help="go on until stopped")
        parser.add_argument(
            "--with-parent",
            action="store_true",
            help="with --watch: end as soon as the process that started this one is gone",
        )
        parser.add_argument(
            "--accept-head",
            action="store_true",
            help="take the ledger as it is, whatever the file of the last published head says",
        )
        parser.add_argument("--json", action="store_true", help="say what was done as JSON")

    def handle(self, *, watch: bool, accept_head: bool, **options: Any) -> None:
        self.as_json = options["json"]
        try:
            if watch:
                self._watch(accept_head, with_parent=options["with_parent"])
            else:
                self._report(seal_votes(accept_head=accept_head))
        except SealRefused as refusal:
            raise CommandError(str(refusal), returncode=2) from None

    def _watch(self, accept_head: bool, *, with_parent: bool) -> None:
        """Seal once a minute, sooner when many votes wait, until a signal or the parent's end."""
        self.stopped = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        parent = os.getppid() if with_parent else None
        while not self.stopped:
            seen = self._pass(accept_head)
            accept_head = False
            until = time.monotonic() + PAUSE_SECONDS
            while not self.stopped and time.monotonic() < until:
                time.sleep(LOOK_SECONDS)
                if parent not in (None, os.getppid()):
                    return
                if _newest_event() - seen >= ENOUGH_EVENTS:
                    break

    def _stop(self, *_signal: object) -> None:
        # A flag and no Event: a handler runs in between, and would wait for the lock that the
        # Event's own wait holds just then. So the sealer never ended, once in some hundred times.
        self.stopped = True

    def _pass(self, accept_head: bool) -> int:
        """Seal once; a database that restarts is waited for. Returns how far the events went."""
        try:
            seen = _newest_event()
            done = seal_votes(accept_head=accept_head)
        except (OperationalError, InterfaceError) as failure:
            self.stderr.write(f"The database cannot be reached, trying again: {failure}")
            connection.close()
            return 0
        if done.heads or done.results:
            self._report(done)
        return seen

    def _report(self, done: Sealing) -> None:
        if self.as_json:
            self.stdout.write(json.dumps(asdict(done)))
        elif done.busy:
            self.stdout.write("Another sealer is at work; nothing was done.")
        else:
            self.stdout.write(
                f"{done.sealed} sealed, {done.size} in all, {done.results} results stated"
            )
        self.stdout.flush()


def _newest_event() -> int:
    """The newest event's number: says roughly how many wait, never which ones."""
    try:
        return VoteEvent.objects.aggregate(newest=Max("pk"))["newest"] or 0
    except (OperationalError, InterfaceError):
        connection.close()
        return 0
