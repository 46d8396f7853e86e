"""`manage.py seed_demo`: the demo in three languages. Run again, it changes nothing."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from cms.demo.loading import belongs_to_real_people, steps
from cms.demo.pictures import WIDTH
from cms.demo.quiet import nothing_mailed


class Command(BaseCommand):
    help = "Loads the demo: pages, people, calls and proposals in three languages."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--picture-width",
            type=int,
            default=WIDTH,
            metavar="PIXELS",
            help="how wide to draw the pictures; small ones load faster (default: %(default)s)",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, **options: Any) -> None:
        if belongs_to_real_people():
            raise CommandError(
                "People have accounts here, and the demo's passwords are public:"
                " load it into a database of its own.",
                returncode=2,
            )
        began, made = time.monotonic(), Counter[str]()
        todo = steps(options["picture_width"])
        for step in tqdm(todo, desc="Demo", disable=not sys.stderr.isatty()):
            with nothing_mailed():
                made[step.kind] += step.work()
        self._report(+made, time.monotonic() - began, as_json=options["json"])

    def _report(self, made: Counter[str], seconds: float, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"made": made, "seconds": round(seconds, 1)}))
        elif made:
            words = ", ".join(f"{count} {kind}" for kind, count in made.items())
            self.stdout.write(f"The demo is loaded: {words}.")
        else:
            self.stdout.write("The demo was here already; nothing was changed.")
