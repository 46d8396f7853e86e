"""Terms of office, quorum, attendance, decisions; what the database itself refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from assessment.actions.committees import (
    record_attendance,
    record_decision,
    save_membership,
)
from assessment.guards import names
from assessment.models import Decision, Membership
from assessment.permissions import Refusal
from tests.assessment.asking import refused
from tests.factories.accounts import UserFactory
from tests.factories.assessment import (
    CommitteeFactory,
    MembershipFactory,
    make_committee,
    make_item,
    make_meeting,
    secretary,
)
from voting.triggers import installed

if TYPE_CHECKING:
    from accounts.models import User
    from assessment.models import AgendaItem

pytestmark = pytest.mark.django_db


def decide(item: AgendaItem, user: User | None = None, **votes: Any) -> Decision:
    given = {"votes_for": 2, "votes_against": 0, "votes_abstain": 0, **votes}
    decision = Decision(reasons="Так решили", extract={"ru": "Поддержать"}, **given)
    return record_decision(user=user or secretary(), item=item, decision=decision)


def test_guards_are_all_installed() -> None:
    """SQLite drops a table's triggers whenever a migration rebuilds it."""
    assert names(connection) <= installed(connection)


def test_actions_by_the_wrong_person(moderator: User) -> None:
    committee = make_committee()
    meeting = make_meeting(committee, present=3)
    item = make_item(meeting)
    member = committee.memberships.first()
    for person in (UserFactory(), moderator, member.user):
        with pytest.raises(PermissionDenied):
            save_membership(user=person, membership=member)
        with pytest.raises(PermissionDenied):
            record_attendance(user=person, meeting=meeting, present=[])
        with pytest.raises(PermissionDenied):
            decide(item, person)


def test_one_chair_at_a_time() -> None:
    committee = make_committee(members=1)
    chair = committee.memberships.get()
    today = timezone.localdate()
    second = Membership(committee=committee, name="Второй", role="chair", starts_on=today)
    with pytest.raises(ValidationError):
        save_membership(user=secretary(), membership=second)
    with pytest.raises(DatabaseError), transaction.atomic():
        second.save()
    # One with an end is past the unique constraint; the trigger sees it.
    second.ends_on = today + timedelta(days=9)
    with pytest.raises(DatabaseError), transaction.atomic():
        second.save()
    chair.ends_on = today - timedelta(days=1)
    save_membership(user=secretary(), membership=chair)
    save_membership(user=secretary(), membership=second)
    with pytest.raises(DatabaseError), transaction.atomic():
        Membership.objects.filter(pk=chair.pk).update(ends_on=today)


def test_term_cannot_end_before_it_starts() -> None:
    member = MembershipFactory()
    member.ends_on = member.starts_on - timedelta(days=1)
    with pytest.raises(ValidationError):
        save_membership(user=secretary(), membership=member)


def test_in_office_is_who_has_a_term_that_day() -> None:
    committee, today = CommitteeFactory(), timezone.localdate()
    now = MembershipFactory(committee=committee, ends_on=today)
    MembershipFactory(committee=committee, ends_on=today - timedelta(days=1))
    MembershipFactory(committee=committee, starts_on=today + timedelta(days=1))
    MembershipFactory(committee=committee, role=Membership.Role.SECRETARY)
    assert list(committee.memberships.in_office().voting()) == [now]


def test_meeting_without_a_quorum_decides_nothing() -> None:
    committee = make_committee(members=5)
    item = make_item(make_meeting(committee, present=2))
    with refused(Refusal.MEETING_QUORUM):
        decide(item)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(
            item=item, present_count=2, quorum_count=3, votes_for=2, votes_against=0,
            votes_abstain=0, is_carried=True, reasons="Нет", extract={"ru": "Нет"},
        )  # fmt: skip
    record_attendance(
        user=secretary(), meeting=item.meeting, present=list(committee.memberships.all()[:3])
    )
    assert decide(item).is_carried


def test_decision_before_anybody_is_counted_and_twice() -> None:
    item = make_item(make_meeting(make_committee()))
    with refused(Refusal.NOT_COUNTED):
        decide(item)
    present = list(item.meeting.committee.memberships.all())
    record_attendance(user=secretary(), meeting=item.meeting, present=present)
    decision = decide(item)
    with refused(Refusal.DECIDED):
        decide(item)
    with refused(Refusal.DECIDED):
        record_attendance(user=secretary(), meeting=item.meeting, present=[])
    with pytest.raises(DatabaseError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(votes_for=3)


def test_decision_with_more_votes_than_people() -> None:
    item = make_item(make_meeting(make_committee(), present=3))
    with pytest.raises(ValidationError):
        decide(item, votes_for=2, votes_against=1, votes_abstain=1)


@pytest.mark.parametrize(
    ("casts", "vote", "carried"),
    [(True, "for", True), (True, "against", False), (False, "for", False)],
)
def test_casting_vote_of_the_chair(casts: bool, vote: str, carried: bool) -> None:
    item = make_item(make_meeting(make_committee(members=4, chair_casts=casts), present=4))
    decision = decide(item, votes_for=2, votes_against=2, chair_vote=vote)
    assert decision.is_carried is carried


def test_attendance_before_the_meeting_and_of_strangers() -> None:
    committee = make_committee()
    coming = make_meeting(committee, held_at=timezone.now() + timedelta(days=1))
    with refused(Refusal.NOT_MET):
        record_attendance(user=secretary(), meeting=coming, present=[])
    meeting = make_meeting(committee)
    stranger = MembershipFactory()
    counted = record_attendance(
        user=secretary(), meeting=meeting, present=[stranger, *committee.memberships.all()]
    )
    assert (counted.present_count, counted.member_count, counted.quorum_count) == (3, 3, 2)
