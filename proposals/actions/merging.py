"""Merges: proposed by moderators, agreed to by authors and supporters, then made or called off.

Supporters' own answers are actions of `voting`; it learns of a merge by `after_begin_merge`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.log_actions import log

from proposals import states
from proposals.actions.inviting import join, send_invitation
from proposals.actions.keeping import note
from proposals.actions.moving import ProposalMoved, make_move
from proposals.authorship import may_merge_proposals, speaker_of
from proposals.keys import hash_of, new_key
from proposals.models import HistoryNote, Merge, MergePart, Proposal
from proposals.models.merging import SOURCES_MAX
from proposals.permissions import may_move_proposal
from proposals.shared_notifications import tell_of_merge, tell_of_question

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User
    from proposals.models import StatusChange

State, Answer, Kind = Merge.State, MergePart.Answer, HistoryNote.Kind


class MergeOver(Exception):
    """The merge is not where the step starts from (any more); carries its present state."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


# Proposing ---------------------------------------------------------------------------------------


@transaction.atomic
def propose_merge(
    *, user: User, target: Proposal, sources: Iterable[Proposal], reason: str, days: int
) -> Merge:
    """Ask the authors whether `sources` may become part of `target`, a proposal of the same call.

    Raises `PermissionDenied`, also to who wrote one of them, and `ValidationError` with what
    stands in the way. Two proposed at once: the constraint `one_merge_at_a_time` lets one through.
    """
    numbers = [target.pk, *(source.pk for source in sources)]
    rows = Proposal.objects.select_for_update().filter(pk__in=numbers).order_by("pk")
    found = {row.pk: row for row in rows.select_related("call")}
    parts = [found[pk] for pk in dict.fromkeys(numbers)]
    if not all(may_move_proposal(user, part, "merge") for part in parts):
        raise PermissionDenied
    _check_proposed(parts, days)
    now = timezone.now()
    merge = Merge.objects.create(
        reason=reason.strip(),
        days=days,
        proposed_by=user,
        proposed_at=now,
        due_at=_until(parts[0], now, days),
    )
    _ask_authors(merge, parts)
    for part in parts:
        log(instance=part, action="proposals.propose_merge", user=user, data={"merge": merge.pk})
    settle_merge(merge=merge)
    merge.refresh_from_db()
    return merge


def _check_proposed(parts: list[Proposal], days: int) -> None:
    target, *sources = parts
    if not 1 <= len(sources) <= SOURCES_MAX:
        raise ValidationError(_("Name one to ten other proposals."))
    for part in parts:
        if part.call_id != target.call_id:
            raise ValidationError(_("“%(title)s” belongs to another call.") % {"title": part})
        if part.status not in states.SUPPORTABLE:
            raise ValidationError(
                _("“%(title)s” gathers no support now: %(status)s.")
                % {"title": part, "status": part.get_status_display()}
            )
    if hindrances := hindrances_of(parts):
        raise ValidationError(hindrances)
    if _until(target, timezone.now(), days) <= timezone.now():
        raise ValidationError(_("Support for this call is closed, so nobody could move any more."))


def hindrances_of(parts: Iterable[Proposal]) -> list[str]:
    """What other apps have against merging these now, by the hook `construct_merge_hindrances`."""
    hindrances: list[str] = []
    proposals = list(parts)  # of a generator the second app would see nothing
    for construct in hooks.get_hooks("construct_merge_hindrances"):
        construct(hindrances, list(proposals))
    return hindrances


def _until(target: Proposal, now: datetime, days: int) -> datetime:
    """When answers end: after so many days, and with support, since then nobody can move."""
    phase = target.call.phase("support")
    return min(now + timedelta(days=days), phase.closes_at if phase else now)


def _ask_authors(merge: Merge, parts: list[Proposal]) -> None:
    target = parts[0]
    for proposal in parts:
        is_target, person, key = proposal is target, speaker_of(proposal), new_key()
        try:
            with transaction.atomic():
                part = MergePart.objects.create(
                    merge=merge,
                    proposal=proposal,
                    is_target=is_target,
                    asked=person,
                    # Where nobody is left who could be asked, nobody is asked.
                    answer=Answer.NONE if person else Answer.YES,
                    key_hash=hash_of(key) if person else "",
                )
        except IntegrityError:
            words = _("“%(title)s” is part of another merge that is not over yet.")
            raise ValidationError(words % {"title": proposal}) from None
        if is_target:
            for source in parts[1:]:
                note(proposal, Kind.TAKING_PROPOSED, other=source, words=merge.reason)
        else:
            note(proposal, Kind.MERGE_PROPOSED, other=target, words=merge.reason)
        if person:
            transaction.on_commit(partial(tell_of_question, part, key))


