"""`manage.py load_areas`: outlines of the municipalities from GeoJSON."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.areas import Report, as_json, load_areas
from accounts.outlines import NoAreas, drawing_of

MEGABYTES_MAX = 50


class Command(BaseCommand):
    help = "Loads outlines of municipalities from GeoJSON. Run again, it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="GeoJSON in degrees (EPSG:4326)")
        parser.add_argument(
            "--name-field", required=True, metavar="NAME", help="the property that holds the name"
        )
        parser.add_argument("--attribution", default="", help="shown below the map")
        parser.add_argument(
            "--valid-from",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the day from which these borders hold (today)",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, file: Path, name_field: str, **options: Any) -> None:
        try:
            drawing = drawing_of(_read(file), name_field)
        except NoAreas as failure:
            raise CommandError(f"{file} cannot be loaded: {failure}.", returncode=2) from None
        report = load_areas(
            drawing,
            valid_from=options["valid_from"] or timezone.localdate(),
            attribution=options["attribution"],
            dry_run=options["dry_run"],
        )
        self._report(report, as_object=options["json"], dry_run=options["dry_run"])
        if report.refused:
            raise SystemExit(1)

    def _report(self, report: Report, *, as_object: bool, dry_run: bool) -> None:
        if as_object:
            self.stdout.write(as_json(report, dry_run=dry_run))
            return
        for row in report.refused:
            self.stdout.write(f"feature {row.line}: {row.reason} ({row.value!r})")
        if report.without_outline:
            self.stdout.write(f"without an outline: {', '.join(report.without_outline)}")
        note = " (dry run: nothing was written)" if dry_run else ""
        self.stdout.write(
            f"map {report.outcome}: {report.matched} outlines, {len(report.refused)} refused{note}"
        )


def _read(file: Path) -> Any:
    """The file's object; in one sentence why not."""
    try:
        if file.stat().st_size > MEGABYTES_MAX * 1024**2:
            raise NoAreas(f"it is larger than {MEGABYTES_MAX} MB; simplify it first")
        return json.loads(file.read_bytes())
    except NoAreas:
        raise  # it is a ValueError too
    except OSError as failure:
        raise NoAreas(failure.strerror or "it cannot be read") from None
    except (ValueError, RecursionError):
        raise NoAreas("it is no JSON") from None
