"""What officials, staff and the author do with a case, and what happens to the second of two."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from government.actions import (
    CaseMoved,
    Part,
    add_note,
    answer_case,
    ask_extension,
    ask_question,
    assign_referral,
    decide_extension,
    forward_case,
    freeze_dossier,
    hide_step,
    refer_again,
    reply_to_body,
    revoke_links,
    say_not_ours,
    send_link,
)
from government.actions.commitments import Promise
from government.actions.handling import let_go_of_replies
from government.case_pages import step_entries
from government.models import CaseLink, Commitment, Official, Referral, ReferralStep
from proposals.models import Proposal
from tests.factories.accounts import UserFactory
from tests.factories.government import (
    BodyFactory,
    DepartmentFactory,
    OfficialFactory,
    make_answer,
    make_case,
    make_referral,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from django.core.mail import EmailMessage

    from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]
Kind = ReferralStep.Kind
YES = [Part("Всё предложение", "accepted", "Сделаем.")]


def in_days(days: int) -> Any:
    return timezone.localdate() + timedelta(days=days)


def kinds(link: CaseLink) -> list[str]:
    return list(link.referral.steps.values_list("kind", flat=True))


ACTS: dict[str, Callable[[CaseLink], Any]] = {
    "forward": lambda link: forward_case(
        link=link, official=OfficialFactory(body=link.referral.body)
    ),
    "question": lambda link: ask_question(link=link, words="Где?"),
    "extension": lambda link: ask_extension(link=link, due_on=in_days(40), words="Считаем."),
    "not_ours": lambda link: say_not_ours(link=link, words="Это дороги."),
    "answer": lambda link: answer_case(link=link, text="Да.", parts=YES),
}


@pytest.fixture
def link() -> CaseLink:
    return make_case()


# Who may -----------------------------------------------------------------------------------------


def test_promote_proposal_gives_the_receiver_a_link(link: CaseLink) -> None:
    referral = Referral.objects.get(pk=link.referral_id)
    assert referral.official == link.official
    assert link.is_alive
    assert not link.opened_at


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_acts_by_a_revoked_link_are_refused(act: Callable, link: CaseLink) -> None:
    revoke_links(user=UserFactory(is_superuser=True), referral=link.referral)
    with pytest.raises(PermissionDenied):
        act(link)
    assert kinds(link) == []


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_acts_of_who_is_no_longer_in_office_are_refused(act: Callable, link: CaseLink) -> None:
    Official.objects.filter(pk=link.official_id).update(is_active=False, gets_referrals=False)
    with pytest.raises(PermissionDenied):
        act(link)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_acts_of_who_passed_the_case_on_are_too_late(act: Callable, link: CaseLink) -> None:
    ACTS["forward"](link)
    with pytest.raises(CaseMoved):
        act(link)
    assert kinds(link) == ["forwarded"]


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_acts_after_the_answer_are_too_late(act: Callable, link: CaseLink) -> None:
    make_answer(link.referral)
    with pytest.raises(CaseMoved):
        act(link)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_acts_on_a_case_given_back_are_too_late(act: Callable, link: CaseLink) -> None:
    ACTS["not_ours"](link)
    with pytest.raises(CaseMoved):
        act(link)


# Passing on, asking ------------------------------------------------------------------------------


def test_forward_case_gives_the_other_a_link_and_keeps_the_first_for_reading(
    link: CaseLink, mailoutbox: list[EmailMessage]
) -> None:
    department = DepartmentFactory(
        body=link.referral.body, name={"ru": "Отдел мостов", "en": "Bridges"}
    )
    other = OfficialFactory(body=link.referral.body)
    step = forward_case(link=link, official=other, department=department, words="Это вам.")
    referral = Referral.objects.get(pk=link.referral_id)
    assert (referral.official, referral.department) == (other, department)
    assert step.whom["ru"].startswith("Отдел мостов: ")
    assert step.whom["en"] == f"Bridges: {other.name}, head of department"
    assert (step.shown_as["ru"], step.official) == (link.official.shown, link.official)
    assert CaseLink.objects.get(pk=link.pk).is_alive
    assert referral.links.get(official=other).is_alive
    assert ModelLogEntry.objects.filter(action="government.forwarded").count() == 1


def test_forward_case_to_another_body_or_oneself_is_refused(link: CaseLink) -> None:
    for official in (OfficialFactory(), link.official):
        with pytest.raises(ValidationError):
            forward_case(link=link, official=official)
    assert kinds(link) == []


def test_ask_question_goes_to_author_and_staff(
    django_capture_on_commit_callbacks: Callable, mailoutbox: list[EmailMessage]
) -> None:
    author, staff = UserFactory(), UserFactory(is_superuser=True)
    link = make_case(author=author, user=staff)
    with django_capture_on_commit_callbacks(execute=True):
        ask_question(link=link, words="Сколько это стоит?")
    assert {mail.to[0] for mail in mailoutbox} == {author.email, staff.email}
    assert all("Сколько это стоит?" in mail.body for mail in mailoutbox)
    to_author = next(mail for mail in mailoutbox if mail.to == [author.email])
    assert f"/proposals/{link.referral.proposal_id}/reply/" in to_author.body


def test_reply_to_body_by_the_author_once_a_question_waits(
    django_capture_on_commit_callbacks: Callable, mailoutbox: list[EmailMessage]
) -> None:
    author = UserFactory(name="Анна")
    link = make_case(author=author, author_name="Анна")
    with pytest.raises(PermissionDenied):
        reply_to_body(user=author, referral=link.referral, words="Никто не спрашивал.")
    ask_question(link=link, words="Где?")
    with django_capture_on_commit_callbacks(execute=True):
        step = reply_to_body(user=author, referral=link.referral, words="У моста.")
    assert (step.by_whom, step.by) == ("Анна", author)
    assert [mail.to for mail in mailoutbox] == [[link.official.email]]
    assert "У моста." in mailoutbox[0].body
    with pytest.raises(PermissionDenied):
        reply_to_body(user=author, referral=link.referral, words="И ещё.")


@pytest.mark.parametrize("person", ["resident", "editor", "moderator"])
def test_reply_to_body_by_others_is_refused(
    person: str, link: CaseLink, request: pytest.FixtureRequest
) -> None:
    ask_question(link=link, words="Где?")
    with pytest.raises(PermissionDenied):
        reply_to_body(user=request.getfixturevalue(person), referral=link.referral, words="Там.")


def test_reply_of_an_erased_author_loses_the_name() -> None:
    author = UserFactory()
    link = make_case(author=author, author_name="Анна")
    ask_question(link=link, words="Где?")
    step = reply_to_body(user=author, referral=link.referral, words="У моста.")
    let_go_of_replies(author=author, keep_name=False)
    step.refresh_from_db()
    assert step.by_whom == "житель"
    assert step.shown_as["en"] == "a resident"


# A new dossier -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ru", "en"])
def test_freeze_dossier_tells_the_body_once_what_changed(
    language: str,
    django_capture_on_commit_callbacks: Callable,
    mailoutbox: list[EmailMessage],
) -> None:
    staff = UserFactory(is_superuser=True)
    link = make_case(body=BodyFactory(mail_language=language), user=staff)
    Proposal.objects.filter(pk=link.referral.proposal_id).update(
        title="Датчики на всех притоках", solution="Поставить. " * 40
    )
    with django_capture_on_commit_callbacks(execute=True):
        freeze_dossier(user=staff, referral=link.referral)
        with pytest.raises(ValidationError):
            freeze_dossier(user=staff, referral=link.referral)
    (mail,) = mailoutbox
    assert mail.to == [link.official.email]
    assert "→ Датчики на всех притоках" in mail.body
    assert "Поставить." not in mail.body
    assert f"/{language}/cases/open/" in mail.body
    assert kinds(link) == ["dossier"]
    (entry,) = step_entries([link.referral])
    assert entry.title


def test_freeze_dossier_without_anybody_in_charge_tells_the_bodys_address(
    django_capture_on_commit_callbacks: Callable, mailoutbox: list[EmailMessage]
) -> None:
    staff = UserFactory(is_superuser=True)
    referral = make_referral(user=staff)
    Proposal.objects.filter(pk=referral.proposal_id).update(title="Иначе")
    with django_capture_on_commit_callbacks(execute=True):
        freeze_dossier(user=staff, referral=referral)
    (mail,) = mailoutbox
    assert mail.to == [referral.body.email]
    assert "→ Иначе" in mail.body
    assert "/cases/open/" not in mail.body


def test_freeze_dossier_of_a_case_given_back_tells_nobody(
    django_capture_on_commit_callbacks: Callable, mailoutbox: list[EmailMessage]
) -> None:
    staff = UserFactory(is_superuser=True)
    link = make_case(user=staff)
    say_not_ours(link=link, words="Это дороги.")
    Proposal.objects.filter(pk=link.referral.proposal_id).update(title="Иначе")
    with django_capture_on_commit_callbacks(execute=True):
        freeze_dossier(user=staff, referral=link.referral)
    assert mailoutbox == []


# More time ---------------------------------------------------------------------------------------


def test_ask_extension_holds_at_once_the_first_time(link: CaseLink) -> None:
    first = link.referral.due_on
    step = ask_extension(link=link, due_on=in_days(45), words="Считаем смету.")
    referral = Referral.objects.get(pk=link.referral_id)
    assert (referral.due_on, referral.first_due_on) == (in_days(45), first)
    assert (step.kind, step.is_public) == ("extended", True)


def test_ask_extension_a_second_time_waits_for_staff(link: CaseLink, promoter: User) -> None:
    ask_extension(link=link, due_on=in_days(45), words="Считаем.")
    ask_extension(link=link, due_on=in_days(60), words="Ещё.")
    referral = Referral.objects.get(pk=link.referral_id)
    assert (referral.due_on, referral.asked_due_on) == (in_days(45), in_days(60))
    with pytest.raises(ValidationError):
        ask_extension(link=link, due_on=in_days(61), words="И ещё.")
    decide_extension(user=promoter, referral=referral, is_granted=True)
    referral.refresh_from_db()
    assert (referral.due_on, referral.asked_due_on) == (in_days(60), None)
    assert referral.first_due_on == in_days(30)
    with pytest.raises(CaseMoved):
        decide_extension(user=promoter, referral=referral, is_granted=True)


def test_ask_extension_after_the_date_waits_for_staff(link: CaseLink, promoter: User) -> None:
    Referral.objects.filter(pk=link.referral_id).update(due_on=in_days(-1))
    ask_extension(link=link, due_on=in_days(10), words="Не успели.")
    referral = Referral.objects.get(pk=link.referral_id)
    assert referral.days_overdue == 1
    with pytest.raises(ValidationError):
        decide_extension(user=promoter, referral=referral, is_granted=False, words=" ")
    decide_extension(user=promoter, referral=referral, is_granted=False, words="Ждут жители.")
    assert kinds(link) == ["extension_asked", "extension_refused"]
    assert Referral.objects.get(pk=referral.pk).days_overdue == 1


@pytest.mark.parametrize("days", [-5, 0, 30, 61])
def test_ask_extension_to_a_date_that_is_none_is_refused(days: int, link: CaseLink) -> None:
    with pytest.raises(ValidationError, match="due_on"):
        ask_extension(link=link, due_on=in_days(days), words="Считаем.")


def test_ask_extension_without_reason_is_refused(link: CaseLink) -> None:
    with pytest.raises(ValidationError, match="words"):
        ask_extension(link=link, due_on=in_days(40), words="  ")


# Not ours ----------------------------------------------------------------------------------------


def test_say_not_ours_sends_it_back_and_staff_refer_it_again(
    link: CaseLink, promoter: User
) -> None:
    other = BodyFactory(answer_days=14)
    receiver = OfficialFactory(body=other, gets_referrals=True)
    say_not_ours(link=link, words="Это дороги.", body=other)
    referral = Referral.objects.get(pk=link.referral_id)
    assert referral.is_returned
    refer_again(user=promoter, referral=referral, body=other, note="Просим вас.")
    referral.refresh_from_db()
    assert (referral.body, referral.official, referral.note) == (other, receiver, "Просим вас.")
    assert (referral.due_on, referral.is_returned) == (in_days(14), False)
    assert referral.links.get(official=receiver).is_alive
    bodies = [dossier.snapshot["referral"]["body"]["ru"] for dossier in referral.dossiers.all()]
    assert bodies == [link.referral.body.name, other.name]
    assert kinds(link) == ["not_ours", "referred_again"]
    with pytest.raises(CaseMoved):
        ask_question(link=link, words="А мы?")


def test_say_not_ours_naming_oneself_is_refused(link: CaseLink) -> None:
    with pytest.raises(ValidationError, match="body"):
        say_not_ours(link=link, words="Не наше.", body=link.referral.body)


HANDLINGS: dict[str, Callable[[User, CaseLink], Any]] = {
    "again": lambda user, link: refer_again(
        user=user, referral=link.referral, body=BodyFactory(), note="Прошу."
    ),
    "assign": lambda user, link: assign_referral(
        user=user, referral=link.referral, official=OfficialFactory(body=link.referral.body)
    ),
    "extension": lambda user, link: decide_extension(
        user=user, referral=link.referral, is_granted=True
    ),
    "note": lambda user, link: add_note(user=user, referral=link.referral, words="Звонили."),
    "hide": lambda user, link: hide_step(user=user, step=ask_question(link=link, words="?")),
    "send": lambda user, link: send_link(user=user, referral=link.referral),
    "revoke": lambda user, link: revoke_links(user=user, referral=link.referral),
}


@pytest.mark.parametrize("do", HANDLINGS.values(), ids=HANDLINGS)
@pytest.mark.parametrize("person", ["resident", "editor", "moderator"])
def test_handling_by_others_is_refused(
    person: str, do: Callable, link: CaseLink, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(PermissionDenied):
        do(request.getfixturevalue(person), link)


@pytest.mark.parametrize("do", HANDLINGS.values(), ids=HANDLINGS)
def test_handling_of_ones_own_proposal_is_refused(do: Callable, promoter: User) -> None:
    with pytest.raises(PermissionDenied):
        do(promoter, make_case(author=promoter))


def test_assign_referral_to_somebody_of_another_body_is_refused(
    link: CaseLink, promoter: User
) -> None:
    with pytest.raises(ValidationError):
        assign_referral(user=promoter, referral=link.referral, official=OfficialFactory())


# The answer --------------------------------------------------------------------------------------


def test_answer_case_publishes_in_parts_under_the_officials_name(link: CaseLink) -> None:
    parts = [Part("Мост", "accepted", "Построим."), Part("Тоннель", "not_ours", "Это дороги.")]
    promise = Promise(what="Построить мост", due_on=in_days(300))
    answer = answer_case(link=link, text="Построим мост.", parts=parts, promises=[promise])
    assert (answer.outcome, answer.entered_by, answer.official) == ("partly", None, link.official)
    assert answer.official_name == link.official.name
    assert [(part.position, part.what) for part in answer.parts.all()] == [
        (1, "Мост"),
        (2, "Тоннель"),
    ]
    assert Commitment.objects.get().what == "Построить мост"
    answer.referral.proposal.refresh_from_db()
    assert answer.referral.proposal.status == "accepted"
    assert ModelLogEntry.objects.get(action="government.answer").data["official"]


def test_answer_case_of_nothing_but_others_matters_is_refused(link: CaseLink) -> None:
    with pytest.raises(ValidationError):
        answer_case(link=link, text="Нет.", parts=[Part("Всё", "not_ours", "Не наше.")])
    link.referral.proposal.refresh_from_db()
    assert link.referral.proposal.status == "promoted"


def test_answer_case_that_promises_for_yesterday_leaves_nothing(link: CaseLink) -> None:
    promise = Promise(what="Построить", due_on=in_days(-1))
    with pytest.raises(ValidationError), transaction.atomic():
        answer_case(link=link, text="Да.", parts=YES, promises=[promise])
    assert Referral.objects.get(pk=link.referral_id).is_answered is False


# What others see ---------------------------------------------------------------------------------


def test_step_entries_hold_no_note_of_staff_and_nothing_hidden(
    link: CaseLink, promoter: User
) -> None:
    add_note(user=promoter, referral=link.referral, words="CANARY-NOTE")
    hide_step(user=promoter, step=ask_question(link=link, words="CANARY-HIDDEN"))
    ask_question(link=link, words="Где?")
    assert [entry.text for entry in step_entries([link.referral])] == ["Где?"]


def test_note_that_everybody_could_read_cannot_be_kept(link: CaseLink, promoter: User) -> None:
    note = add_note(user=promoter, referral=link.referral, words="CANARY-NOTE")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReferralStep.objects.filter(pk=note.pk).update(is_public=True)


def test_send_link_without_anybody_in_charge_sends_none(promoter: User) -> None:
    assert send_link(user=promoter, referral=make_referral()) is None


def test_send_link_ends_the_one_before(link: CaseLink, promoter: User) -> None:
    new = send_link(user=promoter, referral=link.referral)
    link.refresh_from_db()
    assert (link.state, new and new.state) == ("replaced", "alive")
