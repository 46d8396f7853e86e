"""Taking a whole election in from a Pabulib file: a closed round, its projects, its ballots."""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import batched
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from voting.models import PSEUDONYM_BYTES, Option, Round, VoteEvent, new_nonce
from voting.money import exponent
from voting.pabulib import PabulibError, read
from voting.pabulib_ballots import ballots_of
from voting.records import leaf_hash, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from voting.pabulib import Election, Vote

NUMBERS = uuid.UUID("8a5cf1f4-6b0e-4c57-9b57-4f0f5bb1c1ee")  # of imported rounds, by their name
CHUNK = 1000
DAY = re.compile(r"(?:(?:(\d{1,2})\.)?(\d{1,2})\.)?(\d{4})")


class ImportRefused(ValueError):
    """Why an election that can be read cannot be taken in, in one English sentence."""


@dataclass(frozen=True)
class Imported:
    """The round, how many ballots it has, and whether this run made it."""

    round: Round
    votes: int
    created: bool


@transaction.atomic
def import_election(*, file: IO[bytes], name: str, tick: Callable[[int], Any]) -> Imported:
    """Make a closed round of an election; one of this name that is there already stays as it is.

    All of it or nothing. `tick` is called with the number of ballots just written. Memory: one
    chunk of ballots. Raises `PabulibError`, `ImportRefused`.
    """
    number = uuid.uuid5(NUMBERS, name)
    if found := Round.objects.filter(uuid=number).first():
        return Imported(found, found.events.count(), created=False)
    election, votes = read(file)
    round_ = _round(election, number)
    _options(election, round_)
    round_.save()  # again: now its rules hold the options
    written = 0
    for chunk in batched(_events(election, votes, round_), CHUNK):
        VoteEvent.objects.bulk_create(chunk)
        written += len(chunk)
        tick(len(chunk))
    round_.closed_at = timezone.now()
    round_.save(update_fields=["closed_at"])
    return Imported(round_, written, created=True)


def _round(election: Election, number: uuid.UUID) -> Round:
    meta = election.meta
    opens, closes = _days(meta)
    language = meta.get("language", "")
    known = language if language in dict(settings.LANGUAGES) else "en"
    round_ = Round(
        uuid=number,
        title={known: (meta.get("description") or meta.get("unit") or str(number))[:120]},
        method=Round.Method.EQUAL_SHARES if _shares(election) else Round.Method.GREEDY,
        limit=election.choices_max,
        comparison="comparison" in meta.get("rule", "").lower(),
        currency=(meta.get("currency") or "RUB")[:3].upper(),
        level=0,
        hidden=False,
        opens_at=opens,
        closes_at=closes,
    )
    round_.budget_minor = _minor(election, round_, election.budget_minor)
    round_.save()
    return round_


def _shares(election: Election) -> bool:
    """Whether the file says it was counted by equal shares, and has the ballots for it."""
    by_name = "equalshares" in election.meta.get("rule", "").replace(" ", "").lower()
    return by_name and election.vote_type in {"approval", "choose-1"}


def _minor(election: Election, round_: Round, amount: int) -> int:
    """An amount of the file in the minor units we keep this currency in."""
    places = exponent(round_.currency)
    if places >= election.decimals:
        return amount * 10 ** (places - election.decimals)
    whole, rest = divmod(amount, 10 ** (election.decimals - places))
    if rest:
        raise ImportRefused(
            f"Its money has {election.decimals} decimals, {round_.currency} has {places}."
        )
    return whole


def _options(election: Election, round_: Round) -> None:
    language = next(iter(round_.title))
    Option.objects.bulk_create(
        Option(
            round=round_,
            number=number,
            sort_order=number,
            code=project.id[:40],
            title={language: (project.extra.get("name") or project.id)[:160]},
            cost_minor=_minor(election, round_, project.cost_minor),
        )
        for number, project in enumerate(election.projects.values(), start=1)
    )


def _events(election: Election, votes: Iterator[Vote], round_: Round) -> Iterator[VoteEvent]:
    """One row of the ledger a ballot. The file's voters are called by number, so ours are too."""
    kept: list[str] = []

    def noted() -> Iterator[Vote]:
        for vote in votes:
            kept.append(vote.voter)
            yield vote

    for ballot in ballots_of(election, noted(), round_.method):
        voter = hashlib.sha256(f"{round_.uuid}|{kept.pop()}".encode()).digest()[:PSEUDONYM_BYTES]
        yield _event(round_, voter, _choice(ballot))


def _choice(ballot: list[int] | dict[int, Any]) -> list[Any]:
    """A ballot as it is hashed: numbers ascending, or [number, points] by number."""
    if not isinstance(ballot, dict):
        return sorted(ballot)
    if any(type(points) is not int for points in ballot.values()):
        raise ImportRefused("Some ballots give parts of a point; only whole points can be kept.")
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


def _days(meta: dict[str, str]) -> tuple[datetime, datetime]:
    """When it opened and closed: the file's days, the last one to its end; else yesterday."""
    today = timezone.localdate()
    opens = _day(meta.get("date_begin", ""), first=True) or today - timedelta(days=1)
    closes = _day(meta.get("date_end", ""), first=False) or opens
    after = min(max(opens, closes), today - timedelta(days=1)) + timedelta(days=1)
    return _midnight(min(opens, after - timedelta(days=1))), _midnight(after)


def _day(text: str, *, first: bool) -> date | None:
    """A day such as 18.09.2023, or the first or last of a month or a year.

    >>> _day("18.09.2023", first=True), _day("2022", first=False), _day("soon", first=True)
    (datetime.date(2023, 9, 18), datetime.date(2022, 12, 28), None)
    """
    match = DAY.fullmatch(text.strip())
    if match is None:
        return None
    day, month, year = (int(part) if part else None for part in match.groups())
    try:
        return date(year or 1, month or (1 if first else 12), day or (1 if first else 28))
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


__all__ = ["ImportRefused", "Imported", "PabulibError", "import_election"]
