"""`manage.py count_pabulib`: counts an election from a Pabulib file by a rule; stores nothing."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from voting.pabulib import read
from voting.pabulib_ballots import FITTING, ballots_of, options_of, rules_of
from voting.pabulib_errors import PabulibError
from voting.pabulib_writing import amount
from voting.tally import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voting.outcomes import Tally
    from voting.pabulib import Election, Vote

RULES = tuple(dict.fromkeys(rule for fitting in FITTING.values() for rule in fitting))


class Command(BaseCommand):
    help = "Counts the election in a Pabulib file by a rule. Reads the file and nothing else."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the .pb file")
        parser.add_argument("--rule", required=True, help=", ".join(RULES))
        parser.add_argument(
            "--seats", type=int, default=1, help="how many win by approval, score or ranked"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, file: Path, rule: str, seats: int, **options: Any) -> None:
        if rule not in RULES:
            raise CommandError(f"There is no rule {rule}; rules: {named(RULES)}.", returncode=2)
        if seats < 1:
            raise CommandError("--seats takes a number from 1 on.", returncode=2)
        started = time.perf_counter()
        try:
            with file.open("rb") as opened:
                election, tally = counted(opened, rule, seats)
        except OSError as failure:
            raise CommandError(f"Cannot read {file}: {failure.strerror}.", returncode=2) from None
        except PabulibError as failure:
            raise CommandError(f"{file}: {failure}", returncode=2) from None
        found = summary(election, tally, time.perf_counter() - started)
        self.stdout.write(json.dumps(found) if options["json"] else told(election, tally, found))


def counted(file: IO[bytes], rule: str, seats: int) -> tuple[Election, Tally]:
    """The election in a file and its result. Votes are read one at a time as they are counted."""
    election, votes = read(file)
    fitting = FITTING[election.vote_type]
    if rule not in fitting:
        raise CommandError(
            f"{rule} does not count votes of type {election.vote_type}; {named(fitting)} do.",
            returncode=2,
        )
    ballots = ballots_of(election, watched(votes, election, file), rule)
    return election, count(rules_of(election, rule, seats=seats), options_of(election), ballots)


def watched(votes: Iterator[Vote], election: Election, file: IO[bytes]) -> Iterator[Vote]:
    """The votes, with a bar on standard error while they are read, on a terminal only."""
    total = int(election.meta["num_votes"])
    return iter(tqdm(votes, total=total, unit=" votes", disable=not sys.stderr.isatty()))


def summary(election: Election, tally: Tally, seconds: float) -> dict[str, Any]:
    """What `--json` prints; money in the units of the file."""
    return {
        "rule": tally.method,
        "voters": tally.ballots,
        "projects": len(tally.lines),
        "selected": selected(election, tally),
        "spent": money(cost(election, tally), election.decimals),
        "budget": money(election.budget_minor, election.decimals),
        "seconds": round(seconds, 3),
    }


def selected(election: Election, tally: Tally) -> list[str]:
    """The ids of the winners, in the order they were chosen."""
    ids = list(election.projects)
    return [ids[number - 1] for number in tally.winners]


def cost(election: Election, tally: Tally) -> int:
    """What the winners cost, in minor units, also by rules that ask for no budget."""
    return sum(election.projects[id].cost_minor for id in selected(election, tally))


def money(minor: int, decimals: int) -> int | float:
    """An amount as a JSON number: whole if it is, else the decimal the file would have.

    >>> money(1250, 2), money(1200, 2), money(7, 0)
    (12.5, 12, 7)
    """
    whole, rest = divmod(minor, 10**decimals)
    return float(amount(minor, decimals)) if rest else whole


def told(election: Election, tally: Tally, found: dict[str, Any]) -> str:
    """The result in words: one line a winner, then the ties that decided something."""
    ids = list(election.projects)
    totals = {line.number: line.total for line in tally.lines}
    rows = [
        f"{place}. {id}: {amount(election.projects[id].cost_minor, election.decimals)}"
        f" for {totals[number]} {election.projects[id].extra.get('name', '')}".rstrip()
        for place, (number, id) in enumerate(
            zip(tally.winners, found["selected"], strict=True), start=1
        )
    ]
    ties = [
        f"Tied: {named([ids[number - 1] for number in tie.options])}; {WORDS[tie.broken_by]}."
        for tie in tally.ties
        if tie.decisive
    ]
    head = (
        f"{found['rule']}: {len(rows)} of {found['projects']} projects,"
        f" {found['spent']} of {found['budget']} {election.meta.get('currency', '')}".rstrip()
        + f", {found['voters']} voters, {found['seconds']} s"
    )
    return "\n".join([head, *rows, *ties, *compared(tally)])


def compared(tally: Tally) -> list[str]:
    """What voters would gain by most votes first, where Equal Shares has looked at it."""
    if tally.comparison is None:
        return []
    shares, greedy = tally.comparison.shares, tally.comparison.greedy
    return [f"Voters with more of their projects: {shares} by equal_shares, {greedy} by greedy."]


WORDS = {
    "votes": "most votes first",
    "cost": "the cheaper one first",
    "earlier": "an earlier stage decided",
    "lot": "a lot decided",
    "number": "nobody drew a lot, so the one the file names first came first",
}


def named(names: list[str] | tuple[str, ...]) -> str:
    """Names as a sentence has them.

    >>> named(["a"]), named(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
