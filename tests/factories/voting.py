"""Makes rounds with options for tests, and votes in bulk."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta
from itertools import batched
from typing import TYPE_CHECKING, Any

import factory
from django.utils import timezone

from accounts.models import AssuranceLevel
from voting.actions import recount_support
from voting.actions.interventions import ask_intervention
from voting.actions.paper import make_paper_batch
from voting.heads import signed_head
from voting.merkle import EMPTY_ROOT
from voting.models import Appeal, Intervention, Option, Round, Seal, TakenVote, VoteEvent, VoteTrace
from voting.records import leaf_hash, record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User
    from voting.models import PaperBatch


class BallotFactory(factory.django.DjangoModelFactory):
    """An open approval round of three options, 1 to 3; `costs=[…]` makes it as many as those."""

    class Meta:
        model = Round
        skip_postgeneration_save = True

    method = Round.Method.APPROVAL
    title = factory.Sequence(lambda n: {"ru": f"Голосование {n}", "en": f"Ballot {n}"})
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=10))

    @factory.post_generation
    def costs(obj: Round, create: bool, extracted: list[int] | None, **kwargs: Any) -> None:
        for number, cost in enumerate(extracted or [100, 200, 300], start=1):
            title = {"ru": f"Вариант {number}", "en": f"Option {number}", "ja": f"案{number}"}
            Option.objects.create(round=obj, number=number, title=title, cost_minor=cost)
        obj.save()


def make_batch(by: User, round_: Round | None = None, **counted: Any) -> PaperBatch:
    """A batch of two paper ballots put in today, one for option 1 and one for option 2."""
    return make_paper_batch(
        by=by,
        round_=round_ or BallotFactory(paper=True, level=AssuranceLevel.DOCUMENT),
        place="Библиотека",
        voted_on=timezone.localdate(),
        **{"ballot_count": 2, "totals": {1: 1, 2: 1}, **counted},
    )


def hold_votes(by: User, round_: Round, events: Iterable[VoteEvent]) -> Intervention:
    """Hold the votes that these rows cast."""
    why = {"kind": Intervention.Kind.HOLD, "reason": Intervention.Reason.NETWORK}
    voters = [bytes(event.voter) for event in events]
    return ask_intervention(by=by, round_=round_, voters=voters, **why)


def make_intervention(by: User, round_: Round) -> Intervention:
    """A held vote of somebody without an account."""
    events = make_events(round_, 1)
    if round_.proposal:
        recount_support(round_.proposal)
    return hold_votes(by, round_, events)


def make_appeal_of(row: Intervention) -> Appeal:
    """An appeal against a held vote."""
    event = row.round.events.get(reason=VoteEvent.Reason.HOLD, voter=row.votes.get().voter)
    return Appeal.objects.create(event=event, text="Я голосовал сам.")


def leave_traces(events: list[VoteEvent], mail_domain: str, subnet: bytes = b"t" * 16) -> None:
    """Traces of one network and one mail provider, an hour apart."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    minutes = {event: now - timedelta(hours=place + 1) for place, event in enumerate(events)}
    VoteTrace.objects.bulk_create(
        VoteTrace(event=event, minute=minute, subnet=subnet, mail_domain=mail_domain)
        for event, minute in minutes.items()
    )


def make_shift(by: User, round_: Round, count: int) -> None:
    """Votes that somebody took at the desk today."""
    taken = {"by": by, "day": timezone.localdate()}
    TakenVote.objects.bulk_create(
        TakenVote(event=event, **taken) for event in make_events(round_, count)
    )


def make_seal() -> Seal:
    """An empty head, where the sealer's own transaction cannot be."""
    note = signed_head(0, EMPTY_ROOT)
    return Seal.objects.create(size=0, root=EMPTY_ROOT, note=note, made_at=timezone.now())


def make_events(round_: Round, count: int, *, choice: Any = None) -> list[VoteEvent]:
    """Cast as many votes of people who have no account; a ballot names option 1 if not said."""
    if choice is None and round_.method != Round.Method.SUPPORT:
        choice = [1]
    return cast_in_bulk(round_, [choice] * count)


def cast_in_bulk(round_: Round, choices: Iterable[Any]) -> list[VoteEvent]:
    """Cast a vote for each choice, a thousand rows at a time; no checks but the database's own."""
    made = []
    for some in batched(choices, 1000):
        made += VoteEvent.objects.bulk_create(_event(round_, choice) for choice in some)
    return made


def _event(round_: Round, choice: Any) -> VoteEvent:
    fields: dict[str, Any] = {
        "uuid": uuid.uuid4(),
        "voter": secrets.token_bytes(16),
        "gen": 1,
        "kind": 1,
        "reason": "cast",
        "level": 1,
        "channel": "online",
        "day": timezone.localdate(),
        "nonce": secrets.token_bytes(16),
        "choice": choice,
    }
    leaf = leaf_hash(record(**fields, rules_hash=bytes(round_.rules_hash)))
    return VoteEvent(**fields, round=round_, leaf=leaf)
