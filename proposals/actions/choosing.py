"""Choosing a call's shortlist by rule."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from wagtail.log_actions import log

from proposals.actions.moving import ProposalMoved, move_proposal
from proposals.models import Proposal
from proposals.selection import Candidate, Rule, choose

if TYPE_CHECKING:
    from accounts.models import User
    from proposals.models import CallPage, StatusChange

# Among equals the one published earlier wins, so one without a date comes last.
_NEVER = datetime.max.replace(tzinfo=UTC)


class ChoiceChanged(Exception):
    """The figures or a proposal changed after a choice by rule was shown; nothing was moved."""


def candidates_of(call: CallPage, *, with_imported: bool = False) -> list[Candidate]:
    """The call's proposals that gather support, as the rules of selection see them. One query."""
    rows = Proposal.objects.filter(call=call, status=Proposal.Status.SUPPORTING).values_list(
        "pk",
        "figures__support_count",
        "figures__imported_support_count",
        "category_id",
        "published_at",
    )
    return [
        Candidate(pk, (cast or 0) + (imported or 0) * with_imported, category, published or _NEVER)
        for pk, cast, imported, category, published in rows
    ]


@transaction.atomic
def shortlist_chosen(
    *, user: User, call: CallPage, rule: Rule, expected: list[int], with_imported: bool = False
) -> list[StatusChange]:
    """Shortlist what the rule chooses now, if that is still what the person was shown.

    Raises `PermissionDenied`, `ChoiceChanged` if another choice or a move came between.
    """
    if not user.has_perm("proposals.promote_proposal"):
        raise PermissionDenied
    places = choose(candidates_of(call, with_imported=with_imported), rule)
    chosen = [place.candidate.pk for place in places if place.is_chosen]
    if chosen != expected:
        raise ChoiceChanged
    proposals = Proposal.objects.in_bulk(chosen)
    try:
        changes = [
            move_proposal(user=user, proposal=proposals[pk], verb="shortlist") for pk in chosen
        ]
    except ProposalMoved as moved:
        raise ChoiceChanged from moved
    data = {**asdict(rule), "with_imported": with_imported, "chosen": chosen}
    log(instance=call, action="proposals.choose", user=user, data=data)
    return changes
