"""Undoing a decision: for ten minutes, by whoever made it, as long as nothing came of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.html import escape
from wagtail.models import ModelLogEntry

from proposals import states
from proposals.actions import (
    UndoRefused,
    make_appeal,
    move_proposal,
    save_draft,
    submit_proposal,
    undo_decision,
    what_keeps,
)
from proposals.history import STEPS, entries
from proposals.models import Amendment, CoAuthor, Proposal, StatusChange
from proposals.notifications import mail_author
from proposals.permissions import UndoRefusal, decision_to_appeal
from tests.factories.accounts import UserFactory
from tests.factories.moderation import let_mails_go, make_waiting
from tests.factories.proposals import ProposalFactory
from voting.actions import SUPPORTED, cast_support, withdraw_support
from voting.models import Round

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.core.mail import EmailMessage
    from django.test import Client
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from accounts.models import User
    from proposals.models import CallPage

    SignIn = Callable[[User], Client]

pytestmark = pytest.mark.django_db
Status = Proposal.Status
INDEX = "/admin/proposals/"
NOON = datetime(2026, 11, 27, 2, tzinfo=UTC)
VERBS = sorted(states.DECISIONS)


def decide(user: User, proposal: Proposal, verb: str) -> StatusChange:
    code = "unclear" if verb in {"return", "reject"} else ""
    return move_proposal(
        user=user, proposal=proposal, verb=verb, reason="Так решили.", reason_code=code
    )


def refusal_of(user: User, change: StatusChange) -> str:
    change = StatusChange.objects.select_related("proposal").get(pk=change.pk)
    with pytest.raises(UndoRefused) as refused:
        undo_decision(user=user, change=change)
    assert not StatusChange.objects.filter(verb="undo").exists()
    return refused.value.words


@pytest.mark.parametrize("verb", VERBS)
def test_undo_decision_brings_back_what_was(
    verb: str,
    call: CallPage,
    moderator: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    proposal = make_waiting(call=call, assignee=moderator)
    before = Proposal.objects.filter(pk=proposal.pk).values(
        "status", "published_at", "submitted_at", "moderation_due_on", "assignee"
    )
    was = before.get()
    with django_capture_on_commit_callbacks(execute=True):
        change = decide(moderator, proposal, verb)
        undone = undo_decision(user=moderator, change=change)
    assert before.get() == was
    assert not Round.objects.exists()
    steps = list(proposal.status_changes.values_list("verb", "from_status", "to_status"))
    target = states.MOVES[verb].target
    assert steps == [(verb, "submitted", target), ("undo", target, "submitted")]
    assert undone.undoes == change
    logged = ModelLogEntry.objects.filter(action__startswith="proposals.")
    assert list(logged.order_by("timestamp").values_list("action", flat=True)) == [
        f"proposals.{verb}",
        "proposals.undo",
    ]
    let_mails_go()
    mail_author.enqueue(change.pk)
    assert mailoutbox == []


def test_undo_of_publication_keeps_the_words_from_being_published_again(
    call: CallPage, resident: User, moderator: User
) -> None:
    proposal = ProposalFactory(call=call, author=resident, status=Status.DRAFT, published_at=None)
    submit_proposal(user=resident, proposal=proposal)
    undo_decision(user=moderator, change=decide(moderator, proposal, "accept"))
    assert not proposal.versions.public().exists()
    save_draft(user=resident, proposal=proposal, summary="Иначе сказано.")
    decide(moderator, proposal, "accept")
    assert [row.summary for row in proposal.versions.public()] == ["Иначе сказано."]
    assert Round.objects.filter(proposal=proposal).count() == 1


def test_undo_decision_takes_the_page_away_again(
    call: CallPage,
    moderator: User,
    stranger: Client,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    proposal = make_waiting(call=call, title="Лавочки у школы")
    change = decide(moderator, proposal, "accept")
    url = f"/en/proposals/{proposal.pk}/"
    assert "Лавочки у школы" in stranger.get(url).text
    with django_capture_on_commit_callbacks(execute=True):
        undo_decision(user=moderator, change=change)
    assert "Лавочки у школы" not in stranger.get(url).text
    assert "Лавочки у школы" not in stranger.get("/en/proposals/").text


def test_undo_decision_a_second_time_is_refused(call: CallPage, moderator: User) -> None:
    change = decide(moderator, make_waiting(call=call), "reject")
    stale = StatusChange.objects.select_related("proposal").get(pk=change.pk)
    undo_decision(user=moderator, change=change)
    with pytest.raises(UndoRefused, match=str(UndoRefusal.UNDONE.label)):
        undo_decision(user=moderator, change=stale)
    assert StatusChange.objects.filter(verb="undo").count() == 1


def test_undo_decision_after_ten_minutes_is_refused(call: CallPage, moderator: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        change = decide(moderator, make_waiting(call=call), "return")
        clock.shift(timedelta(minutes=10))
        assert refusal_of(moderator, change) == UndoRefusal.LATE.label
        clock.shift(timedelta(seconds=-1))
        undo_decision(user=moderator, change=change)


def test_undo_decision_once_the_mail_is_out_is_refused(call: CallPage, moderator: User) -> None:
    change = decide(moderator, make_waiting(call=call), "return")
    mail_author.enqueue(change.pk)
    assert refusal_of(moderator, change) == UndoRefusal.LATE.label


@pytest.mark.parametrize("stands", [True, False])
def test_undo_decision_with_a_support_is_refused(
    stands: bool, call: CallPage, moderator: User, neighbour: User
) -> None:
    proposal = make_waiting(call=call)
    change = decide(moderator, proposal, "accept")
    cast_support(user=neighbour, proposal_id=proposal.pk)
    if not stands:
        withdraw_support(user=neighbour, proposal_id=proposal.pk)
    assert what_keeps(StatusChange.objects.get(pk=change.pk)) == SUPPORTED
    assert refusal_of(moderator, change) == SUPPORTED
    assert Proposal.objects.get(pk=proposal.pk).is_public


def test_undo_decision_after_another_step_is_refused(
    call: CallPage, moderator: User, promoter: User
) -> None:
    proposal = make_waiting(call=call)
    change = decide(moderator, proposal, "accept")
    move_proposal(user=promoter, proposal=proposal, verb="shortlist")
    assert refusal_of(moderator, change) == UndoRefusal.MOVED.label
    move_proposal(user=promoter, proposal=proposal, verb="unshortlist")
    assert refusal_of(moderator, change) == UndoRefusal.MOVED.label


def test_undo_decision_after_the_author_did_something_is_refused(
    call: CallPage, resident: User, moderator: User
) -> None:
    returned = make_waiting(call=call, author=resident)
    change = decide(moderator, returned, "return")
    save_draft(user=resident, proposal=returned, summary="Уже меняю.")
    assert refusal_of(moderator, change) == UndoRefusal.MOVED.label
    rejected = make_waiting(call=call, author=resident)
    change = decide(moderator, rejected, "reject")
    make_appeal(user=resident, proposal=rejected, text="Не согласен.")
    assert refusal_of(moderator, change) == UndoRefusal.MOVED.label
    public = make_waiting(call=call, author=resident)
    change = decide(moderator, public, "accept")
    Amendment.objects.create(proposal=public, note="Ещё", addition="И", sent_at=timezone.now())
    assert refusal_of(moderator, change) == UndoRefusal.MOVED.label


@pytest.mark.parametrize("person", ["resident", "colleague", "promoter", "author", "former"])
def test_undo_decision_by_the_wrong_person_is_refused(
    person: str, call: CallPage, moderator: User, request: pytest.FixtureRequest
) -> None:
    proposal = make_waiting(call=call)
    change = decide(moderator, proposal, "accept")
    if person == "former":
        moderator.user_permissions.clear()
        wrong = type(moderator).objects.get(pk=moderator.pk)
    else:
        wrong = proposal.author if person == "author" else request.getfixturevalue(person)
    with pytest.raises(PermissionDenied):
        undo_decision(user=wrong, change=change)
    assert Proposal.objects.get(pk=proposal.pk).is_public


def test_undo_step_without_its_decision_is_refused_by_the_database(
    call: CallPage, moderator: User
) -> None:
    proposal = make_waiting(call=call)
    decide(moderator, proposal, "accept")
    with pytest.raises(IntegrityError), transaction.atomic():
        move_proposal(user=moderator, proposal=proposal, verb="undo")


# The mail ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_mail_about_a_decision_waits_ten_minutes(
    verb: str,
    call: CallPage,
    moderator: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        with django_capture_on_commit_callbacks(execute=True):
            decide(moderator, make_waiting(call=call), verb)
        clock.shift(timedelta(minutes=9, seconds=59))
        call_command("send_decision_mails")
        assert mailoutbox == []
        clock.shift(timedelta(seconds=1))
        call_command("send_decision_mails")
        call_command("send_decision_mails")
    assert len(mailoutbox) == 1


def test_mail_about_a_decision_goes_out_before_that_of_the_next_step(
    call: CallPage,
    moderator: User,
    resident: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    proposal = make_waiting(call=call, author=resident)
    with django_capture_on_commit_callbacks(execute=True):
        decide(moderator, proposal, "return")
    assert mailoutbox == []
    with django_capture_on_commit_callbacks(execute=True):
        submit_proposal(user=resident, proposal=proposal)
    assert ["Так решили." in mail.body for mail in mailoutbox] == [True, False]
    let_mails_go()
    assert len(mailoutbox) == 2


def test_mail_that_failed_is_taken_up_again(
    call: CallPage, moderator: User, mailoutbox: list[EmailMessage], settings: object
) -> None:
    change = decide(moderator, make_waiting(call=call), "accept")
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 9},
        }
    }
    let_mails_go()
    assert StatusChange.objects.get(pk=change.pk).mail_state == "waiting"
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    let_mails_go()
    assert len(mailoutbox) == 1


def test_mailbox_that_is_gone_has_nobody_told_twice(
    call: CallPage, moderator: User, mailoutbox: list[EmailMessage], settings: object
) -> None:
    proposal = make_waiting(call=call, author=UserFactory(email="gone@example.org"))
    CoAuthor.objects.create(proposal=proposal, person=UserFactory(), joined_at=timezone.now())
    change = decide(moderator, proposal, "accept")
    backend = "tests.government.test_notifications.FullMailboxBackend"
    settings.MAILERS = {"default": {"BACKEND": backend}}
    let_mails_go()
    let_mails_go()
    assert StatusChange.objects.get(pk=change.pk).mail_state == "sent"
    assert len(mailoutbox) == 1


def test_mail_of_a_killed_worker_is_taken_up_after_an_hour(
    call: CallPage, moderator: User, mailoutbox: list[EmailMessage]
) -> None:
    change = decide(moderator, make_waiting(call=call), "accept")
    StatusChange.objects.filter(pk=change.pk).update(mail_state="sending")
    let_mails_go()
    assert mailoutbox == []
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        call_command("send_decision_mails")
    assert len(mailoutbox) == 1


def test_mail_is_queued_for_its_moment_where_the_queue_can_wait(
    call: CallPage,
    moderator: User,
    settings: object,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    from django_tasks_db.models import DBTaskResult

    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    with django_capture_on_commit_callbacks(execute=True):
        change = decide(moderator, make_waiting(call=call), "accept")
    (job,) = DBTaskResult.objects.filter(task_path__endswith="mail_author")
    assert job.run_after == change.undo_until


# What others see of it ---------------------------------------------------------------------------


def test_undone_decisions_count_nowhere(call: CallPage, moderator: User, resident: User) -> None:
    proposal = make_waiting(call=call, author=resident)
    undo_decision(user=moderator, change=decide(moderator, proposal, "accept"))
    assert not Proposal.objects.reached("published").exists()
    assert not Proposal.objects.decided_by(moderator.pk).exists()
    undo_decision(user=moderator, change=decide(moderator, proposal, "return"))
    decide(moderator, proposal, "return")
    assert decision_to_appeal(Proposal.objects.get(pk=proposal.pk)) is None  # the first that stands


def test_timeline_tells_the_author_and_not_everybody(call: CallPage, moderator: User) -> None:
    proposal = make_waiting(call=call)
    undo_decision(user=moderator, change=decide(moderator, proposal, "reject"))
    steps = entries(Proposal.objects.get(pk=proposal.pk))
    assert [step.title for step in steps][-2:] == [STEPS["undo"], STEPS["reject"]]
    undo_decision(user=moderator, change=decide(moderator, proposal, "accept"))
    decide(moderator, proposal, "accept")
    shown = [entry for entry in entries(Proposal.objects.get(pk=proposal.pk)) if not entry.expected]
    assert [entry.title for entry in shown] == [STEPS["accept"]]


# Pages -------------------------------------------------------------------------------------------


def send(client: Client, proposal: Proposal, verb: str) -> str:
    fields = {"verb": verb, "reason": "Так решили.", "stage": "send"}
    code = {"reason_code": "unclear"} if verb != "accept" else {}
    seen = {"seen_at": Proposal.objects.get(pk=proposal.pk).changed_at.isoformat()}
    return client.post(f"{INDEX}{proposal.pk}/", {**fields, **code, **seen}, follow=True).text


@pytest.mark.parametrize("verb", VERBS)
def test_undo_button_stands_in_the_message_and_on_the_page(
    verb: str, call: CallPage, moderator: User, colleague: User, staff_of: SignIn
) -> None:
    proposal, client = make_waiting(call=call), staff_of(moderator)
    with time_machine.travel(NOON, tick=False) as clock:
        action = f'action="{INDEX}{proposal.pk}/undo/"'
        assert action in send(client, proposal, verb)
        page = client.get(f"{INDEX}{proposal.pk}/").text
        assert action in page
        assert "12:10 p.m." in page.replace("\xa0", " ")
        assert action not in staff_of(colleague).get(f"{INDEX}{proposal.pk}/").text
        clock.shift(timedelta(minutes=10))
        assert action not in client.get(f"{INDEX}{proposal.pk}/").text


def test_undo_page_undoes_and_says_so(call: CallPage, moderator: User, staff_of: SignIn) -> None:
    proposal, client = make_waiting(call=call), staff_of(moderator)
    send(client, proposal, "accept")
    decision = {"decision": StatusChange.objects.get().pk}
    page = client.post(f"{INDEX}{proposal.pk}/undo/", decision, follow=True).text
    assert "Undone. It waits to be checked again" in page
    assert "The decision was undone" in page
    assert 'value="accept"' in page
    again = client.post(f"{INDEX}{proposal.pk}/undo/", decision, follow=True).text
    assert str(UndoRefusal.UNDONE.label) in again
    history = client.get(f"{INDEX}{proposal.pk}/history/").text
    assert "The decision was undone; it waits again" in history


def test_undo_page_tells_a_colleague_why_not(
    call: CallPage, moderator: User, colleague: User, staff_of: SignIn
) -> None:
    proposal = make_waiting(call=call)
    change = decide(moderator, proposal, "accept")
    page = staff_of(colleague).post(
        f"{INDEX}{proposal.pk}/undo/", {"decision": change.pk}, follow=True
    )
    assert escape("Only the moderator who decided can undo it.") in page.text
    assert Proposal.objects.get(pk=proposal.pk).is_public


@pytest.mark.parametrize("decision", ["", "x", "-1", "9" * 40, "987654"])
def test_undo_page_takes_bad_input_calmly(
    decision: str, call: CallPage, moderator: User, staff_of: SignIn
) -> None:
    proposal = make_waiting(call=call)
    decide(moderator, proposal, "accept")
    url = f"{INDEX}{proposal.pk}/undo/"
    page = staff_of(moderator).post(url, {"decision": decision}, follow=True)
    assert "There is no such decision." in page.text


@pytest.mark.parametrize("person", ["resident", "promoter", "editor"])
def test_undo_page_is_the_moderators(
    person: str,
    call: CallPage,
    moderator: User,
    request: pytest.FixtureRequest,
    client_of: SignIn,
) -> None:
    proposal = make_waiting(call=call)
    change = decide(moderator, proposal, "accept")
    client = client_of(request.getfixturevalue(person))
    client.post(f"{INDEX}{proposal.pk}/undo/", {"decision": change.pk})
    assert Proposal.objects.get(pk=proposal.pk).is_public
