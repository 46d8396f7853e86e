"""Results stated anew after the close, once, from sealed rows; mails taken up again."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from tests.factories.accounts import UserFactory
from tests.factories.voting import BallotFactory, make_events, make_intervention
from voting.actions import cast_ballot, close_round
from voting.actions.interventions import ask_intervention, confirm_intervention
from voting.actions.restating import restate_rounds
from voting.dumps import Dump
from voting.models import Intervention, Round
from voting.models.rounds import RoundQuerySet
from voting.sealing import seal_votes

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from accounts.models import User
    from proposals.models import Proposal

pytestmark = pytest.mark.django_db
Kind, Why = Intervention.Kind, Intervention.Reason


@pytest.fixture
def closed(home: object) -> Round:
    """Three voters for option 1, two for option 2; closed, sealed and stated."""
    round_ = BallotFactory(costs=[0, 0])
    for choice in ([1], [1], [1], [2], [2]):
        cast_ballot(user=UserFactory(), round_id=round_.pk, choice=choice)
    Round.objects.filter(pk=round_.pk).update(closed_at=timezone.now())
    seal_votes()
    return Round.objects.get(pk=round_.pk)


def annul(round_: Round, choice: list[int], count: int, by: User, second: User) -> Intervention:
    events = [event for event in round_.events.standing() if event.choice == choice][:count]
    row = ask_intervention(
        by=by,
        round_=round_,
        kind=Kind.ANNUL,
        reason=Why.ONE_PERSON,
        voters=[bytes(event.voter) for event in events],
    )
    return confirm_intervention(by=second, intervention=row)


def winners(round_: Round) -> list[list[int]]:
    return [result.tally["winners"] for result in round_.results.order_by("pk")]


def test_annulment_after_the_close_restates_the_result_once(
    closed: Round, scrutineer: User, second_scrutineer: User
) -> None:
    assert winners(closed) == [[1]]
    row = annul(closed, [1], 2, scrutineer, second_scrutineer)
    assert seal_votes().results == 1
    assert seal_votes().results == 0
    assert winners(closed) == [[1], [2]]
    row.refresh_from_db()
    newest = closed.results.last()
    assert row.result == newest
    assert "2" in newest.reason


def test_result_is_not_restated_from_rows_that_are_not_sealed(
    closed: Round, scrutineer: User, second_scrutineer: User
) -> None:
    annul(closed, [1], 2, scrutineer, second_scrutineer)
    assert restate_rounds() == 0
    assert winners(closed) == [[1]]
    seal_votes()
    assert winners(closed) == [[1], [2]]


def test_several_annulments_are_one_restatement(
    closed: Round, scrutineer: User, second_scrutineer: User
) -> None:
    for choice in ([1], [2]):
        annul(closed, choice, 1, scrutineer, second_scrutineer)
    assert seal_votes().results == 1
    assert closed.results.count() == 2


def test_annulment_before_the_close_restates_nothing(
    home: object, scrutineer: User, second_scrutineer: User
) -> None:
    round_ = BallotFactory(costs=[0, 0])
    for choice in ([1], [2], [2]):
        cast_ballot(user=UserFactory(), round_id=round_.pk, choice=choice)
    annul(round_, [2], 2, scrutineer, second_scrutineer)
    Round.objects.filter(pk=round_.pk).update(closed_at=timezone.now())
    seal_votes()
    assert winners(round_) == [[1]]


def test_annulment_between_the_close_and_its_seal_is_in_the_first_result(
    home: object, scrutineer: User, second_scrutineer: User
) -> None:
    round_ = BallotFactory(costs=[0, 0])
    for choice in ([1], [2], [2]):
        cast_ballot(user=UserFactory(), round_id=round_.pk, choice=choice)
    Round.objects.filter(pk=round_.pk).update(closed_at=timezone.now())
    row = annul(round_, [2], 2, scrutineer, second_scrutineer)
    seal_votes()
    seal_votes()
    assert winners(round_) == [[1]]
    row.refresh_from_db()
    assert row.result == round_.results.get()


def held_to_the_close(by: User) -> tuple[Round, list[bytes]]:
    """Three voters for option 1, of whom two are held, two for option 2; closed."""
    round_ = BallotFactory(costs=[0, 0])
    cast = [
        cast_ballot(user=UserFactory(), round_id=round_.pk, choice=choice).event
        for choice in ([1], [1], [1], [2], [2])
    ]
    voters = [bytes(event.voter) for event in cast[:2]]
    hold = {"kind": Kind.HOLD, "reason": Why.BURST, "voters": voters}
    ask_intervention(by=by, round_=round_, **hold)
    Round.objects.filter(pk=round_.pk).update(closed_at=timezone.now())
    return round_, voters


def test_result_waits_until_held_votes_are_given_back(home: object, scrutineer: User) -> None:
    round_, voters = held_to_the_close(scrutineer)
    assert seal_votes().results == 0
    round_.refresh_from_db()
    assert round_.closing_seal is None, "its root would tell who held them how the lots fall"
    assert list(Round.objects.held_up()) == [round_]
    back = {"kind": Kind.RELEASE, "reason": Why.CHECKED, "voters": voters}
    ask_intervention(by=scrutineer, round_=round_, **back)
    assert not Round.objects.held_up().exists()
    assert seal_votes().results == 1
    assert seal_votes().results == 0
    assert winners(round_) == [[1]]
    assert round_.results.get().tally["ballots"] == 5


def test_result_waits_until_held_votes_are_annulled_by_two(
    home: object, scrutineer: User, second_scrutineer: User
) -> None:
    round_, voters = held_to_the_close(scrutineer)
    annul = {"kind": Kind.ANNUL, "reason": Why.BURST, "voters": voters}
    row = ask_intervention(by=scrutineer, round_=round_, **annul)
    assert seal_votes().results == 0
    confirm_intervention(by=second_scrutineer, intervention=row)
    assert seal_votes().results == 1
    assert winners(round_) == [[2]]


def test_held_supports_keep_no_round_of_supports_from_its_seal(
    proposal: Proposal, scrutineer: User
) -> None:
    make_intervention(scrutineer, proposal.round)
    close_round(proposal=proposal)
    seal_votes()
    proposal.round.refresh_from_db()
    assert proposal.round.closing_seal is not None


# What everybody reads of it ----------------------------------------------------------------------


def removals_page(client: Client, round_: Round) -> str:
    page = client.get(f"/en/rounds/{round_.pk}/removals/").text
    return re.sub(r"\s+", " ", page)


def cells(page: str) -> list[list[str]]:
    """The cells of each line of the statements, a list for each line."""
    found = page[page.index('id="statements"') :]
    return [
        [re.sub(r"<.*?>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", line)]
        for line in re.findall(r"<tr>.*?</tr>", found)
    ]


def test_page_shows_each_statement_and_what_changed(
    closed: Round, stranger: Client, scrutineer: User, second_scrutineer: User
) -> None:
    annul(closed, [1], 2, scrutineer, second_scrutineer)
    seal_votes()
    page = removals_page(stranger, closed)
    assert "“Option 1” won with 3 of 5 ballots" in page
    assert "“Option 2” won with 2 of 3 ballots" in page
    assert re.search(r"Before, this was chosen: <span>Option 1</span>", page)
    assert cells(page) == [
        ["Option", "Votes"],
        ["Option 1 · won", "3"],
        ["Option 2", "2"],
        ["Ballots counted", "5"],
        ["Blank ones among them", "0"],
        ["Option", "Votes", "Change"],
        ["Option 2 · won", "2", "0"],
        ["Option 1", "1", "−2"],
        ["Ballots counted", "3", "−2"],
        ["Blank ones among them", "0", "0"],
    ]
    assert "#statements" in stranger.get(f"/en/rounds/{closed.pk}/").text


@pytest.mark.parametrize(("count", "told"), [(4, 1), (12, 2)])
def test_sums_never_tell_how_fewer_than_ten_voted(
    count: int, told: int, home: object, stranger: Client, scrutineer: User, second_scrutineer: User
) -> None:
    round_ = BallotFactory(costs=[0, 0], open_record=False)
    make_events(round_, 30)
    Round.objects.filter(pk=round_.pk).update(closed_at=timezone.now())
    seal_votes()
    annul(round_, [1], count, scrutineer, second_scrutineer)
    seal_votes()
    page = removals_page(stranger, round_)
    assert page.count("Ballots counted") == told
    assert ("would tell how a few people voted" in page) == (told == 1)
    round_.refresh_from_db()
    result = Dump.of(round_).statement["result"]
    assert result["tally"]["ballots"] == 30 - count
    assert ["tally" in row for row in result["earlier"]] == [told == 2]


def test_page_of_a_result_that_only_a_release_changed_says_so(
    home: object, stranger: Client, scrutineer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:  # when results did not wait for held votes
        earlier.setattr(RoundQuerySet, "held_up", lambda rounds: rounds.none())
        round_, voters = held_to_the_close(scrutineer)
        seal_votes()
    back = {"kind": Kind.RELEASE, "reason": Why.CHECKED, "voters": voters}
    ask_intervention(by=scrutineer, round_=round_, **back)
    seal_votes()
    assert winners(round_) == [[2], [1]]
    page = removals_page(stranger, round_)
    assert "No vote is held or annulled any more. Below is how the result changed." in page
    assert "give back after a check, fewer than 10, the check found nothing" in page
    assert "How the result changed" in stranger.get(f"/en/rounds/{round_.pk}/").text


def test_mails_that_were_cut_short_are_taken_up_again(
    ballot: Round,
    neighbour: User,
    scrutineer: User,
    capsys: pytest.CaptureFixture[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    event = cast_ballot(user=neighbour, round_id=ballot.pk, choice=[1]).event
    hold = {"kind": Kind.HOLD, "reason": Why.BURST, "voters": [bytes(event.voter)]}
    ask_intervention(by=scrutineer, round_=ballot, **hold)
    assert mail.outbox == []  # the worker never got it
    call_command("resume_vote_mails")
    assert "again: 0." in capsys.readouterr().out
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        for _ in range(2):
            call_command("resume_vote_mails")
    assert [one.to for one in mail.outbox] == [[neighbour.email]]
