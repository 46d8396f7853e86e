"""What staff do to votes: hold, give back, annul, restore. Every change is a row of the ledger.

Holding and giving back take one person, annulling and restoring two. The reasons are public.
"""

from __future__ import annotations

from functools import partial
from itertools import batched
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from voting.actions.casting import new_event
from voting.actions.counting import count_later
from voting.models import Appeal, Intervention, InterventionVote, Round, VoteEvent
from voting.notifications import tell_of_intervention
from voting.own_votes import newest_votes
from voting.permissions import may_check_document, may_guard_votes
from voting.pseudonyms import keys_of
from voting.spared import spared_in, spares

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from accounts.models import User

Kind, State, Reason = Intervention.Kind, Intervention.State, VoteEvent.Reason
CHUNK = 500  # voters whose rows are read and written at once


class InterventionRefused(Exception):
    """What was asked for is not done; which of these it is says why."""


class SecondPersonNeeded(InterventionRefused):
    """Whoever asked for an annulment cannot be the one who confirms it."""


class NoVotes(InterventionRefused):
    """There is no vote that this could be done to."""


class AllLeftOut(InterventionRefused):
    """Behind each of these votes stands a document or a granted appeal: choose one on its own."""


class OwnVote(InterventionRefused):
    """One of the votes is their own, so a colleague has to decide."""


class ReasonUnfit(InterventionRefused):
    """This is no reason for what was asked for."""


class TooLateToHold(InterventionRefused):
    """The round is over: one person alone changes nothing of what it came to, two may annul."""


@transaction.atomic
def ask_intervention(
    *,
    by: User,
    round_: Round,
    kind: str,
    reason: str,
    voters: Iterable[bytes],
    words: str = "",
    note: str = "",
    follows: Intervention | None = None,
) -> Intervention:
    """Hold or give back some voters' votes now, or ask a colleague to annul or restore them.

    Asked for once more while a colleague has not looked at it, it is the same request. `follows`
    is the intervention whose votes they are. Raises `PermissionDenied`, `InterventionRefused`.
    """
    if not may_guard_votes(by):
        raise PermissionDenied
    round_, chosen = locked_round(round_), set(voters)
    _refuse_unfit(round_, kind, reason)
    if waiting := _asked_already(round_, kind, chosen):
        return waiting
    row = _put_down(by, round_, kind, reason, chosen, words=words, note=note, follows=follows)
    if not row.needs_two:
        _carry_out(row)
    return row


def _refuse_unfit(round_: Round, kind: str, reason: str) -> None:
    if reason not in Intervention.reasons_for(kind):
        raise ReasonUnfit
    if kind == Kind.HOLD and round_.is_over:
        raise TooLateToHold


def refuse_own(by: User, round_: Round, voters: Collection[bytes]) -> None:
    """Nobody decides about their own vote. Raises `OwnVote`. One query."""
    if keys_of(by).pseudonym_in(round_) in voters:
        raise OwnVote


def _asked_already(round_: Round, kind: str, chosen: set[bytes]) -> Intervention | None:
    """The request for these votes that waits for a second person: a button pressed twice."""
    for row in round_.interventions.waiting().filter(kind=kind):
        asked = {bytes(voter): why for voter, why in row.votes.values_list("voter", "left_out")}
        # One that the group leaves out may still be chosen on its own.
        if chosen <= asked.keys() and any(not asked[voter] for voter in chosen):
            return row
    return None


def locked_round(round_: Round) -> Round:
    """The round as it is now, under the lock that closing it takes."""
    return Round.objects.select_for_update(of=["self"]).get(pk=round_.pk)


