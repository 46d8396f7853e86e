"""Mails about referrals and answers: to whom, in which language, and each exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.utils import timezone

from government.models import Answer, Body
from government.notifications import mail_answer, recipients
from proposals.models import Proposal
from tests.factories.accounts import UserFactory
from tests.factories.government import BodyFactory, make_answer, make_referral
from tests.factories.proposals import ProposalFactory
from voting.actions import cast_support, withdraw_support

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from django.core.mail import EmailMessage
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from accounts.models import User
    from proposals.models import CallPage

    Commit = Callable[..., AbstractContextManager[list[Callable]]]

pytestmark = pytest.mark.django_db
Status = Proposal.Status


class MailServerDown(Exception):
    """What a worker that is killed in the middle looks like to the next one."""


class FailingBackend(EmailBackend):
    """Sends `sends_left` mails, then fails for ever."""

    sends_left = 0

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        for _message in messages:
            if FailingBackend.sends_left == 0:
                raise MailServerDown
            FailingBackend.sends_left -= 1
        return super().send_messages(messages)


class FullMailboxBackend(EmailBackend):
    """A server that refuses one address."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        from smtplib import SMTPRecipientsRefused

        for message in messages:
            if message.to == ["gone@example.org"]:
                raise SMTPRecipientsRefused({"gone@example.org": (550, b"no such mailbox")})
        return super().send_messages(messages)


def use_backend(settings: SettingsWrapper, backend: type) -> None:
    settings.MAILERS = {"default": {"BACKEND": f"{__name__}.{backend.__name__}"}}


def supported_by(people: list[User], **fields: object) -> Proposal:
    if fields.get("author", True) is None:
        fields["author_name"] = "Анна"
    proposal = ProposalFactory(status=Status.SHORTLISTED, **fields)
    for person in people:
        cast_support(user=person, proposal_id=proposal.pk)
    return proposal


def unanswered(people: list[User], **fields: object) -> Answer:
    """An answer whose mails have not gone out: on-commit callbacks do not run in a test."""
    return make_answer(make_referral(proposal=supported_by(people, **fields)))


def addressees() -> list[str]:
    return [message.to[0] for message in mail.outbox]


def test_referral_tells_author_and_body(
    call: CallPage,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Commit,
) -> None:
    author = UserFactory(language="ja")
    with django_capture_on_commit_callbacks(execute=True):
        referral = make_referral(call=call, author=author)
    assert [message.to for message in mailoutbox] == [[author.email], [referral.body.email]]
    to_author, to_body = mailoutbox
    assert "/ja/proposals/" in to_author.body
    assert "Просим ответить." in to_author.body
    assert f"/ru/proposals/{referral.proposal_id}/" in to_body.body
    assert author.email not in to_body.body
    assert "№" in to_body.subject or str(referral.proposal_id) in to_body.subject


def test_referral_to_a_body_without_address_tells_the_author_only(
    call: CallPage,
    promoter: User,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Commit,
) -> None:
    from government.actions import promote_proposal

    proposal = ProposalFactory(call=call, status=Status.SHORTLISTED)
    with django_capture_on_commit_callbacks(execute=True):
        promote_proposal(user=promoter, proposal=proposal, body=BodyFactory(email=""), note="Да.")
    assert [message.to for message in mailoutbox] == [[proposal.author.email]]


def test_answer_tells_author_and_supporters_once_each_in_their_language(
    call: CallPage,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Commit,
) -> None:
    people = [UserFactory(language=language) for language in ("ru", "en", "ja")]
    left = UserFactory()
    author = UserFactory(language="en")
    proposal = supported_by([*people, left, author], author=author)
    withdraw_support(user=left, proposal_id=proposal.pk)
    referral = make_referral(proposal=proposal)
    with django_capture_on_commit_callbacks(execute=True):
        answer = make_answer(referral, text="Поставим датчики.")
    assert addressees() == [person.email for person in (*people, author)]
    bodies = {message.to[0]: message.body for message in mailoutbox}
    for person in (*people, author):
        assert f"/{person.language}/proposals/{proposal.pk}/" in bodies[person.email]
        assert "Поставим датчики." in bodies[person.email]
    assert "a proposal that you support" in bodies[people[1].email]
    assert "has answered your proposal" in bodies[author.email]
    answer.refresh_from_db()
    assert answer.notified_at is not None


def test_answer_tells_the_author_of_a_proposal_without_supporters(call: CallPage) -> None:
    answer = unanswered([])
    mail_answer.call(answer.pk)
    assert addressees() == [answer.referral.proposal.author.email]


def test_answer_to_an_imported_proposal_tells_nobody(call: CallPage) -> None:
    answer = unanswered([], author=None)
    mail_answer.call(answer.pk)
    assert mail.outbox == []
    assert Answer.objects.get(pk=answer.pk).notified_at is not None


