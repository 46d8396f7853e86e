"""Preparing rounds: their options numbered, taken from a call, a round copied, closed early."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from wagtail.log_actions import log

from proposals.models import Proposal
from voting.merges import in_merges
from voting.models import Option, Round
from voting.permissions import may_prepare_rounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from accounts.models import User

# While options change places none may stand in another's; no ballot has so many.
APART = 10_000
WEEK = timedelta(days=7)


class RoundFrozen(Exception):
    """The round has begun or is closed: its rules can no longer change."""


@transaction.atomic
def save_round(*, round_: Round, save: Callable[[], object]) -> Round:
    """Let `save` write a round and its options, number these, and write the rules from all of it.

    The rules hold the options as they are in the database afterwards. Raises `RoundFrozen`; a vote
    that comes meanwhile waits for the end, and is cast under the new rules.
    """
    if round_.pk:
        refuse_frozen(round_)
    save()
    return settle_options(round_)


def refuse_frozen(round_: Round) -> None:
    """Raises `RoundFrozen` if the round has begun or is closed; else holds votes and paper off."""
    if Round.objects.select_for_update(of=["self"]).get(pk=round_.pk).is_frozen:
        raise RoundFrozen


def refuse_merging(numbers: Iterable[int]) -> None:
    """Raises `ValidationError` if one of these proposals is in a merge that is not over.

    Locks them, as proposing a merge does: of the two at once the later one sees the other.
    """
    numbers = [number for number in numbers if number]
    list(Proposal.objects.select_for_update().filter(pk__in=numbers).order_by("pk").only("pk"))
    if words := in_merges(numbers):
        raise ValidationError([*words.values()])


def settle_options(round_: Round) -> Round:
    """Number the options from 1 in their order, and write the rules as they are now."""
    # Not in SQL: the databases disagree on where those stand that have no order of their own.
    options = sorted(Option.objects.filter(round=round_.pk), key=_place)
    numbers = [option.number for option in options]
    if numbers != list(range(1, len(options) + 1)):
        # First all out of each other's way: the database wants numbers unique at every moment.
        Option.objects.filter(round=round_.pk).update(number=F("number") + APART)
        for number, option in enumerate(options, start=1):
            Option.objects.filter(pk=option.pk).update(number=number)
    row = Round.objects.get(pk=round_.pk)
    row.save()
    return row


def _place(option: Option) -> tuple[int, int]:
    place = option.number if option.sort_order is None else option.sort_order
    return place, option.number


@transaction.atomic
def take_proposals(*, user: User, round_: Round, proposals: Iterable[Proposal]) -> int:
    """Make an option of each proposal that is none yet; returns how many.

    Raises `RoundFrozen`, and `ValidationError` for one that is being merged.
    Their words are in the language they were written in; costs and the other languages are for
    staff to fill in.
    """
    _refuse_others(user)
    refuse_frozen(round_)
    known = set(round_.options.values_list("proposal", flat=True))
    new = [proposal for proposal in proposals if proposal.pk not in known]
    refuse_merging(proposal.pk for proposal in new)
    last = max(round_.options.values_list("number", flat=True), default=0)
    for place, proposal in enumerate(new, start=last + 1):
        Option.objects.create(
            round=round_,
            number=place,
            sort_order=place,
            title={proposal.language: proposal.title},
            text={proposal.language: proposal.summary},
            proposal=proposal,
        )
    settle_options(round_)
    numbers = [proposal.pk for proposal in new]
    log(instance=round_, action="voting.take_proposals", user=user, data={"proposals": numbers})
    return len(new)


@transaction.atomic
def copy_round(*, user: User, round_: Round) -> Round:
    """A new round with the same rules and options, as long as the old one, opening in a week.

    Raises `ValidationError` if an option is a proposal that is being merged.
    """
    _refuse_others(user)
    options = list(round_.options.order_by("number"))
    refuse_merging(option.proposal_id for option in options)
    places = list(round_.municipalities.all())
    opens_at = timezone.now() + WEEK
    fields = [field for field in Round._meta.concrete_fields if field.name not in NOT_COPIED]
    copy = Round(**{field.attname: getattr(round_, field.attname) for field in fields})
    copy.opens_at, copy.closes_at = opens_at, opens_at + (round_.closes_at - round_.opens_at)
    copy.save()
    copy.municipalities.set(places)
    for option in options:
        words = {name: getattr(option, name) for name in COPIED_OF_OPTION}
        Option.objects.create(round=copy, **words)
    log(instance=copy, action="voting.copy_round", user=user, data={"from": round_.pk})
    return settle_options(copy)


@transaction.atomic
def close_early(*, user: User, round_: Round, reason: str) -> bool:
    """Close a round before its time, for good; False if it was closed already.

    Waits for votes that are being written and refuses those that come later.
    """
    _refuse_others(user)
    open_ones = Round.objects.filter(pk=round_.pk, closed_at__isnull=True)
    if not open_ones.update(closed_at=timezone.now()):
        return False
    log(instance=round_, action="voting.close_round", user=user, data={"reason": reason})
    return True


def _refuse_others(user: User) -> None:
    if not may_prepare_rounds(user):
        raise PermissionDenied


# Who it is, and what happened to it; all the rest is rules.
NOT_COPIED = {
    *("id", "uuid", "proposal", "opens_at", "closes_at", "closed_at"),
    *("closing_seal", "disputed_at", "rules", "rules_hash"),
}
COPIED_OF_OPTION = ("number", "sort_order", "title", "text", "cost_minor", "proposal_id")
