"""`manage.py export_pabulib`: a closed budget round as a Pabulib file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from voting.elections import election_lines
from voting.models import Round
from voting.models.ledger import SMALLEST_GROUP


class Command(BaseCommand):
    help = "Writes a closed budget round, its projects, costs and ballots, as a Pabulib file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("round", type=int, help="the round's number")
        parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="not standard output")

    def handle(self, *, round: int, output: Path | None, **options: Any) -> None:  # noqa: A002 - named by the argument
        round_ = Round.objects.filter(pk=round).first()
        if round_ is None:
            raise CommandError(f"There is no round {round}.", returncode=2)
        if reason := why_not(round_):
            raise CommandError(reason, returncode=2)
        lines = tqdm(election_lines(round_), unit=" lines", disable=not sys.stderr.isatty())
        if output is None:
            for line in lines:
                self.stdout.write(line, ending="")
            return
        try:
            with output.open("w", encoding="utf-8") as file:
                file.writelines(lines)
        except OSError as failure:
            raise CommandError(
                f"Cannot write {output}: {failure.strerror}.", returncode=2
            ) from None


def why_not(round_: Round) -> str | None:
    """Why a round cannot go into such a file, in one sentence, or None."""
    if not round_.is_budget:
        return "Only rounds about a budget can be written in this format."
    if not round_.open_record:
        return "The ballots of this round are not published, only its sums."
    if round_.closed_at is None:
        return "The round has not closed yet; its ballots may still change."
    if round_.events.standing().count() < SMALLEST_GROUP:
        return f"A round of fewer than {SMALLEST_GROUP} ballots keeps them to itself."
    return None
