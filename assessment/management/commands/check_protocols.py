"""`manage.py check_protocols`: computes the hashes and totals of published protocols again."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessment.checking import faults_of
from assessment.models import Protocol


class Command(BaseCommand):
    help = "Checks protocols against their hashes and sheets; exit status 1 if any does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("round", nargs="?", type=int, help="the number of one round")
        parser.add_argument("--json", action="store_true", help="print one JSON object a protocol")

    def handle(self, *, round: int | None, **options: Any) -> None:  # noqa: A002 - named by the argument
        protocols = Protocol.objects.select_related("round").order_by("round")
        if round is not None:
            protocols = protocols.filter(round=round)
            if not protocols:
                raise CommandError("There is no protocol of this round.", returncode=2)
        broken = 0
        for protocol in protocols:
            faults = faults_of(protocol)
            broken += bool(faults)
            self.stdout.write(_told(protocol, faults, as_json=options["json"]))
        if broken:
            raise SystemExit(1)


def _told(protocol: Protocol, faults: list[str], *, as_json: bool) -> str:
    """One line about a protocol, for people or programs."""
    digest = protocol.contents_hash
    if as_json:
        return json.dumps({"round": protocol.round_id, "sha256": digest, "faults": faults})
    return f"Round {protocol.round_id}: {digest}: {'; '.join(faults) or 'all holds'}"
