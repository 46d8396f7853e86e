"""A second look: who may ask, until when, who may answer, and what nobody else ever reads."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.actions import erase_account
from government.dossiers import public_steps
from proposals.actions import (
    AppealAnswered,
    AppealRefused,
    ProposalRewritten,
    answer_appeal,
    make_appeal,
    move_proposal,
    submit_proposal,
)
from proposals.models import Appeal, Proposal
from proposals.permissions import AppealRefusal, may_decide_appeal
from proposals.personal_data import proposals_data
from tests.factories.accounts import UserFactory
from tests.factories.moderation import make_appealed, make_rejected, make_waiting

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.mail import EmailMessage
    from django.test import Client
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from accounts.models import User
    from proposals.models import CallPage

pytestmark = pytest.mark.django_db
Status = Proposal.Status
CANARY = "Канарейкаизжалобы"


@pytest.fixture
def appeal(call: CallPage, resident: User, moderator: User) -> Appeal:
    """The resident's appeal against the moderator's rejection."""
    return make_appealed(moderator, call=call, author=resident)


# Asking ------------------------------------------------------------------------------------------


def test_appeal_of_a_rejection_is_kept_with_its_clock(appeal: Appeal, moderator: User) -> None:
    assert (appeal.state, appeal.against) == (Appeal.State.OPEN, moderator)
    assert appeal.due_on > timezone.localdate()
    assert ModelLogEntry.objects.filter(action="proposals.appeal").count() == 1


def test_appeal_is_made_once(appeal: Appeal, resident: User) -> None:
    with pytest.raises(AppealRefused) as caught:
        make_appeal(user=resident, proposal=appeal.proposal, text="Ещё раз, пожалуйста.")
    assert caught.value.refusal == AppealRefusal.MADE
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.create(
            proposal=appeal.proposal, decision=appeal.decision, text="Второй", due_on=appeal.due_on
        )


def test_appeal_by_others_is_refused(
    call: CallPage, moderator: User, neighbour: User, resident: User
) -> None:
    proposal = make_rejected(moderator, call=call, author=resident)
    for person in (neighbour, moderator):
        with pytest.raises(PermissionDenied):
            make_appeal(user=person, proposal=proposal, text="Я против.")
    assert not Appeal.objects.exists()


def test_appeal_needs_words(call: CallPage, moderator: User, resident: User) -> None:
    proposal = make_rejected(moderator, call=call, author=resident)
    with pytest.raises(ValidationError):
        make_appeal(user=resident, proposal=proposal, text="  ")


@pytest.mark.parametrize(("days", "in_time"), [(14, True), (15, False)])
def test_appeal_ends_with_its_last_day(
    days: int, in_time: bool, call: CallPage, moderator: User, resident: User
) -> None:
    proposal = make_rejected(moderator, call=call, author=resident)
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        if in_time:
            assert make_appeal(user=resident, proposal=proposal, text="Прошу ещё раз.")
        else:
            with pytest.raises(AppealRefused) as caught:
                make_appeal(user=resident, proposal=proposal, text="Прошу ещё раз.")
            assert caught.value.refusal == AppealRefusal.LATE


def test_appeal_of_a_return_waits_for_the_second(
    call: CallPage, moderator: User, resident: User
) -> None:
    proposal = make_waiting(call=call, author=resident)
    move_proposal(user=moderator, proposal=proposal, verb="return", reason="Где?")
    with pytest.raises(AppealRefused) as caught:
        make_appeal(user=resident, proposal=proposal, text="Всё уже есть.")
    assert caught.value.refusal == AppealRefusal.NOTHING
    submit_proposal(user=resident, proposal=proposal)
    move_proposal(user=moderator, proposal=proposal, verb="return", reason="Где?")
    assert make_appeal(user=resident, proposal=proposal, text="Всё уже есть.").is_open


@pytest.mark.parametrize("verb", ["submit", "withdraw"])
def test_appeal_ends_when_its_author_goes_on(
    verb: str, call: CallPage, moderator: User, resident: User, colleague: User
) -> None:
    proposal = make_waiting(call=call, author=resident)
    for _turn in range(2):
        move_proposal(user=moderator, proposal=proposal, verb="return", reason="Где?")
        appeal = None
        if _turn:
            appeal = make_appeal(user=resident, proposal=proposal, text="Всё уже есть.")
        else:
            submit_proposal(user=resident, proposal=proposal)
    move_proposal(user=resident, proposal=proposal, verb=verb)
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.LAPSED
    with pytest.raises(AppealAnswered):
        answer_appeal(user=colleague, appeal=appeal, verb="uphold", answer="Поздно.")


# Answering ---------------------------------------------------------------------------------------


def test_appeal_is_answered_by_another_moderator(
    appeal: Appeal, moderator: User, colleague: User, resident: User, promoter: User
) -> None:
    for person in (moderator, resident, promoter):
        assert not may_decide_appeal(person, appeal)
        with pytest.raises(PermissionDenied):
            answer_appeal(user=person, appeal=appeal, verb="overturn", answer="Так.")
    moderator.is_superuser = True
    assert not may_decide_appeal(moderator, appeal)
    assert may_decide_appeal(colleague, appeal)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(
            state=Appeal.State.UPHELD, answered_by=moderator, answered_at=timezone.now()
        )


def test_appeal_is_not_answered_by_who_returned_it_before(
    call: CallPage, moderator: User, colleague: User, resident: User
) -> None:
    proposal = make_waiting(call=call, author=resident)
    move_proposal(user=colleague, proposal=proposal, verb="return", reason="Где?")
    submit_proposal(user=resident, proposal=proposal)
    move_proposal(user=moderator, proposal=proposal, verb="reject", reason="Нет.")
    appeal = make_appeal(user=resident, proposal=proposal, text="Всё уже есть.")
    assert not may_decide_appeal(colleague, appeal)
    assert may_decide_appeal(UserFactory(is_superuser=True), appeal)


def test_overturned_decision_publishes_and_opens_the_round(
    appeal: Appeal,
    colleague: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer_appeal(user=colleague, appeal=appeal, verb="overturn", answer=CANARY)
    proposal = Proposal.objects.get(pk=appeal.proposal_id)
    assert (proposal.status, proposal.published_at is not None) == (Status.SUPPORTING, True)
    assert proposal.round.is_open
    # That of the rejection, which waited to be undone, goes out before.
    assert [CANARY in mail.body for mail in mailoutbox] == [False, True]
    assert ModelLogEntry.objects.filter(action="proposals.overturn", user=colleague).exists()


def test_upheld_decision_stands_and_is_told(
    appeal: Appeal,
    colleague: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer_appeal(user=colleague, appeal=appeal, verb="uphold", answer=CANARY)
    appeal.refresh_from_db()
    assert (appeal.state, appeal.answered_by) == (Appeal.State.UPHELD, colleague)
    assert Proposal.objects.get(pk=appeal.proposal_id).status == Status.REJECTED
    assert [CANARY in mail.body for mail in mailoutbox] == [True]
    assert ModelLogEntry.objects.filter(action="proposals.uphold", user=colleague).exists()


def test_appeal_is_answered_once(appeal: Appeal, colleague: User) -> None:
    stale = Appeal.objects.select_related("proposal").get(pk=appeal.pk)
    answer_appeal(user=colleague, appeal=appeal, verb="uphold", answer="Повтор.")
    with pytest.raises(AppealAnswered):
        answer_appeal(
            user=UserFactory(is_superuser=True), appeal=stale, verb="overturn", answer="Нет."
        )
    assert Proposal.objects.get(pk=appeal.proposal_id).status == Status.REJECTED


def test_overturning_words_nobody_read_publishes_nothing(appeal: Appeal, colleague: User) -> None:
    seen = appeal.proposal.changed_at - timedelta(seconds=1)
    with pytest.raises(ProposalRewritten):
        answer_appeal(user=colleague, appeal=appeal, verb="overturn", answer="Да.", seen_at=seen)
    appeal.refresh_from_db()
    assert appeal.is_open


def test_appeal_stays_out_of_all_that_is_public(
    appeal: Appeal, colleague: User, stranger: Client
) -> None:
    Appeal.objects.filter(pk=appeal.pk).update(text=CANARY)
    appeal.refresh_from_db()
    answer_appeal(user=colleague, appeal=appeal, verb="overturn", answer=CANARY)
    proposal = Proposal.objects.for_page().get(pk=appeal.proposal_id)
    page = stranger.get(f"/en/proposals/{proposal.pk}/").text
    assert "Published; support began" in page
    for text in (CANARY, "Уже есть.", "Rejected", "ppeal"):
        assert text not in page
    assert all(step.reason == "" for step in public_steps(proposal))


# Leaving -----------------------------------------------------------------------------------------


def test_appeal_is_the_persons_own_data_and_goes_with_them(
    appeal: Appeal, colleague: User, resident: User
) -> None:
    answer_appeal(user=colleague, appeal=appeal, verb="overturn", answer="Опубликуем.")
    (row,) = proposals_data(resident)
    assert (row["appeal"]["text"], row["appeal"]["answer"]) == (appeal.text, "Опубликуем.")
    erase_account(account=resident, by=resident, keep_name=True)
    assert not Appeal.objects.exists()
    assert Proposal.objects.filter(pk=appeal.proposal_id).exists()


# Pages -------------------------------------------------------------------------------------------


def test_author_asks_and_sees_how_it_stands(
    call: CallPage, moderator: User, resident: User, client_of: Callable[[User], Client]
) -> None:
    proposal = make_rejected(moderator, call=call, author=resident)
    client = client_of(resident)
    page = client.get(f"/en/proposals/{proposal.pk}/").text
    assert "Repeats another proposal" in page
    assert f"/en/proposals/{proposal.pk}/appeal/" in page
    url = f"/en/proposals/{proposal.pk}/appeal/"
    assert "Ask for a second look" in client.get(url).text
    kept = client.post(url, {"text": "Коротко"})
    assert (kept.status_code, "Коротко" in kept.text) == (422, True)
    assert client.post(url, {"text": "Другое предложение о другом."}).url == url
    assert "Your appeal is with the moderators" in client.get(url).text
    again = client.post(url, {"text": "И ещё раз о том же."}, follow=True)
    assert "You have appealed already" in again.text
    for page in (f"/en/proposals/{proposal.pk}/", "/en/proposals/mine/"):
        assert "Second look: waits for an answer" in client.get(page).text


def test_appeal_page_is_the_authors(
    appeal: Appeal, neighbour: User, stranger: Client, client_of: Callable[[User], Client]
) -> None:
    url = f"/en/proposals/{appeal.proposal_id}/appeal/"
    assert client_of(neighbour).get(url).status_code == 404
    assert stranger.get(url).status_code == 302


def test_moderator_sees_the_mail_before_answering(
    appeal: Appeal,
    colleague: User,
    moderator: User,
    staff_of: Callable[[User], Client],
) -> None:
    url = f"/admin/proposals/{appeal.proposal_id}/appeal/"
    assert staff_of(moderator).get(url).status_code == 302
    client = staff_of(colleague)
    page = client.get(url).text
    assert appeal.text in page
    seen = appeal.proposal.changed_at.isoformat()
    sent = {"verb": "overturn", "reason": CANARY, "seen_at": seen, "stage": "preview"}
    shown = client.post(url, sent)
    assert CANARY in shown.context["mail"][1]
    assert "Gathering support" in shown.text
    appeal.refresh_from_db()
    assert appeal.is_open
    assert client.post(url, sent | {"stage": "back"}).context["form"].data["reason"] == CANARY
    client.post(url, sent | {"stage": "send"})
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.OVERTURNED
    late = client.post(url, sent | {"stage": "send"})
    assert (late.status_code, CANARY in late.text) == (409, True)


def test_decision_page_says_who_may_answer(
    appeal: Appeal, colleague: User, moderator: User, staff_of: Callable[[User], Client]
) -> None:
    url = f"/admin/proposals/{appeal.proposal_id}/"
    assert "Take a second look" in staff_of(colleague).get(url).text
    page = staff_of(moderator).get(url).text
    assert "Take a second look" not in page
    assert "A moderator who has not decided on this proposal before answers it." in page


def test_history_says_each_step_and_why(
    appeal: Appeal, colleague: User, staff_of: Callable[[User], Client]
) -> None:
    answer_appeal(user=colleague, appeal=appeal, verb="uphold", answer="Повтор.")
    page = staff_of(colleague).get(f"/admin/proposals/{appeal.proposal_id}/history/").text
    for text in (
        "Rejected. Repeats another proposal. Уже есть.",
        "The author asked for a second look",
        "The decision was left to stand after an appeal",
    ):
        assert text in page
