"""`manage.py import_pabulib`: a whole election from a Pabulib file, as a closed round."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from tqdm import tqdm

from voting.actions.importing import Imported, import_election
from voting.pabulib_errors import PabulibError


class Command(BaseCommand):
    help = "Imports an election from a Pabulib file. Run again, it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the .pb file")
        parser.add_argument(
            "--round", metavar="NAME", help="what tells it from others; the file's name if not said"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="check everything, write nothing"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, file: Path, round: str | None, **options: Any) -> None:  # noqa: A002 - named by the option
        bar = tqdm(unit=" votes", disable=not sys.stderr.isatty())
        try:
            with bar, file.open("rb") as opened, transaction.atomic():
                imported = import_election(file=opened, name=round or file.stem, tick=bar.update)
                transaction.set_rollback(options["dry_run"])
        except OSError as failure:
            raise CommandError(f"Cannot read {file}: {failure.strerror}.", returncode=2) from None
        except PabulibError as failure:
            raise CommandError(f"{file}: {failure}", returncode=2) from None
        self._report(imported, as_json=options["json"], dry_run=options["dry_run"])

    def _report(self, imported: Imported, *, as_json: bool, dry_run: bool) -> None:
        found = {
            "round": None if dry_run and imported.created else imported.round.pk,
            "method": str(imported.round.method),
            "projects": len(imported.round.rules["options"]),
            "votes": imported.votes,
            "created": imported.created and not dry_run,
            "dry_run": dry_run,
            "notes": [template % values for template, values in imported.notes],
        }
        if as_json:
            self.stdout.write(json.dumps(found))
            return
        done = "imported" if imported.created else "was there already"
        note = " (dry run: nothing was written)" if dry_run else ""
        counts = f"{found['projects']} projects, {found['votes']} votes"
        self.stdout.write(f"Round {found['round'] or 'new'} {done}: {counts}{note}")
        for sentence in found["notes"]:
            self.stdout.write(sentence)
