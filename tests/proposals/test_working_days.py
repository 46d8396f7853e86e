"""The published deadline: working days over holidays, at the edge of a day, and its promise."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
import time_machine

from proposals.actions import move_proposal, submit_proposal
from proposals.clock import days_left, due_after
from proposals.models import Proposal
from proposals.working_days import is_working_day, nth_working_day, working_days_between
from tests.factories.moderation import make_waiting
from tests.factories.proposals import ProposalFactory, make_call

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.mail import EmailMessage
    from django.test import Client
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from accounts.models import User
    from proposals.models import CallPage

pytestmark = pytest.mark.django_db
# 23:30 on 30 December 2026 in Vladivostok, which is 13:30 of that day in UTC.
LATE_AT_NIGHT = datetime(2026, 12, 30, 13, 30, tzinfo=UTC)
# Half an hour later it is the 31st there, a day off, and still the 30th in UTC.
AFTER_MIDNIGHT = datetime(2026, 12, 30, 14, 5, tzinfo=UTC)


def test_new_year_holidays_do_not_count() -> None:
    assert nth_working_day(date(2026, 12, 30), 5) == date(2027, 1, 15)
    assert working_days_between(date(2026, 12, 30), date(2027, 1, 15)) == 5


def test_moved_days_follow_the_calendar() -> None:
    assert is_working_day(date(2027, 2, 20))  # a Saturday that is worked
    assert not is_working_day(date(2027, 2, 22))  # the Monday it is worked for
    assert nth_working_day(date(2027, 2, 19), 1) == date(2027, 2, 20)


@pytest.mark.parametrize("days", [1, 5, 30, 60])
def test_counting_there_and_back_agrees(days: int) -> None:
    for start in (date(2026, 4, 29), date(2026, 11, 28), date(2026, 12, 30), date(2028, 2, 28)):
        assert working_days_between(start, nth_working_day(start, days)) == days


def test_day_begins_in_vladivostok() -> None:
    monday_there = datetime(2026, 11, 29, 14, 30, tzinfo=UTC)  # 00:30 on Monday the 30th
    sunday_there = datetime(2026, 11, 29, 13, 30, tzinfo=UTC)  # 23:30 on Sunday the 29th
    assert due_after(monday_there, 1) == date(2026, 12, 1)
    assert due_after(sunday_there, 1) == date(2026, 11, 30)


@pytest.mark.parametrize("moment", [LATE_AT_NIGHT, AFTER_MIDNIGHT])
def test_submitting_writes_the_due_day_down(moment: datetime, resident: User) -> None:
    with time_machine.travel(moment, tick=False):
        call = make_call(days=30)
        draft = ProposalFactory(call=call, author=resident, status="draft", published_at=None)
        submit_proposal(user=resident, proposal=draft)
    draft.refresh_from_db()
    assert draft.moderation_due_on == date(2027, 1, 15)
    assert draft.moderation_days == 5


def test_due_day_follows_the_call_and_not_a_later_change(resident: User) -> None:
    call = make_call(moderation_days=2)
    with time_machine.travel(datetime(2026, 11, 27, 1, tzinfo=UTC), tick=False):
        draft = ProposalFactory(call=call, author=resident, status="returned", published_at=None)
        submit_proposal(user=resident, proposal=draft)
        type(call).objects.filter(pk=call.pk).update(moderation_days=20)
        draft.refresh_from_db()
        assert (draft.moderation_due_on, draft.moderation_days) == (date(2026, 12, 1), 2)


def test_sending_in_again_starts_a_new_clock(
    resident: User, moderator: User, call: CallPage
) -> None:
    with time_machine.travel(datetime(2026, 11, 2, 1, tzinfo=UTC), tick=False):
        proposal = make_waiting(call=call, author=resident)
        first = proposal.moderation_due_on
        move_proposal(user=moderator, proposal=proposal, verb="return", reason="Где?")
    with time_machine.travel(datetime(2026, 11, 16, 1, tzinfo=UTC), tick=False):
        submit_proposal(user=resident, proposal=proposal)
    proposal.refresh_from_db()
    assert (first, proposal.moderation_due_on) == (date(2026, 11, 10), date(2026, 11, 23))


def test_days_left_are_counted_in_working_days() -> None:
    with time_machine.travel(datetime(2026, 11, 28, 3, tzinfo=UTC), tick=False):  # a Saturday
        assert days_left(date(2026, 11, 30)) == 1
        assert days_left(date(2026, 11, 28)) == 0
        assert days_left(date(2026, 11, 27)) == -1  # late, though no working day has passed
        assert days_left(date(2026, 11, 25)) == -2


def test_author_and_visitors_read_the_promise(
    resident: User, stranger: Client, client_of: Callable[[User], Client], call: CallPage
) -> None:
    with time_machine.travel(datetime(2026, 12, 30, 1, tzinfo=UTC), tick=False):
        proposal = make_waiting(call=call, author=resident)
        for client in (stranger, client_of(resident)):
            page = client.get(f"/en/proposals/{proposal.pk}/").text
            assert 'datetime="2027-01-15"' in page
            assert "(5 working days)" in page
    with time_machine.travel(datetime(2027, 1, 16, 1, tzinfo=UTC), tick=False):
        page = stranger.get(f"/en/proposals/{proposal.pk}/").text
        assert "We are late" in page


def test_call_page_states_the_promise(stranger: Client, call: CallPage) -> None:
    type(call).objects.filter(pk=call.pk).update(moderation_days=7, appeal_days=9)
    page = stranger.get(call.get_url()).text
    assert "в течение 7 рабочих дней" in page
    assert "в течение 9 дней" in page


def test_mail_about_sending_in_names_the_day(
    resident: User,
    call: CallPage,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    resident.language = "en"
    resident.save()
    draft = ProposalFactory(call=call, author=resident, status="draft", published_at=None)
    with (
        time_machine.travel(datetime(2026, 12, 30, 1, tzinfo=UTC), tick=False),
        django_capture_on_commit_callbacks(execute=True),
    ):
        type(call.phases.first()).objects.update(closes_at=datetime(2027, 3, 1, tzinfo=UTC))
        submit_proposal(user=resident, proposal=Proposal.objects.get(pk=draft.pk))
    assert "Jan. 15, 2027 (5 working days)" in mailoutbox[0].body