def _put_down(
    by: User,
    round_: Round,
    kind: str,
    reason: str,
    voters: Iterable[bytes],
    *,
    words: str = "",
    note: str = "",
    follows: Intervention | None = None,
) -> Intervention:
    chosen = set(voters)
    left_out = _left_out(kind, reason, round_, chosen, follows)
    refuse_own(by, round_, chosen - left_out.keys())
    row = Intervention.objects.create(
        round=round_,
        kind=kind,
        reason=reason,
        words=words.strip(),
        note=note.strip(),
        requested_by=by,
        follows=follows,
    )
    votes = [
        InterventionVote(intervention=row, voter=voter, left_out=left_out.get(voter, ""))
        for voter in sorted(chosen)
    ]
    InterventionVote.objects.bulk_create(votes, batch_size=CHUNK)
    data = {"kind": kind, "reason": reason, "votes": len(chosen), "left_out": len(left_out)}
    log(instance=row, action="voting.ask_intervention", user=by, data=data)
    return row


def _left_out(
    kind: str, reason: str, round_: Round, chosen: set[bytes], follows: Intervention | None
) -> dict[bytes, str]:
    """Whom the group leaves out, and why. Raises `NoVotes` or `AllLeftOut` if nobody is left."""
    if not chosen:
        raise NoVotes
    is_group = spares(kind, reason, follows, len(chosen))
    left_out = spared_in(round_, chosen) if is_group else {}
    if len(left_out) == len(chosen):
        raise AllLeftOut
    return left_out


@transaction.atomic
def confirm_intervention(*, by: User, intervention: Intervention) -> Intervention:
    """Do what a colleague asked for; done already, it stays as it is.

    Raises `PermissionDenied`, `SecondPersonNeeded`, `OwnVote`.
    """
    row = _asked(by, intervention)
    if row.state != State.ASKED:
        return row
    if row.requested_by_id == by.pk:
        raise SecondPersonNeeded
    _leave_out_again(row)
    _refuse_own_among(by, row)
    row.confirmed_by = by
    log(instance=row, action="voting.confirm_intervention", user=by)
    _carry_out(row)
    return row


@transaction.atomic
def refuse_intervention(*, by: User, intervention: Intervention, note: str = "") -> Intervention:
    """Do not do what was asked for; whoever asked may take it back this way too.

    Raises `PermissionDenied`, `OwnVote`.
    """
    row = _asked(by, intervention)
    if row.state == State.ASKED:
        _refuse_own_among(by, row)
        row.state, row.decided_at = State.REFUSED, timezone.now()
        row.note = f"{row.note}\n\n{note.strip()}".strip()
        row.save(update_fields=["state", "decided_at", "note"])
        row.appeals.filter(state=Appeal.State.PROPOSED).update(state=Appeal.State.OPEN)
        log(instance=row, action="voting.refuse_intervention", user=by)
    return row


def _asked(by: User, intervention: Intervention) -> Intervention:
    if not may_guard_votes(by):
        raise PermissionDenied
    # No key: who grants an appeal names this row under the round's lock, which is taken next here.
    locked = Intervention.objects.select_for_update(of=["self"], no_key=True)
    return locked.select_related("round", "follows").get(pk=intervention.pk)


def _refuse_own_among(by: User, row: Intervention) -> None:
    votes = row.votes.filter(left_out="").values_list("voter", flat=True)
    refuse_own(by, row.round, {bytes(voter) for voter in votes})


def release_by_document(*, user: User, by: User) -> int:
    """Give a person's held votes back, since `by` has seen their document; returns how many.

    Raises `PermissionDenied`.
    """
    if not may_check_document(by):
        raise PermissionDenied
    held = Round.objects.filter(events__reason=Reason.HOLD).distinct()
    votes = [vote for vote in newest_votes(user, held) if vote.reason == Reason.HOLD]
    for vote in votes:
        why = Intervention.Reason.DOCUMENT
        row = _put_down(by, vote.round, Kind.RELEASE, why, [bytes(vote.voter)])
        _carry_out(row)
    return len(votes)


