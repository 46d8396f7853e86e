"""`manage.py escalate_referrals`: each step once, to the right people, and none without need."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from government.actions import escalate_referral, say_not_ours
from government.models import CaseLink, Referral
from tests.factories.accounts import UserFactory
from tests.factories.government import (
    BodyFactory,
    OfficialFactory,
    make_answer,
    make_case,
    make_referral,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.core.mail import EmailMessage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
HEAD = "head@example.org"


@pytest.fixture
def link() -> CaseLink:
    body = BodyFactory()
    OfficialFactory(body=body, is_head=True, email=HEAD)
    return make_case(body=body, user=UserFactory(is_superuser=True, email="staff@example.org"))


@pytest.fixture
def escalate(
    mailoutbox: list[EmailMessage], django_capture_on_commit_callbacks: Callable
) -> Iterator[Callable]:
    """Run the command so many days after the due date; who got a mail."""

    def run(days: int, link: CaseLink) -> list[str]:
        mailoutbox.clear()
        moment = link.referral.due_at + timedelta(days=days, hours=-12)
        with (
            time_machine.travel(moment, tick=False),
            django_capture_on_commit_callbacks(execute=True),
        ):
            call_command("escalate_referrals", verbosity=0)
        return sorted(mail.to[0] for mail in mailoutbox)

    return run


def kinds(link: CaseLink) -> list[str]:
    return list(link.referral.steps.values_list("kind", flat=True))


def test_escalate_referrals_climbs_one_rung_at_a_time(link: CaseLink, escalate: Callable) -> None:
    own = link.official.email
    assert escalate(-8, link) == []
    assert escalate(-7, link) == [own]
    assert escalate(-6, link) == []
    assert escalate(-1, link) == [own]
    assert escalate(0, link) == [own]
    assert escalate(1, link) == []
    assert escalate(7, link) == [HEAD]
    assert escalate(14, link) == ["staff@example.org"]
    assert escalate(15, link) == []
    assert kinds(link) == ["week_before", "day_before", "due", "head_told", "staff_told"]


def test_escalate_referrals_twice_a_day_makes_each_step_once(
    link: CaseLink, escalate: Callable
) -> None:
    escalate(0, link)
    escalate(0, link)
    assert kinds(link) == ["due"]
    stale = Referral.objects.get(pk=link.referral_id)
    with time_machine.travel(link.referral.due_at - timedelta(hours=5), tick=False):
        assert escalate_referral(stale) == []


def test_escalate_referrals_after_a_pause_makes_up_for_what_still_counts(
    link: CaseLink, escalate: Callable
) -> None:
    assert escalate(20, link) == [HEAD, "staff@example.org"]
    assert kinds(link) == ["head_told", "staff_told"]


def test_escalate_referrals_reminds_with_a_link_that_works(
    link: CaseLink, escalate: Callable, mailoutbox: list[EmailMessage]
) -> None:
    escalate(-7, link)
    assert "/cases/open/" in mailoutbox[0].body
    link.refresh_from_db()
    assert link.state == "replaced"


def test_escalate_referrals_starts_again_after_more_time(
    link: CaseLink, escalate: Callable
) -> None:
    escalate(0, link)
    later = link.referral.due_on + timedelta(days=20)
    Referral.objects.filter(pk=link.referral_id).update(
        due_on=later, first_due_on=link.referral.due_on
    )
    assert escalate(20, link) == [link.official.email]
    assert kinds(link) == ["due", "due"]


def test_escalate_referrals_leaves_answered_ones_alone(link: CaseLink, escalate: Callable) -> None:
    make_answer(link.referral)
    assert escalate(10, link) == []
    assert kinds(link) == []


def test_escalate_referrals_of_a_case_given_back_tells_staff_alone(
    link: CaseLink, escalate: Callable
) -> None:
    say_not_ours(link=link, words="Это дороги.")
    assert escalate(-7, link) == []
    assert escalate(14, link) == ["staff@example.org"]


def test_escalate_referrals_without_an_official_writes_to_the_body(escalate: Callable) -> None:
    referral = make_referral()
    link = CaseLink(referral=referral)
    assert escalate(0, link) == [referral.body.email]


def test_results_mark_what_is_silent_for_two_weeks(link: CaseLink) -> None:
    address = reverse("government:results").replace("/ru/", "/en/")
    for days, marked in ((1, False), (13, False), (14, True)):
        due_on = timezone.localdate() - timedelta(days=days)
        Referral.objects.filter(pk=link.referral_id).update(due_on=due_on)
        text = Client().get(address, headers={"cookie": "sessionid=none"}).text
        assert ("two weeks without an answer" in text) is marked
        assert f"{days} day{'s' * (days > 1)} overdue" in text
