"""Commitments in the admin: with the answer, later, their steps, and what residents report."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import ModelLogEntry

from government.actions.commitments import move_commitment
from government.models import Answer, Commitment, Observation
from proposals.models import Proposal
from tests.factories.government import (
    SEEN,
    BodyFactory,
    boss,
    make_answer,
    make_commitment,
    make_observation,
    make_referral,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User
    from proposals.models import CallPage

    Staff = Callable[[User], Client]

pytestmark = pytest.mark.django_db


def soon(days: int = 20) -> date:
    return timezone.localdate() + timedelta(days=days)


def answer_body(*rows: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """What the form of an answer sends, with rows of promises."""
    body = {
        "outcome": "accepted",
        "text": "Поставим.",
        "official_name": "И. О. Министра",
        "answered_on": f"{timezone.localdate()}",
        "promises-TOTAL_FORMS": str(len(rows)),
        "promises-INITIAL_FORMS": "0",
    }
    for place, row in enumerate(rows):
        filled = {
            "what": "",
            "owner_name": "",
            "due_on": "",
            "amount": "",
            "currency": "RUB",
            **row,
        }
        body |= {f"promises-{place}-{name}": value for name, value in filled.items()}
    return body | changed


def page_of(referral: Any) -> str:
    return f"/admin/referrals/answer/{referral.proposal_id}/"


def test_answer_is_entered_with_its_promises(
    call: CallPage, promoter: User, staff_of: Staff
) -> None:
    referral, other, browser = make_referral(call=call), BodyFactory(), staff_of(promoter)
    rows = [
        {"what": "Датчики", "due_on": f"{soon()}", "amount": "4 500 000,50"},
        {},
        {"what": "Мост", "due_on": f"{soon(40)}", "owner_name": "Отдел", "body": other.pk},
    ]
    preview = browser.post(page_of(referral), answer_body(*rows, stage="preview"))
    assert "Датчики" in preview.text
    assert 'name="promises-2-what" value="Мост"' in preview.text
    assert not Answer.objects.exists()
    sent = browser.post(page_of(referral), answer_body(*rows, stage="send"))
    assert sent.status_code == 302
    first, second = Commitment.objects.order_by("due_on")
    assert (first.what, first.amount_minor, first.body) == ("Датчики", 450_000_050, referral.body)
    assert (second.owner_name, second.amount_minor, second.body) == ("Отдел", None, other)
    assert first.changes.get().by == promoter


def test_answer_form_grows_by_a_row_and_keeps_what_was_typed(
    call: CallPage, promoter: User, staff_of: Staff
) -> None:
    referral = make_referral(call=call)
    body = answer_body({"what": "Датчики"}, more_promises="1", text="Ещё пишу", outcome="")
    page = staff_of(promoter).post(page_of(referral), body)
    assert page.status_code == 200
    for text in ('value="Датчики"', "Ещё пишу", 'name="promises-1-what"'):
        assert text in page.text
    assert 'name="promises-2-what"' not in page.text
    assert "error-message" not in page.text
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("row", "changed", "words"),
    [
        ({"what": "Датчики"}, {}, "Give the day by which"),
        ({"amount": "5"}, {}, "Write what is promised"),
        ({"budget_line": "0409"}, {}, "Write what is promised"),
        ({"what": "Датчики", "due_on": "2001-01-01"}, {}, "a day that has not passed"),
        ({"what": "Датчики", "due_on": "когда-нибудь"}, {}, "Enter a valid date"),
        ({"what": "Датчики", "due_on": "2099-01-01"}, {}, "at most 30 years"),
        ({"what": "Датчики", "amount": "-5"}, {}, "greater than or equal to 0.01"),
        ({"what": "Датчики", "amount": "1e400"}, {}, "Enter a number|digits"),
        ({"what": "Датчики", "amount": "1,5", "currency": "JPY"}, {}, "no smaller units"),
        ({"what": "Датчики", "currency": "XXX"}, {}, "XXX"),
        ({"what": "Датчики"}, {"promises-TOTAL_FORMS": "x"}, "missing or has been tampered"),
    ],
)
def test_promises_that_cannot_be_kept_track_of_are_given_back(
    row: dict[str, Any],
    changed: dict[str, Any],
    words: str,
    call: CallPage,
    promoter: User,
    staff_of: Staff,
) -> None:
    import re

    referral = make_referral(call=call)
    row = {"due_on": f"{soon()}", **row} if not words.startswith("Give the day") else row
    page = staff_of(promoter).post(page_of(referral), answer_body(row, stage="preview", **changed))
    assert page.status_code == 200
    assert re.search(words, page.text)
    assert "promises-0-what" in page.text or "tampered" in words
    assert not Commitment.objects.exists()


def test_two_rows_that_promise_the_same_are_given_back(
    call: CallPage, promoter: User, staff_of: Staff
) -> None:
    referral, row = make_referral(call=call), {"what": "Мост", "due_on": f"{soon()}"}
    page = staff_of(promoter).post(page_of(referral), answer_body(row, row, stage="send"))
    assert "Two rows promise the same" in page.text
    assert not Answer.objects.exists()


def test_promises_are_added_to_a_published_answer(
    call: CallPage, promoter: User, moderator: User, staff_of: Staff
) -> None:
    answer = make_answer(make_referral(call=call))
    page, body = (
        f"/admin/commitments/answer/{answer.pk}/add/",
        answer_body({"what": "Позже", "due_on": f"{soon()}"}),
    )
    assert staff_of(moderator).post(page, body)["Location"] == "/admin/"
    assert not Commitment.objects.exists()
    assert "promises-1-what" in staff_of(promoter).get(page).text
    assert staff_of(promoter).post(page, body).status_code == 302
    again = staff_of(promoter).post(page, body)
    assert "the same for the same day already" in again.text
    assert Commitment.objects.get().what == "Позже"


def test_commitment_is_moved_with_its_evidence(
    call: CallPage, promoter: User, staff_of: Staff
) -> None:
    commitment, browser = make_commitment(), staff_of(promoter)
    page = f"/admin/commitments/{commitment.pk}/"
    assert (
        "Delivered in part"
        not in browser.get(page).text.partition("Put it down")[0].split('name="verb"')[1]
    )
    assert browser.post(page, {"verb": "begin", "text": "Начали."}).status_code == 302
    refused = browser.post(page, {"verb": "deliver", "text": "Готово."})
    assert "Add a link, a photo or a document" in refused.text
    assert "Готово." in refused.text
    link = "https://example.org/act"
    assert browser.post(page, {"verb": "deliver", "text": "Да.", "link": link}).status_code == 302
    commitment.refresh_from_db()
    assert (commitment.state, commitment.settled_on) == ("done", timezone.localdate())
    proposal = Proposal.objects.get(pk=commitment.proposal_id)
    assert proposal.status == "in_progress"
    assert "Call the proposal done" in browser.get(page).text
    decision = browser.get(f"/admin/proposals/{proposal.pk}/").text
    assert "it can be called done" in decision


def test_commitment_that_somebody_moved_meanwhile_keeps_the_words(
    call: CallPage, promoter: User, staff_of: Staff
) -> None:
    commitment = make_commitment(state="dropped")
    page = f"/admin/commitments/{commitment.pk}/"
    answer = staff_of(promoter).post(page, {"verb": "begin", "text": "Мои слова."})
    assert answer.status_code == 409
    assert "Somebody else has moved it" in answer.text
    assert "Мои слова." in answer.text


def test_date_is_moved_in_public(call: CallPage, promoter: User, staff_of: Staff) -> None:
    commitment = make_commitment(due_in=5)
    page, browser = f"/admin/commitments/{commitment.pk}/", staff_of(promoter)
    assert "Give the new date" in browser.post(page, {"verb": "redate", "text": "Зима."}).text
    body = {"verb": "redate", "text": "Зима.", "due_on": f"{soon(50)}"}
    assert browser.post(page, body).status_code == 302
    commitment.refresh_from_db()
    assert (commitment.due_on, commitment.due_moved_count) == (soon(50), 1)


def test_commitments_pages_by_the_wrong_person(
    call: CallPage, moderator: User, editor: User, resident: User, staff_of: Staff
) -> None:
    commitment = make_commitment()
    page = f"/admin/commitments/{commitment.pk}/"
    seen = staff_of(moderator).get(page)
    assert seen.status_code == 200
    assert "Put it down in public" not in seen.text
    staff_of(moderator).post(page, {"verb": "begin", "text": "Я сам."})
    for person in (editor, resident):
        for path in ("/admin/commitments/", page):
            assert staff_of(person).get(path).status_code == 302
    commitment.refresh_from_db()
    assert commitment.state == "planned"


def test_lists_cost_the_same_queries_for_any_number(
    call: CallPage, moderator: User, staff_of: Staff
) -> None:
    browser = staff_of(moderator)
    for path in ("/admin/commitments/", "/admin/observations/"):
        browser.get(path)
        counts = []
        for more in (1, 2):
            for _ in range(more):
                commitment = make_commitment(state="in_progress")
                make_observation(commitment, accepted=False)
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(path).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1], path


def test_front_page_says_what_is_overdue_doubted_and_waiting(
    call: CallPage, promoter: User, moderator: User, staff_of: Staff
) -> None:
    done = make_commitment(state="done")
    make_observation(done, verdict="not_built")
    make_observation(done, accepted=False)
    late = make_commitment(due_in=1)
    Commitment.objects.filter(pk=late.pk).update(due_on=soon(-4))
    page = staff_of(promoter).get("/admin/").text
    assert "1 commitment is overdue." in page
    assert "Residents doubt 1 that is reported done." in page
    assert "1 observation waits to be read." in staff_of(moderator).get("/admin/").text
    listed = staff_of(promoter).get("/admin/commitments/?state=disputed").context["commitments"]
    assert [one.pk for one in listed] == [done.pk]


def test_moderator_accepts_and_refuses_what_residents_saw(
    call: CallPage, moderator: User, promoter: User, staff_of: Staff
) -> None:
    commitment = make_commitment(state="in_progress")
    good, bad = (make_observation(commitment, accepted=False) for _ in range(2))
    browser = staff_of(moderator)
    assert f"№ {good.pk}" in browser.get("/admin/observations/").text
    page = f"/admin/observations/{good.pk}/"
    for path in ("/admin/observations/", page):
        assert staff_of(promoter).get(path).status_code == 302
    assert browser.post(page, {"stage": "accept"}).status_code == 302
    page = f"/admin/observations/{bad.pk}/"
    assert "This field is required" in browser.post(page, {"stage": "refuse"}).text
    assert browser.post(page, {"stage": "refuse", "reason": "Не то место."}).status_code == 302
    assert browser.post(page, {"stage": "accept"}).status_code == 302  # the slower of two
    states = dict(Observation.objects.values_list("pk", "state"))
    assert states == {good.pk: "accepted", bad.pk: "refused"}
    assert ModelLogEntry.objects.filter(action="government.refuse_observation").count() == 1


def test_moderator_does_not_decide_on_their_own(
    call: CallPage, moderator: User, staff_of: Staff
) -> None:
    commitment = make_commitment(state="in_progress")
    own = make_observation(commitment, user=moderator, accepted=False)
    page, browser = f"/admin/observations/{own.pk}/", staff_of(moderator)
    assert "a colleague has to decide" in browser.get(page).text
    browser.post(page, {"stage": "accept"})
    own.refresh_from_db()
    assert own.state == "waiting"


def test_finish_stays_with_people(call: CallPage, promoter: User) -> None:
    commitment = make_commitment(state="in_progress")
    move_commitment(user=boss(), commitment=commitment, verb="deliver", evidence=SEEN)
    assert Proposal.objects.get(pk=commitment.proposal_id).status == "in_progress"
