"""Appeals: one for each time a vote was taken, answered by staff; what everybody reads of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core import mail
from django.core.cache import caches
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.actions import erase_account
from accounts.personal_data import personal_data
from tests.factories.voting import make_events
from voting.actions import append_event, cast_ballot, cast_support, close_round, recount_support
from voting.actions.appeals import (
    AppealAnswered,
    AppealThere,
    NothingToAppeal,
    decline_appeal,
    grant_appeal,
    make_appeal,
)
from voting.actions.interventions import (
    OwnVote,
    ask_intervention,
    confirm_intervention,
    refuse_intervention,
)
from voting.models import Appeal, Intervention, Round
from voting.removals import removals_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from accounts.models import User
    from proposals.models import Proposal

    SignIn = Callable[[User], Client]

pytestmark = pytest.mark.django_db
Kind, Why = Intervention.Kind, Intervention.Reason
TEXT = "Я голосовал сам, со школьного компьютера."


def url(round_: Round) -> str:
    with translation.override("en"):
        return reverse("voting:appeal", args=[round_.pk])


def take(kind: str, round_: Round, voters: list[bytes], by: User, second: User) -> Intervention:
    row = ask_intervention(
        by=by, round_=round_, kind=kind, reason=Why.NETWORK, voters=voters, words="Один адрес."
    )
    return confirm_intervention(by=second, intervention=row) if row.needs_two else row


@pytest.fixture
def held(
    proposal: Proposal, neighbour: User, scrutineer: User, second_scrutineer: User
) -> Proposal:
    event = cast_support(user=neighbour, proposal_id=proposal.pk).event
    take(Kind.HOLD, proposal.round, [bytes(event.voter)], scrutineer, second_scrutineer)
    return proposal


@pytest.fixture
def annulled(
    proposal: Proposal, neighbour: User, scrutineer: User, second_scrutineer: User
) -> Proposal:
    event = cast_support(user=neighbour, proposal_id=proposal.pk).event
    take(Kind.ANNUL, proposal.round, [bytes(event.voter)], scrutineer, second_scrutineer)
    return proposal


@pytest.fixture
def appeal(annulled: Proposal, neighbour: User) -> Appeal:
    return make_appeal(user=neighbour, round_=annulled.round, text=TEXT)


def test_appeal_names_the_vote_and_not_the_person(appeal: Appeal, annulled: Proposal) -> None:
    assert appeal.event == annulled.round.events.get(reason="annul")
    names = {field.name for field in Appeal._meta.get_fields()}
    assert names.isdisjoint({"person", "user", "author"})


def test_appeal_is_made_once_and_only_against_what_was_taken(
    appeal: Appeal, annulled: Proposal, neighbour: User, resident: User
) -> None:
    with pytest.raises(AppealThere):
        make_appeal(user=neighbour, round_=annulled.round, text=TEXT)
    with pytest.raises(NothingToAppeal):
        make_appeal(user=resident, round_=annulled.round, text=TEXT)
    cast_support(user=resident, proposal_id=annulled.pk)
    with pytest.raises(NothingToAppeal):
        make_appeal(user=resident, round_=annulled.round, text=TEXT)


def test_granting_restores_through_a_second_person_and_the_voter_is_told(
    appeal: Appeal,
    annulled: Proposal,
    neighbour: User,
    scrutineer: User,
    second_scrutineer: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    granted = grant_appeal(by=scrutineer, appeal=appeal)
    assert granted.state == Appeal.State.PROPOSED
    assert annulled.round.events.tally() == 0
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        confirm_intervention(by=second_scrutineer, intervention=granted.intervention)
    appeal.refresh_from_db()
    assert (appeal.state, appeal.answered_by) == (Appeal.State.GRANTED, second_scrutineer)
    assert annulled.round.events.tally() == 1
    assert [one.to for one in mail.outbox] == [[neighbour.email]]


def test_granting_a_held_vote_gives_it_back_at_once(
    held: Proposal, neighbour: User, scrutineer: User
) -> None:
    appeal = make_appeal(user=neighbour, round_=held.round, text=TEXT)
    assert grant_appeal(by=scrutineer, appeal=appeal).state == Appeal.State.GRANTED
    assert held.round.events.tally() == 1


def test_second_person_who_refuses_opens_the_appeal_again(
    appeal: Appeal, scrutineer: User, second_scrutineer: User
) -> None:
    granted = grant_appeal(by=scrutineer, appeal=appeal)
    refuse_intervention(by=second_scrutineer, intervention=granted.intervention)
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.OPEN


def test_declining_tells_the_voter_why(
    appeal: Appeal,
    neighbour: User,
    scrutineer: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        decline_appeal(by=scrutineer, appeal=appeal, answer="Пять учёток с одного телефона.")
    assert [one.to for one in mail.outbox] == [[neighbour.email]]
    assert "Пять учёток" in mail.outbox[0].body
    for work in (
        lambda: decline_appeal(by=scrutineer, appeal=appeal, answer="Ещё раз."),
        lambda: grant_appeal(by=scrutineer, appeal=appeal),
    ):
        with pytest.raises(AppealAnswered):
            work()


@pytest.mark.parametrize("person", ["resident", "moderator", "promoter", "registrar"])
def test_answering_by_others_is_refused(
    person: str, appeal: Appeal, request: pytest.FixtureRequest
) -> None:
    by = request.getfixturevalue(person)
    for work in (
        lambda: grant_appeal(by=by, appeal=appeal),
        lambda: decline_appeal(by=by, appeal=appeal, answer="Нет."),
    ):
        with pytest.raises(PermissionDenied):
            work()
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.OPEN


def test_nobody_answers_their_own_appeal(
    proposal: Proposal, scrutineer: User, second_scrutineer: User, staff_of: SignIn
) -> None:
    event = cast_support(user=scrutineer, proposal_id=proposal.pk).event
    take(Kind.HOLD, proposal.round, [bytes(event.voter)], second_scrutineer, second_scrutineer)
    appeal = make_appeal(user=scrutineer, round_=proposal.round, text=TEXT)
    for work in (
        lambda: grant_appeal(by=scrutineer, appeal=appeal),
        lambda: decline_appeal(by=scrutineer, appeal=appeal, answer="Нет."),
    ):
        with pytest.raises(OwnVote):
            work()
    address = reverse("integrity_admin:appeal", args=[appeal.pk])
    for stage in ({"stage": "grant"}, {"stage": "decline", "answer": "Слишком поздно."}):
        page = staff_of(scrutineer).post(address, stage, follow=True).text
        assert "nobody decides about their own" in page
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.OPEN
    assert grant_appeal(by=second_scrutineer, appeal=appeal).state == Appeal.State.GRANTED


def test_erasing_the_account_erases_what_it_wrote(
    appeal: Appeal, annulled: Proposal, neighbour: User
) -> None:
    erase_account(account=neighbour, by=neighbour, keep_name=False)
    assert not Appeal.objects.exists()


def test_personal_data_holds_ones_own_appeals(
    appeal: Appeal, neighbour: User, resident: User
) -> None:
    assert [row["text"] for row in personal_data(neighbour)["appeals"]] == [TEXT]
    assert personal_data(resident)["appeals"] == []


# Pages -------------------------------------------------------------------------------------------


def test_page_of_a_taken_vote_says_why_and_takes_one_appeal(
    held: Proposal, neighbour: User, staff_of: SignIn
) -> None:
    browser = staff_of(neighbour)
    page = browser.get(url(held.round)).text
    assert "Your vote is held for a check" in page
    assert "many votes from one network" in page
    assert "Один адрес." in page
    assert "show your document at our desk" in page
    short = browser.post(url(held.round), {"text": "Нет"})
    assert short.status_code == 422
    assert "Нет</textarea>" in short.text
    answer = browser.post(url(held.round), {"text": TEXT}, follow=True)
    assert "Your appeal is with our staff" in answer.text
    assert TEXT in answer.text
    again = browser.post(url(held.round), {"text": TEXT}, follow=True)
    assert "one appeal is enough" in again.text
    assert Appeal.objects.count() == 1


def test_page_for_others_leads_away(
    held: Proposal, resident: User, stranger: Client, staff_of: SignIn
) -> None:
    assert staff_of(resident).get(url(held.round)).status_code == 302
    assert staff_of(resident).post(url(held.round), {"text": TEXT}).status_code == 302
    assert reverse("account_login") in stranger.post(url(held.round), {"text": TEXT}).url
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("is_closed", [False, True])
def test_proposals_page_leads_to_the_appeal_after_the_close_too(
    is_closed: bool, held: Proposal, neighbour: User, staff_of: SignIn
) -> None:
    if is_closed:
        close_round(proposal=held)
    page = staff_of(neighbour).get(held.get_absolute_url()).text
    assert f"/rounds/{held.round.pk}/appeal/" in page


def test_ballots_page_leads_to_the_appeal(
    ballot: Round, neighbour: User, scrutineer: User, second_scrutineer: User, staff_of: SignIn
) -> None:
    event = cast_ballot(user=neighbour, round_id=ballot.pk, choice=[1]).event
    take(Kind.ANNUL, ballot, [bytes(event.voter)], scrutineer, second_scrutineer)
    page = staff_of(neighbour).get(ballot.get_absolute_url()).text
    assert f"/rounds/{ballot.pk}/appeal/" in page


# What everybody reads ----------------------------------------------------------------------------


def removed(proposal: Proposal, count: int, by: User, second: User) -> Intervention:
    voters = [bytes(event.voter) for event in make_events(proposal.round, count)]
    recount_support(proposal)
    return take(Kind.ANNUL, proposal.round, voters, by, second)


def test_proposals_page_says_what_was_removed(
    proposal: Proposal, stranger: Client, scrutineer: User, second_scrutineer: User
) -> None:
    make_events(proposal.round, 30)
    removed(proposal, 18, scrutineer, second_scrutineer)
    page = stranger.get(f"/en{proposal.get_absolute_url()[3:]}").text
    assert "18 supports removed" in page
    assert "many votes from one network in a short time" in page
    told = stranger.get(f"/en/rounds/{proposal.round.pk}/removals/").text
    assert "18 supports removed" in told
    assert "Один адрес." in told
    assert ">30<" in told  # what stood after it


def test_small_groups_are_not_counted_out(
    proposal: Proposal, stranger: Client, scrutineer: User, second_scrutineer: User
) -> None:
    make_events(proposal.round, 30)
    removed(proposal, 4, scrutineer, second_scrutineer)
    removals = f"/en/rounds/{proposal.round.pk}/removals/"
    for address in (f"/en{proposal.get_absolute_url()[3:]}", removals):
        page = stranger.get(address).text
        assert "Fewer than 10 supports removed" in page
        assert "4 supports removed" not in page


def addresses_of(proposal: Proposal) -> tuple[str, str]:
    return f"/en{proposal.get_absolute_url()[3:]}", f"/en/rounds/{proposal.round.pk}/removals/"


def test_nothing_is_told_of_what_only_waits(
    proposal: Proposal, stranger: Client, scrutineer: User
) -> None:
    (event,) = make_events(proposal.round, 1)
    voter = [bytes(event.voter)]
    ask_intervention(
        by=scrutineer, round_=proposal.round, kind=Kind.ANNUL, reason=Why.NETWORK, voters=voter
    )
    page, removals = (stranger.get(address).text for address in addresses_of(proposal))
    assert "No vote is held or annulled" in removals
    assert "supports removed" not in page + removals


def test_pages_say_what_is_held_since_when_and_why(
    proposal: Proposal, stranger: Client, scrutineer: User
) -> None:
    voters = [bytes(event.voter) for event in make_events(proposal.round, 32)]
    recount_support(proposal)
    for some in (voters[:12], voters[12:16]):
        take(Kind.HOLD, proposal.round, some, scrutineer, scrutineer)
    for address in addresses_of(proposal):
        page = stranger.get(address).text
        assert "12 supports held for a check" in page
        assert "Fewer than 10 supports held for a check" in page
        assert "4 supports" not in page
        assert "since <time" in page
        assert "many votes from one network in a short time" in page


def test_a_hold_is_told_of_as_long_as_it_holds_something(
    proposal: Proposal, scrutineer: User
) -> None:
    voters = [bytes(event.voter) for event in make_events(proposal.round, 30)]
    recount_support(proposal)
    take(Kind.HOLD, proposal.round, voters[:24], scrutineer, scrutineer)
    release(proposal.round, voters[:12], scrutineer)
    assert held_counts(proposal) == [12]
    take(Kind.HOLD, proposal.round, voters[:10], scrutineer, scrutineer)
    assert held_counts(proposal) == [12, 10]
    release(proposal.round, voters[:15], scrutineer)
    assert held_counts(proposal) == [None]
    release(proposal.round, voters, scrutineer)
    assert held_counts(proposal) == []


def held_counts(proposal: Proposal) -> list[int | None]:
    return [row.count for row in removals_of(proposal.round.pk) if row.is_held]


def release(round_: Round, voters: list[bytes], by: User) -> None:
    ask_intervention(by=by, round_=round_, kind=Kind.RELEASE, reason=Why.CHECKED, voters=voters)


def test_proposals_page_says_how_surely_supporters_are_known(
    proposal: Proposal, stranger: Client
) -> None:
    make_events(proposal.round, 12)
    recount_support(proposal)
    page = stranger.get(f"/en{proposal.get_absolute_url()[3:]}").text
    assert "e-mail confirmed 12" in page


def test_turnout_hides_small_groups(ballot: Round) -> None:
    make_events(ballot, 12)
    assert ballot.events.turnout_by_channel() == {"online": 12}
    assert ballot.events.turnout_by_level() == {1: 12}
    append_event(ballot, b"d" * 16, 1, 2, choice=[1], channel="desk")
    assert ballot.events.turnout_by_channel() == {"online": 12, "desk": None}
    assert ballot.events.turnout_by_level() == {1: 12, 2: None}


def test_what_is_told_costs_one_query_and_then_none(
    proposal: Proposal, resident: User, stranger: Client, client_of: SignIn
) -> None:
    make_events(proposal.round, 12)
    recount_support(proposal)
    with CaptureQueriesContext(connection) as queries:
        stranger.get(proposal.get_absolute_url())
    assert len(queries) <= 10
    browser, counts = client_of(resident), []
    browser.get(proposal.get_absolute_url())
    for kept in (True, False):
        if not kept:
            caches["memory"].delete(f"told-of-votes:{proposal.round.pk}")
        with CaptureQueriesContext(connection) as queries:
            browser.get(proposal.get_absolute_url())
        counts.append(len(queries))
    assert counts[1] - counts[0] == 1
