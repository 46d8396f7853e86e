"""`manage.py dossier`: dossiers of proposals as files, in every format."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from government.dossier_formats import FORMATS, file_name
from government.dossiers import newest_snapshot
from home.papers import NotSet
from proposals.models import Proposal

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBER_DIGITS_MAX = 18  # more than the database can hold


class Command(BaseCommand):
    help = "Writes dossiers: the one frozen last, or of a proposal not yet referred as it is now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("proposals", nargs="+", metavar="PROPOSAL", help="a proposal's number")
        parser.add_argument(
            "-o", "--output", type=Path, default=Path(), metavar="DIR", help="where to (here)"
        )
        parser.add_argument(
            "--format",
            nargs="+",
            choices=list(FORMATS),
            default=list(FORMATS),
            help="only these formats",
        )
        parser.add_argument(
            "--language",
            default=settings.LANGUAGE_CODE,
            choices=[code for code, _name in settings.LANGUAGES],
            help="of headings and names",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, proposals: list[str], output: Path, **options: Any) -> None:
        try:
            output.mkdir(parents=True, exist_ok=True)
        except OSError as failure:
            raise CommandError(
                f"Cannot write to {output}: {failure.strerror}.", returncode=2
            ) from None
        written: list[str] = []
        refused: list[dict[str, str]] = []
        for word in tqdm(list(dict.fromkeys(proposals)), disable=not sys.stderr.isatty()):
            try:
                written += self._write(word, output, options)
            except (LookupError, NotSet) as failure:
                refused.append({"value": word, "reason": str(failure.args[0])})
            except OSError as failure:
                raise CommandError(
                    f"Cannot write to {output}: {failure.strerror}.", returncode=2
                ) from None
        self._report(written, refused, as_json=options["json"])

    def _write(self, word: str, output: Path, options: dict[str, Any]) -> Iterator[str]:
        """All files of one proposal, or none: each is made before the first is written."""
        snapshot = newest_snapshot(_public(word).pk)
        files = {
            output / file_name(snapshot, name): FORMATS[name].write(snapshot, options["language"])
            for name in options["format"]
        }
        for path, content in files.items():
            part = path.with_name(f".{path.name}.part")
            try:
                part.write_bytes(content)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
        return map(str, files)

    def _report(self, written: list[str], refused: list[dict[str, str]], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"written": written, "refused": refused}))
        else:
            for path in written:
                self.stdout.write(path)
            for row in refused:
                self.stdout.write(f"proposal {row['value']}: {row['reason']}")
        if refused:
            raise SystemExit(1)


def _public(word: str) -> Proposal:
    """The proposal of that number; only what everybody may read can become a dossier."""
    number = word.removeprefix("№").removeprefix("#")
    if not (number.isascii() and number.isdecimal() and len(number) <= NUMBER_DIGITS_MAX):
        raise LookupError("this is no number")
    proposal = Proposal.objects.public().filter(pk=int(number)).first()
    if proposal is None:
        raise LookupError("there is no public proposal of this number")
    return proposal
