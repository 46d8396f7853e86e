"""A round's way: proposals in, reviewers shared out, reading, its end, places, the protocol."""

from __future__ import annotations

import secrets
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from assessment.findings import progress_of
from assessment.hashes import hash_of
from assessment.models import AssessedProposal, AssessmentRound, Assignment, Criterion, Protocol
from assessment.notifications import tell_reviewers, tell_writers
from assessment.permissions import (
    AssessmentRefused,
    Refusal,
    conflict_of,
    may_place_by_hand,
    may_run_assessment,
    refuse_begun,
    refuse_not_reading,
)
from assessment.protocols import contents_of, quorum_part, standing_of, voting_members
from assessment.sharing_out import share_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from accounts.models import User
    from assessment.models import Membership
    from proposals.models import Proposal


def _locked(user: User, round_: AssessmentRound) -> AssessmentRound:
    """The round's row, held so that no other step passes in between."""
    if not may_run_assessment(user):
        raise PermissionDenied
    rows = AssessmentRound.objects.select_related("committee", "call")
    return rows.select_for_update(of=("self",)).get(pk=round_.pk)


@transaction.atomic
def save_round(*, round_: AssessmentRound, save: Callable[[], Any]) -> Any:
    """Let `save` write a round and its criteria. Raises `AssessmentRefused` once frozen."""
    if round_.pk:
        refuse_begun(AssessmentRound.objects.select_for_update(of=("self",)).get(pk=round_.pk))
    return save()


@transaction.atomic
def take_proposals(
    *, user: User, round_: AssessmentRound, proposals: Iterable[Proposal]
) -> list[AssessedProposal]:
    """Put proposals into a round before its reading begins; returns those that are new in it."""
    row = _locked(user, round_)
    refuse_begun(row)
    known = set(row.assessed.values_list("proposal_id", flat=True))
    new = [AssessedProposal(round=row, proposal=one) for one in proposals if one.pk not in known]
    made = AssessedProposal.objects.bulk_create(new)
    data = {"count": len(made)}
    log(instance=row, action="assessment.take_proposals", user=user, data=data)
    return made


@transaction.atomic
def leave_out(*, user: User, assessed: AssessedProposal) -> None:
    """Take a proposal out of a round before its reading begins."""
    row = _locked(user, assessed.round)
    refuse_begun(row)
    log(instance=row, action="assessment.leave_out", user=user)
    assessed.delete()


@transaction.atomic
def share_out_reviews(*, user: User, round_: AssessmentRound) -> list[Assignment]:
    """Give each proposal its reviewers, or after recusals new ones; returns what was added.

    Own proposals and those of one's organisation are recusals from the start.
    """
    row = _locked(user, round_)
    if row.ended_at is not None:
        raise AssessmentRefused(Refusal.ENDED)
    made = _share_out(row)
    log(instance=row, action="assessment.share_out", user=user, data={"count": len(made)})
    return made


def _share_out(row: AssessmentRound) -> list[Assignment]:
    members = list(
        voting_members(row).in_office().filter(user__isnull=False).select_related("user")
    )
    assessed = list(
        row.assessed.select_related("proposal__author").prefetch_related(
            "proposal__coauthors__person"
        )
    )
    conflicts = _conflicts(assessed, members)
    there = list(Assignment.objects.filter(assessed__round=row).select_related("membership"))
    _recuse_found(there, conflicts)
    known = {(one.assessed_id, one.membership_id) for one in there}
    lost = {(one.assessed_id, one.membership_id) for one in there if one.is_lost}
    pairs = share_out(
        [one.pk for one in assessed],
        [one.pk for one in members],
        row.per_proposal,
        barred=lost | conflicts.keys(),
        given=known,
    )
    new = [(pair, "") for pair in pairs]
    new += [(pair, kind) for pair, kind in conflicts.items() if pair not in known]
    return Assignment.objects.bulk_create(
        Assignment(assessed_id=pair[0], membership_id=pair[1], recusal=kind) for pair, kind in new
    )


