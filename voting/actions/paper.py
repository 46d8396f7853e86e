"""Paper ballots: counted by hand, typed in by two people each, compared, then cast."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from wagtail.log_actions import log

from accounts.models import AssuranceLevel
from voting.actions.casting import new_event
from voting.actions.counting import count_later
from voting.actions.documents import anchors_of
from voting.choices import canonical_choice
from voting.documents import document_digest
from voting.models import PaperBallot, PaperBatch, PaperEnd, PaperEntry, Round, TakenVote, VoteEvent
from voting.paper import Entry, PaperCheck, check_paper
from voting.permissions import PaperRefusal, may_enter_paper
from voting.pseudonyms import open_key, pseudonym

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from accounts.models import User

State, Outcome = PaperBatch.State, PaperBallot.Outcome
CHUNK = 200  # ballots cast in one transaction; ten queries, whatever becomes of them
SLOTS = (1, 2)


class PaperRefused(Exception):
    """It cannot be done with these paper ballots now; `refusal` says why."""

    def __init__(self, refusal: PaperRefusal) -> None:
        super().__init__(refusal)
        self.refusal = refusal


@transaction.atomic
def make_paper_batch(
    *,
    by: User,
    round_: Round,
    place: str,
    voted_on: date,
    ballot_count: int,
    totals: dict[int, int],
) -> PaperBatch:
    """Put down what was counted by hand, before anybody types in a ballot.

    Raises `PermissionDenied`, `PaperRefused`.
    """
    _allow(by)
    round_ = _taking_paper(round_.pk)  # with its rules as they are now frozen
    _check_day(round_, voted_on)
    batch = PaperBatch(round=round_, place=place, voted_on=voted_on, made_by=by)
    _count_by_hand(batch, ballot_count, totals)
    batch.save()
    log(instance=batch, action="voting.make_paper_batch", user=by, data=_figures(batch))
    return batch


@transaction.atomic
def recount_paper_batch(
    *, by: User, batch: PaperBatch, ballot_count: int, totals: dict[int, int]
) -> PaperBatch:
    """Correct the count by hand; the audit log keeps both. Raises as `make_paper_batch`."""
    _allow(by)
    batch = _entering(batch)
    if batch.ballots.filter(line__gt=ballot_count).exists():
        raise PaperRefused(PaperRefusal.LINE)
    before = _figures(batch)
    _count_by_hand(batch, ballot_count, totals)
    batch.save(update_fields=["ballot_count", "totals"])
    data = {"before": before, **_figures(batch)}
    log(instance=batch, action="voting.recount_paper_batch", user=by, data=data)
    return batch


@transaction.atomic
def delete_paper_batch(*, by: User, batch: PaperBatch) -> None:
    """Throw away a batch that nothing was cast of. Raises `PermissionDenied`, `PaperRefused`."""
    _allow(by)
    batch = _entering(batch)
    data = _figures(batch)
    log(instance=batch, action="voting.delete_paper_batch", user=by, data=data, deleted=True)
    batch.delete()


@sensitive_variables("number")
@transaction.atomic
def enter_paper_ballot(
    *, by: User, batch: PaperBatch, line: int, number: str, choice: Any, slot: int | None = None
) -> PaperEntry:
    """Put down what `by` reads on one paper ballot; again, and it takes the place of the first.

    `slot` is the entry that a third person types anew, where two have read differently. Raises
    `PermissionDenied`, `PaperRefused`, `NumberUnreadable`, `ChoiceRefused`.
    """
    _allow(by)
    batch = _entering(batch)
    if not 1 <= line <= batch.ballot_count:
        raise PaperRefused(PaperRefusal.LINE)
    values = {
        "by": by,
        "digest": document_digest(number),
        "choice": canonical_choice(batch.round.rules, choice),
    }
    ballot, _made = PaperBallot.objects.get_or_create(batch=batch, line=line)
    slot = _slot(ballot, by, slot)
    # What was typed is deleted with the casting; who typed which ballot stays known.
    log(instance=batch, action="voting.enter_paper_ballot", user=by, data={"line": line})
    return PaperEntry.objects.update_or_create(ballot=ballot, slot=slot, defaults=values)[0]


def _slot(ballot: PaperBallot, by: User, wanted: int | None) -> int:
    """Whose place an entry takes: one's own, else a free one, else the one that was named."""
    holders = dict(ballot.entries.values_list("slot", "by_id"))
    own = [slot for slot, person_id in holders.items() if person_id == by.pk]
    free = [slot for slot in SLOTS if slot not in holders]
    named = [wanted] if wanted in SLOTS else []
    for slot in (*own, *free, *named):
        return slot
    raise PaperRefused(PaperRefusal.TWICE)


