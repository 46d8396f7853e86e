"""The desk's pages: a person is named, their vote is shown and left, or changed when they ask."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import AssuranceLevel, User
from tests.factories.voting import BallotFactory
from voting.actions import append_event, cast_ballot, check_document
from voting.actions.desk import cast_at_desk
from voting.actions.preparing import settle_options
from voting.documents import document_digest
from voting.models import Option, Round, VoteEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse
    from django.test import Client

    SignIn = Callable[[User], Client]

pytestmark = pytest.mark.django_db
NUMBER = "0815 123456"


@pytest.fixture
def round_(home: object) -> Round:
    return BallotFactory(paper=True, level=AssuranceLevel.DOCUMENT, title={"en": "Ice road"})


@pytest.fixture
def desk(registrar: User, staff_of: SignIn) -> Client:
    return staff_of(registrar)


def look(desk: Client, round_: Round, number: str = NUMBER) -> HttpResponse:
    return desk.post(reverse("desk_admin:vote"), {"round": round_.pk, "number": number})


def fields_of(page: HttpResponse) -> dict[str, str]:
    """The hidden fields that a page carries on."""
    return {
        name: re.search(rf'name="{name}" value="([^"]*)"', page.text)[1]
        for name in ("ticket", "gen", "change")
        if f'name="{name}"' in page.text
    }


def send(desk: Client, page: HttpResponse, **fields: object) -> HttpResponse:
    return desk.post(reverse("desk_admin:cast"), {**fields_of(page), **fields})


def test_vote_is_taken_from_somebody_without_an_account(round_: Round, desk: Client) -> None:
    assert "Ice road" in desk.get(reverse("desk_admin:vote")).text
    page = look(desk, round_)
    assert "has not voted in this round" in page.text
    assert NUMBER not in page.text
    answer = send(desk, page, option=["1", "3"])
    assert answer.url == reverse("desk_admin:vote")
    event = VoteEvent.objects.get()
    assert (event.choice, event.channel) == ([1, 3], "desk")
    assert f"/receipts/{event.uuid}/" in desk.get(reverse("desk_admin:vote")).text


def test_vote_that_is_in_is_kept_unless_the_person_asks(
    round_: Round, neighbour: User, registrar: User, desk: Client
) -> None:
    check_document(user=neighbour, number=NUMBER, by=registrar)
    cast_ballot(user=User.objects.get(pk=neighbour.pk), round_id=round_.pk, choice=[2])
    page = look(desk, round_)
    assert "vote is in already: online" in page.text
    assert 'name="option"' not in page.text
    assert "checked" not in page.text  # how they voted is not the staff's to see
    ballot = send(desk, page, stage="change")
    assert 'name="option"' in ballot.text
    assert "checked" not in ballot.text
    send(desk, ballot, option=["1"])
    assert VoteEvent.objects.standing().get().choice == [1]
    assert VoteEvent.objects.count() == 3


def test_ballot_changed_meanwhile_is_marked_anew(round_: Round, desk: Client) -> None:
    """The form names options by number, and staff may still put them in another order."""
    page = look(desk, round_)
    first, second = round_.options.order_by("number")[:2]
    for option, place in ((first, 2), (second, 1)):
        Option.objects.filter(pk=option.pk).update(sort_order=place, number=place + 10)
    settle_options(round_)
    answer = send(desk, page, option=["1"])
    assert answer.status_code == 409
    assert "the ballot was changed" in answer.text
    assert "checked" not in answer.text
    assert not VoteEvent.objects.exists()
    send(desk, answer, option=["1"])
    assert VoteEvent.objects.get().choice == [1]


def test_vote_cast_meanwhile_is_left_alone(round_: Round, registrar: User, desk: Client) -> None:
    page = look(desk, round_)
    digest = document_digest(NUMBER)
    cast_at_desk(by=registrar, round_id=round_.pk, digest=digest, choice=[3], seen_gen=0)
    answer = send(desk, page, option=["1"])
    assert answer.status_code == 409
    assert "Nothing was cast" in answer.text
    assert VoteEvent.objects.get().choice == [3]


def test_ballot_filled_in_wrongly_is_given_back(round_: Round, desk: Client) -> None:
    page = look(desk, round_)
    assert "You chose nothing" in send(desk, page).text
    both = send(desk, page, option=["2"], blank="1")
    assert re.search(r'value="2" id="id_option_2" checked', both.text)
    assert not VoteEvent.objects.exists()


def test_vote_that_staff_took_leads_to_the_integrity_desk(
    round_: Round, registrar: User, desk: Client
) -> None:
    digest = document_digest(NUMBER)
    cast = {"by": registrar, "round_id": round_.pk, "digest": digest}
    event = cast_at_desk(**cast, choice=[3], seen_gen=0).event
    append_event(round_, bytes(event.voter), 2, 2, "hold")
    page = look(desk, round_)
    assert "held or annulled" in page.text
    assert 'name="option"' not in page.text


def test_ticket_is_one_persons_and_runs_out(
    round_: Round, desk: Client, second_registrar: User, staff_of: SignIn
) -> None:
    page = look(desk, round_)
    for client, ticket in (
        (staff_of(second_registrar), fields_of(page)["ticket"]),
        (desk, "made:up:ticket"),
        (desk, ""),
    ):
        answer = client.post(
            reverse("desk_admin:cast"), {"ticket": ticket, "gen": "0", "option": "1"}
        )
        assert answer.url == reverse("desk_admin:vote")
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert send(desk, page, option="1").status_code == 302
    assert not VoteEvent.objects.exists()


def test_page_offers_open_rounds_with_paper_only(round_: Round, desk: Client) -> None:
    other = BallotFactory(level=AssuranceLevel.DOCUMENT)
    assert look(desk, other).context["form"].errors["round"]
    Round.objects.filter(pk=round_.pk).update(closed_at=timezone.now())
    assert "No open round takes votes" in desk.get(reverse("desk_admin:vote")).text
    assert look(desk, round_).context["form"].errors["round"]


@pytest.mark.parametrize("method", [Round.Method.RANKED, Round.Method.SCORE])
def test_ballot_of_each_method_can_be_filled_in(method: str, home: object, desk: Client) -> None:
    round_ = BallotFactory(paper=True, level=AssuranceLevel.DOCUMENT, method=method)
    send(desk, look(desk, round_), **{"option-2": "1", "option-3": "2"})
    expected = [2, 3] if method == Round.Method.RANKED else [[2, 1], [3, 2]]
    assert VoteEvent.objects.get().choice == expected
