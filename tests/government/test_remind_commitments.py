"""`manage.py remind_commitments`: who hears what when, and nobody anything twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from government.actions.commitments import redate_commitment
from government.models import Commitment, CommitmentReminder
from proposals.models import Proposal
from tests.factories.government import (
    DepartmentFactory,
    OfficialFactory,
    make_answer,
    make_commitment,
    make_referral,
)

if TYPE_CHECKING:
    from accounts.models import User
    from proposals.models import CallPage

pytestmark = pytest.mark.django_db
KHABAROVSK = ZoneInfo("Asia/Vladivostok")
MADE, DUE = date(2026, 6, 1), date(2026, 7, 1)


def at(day: date, hour: int = 9) -> Any:
    return time_machine.travel(
        datetime(day.year, day.month, day.day, hour, tzinfo=KHABAROVSK), tick=False
    )


@pytest.fixture
def commitment(call: CallPage) -> Commitment:
    with at(MADE):
        return make_commitment(due_on=DUE)


def run() -> str:
    out = StringIO()
    call_command("remind_commitments", stdout=out)
    return out.getvalue()


def test_body_is_reminded_before_and_staff_only_after(
    commitment: Commitment, promoter: User, mailoutbox: list[Any]
) -> None:
    body, heard = commitment.body.email, {}
    for days in (-20, -14, -13, -3, 0, 1, 2, 14, 43, 44, 74):
        mailoutbox.clear()
        with at(DUE + timedelta(days=days)):
            run()
        heard[days] = {mail.to[0] for mail in mailoutbox}
    told = [days for days, people in heard.items() if body in people]
    assert told == [-14, -3, 0, 1, 14, 44, 74]
    assert [days for days, people in heard.items() if promoter.email in people] == [1, 14, 44, 74]


def test_second_run_sends_nothing(commitment: Commitment, mailoutbox: list[Any]) -> None:
    with at(DUE):
        assert "1." in run()
        count = len(mailoutbox)
        assert "0." in run()
        assert len(mailoutbox) == count
        with pytest.raises(IntegrityError), transaction.atomic():
            CommitmentReminder.objects.create(
                commitment=commitment, due_on=DUE, days_left=0, sent_at=timezone.now()
            )


def test_overdue_begins_at_midnight_for_reminders_too(
    commitment: Commitment, promoter: User, mailoutbox: list[Any]
) -> None:
    with at(DUE, 23):
        run()
    assert promoter.email not in {mail.to[0] for mail in mailoutbox}
    with at(DUE + timedelta(days=1), 0):
        run()
    mail = next(mail for mail in mailoutbox if mail.to == [promoter.email])
    assert "Просрочено" in mail.subject
    assert f"/commitments/{commitment.pk}/" in mail.body


def test_new_date_begins_anew(
    commitment: Commitment, promoter: User, mailoutbox: list[Any]
) -> None:
    with at(DUE):
        run()
        later = DUE + timedelta(days=10)
        redate_commitment(user=promoter, commitment=commitment, due_on=later, reason="Зима.")
        mailoutbox.clear()
        assert "1." in run()
    assert "Сначала обещано к сроку: 1 июля 2026" in mailoutbox[0].body


@pytest.mark.parametrize("state", ["done", "dropped"])
def test_nobody_is_reminded_of_what_is_settled_or_hidden(
    state: str, commitment: Commitment, mailoutbox: list[Any]
) -> None:
    Commitment.objects.filter(pk=commitment.pk).update(state=state, settled_on=MADE)
    with at(DUE):
        assert "0." in run()
    Commitment.objects.filter(pk=commitment.pk).update(state="planned", settled_on=None)
    Proposal.objects.filter(pk=commitment.proposal_id).update(status="archived")
    with at(DUE):
        assert "1." in run()
    assert mailoutbox


def test_body_without_an_address_keeps_nobody_from_being_told(
    commitment: Commitment, promoter: User, mailoutbox: list[Any]
) -> None:
    commitment.body.email = ""
    commitment.body.save()
    with at(DUE + timedelta(days=1)):
        run()
    assert promoter.email in {mail.to[0] for mail in mailoutbox}


def heard(commitment: Commitment, mailoutbox: list[Any], days: int) -> list[str]:
    """Who of the body gets mail so many days after it was due."""
    mailoutbox.clear()
    commitment.reminders.all().delete()
    with at(DUE + timedelta(days=days)):
        run()
    body = commitment.body
    names = {body.email: body.email}
    names |= {official.email: official.name for official in body.officials.all()}
    return [names[mail.to[0]] for mail in mailoutbox if mail.to[0] in names]


@pytest.mark.parametrize(
    ("owner", "before"),
    [
        ("Отдел связи", "Руководитель отдела"),
        ("отдел СВЯЗИ", "Руководитель отдела"),
        ("Служащий", "Служащий"),
        ("Служащий, инженер", "Служащий"),
        ("Кто-то ещё", "Получатель"),
        ("", "Получатель"),
    ],
)
def test_who_is_named_is_reminded_and_the_head_once_it_is_late(
    owner: str, before: str, commitment: Commitment, mailoutbox: list[Any]
) -> None:
    body = commitment.body
    Commitment.objects.update(owner_name=owner)
    lead = OfficialFactory(body=body, name="Руководитель отдела")
    DepartmentFactory(body=body, name={"ru": "Отдел связи"}, lead=lead)
    OfficialFactory(body=body, name="Служащий", position={"ru": "инженер"})
    OfficialFactory(body=body, name="Получатель", gets_referrals=True)
    OfficialFactory(body=body, name="Глава", is_head=True)
    assert heard(commitment, mailoutbox, -3) == [before]
    assert heard(commitment, mailoutbox, 1) == [before, "Глава"]


def test_whoever_left_office_is_not_reminded(commitment: Commitment, mailoutbox: list[Any]) -> None:
    body = commitment.body
    Commitment.objects.update(owner_name="Отдел связи")
    lead = OfficialFactory(body=body, name="Бывший", is_active=False)
    DepartmentFactory(body=body, name={"ru": "Отдел связи"}, lead=lead)
    OfficialFactory(body=body, name="Без поручений")
    assert heard(commitment, mailoutbox, 1) == [body.email]
    OfficialFactory(body=body, name="Глава", is_head=True)
    assert heard(commitment, mailoutbox, 1) == ["Глава"]  # once, though asked for twice
    assert heard(commitment, mailoutbox, -3) == ["Глава"]


def test_who_has_the_case_is_reminded_unless_another_body_promised(
    call: CallPage, mailoutbox: list[Any]
) -> None:
    with at(MADE):
        referral = make_referral(call=call)
        OfficialFactory(body=referral.body, name="Получатель", gets_referrals=True)
        referral.official = OfficialFactory(body=referral.body, name="Кому передали")
        referral.save()
        answer = make_answer(referral)
        own = make_commitment(answer=answer, due_on=DUE)
    assert heard(own, mailoutbox, -3) == ["Кому передали"]
    other = OfficialFactory(name="Глава другого", is_head=True)
    Commitment.objects.update(body=other.body)
    own.refresh_from_db()
    assert heard(own, mailoutbox, -3) == ["Глава другого"]


def test_body_is_reminded_in_its_own_language(
    commitment: Commitment, promoter: User, mailoutbox: list[Any]
) -> None:
    commitment.body.mail_language = "en"
    commitment.body.save()
    with at(DUE + timedelta(days=1)):
        run()
    said = {mail.to[0]: mail for mail in mailoutbox}
    to_body, to_staff = said[commitment.body.email], said[promoter.email]
    assert to_body.subject.startswith("Overdue:")
    assert f"/en/commitments/{commitment.pk}/" in to_body.body
    assert to_staff.subject.startswith("Просрочено")