def paper_check(batch: PaperBatch) -> PaperCheck:
    """What two people typed, compared; what was counted by hand, beside it. One query."""
    rows = PaperEntry.objects.filter(ballot__batch=batch).order_by("ballot__line", "slot")
    entries = (
        Entry(line, bytes(digest), choice)
        for line, digest, choice in rows.values_list("ballot__line", "digest", "choice")
    )
    return check_paper(batch.round.rules, batch.ballot_count, batch.totals_by_number, entries)


def cast_paper_batch(*, by: User, batch: PaperBatch) -> PaperBatch:
    """Cast every ballot of a batch; again, and nothing is cast twice, what is left is.

    Each `CHUNK` of ballots is a transaction that also writes what became of each, so a crash loses
    no ballot and repeats none. Raises `PermissionDenied`, `PaperRefused`.
    """
    _allow(by)
    if _begin_casting(batch):
        while _cast_some(batch, by):
            pass
        _finish_casting(batch, by)
    batch.refresh_from_db()
    return batch


@transaction.atomic
def _begin_casting(batch: PaperBatch) -> bool:
    """Let nobody type any more; False if all is done already."""
    batch = PaperBatch.objects.select_for_update(of=["self"]).get(pk=batch.pk)
    if batch.state == State.ENTERING:
        _taking_paper(batch.round_id)
        if not paper_check(batch).is_ready:
            raise PaperRefused(PaperRefusal.NOT_READY)
        PaperBatch.objects.filter(pk=batch.pk).update(state=State.CASTING)
    return batch.state != State.CAST


@transaction.atomic
def _cast_some(batch: PaperBatch, by: User) -> bool:
    """Cast the next ballots in the order of their numbers; False when there are none."""
    round_ = _taking_paper(batch.round_id)
    waiting = PaperEntry.objects.filter(
        ballot__batch=batch, ballot__outcome=Outcome.WAITING, slot=SLOTS[0]
    )
    entries = list(waiting.select_related("ballot").order_by("ballot__line")[:CHUNK])
    anchors = anchors_of({bytes(entry.digest) for entry in entries})
    voters = {
        digest: pseudonym(open_key(anchor.sealed_key), round_.pk)
        for digest, anchor in anchors.items()
    }
    last = _newest(round_, voters.values())
    events = []
    for entry in entries:
        voter = voters[bytes(entry.digest)]
        if event := _cast_one(round_, batch, entry, voter, last.get(voter)):
            events.append(event)
            last[voter] = event
    VoteEvent.objects.bulk_create(events)
    today = timezone.localdate()
    TakenVote.objects.bulk_create(TakenVote(event=event, by=by, day=today) for event in events)
    PaperBallot.objects.bulk_update([entry.ballot for entry in entries], ["outcome", "channel"])
    count_later(round_, len(events))
    return bool(entries)


def _newest(round_: Round, voters: Iterable[bytes]) -> dict[bytes, VoteEvent]:
    rows = VoteEvent.objects.filter(round=round_, voter__in=list(voters)).order_by("gen")
    return {bytes(row.voter): row for row in rows}