def test_answer_mail_skips_closed_accounts(call: CallPage) -> None:
    closed = UserFactory()
    answer = unanswered([closed])
    closed.is_active = False
    closed.save()
    mail_answer.call(answer.pk)
    assert closed.email not in addressees()


@pytest.mark.parametrize("sent_before", [0, 1, 3, 4])
def test_answer_mail_goes_on_where_it_was_cut_short(
    sent_before: int, call: CallPage, settings: SettingsWrapper
) -> None:
    people = [UserFactory() for _ in range(4)]
    answer = unanswered(people, author=UserFactory())
    usual = settings.MAILERS
    use_backend(settings, FailingBackend)
    FailingBackend.sends_left = sent_before
    with pytest.raises(MailServerDown):
        mail_answer.call(answer.pk)
    assert len(mail.outbox) == sent_before
    assert Answer.objects.get(pk=answer.pk).notified_at is None
    settings.MAILERS = usual
    mail_answer.call(answer.pk)
    everybody = [*people, answer.referral.proposal.author]
    assert addressees() == [person.email for person in everybody]
    assert Answer.objects.get(pk=answer.pk).notified_at is not None


def test_answer_mail_repeats_at_most_the_one_it_was_at(call: CallPage) -> None:
    people = [UserFactory() for _ in range(3)]
    answer = unanswered(people, author=None)
    mail_answer.call(answer.pk)
    # Killed after the second mail went out and before the cursor was saved.
    Answer.objects.filter(pk=answer.pk).update(notified_up_to=people[0].pk, notified_at=None)
    mail.outbox.clear()
    mail_answer.call(answer.pk)
    assert addressees() == [person.email for person in people[1:]]


def test_answer_mail_stops_when_another_run_has_gone_on(call: CallPage) -> None:
    people = [UserFactory() for _ in range(3)]
    answer = unanswered(people, author=None)
    stale = Answer.objects.select_related("referral__proposal__author").get(pk=answer.pk)
    Answer.objects.filter(pk=answer.pk).update(notified_up_to=people[2].pk)
    assert [person.pk for person in recipients(stale)] == [person.pk for person in people]
    from government.notifications import _advance

    assert not _advance(stale, people[0].pk)
    assert Answer.objects.get(pk=answer.pk).notified_up_to == people[2].pk


def test_answer_mail_goes_past_a_mailbox_that_is_gone(
    call: CallPage, settings: SettingsWrapper
) -> None:
    before, gone, after = UserFactory(), UserFactory(email="gone@example.org"), UserFactory()
    answer = unanswered([before, gone, after], author=None)
    use_backend(settings, FullMailboxBackend)
    mail_answer.call(answer.pk)
    assert addressees() == [before.email, after.email]
    assert Answer.objects.get(pk=answer.pk).notified_at is not None


def test_resume_answer_mails_takes_up_only_unfinished_answers(call: CallPage) -> None:
    finished, unfinished = unanswered([]), unanswered([UserFactory()])
    mail_answer.call(finished.pk)
    mail.outbox.clear()
    call_command("resume_answer_mails", minutes=60)
    assert mail.outbox == []  # both are recent: a run may still be at work
    call_command("resume_answer_mails", minutes=0)
    assert len(mail.outbox) == 2
    assert Answer.objects.get(pk=unfinished.pk).notified_at is not None


def test_mail_to_a_body_carries_no_second_header(
    call: CallPage,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Commit,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        make_referral(call=call, title="Заголовок\r\nBcc: canary@example.org\n\nтело")
    for message in mailoutbox:
        assert "\n" not in message.subject
        assert message.recipients() == message.to


@pytest.mark.parametrize("language", ["ru", "en", "ja"])
def test_answer_preview_is_the_mail_sent(
    language: str,
    call: CallPage,
    promoter: User,
    staff_of: Callable[[User], Client],
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Commit,
) -> None:
    referral = make_referral(call=call, author=UserFactory(language=language, name="Анна & Ко"))
    url = f"/admin/referrals/answer/{referral.proposal_id}/"
    form = {
        "outcome": "partly",
        "text": "Поставим <шесть> датчиков.\n\nОстальные позже.",
        "official_name": "И. О.",
        "official_position": "",
        "answered_on": timezone.localdate().isoformat(),
    }
    client = staff_of(promoter)
    shown = client.post(url, {**form, "stage": "preview"})
    subject, body = shown.context["mail"]
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, {**form, "stage": "send"}).status_code == 302
    assert [(message.subject, message.body) for message in mailoutbox] == [(subject, body)]
    assert Body.objects.get().name in body
