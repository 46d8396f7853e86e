"""Appeals: a voter says why a vote that was taken should count, staff answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.log_actions import log

from voting.actions.interventions import ask_intervention, locked_round, refuse_own
from voting.models import Appeal, Intervention, Round, VoteEvent
from voting.notifications import tell_of_appeal
from voting.own_votes import newest_votes
from voting.permissions import may_guard_votes
from voting.pseudonyms import keys_of

if TYPE_CHECKING:
    from accounts.models import User


class NothingToAppeal(Exception):
    """No vote of this person is held or annulled in this round."""


class AppealThere(Exception):
    """The person has appealed against this already; one appeal is looked at, not five."""


class AppealAnswered(Exception):
    """Somebody else has answered the appeal meanwhile."""


def taken_vote(user: User, round_: Round) -> VoteEvent | None:
    """The row that took this person's vote, if none came after it. Two queries."""
    keys = keys_of(user)
    last = VoteEvent.objects.last_of(round_.pk, keys.pseudonym_in(round_)) if keys else None
    return last if last is not None and last.is_taken else None


def make_appeal(*, user: User, round_: Round, text: str) -> Appeal:
    """Put down what a voter says against their vote being held or annulled.

    The row names the vote and not the person. Raises `NothingToAppeal`, `AppealThere`.
    """
    event = taken_vote(user, round_)
    if event is None:
        raise NothingToAppeal
    try:
        with transaction.atomic():
            return Appeal.objects.create(event=event, text=text.strip())
    except IntegrityError:
        raise AppealThere from None


@transaction.atomic
def grant_appeal(*, by: User, appeal: Appeal, words: str = "", note: str = "") -> Appeal:
    """Give a held vote back, or ask a colleague to restore an annulled one.

    The voter is told once the vote counts again. Raises `PermissionDenied`, `AppealAnswered`,
    `OwnVote`.
    """
    row = _open(by, appeal)
    is_held = row.event.reason == VoteEvent.Reason.HOLD
    row.intervention = ask_intervention(
        by=by,
        round_=row.event.round,
        kind=Intervention.Kind.RELEASE if is_held else Intervention.Kind.RESTORE,
        reason=Intervention.Reason.APPEAL,
        voters=[bytes(row.event.voter)],
        words=words,
        note=note,
    )
    row.refresh_from_db(fields=["state"])
    if row.state == Appeal.State.OPEN:
        row.state = Appeal.State.PROPOSED
    row.save(update_fields=["state", "intervention"])
    return row


@transaction.atomic
def decline_appeal(*, by: User, appeal: Appeal, answer: str) -> Appeal:
    """Let the vote stay as it is, tell the voter why. Raises as `grant_appeal`."""
    row = _open(by, appeal)
    row.state, row.answer = Appeal.State.DECLINED, answer.strip()
    row.answered_by, row.answered_at = by, timezone.now()
    row.save()
    log(instance=row, action="voting.decline_appeal", user=by)
    transaction.on_commit(lambda: tell_of_appeal(row))
    return row


def _open(by: User, appeal: Appeal) -> Appeal:
    if not may_guard_votes(by):
        raise PermissionDenied
    # The round first, as whoever gives votes back locks it before the appeals that this grants.
    round_ = locked_round(appeal.event.round)
    locked = Appeal.objects.select_for_update(of=["self"])
    row = locked.select_related("event__round").get(pk=appeal.pk)
    refuse_own(by, round_, [bytes(row.event.voter)])
    if row.state != Appeal.State.OPEN:
        raise AppealAnswered
    return row


def own_appeals(user: User) -> list[Appeal]:
    """A person's appeals, found by their keys."""
    rounds = Round.objects.filter(events__appeal__isnull=False).distinct()
    voters = [(vote.round_id, bytes(vote.voter)) for vote in newest_votes(user, rounds)]
    appeals = Appeal.objects.filter(event__round__in=[round_id for round_id, _voter in voters])
    mine = set(voters)
    return [
        appeal
        for appeal in appeals.select_related("event")
        if (appeal.event.round_id, bytes(appeal.event.voter)) in mine
    ]


def appeals_data(user: User) -> list[dict[str, Any]]:
    """A person's appeals, for them to take along."""
    return [
        {
            "round": appeal.event.round_id,
            "made_at": appeal.made_at,
            "text": appeal.text,
            "state": appeal.get_state_display(),
            "answer": appeal.answer,
            "answered_at": appeal.answered_at,
        }
        for appeal in own_appeals(user)
    ]


def erase_appeals(*, user: User) -> int:
    """Delete what a person wrote, before their key goes; returns how many."""
    numbers = [appeal.pk for appeal in own_appeals(user)]
    return Appeal.objects.filter(pk__in=numbers).delete()[0]