def _cast_one(
    round_: Round, batch: PaperBatch, entry: PaperEntry, voter: bytes, last: VoteEvent | None
) -> VoteEvent | None:
    """The row that casts a ballot, and its outcome; None if the person's vote is there already."""
    ballot = entry.ballot
    if last is not None and (last.stands or last.is_taken):
        ballot.outcome = Outcome.VOTED if last.stands else Outcome.TAKEN
        ballot.channel = last.channel
        return None
    ballot.outcome = Outcome.COUNTED
    return new_event(
        round_,
        voter,
        last.gen + 1 if last else 1,
        AssuranceLevel.DOCUMENT,
        choice=entry.choice,
        channel=VoteEvent.Channel.PAPER,
        day=batch.voted_on,
    )


@transaction.atomic
def _finish_casting(batch: PaperBatch, by: User) -> None:
    """Forget what was typed: the paper stays, and nothing links a document to a choice."""
    batch = PaperBatch.objects.select_for_update(of=["self"]).get(pk=batch.pk)
    if batch.state == State.CAST:
        return
    batch.state, batch.cast_by, batch.cast_at = State.CAST, by, timezone.now()
    batch.save(update_fields=["state", "cast_by", "cast_at"])
    PaperEntry.objects.filter(ballot__batch=batch).delete()
    outcomes = Counter(batch.ballots.values_list("outcome", flat=True))
    log(instance=batch, action="voting.cast_paper_batch", user=by, data=dict(outcomes))


@transaction.atomic
def end_paper(*, by: User, round_: Round) -> PaperEnd:
    """State that all paper ballots of a closed round are in; from then on a trigger refuses more.

    Only now the round gets its closing seal and its result. Raises `PermissionDenied`,
    `PaperRefused`.
    """
    _allow(by)
    round_ = Round.objects.select_for_update(of=["self"]).get(pk=round_.pk)
    if not round_.paper:
        raise PaperRefused(PaperRefusal.NO_PAPER)
    if round_.closed_at is None:
        raise PaperRefused(PaperRefusal.STILL_OPEN)
    if round_.paper_batches.exclude(state=State.CAST).exists():
        raise PaperRefused(PaperRefusal.UNFINISHED)
    end, made = PaperEnd.objects.get_or_create(round=round_, defaults={"by": by})
    if made:
        log(instance=round_, action="voting.end_paper", user=by)
    return end


def _allow(by: User) -> None:
    if not may_enter_paper(by):
        raise PermissionDenied


def _taking_paper(round_id: int) -> Round:
    """The round, locked against votes, its close and its end of paper, if it takes paper now."""
    round_ = Round.objects.select_for_update(of=["self"]).get(pk=round_id)
    if not round_.paper:
        raise PaperRefused(PaperRefusal.NO_PAPER)
    if round_.is_coming:
        raise PaperRefused(PaperRefusal.NOT_OPEN_YET)
    if PaperEnd.objects.filter(round=round_).exists():
        raise PaperRefused(PaperRefusal.ENDED)
    return round_


def _entering(batch: PaperBatch) -> PaperBatch:
    """The batch, locked, if it may still be changed."""
    locked = PaperBatch.objects.select_for_update(of=["self"])
    batch = locked.select_related("round").get(pk=batch.pk)
    if batch.state != State.ENTERING:
        raise PaperRefused(PaperRefusal.CAST)
    return batch


def _check_day(round_: Round, day: date) -> None:
    first = timezone.localdate(round_.opens_at)
    # Closed early, it ended then; closed by the clock, at the hour that was promised.
    ended_at = min(round_.closes_at, round_.closed_at or round_.closes_at)
    last = min(timezone.localdate(ended_at), timezone.localdate())
    if not first <= day <= last:
        raise PaperRefused(PaperRefusal.DAY)


def _count_by_hand(batch: PaperBatch, ballot_count: int, totals: dict[int, int]) -> None:
    numbers = {option["number"] for option in batch.round.rules["options"]}
    batch.ballot_count = ballot_count
    batch.totals = {str(number): totals.get(number, 0) for number in sorted(numbers)}


def _figures(batch: PaperBatch) -> dict[str, Any]:
    return {"ballots": batch.ballot_count, "totals": batch.totals}