def _recuse_found(there: list[Assignment], conflicts: dict[tuple[int, int], str]) -> None:
    """Recuse who got into a conflict since reviews were shared out, unless their sheet is in."""
    for one in there:
        found = conflicts.get((one.assessed_id, one.membership_id), "")
        if found and not one.recusal and not one.is_submitted:
            one.recusal, one.draft = found, {}
            one.save(update_fields=["recusal", "draft"])


def _conflicts(
    assessed: list[AssessedProposal], members: list[Membership]
) -> dict[tuple[int, int], str]:
    found = {
        (one.pk, member.pk): conflict_of(member, one.proposal)
        for one in assessed
        for member in members
    }
    return {pair: kind for pair, kind in found.items() if kind}


@transaction.atomic
def open_reading(*, user: User, round_: AssessmentRound) -> AssessmentRound:
    """Freeze and hash the criteria, share out the reviews and tell the reviewers.

    Raises `PermissionDenied`, `AssessmentRefused`, `ValidationError` for a due date that is past.
    """
    row = _locked(user, round_)
    refuse_begun(row)
    _refuse_unready(row)
    _share_out(row)
    _refuse_unread(row)
    sheet = sheet_of_round(row)
    row.opened_at, row.sheet, row.sheet_hash = timezone.now(), sheet, hash_of(sheet)
    row.save(update_fields=["opened_at", "sheet", "sheet_hash"])
    data = {"sheet": row.sheet_hash}
    log(instance=row, action="assessment.open_reading", user=user, data=data)
    transaction.on_commit(partial(tell_reviewers, row))
    return row


def sheet_of_round(row: AssessmentRound) -> dict[str, Any]:
    """What reviewers are held to, as plain data; its hash stands in the protocol."""
    return {
        "version": 1,
        "criteria": row.criteria_as_data(),
        "spread_max": f"{Decimal(row.spread_max):.1f}",
        "per_proposal": row.per_proposal,
        "selection": _selection_rule(row),
    }


def _selection_rule(row: AssessmentRound) -> dict[str, Any] | None:
    if row.selected_count is None:
        return None
    return {"count": row.selected_count, "by_theme": row.by_theme}


def _refuse_unready(row: AssessmentRound) -> None:
    weights = Criterion.objects.filter(round=row.pk).values_list("weight", flat=True)
    if sum(weights) != 1:
        raise AssessmentRefused(Refusal.WEIGHTS)
    if not row.assessed.exists():
        raise AssessmentRefused(Refusal.NO_PROPOSALS)
    if row.assessed.exclude(proposal__status="shortlisted").exists():
        raise AssessmentRefused(Refusal.NOT_SHORTLISTED)
    if row.due_at <= timezone.now():
        raise ValidationError(_("The day on which scores are due is past."))
    members = voting_members(row)
    with_account = members.filter(user__isnull=False).count()
    if with_account < row.committee.quorum_for(members.count()):
        raise AssessmentRefused(Refusal.TOO_FEW)


def _refuse_unread(row: AssessmentRound) -> None:
    read = Assignment.objects.counted().filter(assessed__round=row)
    if row.assessed.exclude(pk__in=read.values("assessed")).exists():
        raise AssessmentRefused(Refusal.NO_REVIEWERS)


@transaction.atomic
def mark_discussed(*, user: User, assessed: AssessedProposal) -> None:
    """Say that reviewers talked about a proposal they disagree on; its spread may stay.

    Raises `AssessmentRefused` where no disagreement shows: none is waved through beforehand.
    """
    row = _locked(user, assessed.round)
    refuse_not_reading(row)
    if not any(one.assessed.pk == assessed.pk and one.is_disputed for one in progress_of(row)):
        raise AssessmentRefused(Refusal.NOT_DISPUTED)
    marked = AssessedProposal.objects.filter(pk=assessed.pk, discussed_at__isnull=True)
    if marked.update(discussed_at=timezone.now()):
        data = {"proposal": assessed.proposal_id}
        log(instance=row, action="assessment.discuss", user=user, data=data)


