"""`manage.py import_proposals`: proposals of another system, from CSV, into one call."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from proposals.imports import FIELDS, Refusal, UnreadableFile, import_rows
from proposals.models import CallPage


class Command(BaseCommand):
    help = "Imports proposals from a CSV file. Run again, it changes only what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV file, in UTF-8")
        parser.add_argument("--call", required=True, metavar="SLUG", help="the call they belong to")
        parser.add_argument(
            "--map",
            required=True,
            nargs="+",
            action="extend",
            metavar="FIELD=COLUMN",
            help=f"which column holds which field; fields: {', '.join(FIELDS)}",
        )
        parser.add_argument("--language", default="ru", help="the language they are written in")
        parser.add_argument(
            "--dry-run", action="store_true", help="check everything, write nothing"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, file: Path, call: str, map: list[str], **options: Any) -> None:  # noqa: A002 - named by the option
        mapping = _mapping(map)
        page = _call(call)
        size = file.stat().st_size if file.is_file() else 0
        bar = tqdm(total=size, unit="B", unit_scale=True, disable=not sys.stderr.isatty())
        outcomes = import_rows(
            file,
            call=page,
            mapping=mapping,
            language=options["language"],
            dry_run=options["dry_run"],
            progress=lambda read: bar.update(read - bar.n),
        )
        refused: list[Refusal] = []
        counts: Counter[str] = Counter()
        try:
            for outcome in outcomes:
                if isinstance(outcome, Refusal):
                    refused.append(outcome)
                else:
                    counts[outcome] += 1
        except UnreadableFile as failure:
            raise CommandError(str(failure), returncode=2) from failure
        finally:
            bar.close()
        self._report(counts, refused, as_json=options["json"], dry_run=options["dry_run"])

    def _report(
        self, counts: Counter[str], refused: list[Refusal], *, as_json: bool, dry_run: bool
    ) -> None:
        summary = {name: counts[name] for name in ("created", "updated", "unchanged")}
        if as_json:
            rows = [asdict(row) for row in refused]
            self.stdout.write(json.dumps({**summary, "dry_run": dry_run, "refused": rows}))
        else:
            for row in refused:
                self.stdout.write(f"line {row.line}: {row.reason} ({row.value!r})")
            words = ", ".join(f"{count} {name}" for name, count in summary.items())
            note = " (dry run: nothing was written)" if dry_run else ""
            self.stdout.write(f"{words}, {len(refused)} refused{note}")
        if refused:
            raise SystemExit(1)


def _mapping(pairs: list[str]) -> dict[str, str]:
    mapping = dict(pair.split("=", 1) if "=" in pair else (pair, "") for pair in pairs)
    if wrong := [f"{name}={column}" for name, column in mapping.items() if name not in FIELDS]:
        fields = ", ".join(FIELDS)
        raise CommandError(f"--map cannot use {', '.join(wrong)}; fields: {fields}.", returncode=2)
    if missing := {"external_id", "title"} - mapping.keys():
        raise CommandError(f"--map has to name {' and '.join(sorted(missing))}.", returncode=2)
    return mapping


def _call(slug: str) -> CallPage:
    calls = CallPage.objects.sources()
    if page := calls.filter(slug=slug).first():
        return page
    known = ", ".join(calls.values_list("slug", flat=True)) or "none"
    raise CommandError(f"There is no call {slug!r}; calls: {known}.", returncode=2)
