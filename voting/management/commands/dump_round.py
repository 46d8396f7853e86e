"""`manage.py dump_round`: a round's public dump as a folder, with the programs that check it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from voting.dumps import Dump
from voting.management.arguments import round_named


class Command(BaseCommand):
    help = "Writes a round's public dump: records, leaves, signed heads, keys, and verify.py."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("round", help="the round's number or UUID")
        parser.add_argument(
            "-o", "--output", type=Path, metavar="DIR", help="a folder; dump-ROUND if not said"
        )

    def handle(self, *, round: str, output: Path | None, **options: Any) -> None:  # noqa: A002 - named by the argument
        round_ = round_named(round)
        dump = Dump.of(round_)
        if dump is None:
            raise CommandError("Nothing is sealed yet: run seal_votes first.", returncode=2)
        folder = output or Path(f"dump-{round_.pk}")
        try:
            size = write(dump, folder)
        except OSError as failure:
            raise CommandError(
                f"Cannot write {folder}: {failure.strerror}.", returncode=2
            ) from None
        self.stdout.write(
            f"{folder}: round {round_.pk} at {dump.size} sealed records, {size} bytes. "
            f"Check it: python3 {folder}/verify.py {folder}"
        )


def write(dump: Dump, folder: Path) -> int:
    """Write all files, each under its name only when all are there; returns their bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = []
    bar = tqdm(unit="B", unit_scale=True, disable=not sys.stderr.isatty())
    try:
        for name, chunks in dump.files():
            parts.append(folder / f".{name}.part")
            with parts[-1].open("wb") as file:
                for chunk in chunks:
                    bar.update(file.write(chunk))
        for part in parts:
            part.replace(folder / part.name.removeprefix(".").removesuffix(".part"))
    finally:
        bar.close()
        for part in parts:
            part.unlink(missing_ok=True)
    return int(bar.n)
