"""Who has a term of office, to the day in Vladivostok; a chair who is missing; late conflicts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from assessment.actions.committees import record_attendance
from assessment.actions.reading import declare, submit_sheet
from assessment.actions.rounds import end_reading, open_reading, share_out_reviews
from assessment.findings import progress_of
from assessment.models import Decision, Membership
from assessment.permissions import Refusal
from assessment.protocols import quorum_part
from proposals.models import CoAuthor, Proposal
from tests.assessment.asking import refused
from tests.assessment.test_committees import decide
from tests.factories.assessment import (
    make_committee,
    make_item,
    make_meeting,
    make_open_round,
    make_round,
    points,
    reviewers,
    secretary,
    send,
    sheets,
)
from tests.factories.merging import propose

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User
    from proposals.models import CallPage

pytestmark = pytest.mark.django_db

LAST_DAY = date(2027, 3, 10)
VLADIVOSTOK = ZoneInfo("Asia/Vladivostok")
LAST_MINUTE = datetime(2027, 3, 10, 23, 59, tzinfo=VLADIVOSTOK)
AFTER_MIDNIGHT = datetime(2027, 3, 11, 0, 1, tzinfo=VLADIVOSTOK)
OPENED = datetime(2027, 3, 8, 12, tzinfo=VLADIVOSTOK)


def make_round_with_a_term_that_ends(**fields: Any) -> Any:
    with time_machine.travel(OPENED):
        round_ = make_open_round(due_at=datetime(2027, 3, 20, 18, tzinfo=VLADIVOSTOK), **fields)
    Membership.objects.filter(user=reviewers(round_)[0]).update(ends_on=LAST_DAY)
    return round_


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("America/New_York")], ids=str)
def test_last_day_of_a_term_ends_at_midnight_in_vladivostok(zone: Any) -> None:
    """Whatever zone a member of staff has chosen in the admin."""
    round_ = make_round_with_a_term_that_ends(proposals=2)
    first, second = (one for one in sheets(round_) if one.membership.user == reviewers(round_)[0])
    with timezone.override(zone):
        with time_machine.travel(LAST_MINUTE):
            send(first, 7)
        with time_machine.travel(AFTER_MIDNIGHT), refused(Refusal.TERM_OVER):
            send(second, 7)


def test_whose_term_is_over_reads_no_more_and_their_place_is_filled() -> None:
    round_ = make_round_with_a_term_that_ends(proposals=1, members=3, per_proposal=2)
    gone = next(one for one in sheets(round_) if one.membership.user == reviewers(round_)[0])
    other = next(one for one in sheets(round_) if one != gone)
    with time_machine.travel(AFTER_MIDNIGHT):
        send(other, 7)
        (progress,) = progress_of(round_)
        assert (progress.readers, progress.sent) == (1, 1)
        (new,) = share_out_reviews(user=secretary(), round_=round_)
        assert new.membership.user == reviewers(round_)[2]
        assert declare(user=gone.membership.user, round_=round_, conflicts={gone.pk: "Поздно"}) == 0


def test_quorum_counts_no_sheet_of_who_had_no_vote() -> None:
    round_ = make_open_round(proposals=1, members=3)
    first, second, third = sheets(round_)
    for sheet in (first, second):
        send(sheet, 7)
    assert quorum_part(round_) == {"members": 3, "recused": 0, "needed": 2, "took_part": 2}
    before = timezone.localdate(round_.opened_at) - timedelta(days=1)
    Membership.objects.filter(pk=first.membership_id).update(ends_on=before)
    assert quorum_part(round_) == {"members": 2, "recused": 0, "needed": 2, "took_part": 1}
    Membership.objects.filter(pk=third.membership_id).update(role="secretary")
    with time_machine.travel(round_.due_at):
        assert end_reading(user=secretary(), round_=round_).ended_at  # one of one


def test_who_is_recused_from_every_proposal_is_not_counted() -> None:
    """Or a round about one proposal could never end."""
    round_ = make_open_round(proposals=1, members=4, declared=False)
    first, second, third, fourth = sheets(round_)
    for sheet in (first, second):
        conflicts = {sheet.pk: "Сосед"}
        declare(user=sheet.membership.user, round_=round_, conflicts=conflicts)
    for sheet in (third, fourth):
        declare(user=sheet.membership.user, round_=round_, conflicts={})
        send(sheet, 7)
    assert quorum_part(round_) == {"members": 4, "recused": 2, "needed": 2, "took_part": 2}
    assert end_reading(user=secretary(), round_=round_).ended_at


def test_who_is_recused_from_one_proposal_of_two_is_counted() -> None:
    round_ = make_open_round(proposals=2, members=4, declared=False)
    sheet = sheets(round_)[0]
    declare(user=sheet.membership.user, round_=round_, conflicts={sheet.pk: "Сосед"})
    assert quorum_part(round_)["recused"] == 0


def test_chair_who_was_not_there_casts_no_vote() -> None:
    committee = make_committee(members=4)
    without_chair = committee.memberships.exclude(role="chair")
    item = make_item(make_meeting(committee))
    record_attendance(user=secretary(), meeting=item.meeting, present=list(without_chair))
    with pytest.raises(ValidationError, match="chair_vote"):
        decide(item, votes_for=1, votes_against=1, chair_vote="for")
    assert not decide(item, votes_for=1, votes_against=1).is_carried


def test_vote_of_the_chair_is_among_those_counted() -> None:
    item = make_item(make_meeting(make_committee(members=4), present=4))
    with pytest.raises(ValidationError, match="chair_vote"):
        decide(item, votes_for=0, votes_against=2, chair_vote="for")
    assert not Decision.objects.exists()


def test_committee_without_a_chair_says_so(staff_of: Callable[[User], Client]) -> None:
    committee, client = make_committee(), staff_of(secretary())
    here = reverse("committees_admin:committee", args=[committee.pk])
    assert "No chair is in office" not in client.get(here).content.decode()
    committee.memberships.filter(role="chair").delete()
    assert "No chair is in office" in client.get(here).content.decode()


def test_conflict_that_came_later_is_found_before_the_sheet_is_taken() -> None:
    round_ = make_open_round(proposals=1)
    first, second, third = sheets(round_)
    proposal, now = round_.assessed.get().proposal, timezone.now()
    CoAuthor.objects.create(
        proposal=proposal, person=first.membership.user, name="Новый", joined_at=now
    )
    proposal.author.organisation = "ООО «Амур-Холод»"
    proposal.author.save()
    Membership.objects.filter(pk=second.membership_id).update(organisation="Амур Холод")
    for sheet in (first, second):
        with refused(Refusal.CONFLICT):
            send(sheet, 7)
    share_out_reviews(user=secretary(), round_=round_)
    for sheet, recusal in ((first, "own"), (second, "organisation"), (third, "")):
        sheet.refresh_from_db()
        assert sheet.recusal == recusal


def test_proposal_that_left_is_neither_opened_nor_scored() -> None:
    round_ = make_open_round(proposals=2)
    sheet = sheets(round_)[0]
    Proposal.objects.filter(pk=sheet.assessed.proposal_id).update(status="withdrawn")
    with refused(Refusal.GONE):
        send(sheet, 7)
    early = make_round(proposals=1)
    Proposal.objects.filter(assessed__round=early).update(status="supporting")
    with refused(Refusal.NOT_SHORTLISTED):
        open_reading(user=secretary(), round_=early)


def test_proposal_in_an_open_round_is_not_merged(call: CallPage) -> None:
    round_ = make_open_round(proposals=2, call=call)
    source, target = (row.proposal for row in round_.assessed.select_related("proposal"))
    with pytest.raises(ValidationError, match="протокол которого ещё не опубликован"):
        propose(target=target, sources=[source])


@pytest.mark.parametrize("value", ["-1", "11", "7.5", "семь", "", "9" * 400])
def test_hand_made_post_with_points_off_the_scale(
    value: str, staff_of: Callable[[User], Client]
) -> None:
    round_ = make_open_round(proposals=1)
    sheet = sheets(round_)[0]
    client = staff_of(sheet.membership.user)
    fields = {f"points-{pk}": "7" for pk in points(round_, 7)}
    fields[next(iter(fields))] = value
    fields["comment-" + next(iter(fields)).split("-")[1]] = "Мои слова"
    page = client.post(reverse("reviews_admin:sheet", args=[sheet.pk]), fields)
    assert page.status_code == 200
    assert "Give whole points from 0 to 10." in page.content.decode()
    assert "Мои слова" in page.content.decode()
    sheet.refresh_from_db()
    assert not sheet.is_submitted


def test_hand_made_posts_by_who_may_not_score_now(staff_of: Callable[[User], Client]) -> None:
    """Each is told why in words; none leaves a score."""
    round_ = make_open_round(proposals=3)
    recused, left, late = [
        one for one in sheets(round_) if one.membership.user == reviewers(round_)[0]
    ]
    client = staff_of(recused.membership.user)
    declare(user=recused.membership.user, round_=round_, conflicts={recused.pk: "Сосед"})
    Proposal.objects.filter(pk=left.assessed.proposal_id).update(status="withdrawn")
    fields = {f"points-{pk}": "7" for pk in points(round_, 7)}

    def told(sheet: Any, **more: str) -> str:
        here = reverse("reviews_admin:sheet", args=[sheet.pk])
        return client.post(here, fields | more, follow=True).content.decode()

    assert "You are recused from this proposal" in told(recused)
    assert "You are recused from this proposal" in told(recused, draft="1")
    assert "it is not scored any more" in told(left)
    for sheet in sheets(round_):
        if sheet.membership.user != recused.membership.user and sheet.assessed != left.assessed:
            send(sheet, 7)
    with time_machine.travel(round_.due_at):
        end_reading(user=secretary(), round_=round_)
    assert "The round is closed" in told(late)
    assert not round_.assessed.filter(assignments__scores__assignment=late).exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        late.scores.create(criterion=round_.criteria.first(), value=7)


def test_links_of_a_round_in_which_nothing_waits(staff_of: Callable[[User], Client]) -> None:
    round_ = make_open_round(proposals=1)
    sheet = sheets(round_)[0]
    client = staff_of(sheet.membership.user)
    submit_sheet(user=sheet.membership.user, assignment=sheet, scores=points(round_, 7))
    page = client.get(reverse("reviews_admin:declare", args=[round_.pk]), follow=True)
    assert "Nothing in this round waits for you." in page.content.decode()
