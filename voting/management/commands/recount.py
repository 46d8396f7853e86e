"""`manage.py recount`: counts from the ledger alone, beside the figures the site shows."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from voting.management.arguments import round_named
from voting.recounts import Recount, doubtful_rounds, recount


class Command(BaseCommand):
    help = "Counts a round from the ledger alone; exit status 1 if any two figures differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("round", nargs="?", help="the round's number or UUID")
        parser.add_argument("--all", action="store_true", help="every round; for each night")
        parser.add_argument("--json", action="store_true", help="print one JSON object a round")

    def handle(self, *, round: str | None, **options: Any) -> None:  # noqa: A002 - named by the argument
        if bool(round) == options["all"]:
            raise CommandError("Name a round, or --all.", returncode=2)
        rounds = [round_named(round)] if round else doubtful_rounds()
        differ = 0
        for round_ in rounds:
            found = recount(round_)
            differ += not found.agrees
            self.stdout.write(json.dumps(found.plain()) if options["json"] else in_words(found))
        if options["all"] and not options["json"]:
            self.stdout.write(f"{differ} rounds differ")
        if differ:
            raise SystemExit(1)


def in_words(found: Recount) -> str:
    """One line for people."""
    figures = [f"{found.ledger} in the ledger", f"{found.sealed} sealed"]
    if found.cached is not None:
        figures.append(f"{found.cached} on the page")
    if found.stated:
        figures.append(f"stated winners {found.stated['winners']}")
    verdict = "all agree" if found.agrees else "; ".join(found.faults)
    return f"Round {found.round}: {', '.join(figures)}: {verdict}"