# What authors answer -----------------------------------------------------------------------------


@transaction.atomic
def answer_as_author(*, part: MergePart, agrees: bool) -> Merge:
    """Keep an author's answer, which can be changed until all have answered or the time is over.

    Whoever has the link answers: it went to the author's own address. Raises `MergeOver`.
    """
    merge = lock_merge(part.merge_id)
    if merge.state != State.ASKING or merge.due_at <= timezone.now():
        raise MergeOver(merge.state)
    answer = Answer.YES if agrees else Answer.NO
    active = MergePart.objects.filter(pk=part.pk, is_active=True)
    if not active.update(answer=answer, answered_at=timezone.now()):
        raise MergeOver(merge.state)
    data = {"merge": merge.pk, "agrees": agrees}
    log(instance=part.proposal, action="proposals.answer_merge", user=part.asked, data=data)
    settle_merge(merge=merge)
    merge.refresh_from_db()
    return merge


def lock_merge(pk: int) -> Merge:
    """The merge as it is now, locked until the end of the transaction."""
    return Merge.objects.select_for_update().get(pk=pk)


@transaction.atomic
def settle_merge(*, merge: Merge) -> None:
    """Go on once every author has answered, or the time is over: silence is no yes."""
    merge = lock_merge(merge.pk)
    if merge.state != State.ASKING:
        return
    parts = list(merge.parts.filter(is_active=True).select_related("proposal__call"))
    waiting = [part for part in parts if part.answer == Answer.NONE]
    target = next((part for part in parts if part.is_target), None)
    if target is None or target.answer == Answer.NO:
        _call_off(merge, None, "")
    elif not waiting or merge.due_at <= timezone.now():
        for part in parts:
            if part.answer != Answer.YES:
                _drop(part)
        agreed = [part for part in parts if part.answer == Answer.YES]
        if target in agreed and len(agreed) > 1:
            _begin(merge, target.proposal, [p.proposal for p in agreed if not p.is_target])
        else:
            _call_off(merge, None, "")


def _drop(part: MergePart) -> None:
    """Let one proposal fall out; the merge goes on without it, or not."""
    MergePart.objects.filter(pk=part.pk).update(is_active=False, dropped_at=timezone.now())
    if not part.is_target:
        note(part.proposal, Kind.MERGE_ENDED)


def _begin(merge: Merge, target: Proposal, sources: list[Proposal]) -> None:
    """Ask the supporters. The app that knows them does it, by the hook `after_begin_merge`."""
    now = timezone.now()
    merge.state, merge.begun_at, merge.due_at = State.OPEN, now, _until(target, now, merge.days)
    if merge.due_at <= now:
        _call_off(merge, None, "")
        return
    merge.save(update_fields=["state", "begun_at", "due_at"])
    for source in sources:
        note(source, Kind.MERGE_BEGUN, other=target)
        note(target, Kind.TAKING_BEGUN, other=source)
    for after in hooks.get_hooks("after_begin_merge"):
        after(merge)
    transaction.on_commit(partial(tell_of_merge, merge))


# What staff do -----------------------------------------------------------------------------------


def _lock_for_staff(user: User, merge: Merge) -> Merge:
    if not may_merge_proposals(user):
        raise PermissionDenied
    current = lock_merge(merge.pk)
    parts = current.parts.select_related("proposal")
    if not all(may_move_proposal(user, part.proposal, "merge") for part in parts):
        raise PermissionDenied
    if not current.is_under_way:
        raise MergeOver(current.state)
    return current


@transaction.atomic
def prolong_merge(*, user: User, merge: Merge, due_at: datetime) -> None:
    """Give more time to answer. Never less: the mails have promised it. Raises `MergeOver` too."""
    current = _lock_for_staff(user, merge)
    phase = current.target.call.phase("support")
    if due_at <= current.due_at or due_at <= timezone.now():
        raise ValidationError(
            {"due_at": _("The mails have promised the present date: choose a later one.")}
        )
    if phase is None or due_at > phase.closes_at:
        raise ValidationError({"due_at": _("Support closes before that, and with it the choice.")})
    Merge.objects.filter(pk=current.pk).update(due_at=due_at)
    for part in current.parts.filter(is_active=True).select_related("proposal"):
        data = {"merge": current.pk, "due_at": due_at.isoformat()}
        log(instance=part.proposal, action="proposals.prolong_merge", user=user, data=data)


