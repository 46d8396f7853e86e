"""Taking a whole election in from a Pabulib file: a closed round, its projects, its ballots."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import batched
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from home.words import in_every_language
from voting.models import PSEUDONYM_BYTES, Option, Round, VoteEvent, new_nonce
from voting.money import exponent
from voting.pabulib import read
from voting.pabulib_ballots import ballots_of, default_points
from voting.pabulib_checks import broken_keys
from voting.pabulib_days import days_of
from voting.pabulib_limits import check_election, check_points, threshold_of
from voting.pabulib_rules import note, notes_on, takes_comparison, takes_shares
from voting.records import leaf_hash, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voting.pabulib import Election, Vote
    from voting.pabulib_rules import Note

NUMBERS = uuid.UUID("8a5cf1f4-6b0e-4c57-9b57-4f0f5bb1c1ee")  # of imported rounds, by their name
CHUNK = 1000
CURRENCY = "RUB"


@dataclass(frozen=True)
class Imported:
    """The round, how many ballots it has, whether this run made it, and what differs from the file.

    `notes` are templates with values; the round's page says the same in every language.
    """

    round: Round
    votes: int
    created: bool
    notes: tuple[Note, ...] = ()


@transaction.atomic
def import_election(*, file: IO[bytes], name: str, tick: Callable[[int], Any]) -> Imported:
    """Make a closed round of an election; one of this name that is there already stays as it is.

    All of it or nothing. `tick` is called with the number of ballots just written. Memory: one
    chunk of ballots. Raises `PabulibError`.
    """
    number = uuid.uuid5(NUMBERS, name)
    if found := Round.objects.filter(uuid=number).first():
        return Imported(found, found.events.count(), created=False)
    election, votes = read(file)
    currency = _currency(election)
    check_election(election, currency, exponent(currency))
    round_ = _round(election, number)
    _options(election, round_)
    round_.save()  # again: now its rules hold the options
    written, broken = 0, Broken()
    for chunk in batched(_events(election, broken.noted(election, votes), round_), CHUNK):
        VoteEvent.objects.bulk_create(chunk)
        written += len(chunk)
        tick(len(chunk))
    notes = (*notes_on(election), *_notes_on_gaps(election), *broken.notes())
    _close(round_, notes)
    return Imported(round_, written, created=True, notes=notes)


class Broken:
    """Votes that break a limit of their file and count all the same, counted on the way."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.first: dict[str, int] = {}

    def noted(self, election: Election, votes: Iterator[Vote]) -> Iterator[Vote]:
        for vote in votes:
            for key in broken_keys(election, vote):
                self.counts[key] += 1
                self.first.setdefault(key, vote.line)
            yield vote

    def notes(self) -> list[Note]:
        return [
            note("broken", key=key, count=count, line=self.first[key])
            for key, count in self.counts.items()
        ]


def _close(round_: Round, notes: tuple[Note, ...]) -> None:
    """Close it, with what differs from the file in words on its page."""
    if notes:
        round_.intro = in_every_language(lambda: in_words(notes))
    round_.closed_at = timezone.now()
    round_.save(update_fields=["closed_at", "intro"])


def in_words(notes: tuple[Note, ...]) -> str:
    """Notes as sentences in the active language."""
    return " ".join(gettext(template) % values for template, values in notes)


def _round(election: Election, number: uuid.UUID) -> Round:
    meta = election.meta
    opens, closes = _days(election)
    language = meta.get("language", "")
    known = language if language in dict(settings.LANGUAGES) else "en"
    round_ = Round(
        uuid=number,
        title={known: (meta.get("description") or meta.get("unit") or str(number))[:120]},
        method=Round.Method.EQUAL_SHARES if takes_shares(election) else Round.Method.GREEDY,
        # With a default score every ballot names all projects.
        limit=None if default_points(election) else election.choices_max,
        comparison=takes_comparison(election),
        threshold=threshold_of(election),
        currency=_currency(election),
        level=0,
        hidden=False,
        opens_at=opens,
        closes_at=closes,
    )
    round_.budget_minor = _minor(election, round_, election.budget_minor)
    round_.save()
    return round_


def _currency(election: Election) -> str:
    return (election.meta.get("currency") or CURRENCY).upper()


def _notes_on_gaps(election: Election) -> Iterator[Note]:
    """What the file does not say and had to be filled in."""
    if not election.meta.get("currency"):
        yield note("no_currency")
    days = [day for day in days_of(election) if day]
    if not days:
        yield note("no_days")
    elif max(days) >= timezone.localdate():
        yield note("days_ahead")


def _minor(election: Election, round_: Round, amount: int) -> int:
    """An amount of the file in the minor units we keep this currency in."""
    return amount * 10 ** exponent(round_.currency) // 10**election.decimals


def _options(election: Election, round_: Round) -> None:
    language = next(iter(round_.title))
    Option.objects.bulk_create(
        Option(
            round=round_,
            number=number,
            sort_order=number,
            code=project.id,
            title={language: (project.extra.get("name") or project.id)[:160]},
            cost_minor=_minor(election, round_, project.cost_minor),
        )
        for number, project in enumerate(election.projects.values(), start=1)
    )


def _events(election: Election, votes: Iterator[Vote], round_: Round) -> Iterator[VoteEvent]:
    """One row of the ledger a ballot. The file's voters are called by number, so ours are too."""
    kept: list[Vote] = []

    def noted() -> Iterator[Vote]:
        for vote in votes:
            kept.append(vote)
            yield vote

    for ballot in ballots_of(election, noted(), round_.method):
        vote = kept.pop()
        voter = hashlib.sha256(f"{round_.uuid}|{vote.voter}".encode()).digest()[:PSEUDONYM_BYTES]
        yield _event(round_, voter, _choice(vote, ballot))


def _choice(vote: Vote, ballot: list[int] | dict[int, Any]) -> list[Any]:
    """A ballot as it is hashed: numbers ascending, or [number, points] by number."""
    if not isinstance(ballot, dict):
        return sorted(ballot)
    check_points(vote, ballot)
    return [[number, points] for number, points in sorted(ballot.items())]


def _event(round_: Round, voter: bytes, choice: list[Any]) -> VoteEvent:
    fields: dict[str, Any] = {
        "uuid": uuid.uuid4(),
        "voter": voter,
        "gen": 1,
        "kind": 1,
        "reason": "cast",
        "level": 0,
        "channel": "imported",
        "day": timezone.localdate(round_.closes_at - timedelta(seconds=1)),
        "nonce": new_nonce(),
        "choice": choice,
    }
    leaf = leaf_hash(record(**fields, rules_hash=bytes(round_.rules_hash)))
    return VoteEvent(**fields, round=round_, leaf=leaf)


def _days(election: Election) -> tuple[datetime, datetime]:
    """When it opened and closed: the file's days, the last one to its end; else yesterday."""
    yesterday = timezone.localdate() - timedelta(days=1)
    first, last = days_of(election)
    opens = first or last or yesterday
    closes = min(last or opens, yesterday)
    return _midnight(min(opens, closes)), _midnight(closes + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
