"""Staff's and reviewers' pages: who gets in, what they say, what they never say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from assessment.models import (
    AgendaItem,
    AssessmentRound,
    Assignment,
    CommitteeDocument,
    Decision,
    Protocol,
    Score,
)
from proposals.models import Proposal
from tests.factories.accounts import UserFactory
from tests.factories.assessment import (
    make_committee,
    make_ended_round,
    make_item,
    make_meeting,
    make_open_round,
    make_round,
    reviewers,
    secretary,
    send,
    sheets,
)
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(name, args=args)


def test_pages_turn_the_wrong_person_away(staff_of: Callable[[User], Client]) -> None:
    round_ = make_ended_round()
    committee = round_.committee
    item = make_item(make_meeting(committee, present=3))
    own = [
        url("committees_admin:index"),
        url("committees_admin:committee", committee.pk),
        url("committees_admin:add_member", committee.pk),
        url("committees_admin:member", committee.memberships.first().pk),
        url("committees_admin:add_document", committee.pk),
        url("committees_admin:add_meeting", committee.pk),
        url("committees_admin:meeting", item.meeting_id),
        url("committees_admin:edit_meeting", item.meeting_id),
        url("committees_admin:decide", item.pk),
        url("assessments_admin:take", round_.pk),
        url("assessments_admin:places", round_.pk),
        url("assessments_admin:inspect", round_.pk),
        url("assessments_admin:index"),
    ]
    reviewer, boss = staff_of(reviewers(round_)[0]), staff_of(secretary())
    for address in own:
        assert reviewer.get(address).status_code == 302, address
        assert reviewer.get(address).url == url("wagtailadmin_home")
        assert reviewer.post(address, {}).status_code == 302, address
    assert boss.get(url("reviews_admin:index")).status_code == 302
    assert boss.get(url("reviews_admin:sheet", sheets(round_)[0].pk)).status_code == 302


def test_member_is_found_by_the_address_of_an_account(staff_of: Callable[[User], Client]) -> None:
    committee = make_committee()
    client, person = staff_of(secretary()), UserFactory(email="new@example.org")
    page = client.get(url("committees_admin:index"))
    assert committee.name in page.content.decode()
    fields = {"name": "Новая", "position_ru": "эксперт", "role": "member", "organisation": "ТОГУ"}
    dates = {"starts_on": "2026-01-01", "ends_on": ""}
    add = url("committees_admin:add_member", committee.pk)
    page = client.post(add, fields | dates | {"email": "nobody@example.org"})
    assert "There is no account with this address." in page.content.decode()
    assert "Новая" in page.content.decode()
    assert client.post(add, fields | dates | {"role": "chair"}).status_code == 200
    client.post(add, fields | dates | {"email": "NEW@example.org"})
    assert committee.memberships.get(name="Новая").user == person
    page = client.get(url("committees_admin:committee", committee.pk)).content.decode()
    assert "not in the group" in page


def test_meeting_goes_from_agenda_to_decision(staff_of: Callable[[User], Client]) -> None:
    committee, client = make_committee(), staff_of(secretary())
    values = {"held_at": "2026-11-01 10:00", "place": "Зал «Амур»", "minutes": "Спорили"}
    client.post(url("committees_admin:add_meeting", committee.pk), values)
    meeting = committee.meetings.get()
    here = url("committees_admin:meeting", meeting.pk)
    client.post(here, {"title_ru": "О датчиках"})
    item = AgendaItem.objects.get()
    decide = url("committees_admin:decide", item.pk)
    votes = {"votes_for": 2, "votes_against": 0, "votes_abstain": 0, "chair_vote": "for"}
    words = {"reasons": "Нужно", "extract_ru": "Поддержать датчики"}
    page = client.post(decide, votes | words).content.decode()
    assert "Write down first who was there." in page
    assert "Поддержать датчики" in page
    there = [str(one.pk) for one in committee.memberships.all()]
    client.post(url("committees_admin:attendance", meeting.pk), {"present": there})
    page = client.post(decide, votes | words | {"votes_for": 9}).content.decode()
    assert "There are more votes than people" in page
    assert client.post(decide, votes | words).url == here
    assert Decision.objects.get().is_carried
    assert "Поддержать датчики" in client.get(here).content.decode()


def test_document_is_one_of_the_two(staff_of: Callable[[User], Client]) -> None:
    committee, client = make_committee(), staff_of(secretary())
    add = url("committees_admin:add_document", committee.pk)
    values = {"title_ru": "Положение", "url": "", "dated_on": "2026-01-01"}
    assert "one of the two" in client.post(add, values).content.decode()
    client.post(add, values | {"url": "https://example.org/rules"})
    document = CommitteeDocument.objects.get()
    client.post(url("committees_admin:remove_document", document.pk))
    assert not CommitteeDocument.objects.exists()


def test_round_goes_from_preset_to_protocol(staff_of: Callable[[User], Client]) -> None:
    committee, client = make_committee(), staff_of(secretary_with_rounds())
    proposal = ProposalFactory(status=Proposal.Status.SHORTLISTED)
    formset = {
        "criteria-TOTAL_FORMS": 0,
        "criteria-INITIAL_FORMS": 0,
        "criteria-MIN_NUM_FORMS": 0,
        "criteria-MAX_NUM_FORMS": 1000,
    }
    values = {
        "committee": committee.pk,
        "call": proposal.call_id,
        "title_ru": "Экспертиза",
        "due_at": "2099-01-01 10:00",
        "spread_max": "4",
        "per_proposal": "",
        "preset": "proposals",
    }
    response = client.post(url("assessments_admin:add"), values | formset)
    round_ = AssessmentRound.objects.get()
    here = url("assessments_admin:inspect", round_.pk)
    assert response.url == here
    assert round_.criteria.count() == 4
    page = client.post(url("assessments_admin:step", round_.pk, "open"), follow=True)
    assert "Take proposals into the round first." in page.content.decode()
    take = url("assessments_admin:take", round_.pk)
    assert "checked" in client.get(take, {"places": "1"}).content.decode()
    client.post(take, {"proposal": [str(proposal.pk)]})
    client.post(url("assessments_admin:step", round_.pk, "share"))
    page = client.post(url("assessments_admin:step", round_.pk, "open"), follow=True)
    assert "Reading has begun" in page.content.decode()
    assert client.get(url("assessments_admin:edit", round_.pk)).url == here
    assert client.post(url("assessments_admin:delete", round_.pk)).url == here
    for sheet in sheets(round_):
        read_and_send(staff_of(sheet.membership.user), sheet)
    client.post(url("assessments_admin:step", round_.pk, "end"))
    places = url("assessments_admin:places", round_.pk)
    assert "7.00 of 10" in client.get(places).content.decode()
    assessed = round_.assessed.get()
    page = client.post(places, {"assessed": assessed.pk, "place": "1", "reason": ""})
    assert "residents read it" in page.content.decode()
    client.post(url("assessments_admin:step", round_.pk, "publish"))
    assert Protocol.objects.get().round == round_


def secretary_with_rounds() -> User:
    from tests.factories.assessment import SECRETARY, make_person

    names = [f"assessment.{verb}_assessmentround" for verb in ("add", "change", "delete", "view")]
    return make_person(*SECRETARY, *names)


def read_and_send(client: Client, sheet: Assignment) -> None:
    """One reviewer's way: list, declaration, draft, a slip, the sheet."""
    assert "declaration missing" in client.get(url("reviews_admin:index")).content.decode()
    here = url("reviews_admin:sheet", sheet.pk)
    declare = url("reviews_admin:declare", sheet.assessed.round_id)
    assert client.get(here).url == declare
    assert "Confirm this before you read." in client.post(declare, {}).content.decode()
    client.post(declare, {"none_else": "on"})
    page = client.get(here).content.decode()
    names = re.findall(r'name="(points-\d+)"', page)
    assert len(names) == 4
    client.post(here, {names[0]: "7", "draft": "1"})
    assert 'value="7"' in client.get(here).content.decode()
    values = dict.fromkeys(names, "7")
    slip = client.post(here, values | {names[1]: "11"}).content.decode()
    assert "Give whole points from 0 to 10." in slip
    assert 'value="11"' in slip
    client.post(here, values)
    assert "Your sheet is in." in client.get(here).content.decode()


