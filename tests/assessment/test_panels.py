"""The admin's front page: what waits for reviewers and secretaries, and nothing for others."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from tests.factories.assessment import (
    make_meeting,
    make_open_round,
    make_person,
    make_round,
    reviewers,
    secretary,
    send,
    sheets,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import User

pytestmark = pytest.mark.django_db


def front(client: Client) -> str:
    return client.get(reverse("wagtailadmin_home")).content.decode()


def test_reviewer_sees_rounds_that_wait(staff_of: Callable[[User], Client]) -> None:
    round_ = make_open_round(declared=False)
    make_meeting(round_.committee, held_at=timezone.now() + timedelta(days=3), place="Зал «Бурея»")
    make_meeting(make_round().committee, held_at=timezone.now() + timedelta(days=3), place="Чужой")
    client = staff_of(reviewers(round_)[0])
    page = front(client)
    assert "2 proposals wait for your points" in page
    assert reverse("reviews_admin:declare", args=[round_.pk]) in page
    assert "Зал «Бурея»" in page
    assert "Чужой" not in page
    with time_machine.travel(round_.due_at + timedelta(minutes=1)):
        assert "overdue" in front(client)


def test_reviewer_who_is_done_sees_nothing_waiting(staff_of: Callable[[User], Client]) -> None:
    round_ = make_open_round(proposals=1)
    sheet = sheets(round_)[0]
    send(sheet, 7)
    assert "No proposal waits for your points." in front(staff_of(sheet.membership.user))


def test_secretary_sees_rounds_without_a_protocol(staff_of: Callable[[User], Client]) -> None:
    round_ = make_open_round(proposals=2)
    send(sheets(round_)[0], 7)
    held = make_meeting(round_.committee)
    page = front(staff_of(secretary()))
    assert "1 of 6 sheets are in" in page
    assert reverse("committees_admin:meeting", args=[held.pk]) in page


def test_others_see_neither_panel(staff_of: Callable[[User], Client]) -> None:
    make_open_round()
    page = front(staff_of(make_person("wagtailadmin.access_admin")))
    assert 'id="assessment-' not in page


@pytest.mark.parametrize("count", [1, 3])
def test_panels_cost_the_same_for_any_number_of_rounds(
    count: int,
    staff_of: Callable[[User], Client],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    from assessment.viewsets.panels import CommitteesPanel, MyReviewsPanel

    committee = make_open_round(proposals=count).committee
    for _number in range(1, count):
        make_open_round(proposals=count, committee=committee)
        make_meeting(committee, held_at=timezone.now() + timedelta(days=3))
    for panel in (MyReviewsPanel(committee.memberships.first().user), CommitteesPanel()):
        with django_assert_num_queries(4):
            panel.render_html({})
