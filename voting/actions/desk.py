"""Votes taken at the desk from people who came in person, with an account or without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.models import AssuranceLevel
from voting.actions.casting import OtherRules, StaleForm, Standing, VoteRefused, Wish, write_wish
from voting.actions.desk_work import count_entry
from voting.actions.documents import anchors_of
from voting.choices import canonical_choice
from voting.models import AnchorKey, Round, TakenVote, VoteEvent
from voting.permissions import may_check_document, why_not_again, why_not_at_desk
from voting.pseudonyms import open_key, pseudonym

if TYPE_CHECKING:
    from accounts.models import User


class VoteStands(Exception):
    """The person has voted in this round already, and nobody said to change it; nothing changed."""

    def __init__(self, event: VoteEvent) -> None:
        super().__init__(event.pk)
        self.event = event


def look_at_desk(*, by: User, round_: Round, digest: bytes) -> VoteEvent | None:
    """How whoever shows this document stands in a round; the log keeps that `by` asked.

    Raises `PermissionDenied`.
    """
    if not may_check_document(by):
        raise PermissionDenied
    log(instance=round_, action="voting.look_at_desk", user=by)
    return vote_at_desk(round_, digest)


def vote_at_desk(round_: Round, digest: bytes) -> VoteEvent | None:
    """The newest row of whoever showed this document. Two queries."""
    anchor = AnchorKey.objects.of_documents([digest]).get(digest)
    if anchor is None:
        return None
    voter = pseudonym(open_key(anchor.sealed_key), round_.pk)
    return VoteEvent.objects.last_of(round_.pk, voter)


@transaction.atomic
def cast_at_desk(
    *,
    by: User,
    round_id: int,
    digest: bytes,
    choice: Any,
    seen_gen: int,
    seen_rules: bytes | None = None,
    change: bool = False,
) -> Standing:
    """Cast the vote of a person whose document `by` has just seen; the same one twice is one.

    What stands is changed only if `change` says that the person asked for it. Raises
    `PermissionDenied`, `VoteRefused`, `VoteStands`, `StaleForm`, `OtherRules`, `ChoiceRefused`,
    `DeskClosed`, and `Round.DoesNotExist` for a round without paper.
    """
    if not may_check_document(by):
        raise PermissionDenied
    # Alone, not shared as online votes take it: this person may be voting online as well.
    round_ = Round.objects.select_for_update(of=["self"]).get(pk=round_id, paper=True)
    if seen_rules not in (None, bytes(round_.rules_hash)):
        raise OtherRules
    if refusal := why_not_at_desk(round_):
        raise VoteRefused(refusal)
    wish = Wish(stands=True, choice=choice, seen_gen=seen_gen, channel=VoteEvent.Channel.DESK)
    canonical_choice(round_.rules, choice)
    voter = pseudonym(open_key(anchors_of([digest])[digest].sealed_key), round_.pk)
    now = _now(round_, voter)
    if wish.is_met_by(now.event):
        return now
    _check(now, wish, change=change)
    count_entry(by=by)
    log(instance=round_, action="voting.cast_at_desk", user=by)
    standing = write_wish(now, voter, wish, AssuranceLevel.DOCUMENT)
    assert standing.event is not None  # noqa: S101 - for the type checker: a vote is a row
    TakenVote.objects.create(event=standing.event, by=by, day=timezone.localdate())
    return standing


def _now(round_: Round, voter: bytes) -> Standing:
    last = VoteEvent.objects.last_of(round_.pk, voter)
    if last is not None and (refusal := why_not_again(last)):
        raise VoteRefused(refusal)
    return Standing(round_, last, support_count=0)


def _check(now: Standing, wish: Wish, *, change: bool) -> None:
    if now.stands and not change:
        assert now.event is not None  # noqa: S101 - for the type checker: what stands is a row
        raise VoteStands(now.event)
    if wish.seen_gen != now.gen:
        raise StaleForm(now.gen)