def test_reviewer_never_sees_others_before_their_own_sheet(
    staff_of: Callable[[User], Client],
) -> None:
    round_ = make_open_round(proposals=1)
    first, second, _third = sheets(round_)
    send(first, 9)
    Score.objects.create(
        assignment=first, criterion=round_.criteria.first(), value=9, version=2,
        comment="Тайное замечание",
    )  # fmt: skip
    client = staff_of(second.membership.user)
    for address in (
        url("reviews_admin:index"),
        url("reviews_admin:sheet", second.pk),
        url("reviews_admin:declare", round_.pk),
        url("wagtailadmin_home"),
        first.assessed.proposal.get_absolute_url(),
        round_.get_absolute_url(),
    ):
        page = client.get(address).content.decode()
        assert "Тайное замечание" not in page
        assert "All sheets that are in" not in page
        assert not re.search(r">\s*9(\.00)?\s*<", page), address
    send(second, 3)
    page = client.get(url("reviews_admin:sheet", second.pk)).content.decode()
    assert "All sheets that are in" in page
    assert first.membership.name not in page


def test_staff_see_progress_and_no_score_while_reading(
    staff_of: Callable[[User], Client],
) -> None:
    round_ = make_open_round(proposals=1)
    for sheet, value in zip(sheets(round_), (2, 9, 9), strict=True):
        send(sheet, value)
    client = staff_of(secretary_with_rounds())
    page = client.get(url("assessments_admin:inspect", round_.pk)).content.decode()
    assert "reviewers disagree" in page
    assert "3 / 3" in page
    assert not re.search(r">\s*(9|2|6\.67)\s*<", page)
    assert client.get(url("assessments_admin:places", round_.pk)).status_code == 302
    assessed = round_.assessed.get()
    client.post(url("assessments_admin:one_step", round_.pk, "discuss", assessed.pk))
    assessed.refresh_from_db()
    assert assessed.discussed_at