@transaction.atomic
def cancel_merge(*, user: User, merge: Merge, reason: str) -> None:
    """Call a merge off. Supports that were moved stay where their givers moved them."""
    current = _lock_for_staff(user, merge)
    if not reason.strip():
        raise ValidationError({"reason": _("Give a reason: the authors will read it.")})
    _call_off(current, user, reason.strip())


def _call_off(merge: Merge, user: User | None, words: str) -> None:
    parts = list(merge.parts.filter(is_active=True).select_related("proposal"))
    for part in parts:
        note(part.proposal, Kind.MERGE_ENDED, words=words)
        log(instance=part.proposal, action="proposals.cancel_merge", user=user)
    _end(merge, State.CANCELLED, words)


def _end(merge: Merge, state: str, words: str = "") -> None:
    MergePart.objects.filter(merge=merge).update(is_active=False)
    merge.state, merge.ended_at, merge.ended_words = state, timezone.now(), words
    merge.save(update_fields=["state", "ended_at", "ended_words"])
    for after in hooks.get_hooks("after_end_merge"):
        after(merge)
    transaction.on_commit(partial(tell_of_merge, merge))


@transaction.atomic
def finish_merge(*, merge: Merge, user: User | None = None) -> None:
    """Merge after the time for answers: what agreed becomes `merged` and its authors co-authors.

    Without a user it is the timer that does it. Raises `MergeOver`, and `ValidationError` as long
    as something stands in the way, such as a ballot that offers one of them.
    """
    # Proposals first, as every step locks them; the other way round two could wait for each other.
    # Not their keys: who withdraws one of them at this moment has its row, and writes into the
    # history of the others, which then waited for us while we waited for that row.
    concerned = MergePart.objects.filter(merge=merge).values("proposal")
    locked = Proposal.objects.select_for_update(no_key=True).filter(pk__in=concerned)
    list(locked.order_by("pk").only("pk"))
    current = _lock_for_staff(user, merge) if user else lock_merge(merge.pk)
    if current.state != State.OPEN or current.due_at > timezone.now():
        raise MergeOver(current.state)
    parts = list(current.parts.filter(is_active=True).select_related("proposal"))
    if hindrances := hindrances_of(part.proposal for part in parts):
        raise ValidationError(hindrances)
    target = next(part.proposal for part in parts if part.is_target)
    for part in parts:
        if not part.is_target:
            _take_in(target, part.proposal, user)
    _end(current, State.DONE)


def _take_in(target: Proposal, source: Proposal, user: User | None) -> None:
    try:
        make_move(source, "merge", user)
    except ProposalMoved:
        return  # withdrawn or promoted at this very moment: it goes its own way
    note(target, Kind.TAKEN_IN, other=source)
    if speaker := speaker_of(source):
        if speaker.pk != target.author_id:
            join(target, speaker)
        for row in source.coauthors.exclude(person=speaker).select_related("person"):
            _invite_too(target, row.person)


def _invite_too(target: Proposal, person: User) -> None:
    """Nobody but the author was asked, so co-authors get an invitation of their own."""
    known = target.author_id == person.pk or target.coauthors.filter(person=person).exists()
    if not known and not target.invitations.open().filter(email=person.email.lower()).exists():
        send_invitation(target, person.email.lower(), None)


def leave_merge(change: StatusChange) -> None:
    """After a step that ends support: the proposal falls out of its merge.

    Without its target, or the last of the others, the merge is called off.
    """
    if change.verb == "merge" or change.to_status in states.SUPPORTABLE:
        return
    part = MergePart.objects.filter(proposal=change.proposal, is_active=True).first()
    if part is None:
        return
    merge = lock_merge(part.merge_id)
    _drop(part)
    left = merge.parts.filter(is_active=True)
    if part.is_target or not left.filter(is_target=False).exists():
        _call_off(merge, None, "")
    else:
        settle_merge(merge=merge)
