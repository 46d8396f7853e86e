"""Makes committees, meetings and rounds of assessment, as far on as a test needs them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import factory
from django.contrib.auth.models import Permission
from django.utils import timezone

from assessment.actions.committees import add_item, record_attendance
from assessment.actions.reading import declare, submit_sheet
from assessment.actions.rounds import (
    end_reading,
    open_reading,
    publish_protocol,
    share_out_reviews,
    take_proposals,
)
from assessment.models import (
    AgendaItem,
    AssessmentRound,
    Assignment,
    Committee,
    Meeting,
    Membership,
)
from assessment.presets import criteria_of
from proposals.models import CallPage, Proposal
from tests.factories.accounts import UserFactory, source_locale
from tests.factories.proposals import ProposalFactory, make_call

if TYPE_CHECKING:
    from accounts.models import User
    from assessment.models import Protocol

SECRETARY = ("wagtailadmin.access_admin", "assessment.run_assessment")
REVIEWER = ("wagtailadmin.access_admin", "assessment.score_proposal")


class CommitteeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Committee

    locale = factory.LazyFunction(source_locale)
    slug = factory.Sequence(lambda n: f"committee-{n}")
    name = factory.Sequence(lambda n: f"Рабочая группа {n}")
    purpose = "Отбирает проекты."


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    committee = factory.SubFactory(CommitteeFactory)
    name = factory.Sequence(lambda n: f"Член комиссии {n}")
    user = factory.LazyFunction(lambda: make_person(*REVIEWER))
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=400))


def make_person(*permissions: str, **fields: Any) -> User:
    """Somebody with just these rights."""
    user = UserFactory(**fields)
    for name in permissions:
        app, _dot, codename = name.partition(".")
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    return user


def make_committee(members: int = 3, **fields: Any) -> Committee:
    """A committee with a chair and so many members in all, each with an account."""
    committee = CommitteeFactory(**fields)
    for number in range(members):
        role = Membership.Role.MEMBER if number else Membership.Role.CHAIR
        MembershipFactory(committee=committee, role=role)
    return committee


def make_meeting(committee: Committee, *, present: int | None = None, **fields: Any) -> Meeting:
    """A meeting of yesterday; with `present` it is written down that so many were there."""
    held_at = timezone.now() - timedelta(days=1)
    meeting = Meeting.objects.create(
        **{"committee": committee, "held_at": held_at, "place": "Зал «Амур»", **fields}
    )
    if present is not None:
        members = committee.memberships.in_order()[:present]
        meeting = record_attendance(user=secretary(), meeting=meeting, present=list(members))
    return meeting


def make_item(meeting: Meeting, title: str = "О датчиках") -> AgendaItem:
    return add_item(user=secretary(), item=AgendaItem(meeting=meeting, title={"ru": title}))


def secretary() -> User:
    """Somebody who runs committees."""
    return make_person(*SECRETARY)


def make_round(
    proposals: int = 2, members: int = 3, preset: str = "proposals", **fields: Any
) -> AssessmentRound:
    """A round being prepared, with its criteria and shortlisted proposals of one call."""
    committee = fields.pop("committee", None) or make_committee(members)
    call = fields.pop("call", None) or CallPage.objects.first() or make_call()
    due_at = timezone.now() + timedelta(days=7)
    round_ = AssessmentRound(
        **{
            "committee": committee,
            "call": call,
            "title": {"ru": "Экспертиза", "en": "Expert review"},
            "due_at": due_at,
            **fields,
        }
    )
    round_.criteria = criteria_of(preset, round_)
    round_.save()
    status = Proposal.Status.SHORTLISTED
    taken = [ProposalFactory(call=call, status=status) for _number in range(proposals)]
    take_proposals(user=secretary(), round_=round_, proposals=taken)
    return round_


def make_open_round(*, declared: bool = True, **fields: Any) -> AssessmentRound:
    """A round that is being read; its reviewers have declared that they have no conflict."""
    round_ = make_round(**fields)
    share_out_reviews(user=secretary(), round_=round_)
    round_ = open_reading(user=secretary(), round_=round_)
    if declared:
        for user in reviewers(round_):
            declare(user=user, round_=round_, conflicts={})
    return round_


def reviewers(round_: AssessmentRound) -> list[User]:
    """Who reads in a round, in the order of their terms."""
    members = round_.committee.memberships.filter(user__isnull=False).order_by("pk")
    return [one.user for one in members.select_related("user") if one.user]


def sheets(round_: AssessmentRound) -> list[Assignment]:
    """The sheets to be filled in, by proposal and member."""
    rows = Assignment.objects.counted().filter(assessed__round=round_)
    related = rows.select_related("assessed__round", "assessed__proposal", "membership__user")
    return list(related.order_by("assessed__proposal_id", "membership_id"))


def points(round_: AssessmentRound, *values: int) -> dict[int, dict[str, Any]]:
    """Scores for the scales in their order, the last value for the rest; no stop applies."""
    scales = [one.pk for one in round_.criteria.order_by("sort_order") if not one.is_stop]
    given = [*values, *[values[-1]] * len(scales)]
    return {pk: {"value": value} for pk, value in zip(scales, given, strict=False)}


def send(sheet: Assignment, *values: int) -> None:
    """Send one sheet in with these points."""
    round_ = sheet.assessed.round
    submit_sheet(user=sheet.membership.user, assignment=sheet, scores=points(round_, *values))


def make_ended_round(**fields: Any) -> AssessmentRound:
    """A round whose reading has ended: the first proposal got 8 from all, the next 7, and so on."""
    round_ = make_open_round(**fields)
    order = sorted({sheet.assessed.proposal_id for sheet in sheets(round_)})
    for sheet in sheets(round_):
        send(sheet, 8 - order.index(sheet.assessed.proposal_id))
    return end_reading(user=secretary(), round_=round_)


def make_protocol(**fields: Any) -> Protocol:
    """The published protocol of such a round."""
    return publish_protocol(user=secretary(), round_=make_ended_round(**fields))