def test_disputed_sheet_is_changed_with_a_reason(staff_of: Callable[[User], Client]) -> None:
    round_ = make_open_round(proposals=1)
    for sheet, value in zip(sheets(round_), (2, 9, 9), strict=True):
        send(sheet, value)
    sheet = sheets(round_)[0]
    client, here = staff_of(sheet.membership.user), url("reviews_admin:sheet", sheet.pk)
    names = re.findall(r'name="(points-\d+)"', client.get(here).content.decode())
    values = dict.fromkeys(names, "8")
    assert "Write why you change" in client.post(here, values).content.decode()
    client.post(here, values | {"reason": "Не учёл притоки"})
    assert Score.objects.filter(assignment=sheet, version=2).count() == 4


def test_recused_reviewer_gets_no_form(staff_of: Callable[[User], Client]) -> None:
    round_ = make_open_round(proposals=1, declared=False)
    sheet = sheets(round_)[0]
    client = staff_of(sheet.membership.user)
    data = {"none_else": "on", f"conflict-{sheet.pk}": "on", f"note-{sheet.pk}": "Сосед"}
    client.post(url("reviews_admin:declare", round_.pk), data)
    here = url("reviews_admin:sheet", sheet.pk)
    assert "points-" not in client.get(here).content.decode()
    names = [f"points-{one.pk}" for one in round_.criteria.all()]
    page = client.post(here, dict.fromkeys(names, "7")).content.decode()
    assert "You are recused" in page
    assert not Score.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_staff_lists_cost_the_same(
    count: int, staff_of: Callable[[User], Client], django_assert_num_queries: Any
) -> None:
    round_ = make_open_round(proposals=count, members=2 + count)
    committee = round_.committee
    for _number in range(count):
        make_item(make_meeting(committee, present=3))
    boss, reviewer = staff_of(secretary_with_rounds()), staff_of(reviewers(round_)[0])
    for client, address, queries in (
        (boss, url("assessments_admin:inspect", round_.pk), 24),
        (boss, url("committees_admin:committee", committee.pk), 15),
        (reviewer, url("reviews_admin:index"), 9),
    ):
        client.get(address)
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200


def test_round_being_prepared_opens_everywhere(staff_of: Callable[[User], Client]) -> None:
    round_ = make_round()
    client = staff_of(secretary_with_rounds())
    assert client.get(url("assessments_admin:index")).status_code == 200
    assert client.get(url("assessments_admin:edit", round_.pk)).status_code == 200
    assert client.get(url("assessments_admin:delete", round_.pk)).status_code == 200
    assessed = round_.assessed.first()
    client.post(url("assessments_admin:one_step", round_.pk, "leave", assessed.pk))
    assert round_.assessed.count() == 1
