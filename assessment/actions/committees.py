"""Terms of office, meetings, who was there, and what a quorate meeting decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from assessment.models import Attendance, Committee, Decision, Meeting
from assessment.permissions import AssessmentRefused, Refusal, may_run_assessment
from assessment.quorum import is_carried
from proposals.clock import site_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User
    from assessment.models import AgendaItem, CommitteeDocument, Membership


def _check(user: User) -> None:
    if not may_run_assessment(user):
        raise PermissionDenied


@transaction.atomic
def save_membership(*, user: User, membership: Membership) -> Membership:
    """Begin or change a term of office. Raises `PermissionDenied`, `ValidationError`."""
    _check(user)
    # Two chairs put in at once would not see each other: one waits here for the other.
    Committee.objects.select_for_update(of=("self",)).get(pk=membership.committee_id)
    membership.full_clean()
    if membership.role == membership.Role.CHAIR and _other_chairs(membership):
        words = _("The committee has a chair for this time already.")
        raise ValidationError({"role": words})
    membership.save()
    data = {"role": membership.role, "member": membership.pk}
    log(instance=membership.committee, action="assessment.save_member", user=user, data=data)
    return membership


def _other_chairs(membership: Membership) -> bool:
    others = membership.committee.memberships.exclude(pk=membership.pk)
    chairs = others.filter(role=membership.Role.CHAIR)
    if membership.ends_on:
        chairs = chairs.filter(starts_on__lte=membership.ends_on)
    return any(one.ends_on is None or one.ends_on >= membership.starts_on for one in chairs)


@transaction.atomic
def save_document(*, user: User, document: CommitteeDocument) -> CommitteeDocument:
    """Put a document or link on the committee's page. Raises `PermissionDenied`."""
    _check(user)
    document.full_clean()
    document.save()
    log(instance=document.committee, action="assessment.save_document", user=user)
    return document


@transaction.atomic
def remove_document(*, user: User, document: CommitteeDocument) -> None:
    """Take a document off the committee's page; the file itself stays."""
    _check(user)
    log(instance=document.committee, action="assessment.remove_document", user=user)
    document.delete()


@transaction.atomic
def save_meeting(*, user: User, meeting: Meeting) -> Meeting:
    """Call a meeting or change it. Raises `PermissionDenied`."""
    _check(user)
    meeting.full_clean()
    meeting.save()
    log(instance=meeting.committee, action="assessment.save_meeting", user=user)
    return meeting


@transaction.atomic
def add_item(*, user: User, item: AgendaItem) -> AgendaItem:
    """Put a matter on the agenda, after those that stand there. Raises `PermissionDenied`."""
    _check(user)
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=item.meeting_id)
    last = meeting.agenda.order_by("-number").values_list("number", flat=True).first()
    item.number = (last or 0) + 1
    item.full_clean()
    item.save()
    log(instance=meeting.committee, action="assessment.add_item", user=user)
    return item


@transaction.atomic
def record_attendance(*, user: User, meeting: Meeting, present: Iterable[Membership]) -> Meeting:
    """Write down who was there; from then on it is clear whether there was a quorum.

    Those without a term on that day do not count. Raises `PermissionDenied`, `AssessmentRefused`
    before the meeting and once something was decided.
    """
    _check(user)
    row = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if row.held_at > timezone.now():
        raise AssessmentRefused(Refusal.NOT_MET)
    if Decision.objects.filter(item__meeting=row).exists():
        raise AssessmentRefused(Refusal.DECIDED)
    members = list(members_on_day(row))
    there = [one for one in members if one in set(present)]
    row.attendances.all().delete()
    Attendance.objects.bulk_create(Attendance(meeting=row, membership=one) for one in there)
    row.member_count, row.present_count = len(members), len(there)
    row.quorum_count = row.committee.quorum_for(len(members))
    row.save(update_fields=["member_count", "present_count", "quorum_count"])
    data = {"present": len(there), "quorum": row.quorum_count}
    log(instance=row.committee, action="assessment.record_attendance", user=user, data=data)
    return row


def members_on_day(meeting: Meeting) -> Iterable[Membership]:
    """Who had a vote on the day of the meeting. One query."""
    day = site_day(meeting.held_at)
    return meeting.committee.memberships.in_office(day).voting().in_order()


@transaction.atomic
def record_decision(*, user: User, item: AgendaItem, decision: Decision) -> Decision:
    """Record what was decided on an item, and whether it was carried by the votes.

    Raises `PermissionDenied`, `AssessmentRefused` without attendance or quorum and for a second
    decision, `ValidationError` for more votes than people or a vote of a chair who was not there.
    """
    _check(user)
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=item.meeting_id)
    _refuse_undecidable(meeting, item)
    votes = decision.votes_for + decision.votes_against + decision.votes_abstain
    if votes > (meeting.present_count or 0):
        words = _("There are more votes than people who were there: %(count)d.")
        raise ValidationError(words % {"count": meeting.present_count or 0})
    _check_chair(meeting, decision)
    decision.item, decision.recorded_by = item, user
    decision.present_count = meeting.present_count or 0
    decision.quorum_count = meeting.quorum_count or 0
    casts = meeting.committee.chair_casts
    decision.is_carried = is_carried(
        decision.votes_for, decision.votes_against, decision.chair_vote, chair_casts=casts
    )
    decision.recorded_at = timezone.now()
    decision.save()
    data = {"carried": decision.is_carried, "item": item.number}
    log(instance=meeting.committee, action="assessment.record_decision", user=user, data=data)
    return decision


def _check_chair(meeting: Meeting, decision: Decision) -> None:
    """The chair's vote can only decide if there was a chair, and is one of those counted."""
    cast = {"for": decision.votes_for, "against": decision.votes_against}
    cast |= {"abstain": decision.votes_abstain}
    if decision.chair_vote == decision.Vote.ABSENT:
        return
    if not meeting.attendances.filter(membership__role="chair").exists():
        words = _("The list of those who were there has no chair, so the chair did not vote.")
        raise ValidationError({"chair_vote": words})
    if not cast[decision.chair_vote]:
        words = _("The chair's vote is not among the votes counted.")
        raise ValidationError({"chair_vote": words})


def _refuse_undecidable(meeting: Meeting, item: AgendaItem) -> None:
    if not meeting.is_counted:
        raise AssessmentRefused(Refusal.NOT_COUNTED)
    if not meeting.is_quorate:
        raise AssessmentRefused(Refusal.MEETING_QUORUM)
    if Decision.objects.filter(item=item).exists():
        raise AssessmentRefused(Refusal.DECIDED)