@transaction.atomic
def end_reading(*, user: User, round_: AssessmentRound) -> AssessmentRound:
    """Close the round for scores, for good. Raises `AssessmentRefused` without a quorum, while a
    disagreement was not discussed, and before scores are due if any are missing.
    """
    row = _locked(user, round_)
    refuse_not_reading(row)
    quorum = quorum_part(row)
    if quorum["took_part"] < quorum["needed"]:
        raise AssessmentRefused(Refusal.NO_QUORUM)
    progress = progress_of(row)
    if any(one.waits_for_sheets for one in progress):
        # A disagreement shows once all are done, or scores are due: nobody may end before that.
        raise AssessmentRefused(Refusal.EARLY)
    if any(one.waits_for_discussion for one in progress):
        raise AssessmentRefused(Refusal.UNDISCUSSED)
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])
    log(instance=row, action="assessment.end_reading", user=user, data=quorum)
    return row


@transaction.atomic
def place_by_hand(
    *,
    user: User,
    assessed: AssessedProposal,
    place: int | None,
    reason: str,
    selected: bool | None = None,
) -> AssessedProposal:
    """Give a proposal another place than its scores do, take it into the selection or leave it out,
    with a public reason; None leaves either to the scores and the rule.

    Raises `PermissionDenied`, also for the proposal's own author, `AssessmentRefused`,
    `ValidationError` without a reason or for a place that there is not.
    """
    row = _locked(user, assessed.round)
    if not may_place_by_hand(user, assessed.proposal):
        raise PermissionDenied
    _refuse_undecided(row)
    is_by_hand = place is not None or selected is not None
    if is_by_hand:
        _check_place(row, assessed, place, reason.strip())
        _check_selection(row, assessed, selected)
    elif reason.strip() and not assessed.place_reason:
        raise ValidationError({"place": _("A reason alone changes nothing: say what for.")})
    assessed.place_by_hand, assessed.selected_by_hand = place, selected
    assessed.place_reason = reason.strip() if is_by_hand else ""
    assessed.place_by = user if is_by_hand else None
    assessed.save(update_fields=["place_by_hand", "selected_by_hand", "place_reason", "place_by"])
    data = {"proposal": assessed.proposal_id, "place": place, "selected": selected}
    log(instance=row, action="assessment.place_by_hand", user=user, data=data)
    return assessed


def _refuse_undecided(row: AssessmentRound) -> None:
    if row.ended_at is None:
        raise AssessmentRefused(Refusal.NOT_ENDED)
    if Protocol.objects.filter(round=row).exists():
        raise AssessmentRefused(Refusal.HAS_PROTOCOL)


def _check_place(
    row: AssessmentRound, assessed: AssessedProposal, place: int | None, reason: str
) -> None:
    ranked = standing_of(row).by_scores
    if assessed.proposal_id not in ranked:
        raise AssessmentRefused(Refusal.NO_PLACE)
    if place is not None and not 1 <= place <= len(ranked):
        words = _("There are places from 1 to %(last)d.") % {"last": len(ranked)}
        raise ValidationError({"place": words})
    if not reason:
        words = _("Write the reason: residents read it beside the place.")
        raise ValidationError({"reason": words})


def _check_selection(
    row: AssessmentRound, assessed: AssessedProposal, selected: bool | None
) -> None:
    """No more are taken by hand than there are places."""
    if selected is None:
        return
    rule = row.sheet.get("selection")
    if not rule:
        raise AssessmentRefused(Refusal.NOT_SELECTING)
    others = row.assessed.exclude(pk__in=row.assessed.gone()).exclude(pk=assessed.pk)
    taken = others.filter(selected_by_hand=True).count()
    if selected and taken >= rule["count"]:
        words = _("All %(count)d places are taken by hand already.") % {"count": rule["count"]}
        raise ValidationError({"selected": words})


@transaction.atomic
def publish_protocol(*, user: User, round_: AssessmentRound) -> Protocol:
    """Freeze, hash and publish what came of the round. Raises `AssessmentRefused`."""
    row = _locked(user, round_)
    _refuse_undecided(row)
    salt = secrets.token_hex(32)
    contents = contents_of(row, salt)
    protocol = Protocol.objects.create(
        round=row,
        contents=contents,
        contents_hash=hash_of(contents),
        salt=salt,
        made_by=user,
        made_at=timezone.now(),
    )
    data = {"hash": protocol.contents_hash}
    log(instance=row, action="assessment.publish", user=user, data=data)
    transaction.on_commit(partial(tell_writers, protocol))
    return protocol