def _carry_out(row: Intervention) -> None:
    """Append the rows, under the lock that closing a round takes; figures and mail after commit."""
    round_ = locked_round(row.round)
    changed, moved = 0, 0
    for votes in batched(row.votes.filter(left_out="").order_by("pk"), CHUNK):
        events = _rows_for(row.kind, round_, [bytes(vote.voter) for vote in votes])
        VoteEvent.objects.bulk_create(events)
        touched = {bytes(event.voter) for event in events}
        ids = [vote.pk for vote in votes if bytes(vote.voter) in touched]
        InterventionVote.objects.filter(pk__in=ids).update(changed=True)
        changed, moved = changed + len(ids), moved + sum(event.kind for event in events)
    row.state, row.decided_at, row.vote_count = State.DONE, timezone.now(), changed
    row.tally_after = round_.events.tally()
    row.save()
    count_later(round_, moved)
    _grant_appeals(row)
    transaction.on_commit(partial(tell_of_intervention, row))


def _leave_out_again(row: Intervention) -> None:
    """Since it was asked for, documents may have been shown and appeals granted."""
    round_ = locked_round(row.round)
    votes = list(row.votes.all())
    if not spares(row.kind, row.reason, row.follows, len(votes)):
        return
    spared = spared_in(round_, [bytes(vote.voter) for vote in votes if not vote.left_out])
    found = [vote for vote in votes if bytes(vote.voter) in spared]
    for vote in found:
        vote.left_out = spared[bytes(vote.voter)]
    InterventionVote.objects.bulk_update(found, ["left_out"], batch_size=CHUNK)


def _rows_for(kind: str, round_: Round, voters: list[bytes]) -> list[VoteEvent]:
    """What has to be appended for some voters. Two queries; none for whom it does not apply."""
    rows: dict[bytes, list[VoteEvent]] = {}
    for event in round_.events.filter(voter__in=voters).order_by("gen"):
        rows.setdefault(bytes(event.voter), []).append(event)
    return [
        event for voter in voters if voter in rows for event in _next(kind, round_, rows[voter])
    ]


def _next(kind: str, round_: Round, rows: list[VoteEvent]) -> list[VoteEvent]:
    """The rows that come after a voter's, oldest first.

    A held vote is given back before it is annulled: two rows, so that each generation still is
    what its number says.
    """
    last = rows[-1]
    if kind == Kind.HOLD:
        return [_after(round_, last, last, kind)] if last.stands else []
    if kind == Kind.RELEASE:
        return [_after(round_, last, rows[-2], kind)] if last.reason == Reason.HOLD else []
    if kind == Kind.RESTORE:
        return [_after(round_, last, rows[-2], kind)] if last.reason == Reason.ANNUL else []
    if last.stands:
        return [_after(round_, last, last, kind)]
    if last.reason != Reason.HOLD:
        return []
    released = _after(round_, last, rows[-2], Reason.RELEASE)
    return [released, _after(round_, released, released, kind)]


def _after(round_: Round, last: VoteEvent, vote: VoteEvent, reason: str) -> VoteEvent:
    """The row after `last` that gives `vote` again, with its choice and level, or takes it."""
    gen = last.gen + 1
    choice = vote.choice if gen % 2 else None
    voter = bytes(vote.voter)
    return new_event(round_, voter, gen, vote.level, reason, choice=choice, channel=vote.channel)


def _grant_appeals(row: Intervention) -> None:
    """What was given back needs no appeal any more."""
    if row.kind not in (Kind.RELEASE, Kind.RESTORE):
        return
    voters = row.votes.filter(changed=True).values("voter")
    waiting = (Appeal.State.OPEN, Appeal.State.PROPOSED)
    appeals = Appeal.objects.filter(
        event__round=row.round_id, event__voter__in=voters, state__in=waiting
    )
    answered = {"answered_at": row.decided_at, "answered_by": row.confirmed_by or row.requested_by}
    appeals.update(state=Appeal.State.GRANTED, intervention=row, **answered)
