"""What a round came to, as everybody reads it: stated, live, hidden; explained line by line."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import AssuranceLevel, User
from tests.dumps import dump_to, fault
from tests.factories.accounts import UserFactory
from tests.factories.voting import BallotFactory, cast_in_bulk, make_events
from voting.actions import append_event, state_result
from voting.examples import BALLOTS, example_of
from voting.models import PaperEnd, Round
from voting.result_words import headline
from voting.results import outcome_of
from voting.sealing import seal_votes
from voting.tally import count
from voting.turnout import groups

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from proposals.models import Proposal

pytestmark = pytest.mark.django_db

METHODS = ["approval", "ranked", "score", "greedy", "equal_shares"]
CHOICES: dict[str, list[Any]] = {
    "ranked": [[1, 2]] * 4 + [[2, 1]] * 3 + [[3, 2]] * 2 + [[]],
    "score": [[[1, 5], [2, 4]]] * 3 + [[[2, 3]]] * 6 + [[]],
    "approval": [[1, 2]] * 4 + [[2]] * 3 + [[3]] * 2 + [[]],
    "greedy": [[1, 2]] * 4 + [[2]] * 3 + [[3]] * 2 + [[]],
    "equal_shares": [[1, 2]] * 4 + [[2]] * 3 + [[3]] * 2 + [[]],
}


def closed(method: str = "approval", **fields: Any) -> Round:
    """A round with ten ballots, closed, sealed and stated."""
    fields = {"costs": [60_00, 50_00, 40_00], "budget_minor": 100_00, **fields}
    round_ = BallotFactory(method=method, **fields)
    cast_in_bulk(round_, CHOICES[method])
    Round.objects.filter(pk=round_.pk).update(closed_at=timezone.now())
    seal_votes()
    round_.refresh_from_db()
    return round_


def url(round_: Round, end: str = "", language: str = "en") -> str:
    return f"/{language}/rounds/{round_.pk}/{end}"


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        ("approval", "“Option 2” won with 7 of 10 ballots."),
        ("ranked", "“Option 2” won with 5 of 9 votes that still count."),
        ("score", "“Option 2” won with 30 points, 3.33 on average."),
        ("greedy", "2 of 3 projects are chosen, for 90 ₽ of 100 ₽."),
    ],
)
def test_result_begins_with_who_won(method: str, sentence: str, stranger: Client) -> None:
    text = stranger.get(url(closed(method))).text.replace("\xa0", " ")
    assert sentence in text


@pytest.mark.parametrize("language", ["ru", "en", "ja"])
@pytest.mark.parametrize("method", METHODS)
def test_result_and_method_page_of_each_method(
    method: str, language: str, stranger: Client
) -> None:
    round_ = closed(method)
    for end in ("", "method/"):
        answer = stranger.get(url(round_, end, language))
        assert answer.status_code == 200
        assert "<table>" in answer.text
        assert "public" in answer["Cache-Control"]


@pytest.mark.parametrize("method", METHODS)
def test_method_page_explains_before_there_is_a_result(method: str, stranger: Client) -> None:
    round_ = BallotFactory(method=method, budget_minor=1000)
    text = stranger.get(url(round_, "method/")).text
    assert "A small example" in text
    assert "This vote" not in text


@pytest.mark.parametrize("method", BALLOTS)
def test_example_has_a_winner(method: str) -> None:
    with translation.override("en"):
        example = example_of(method)
        assert example.winners
        assert headline(example)
        assert not example.tally["provisional"]


def test_example_for_several_seats_is_decided_by_a_surplus() -> None:
    example = example_of("ranked", seats=3)
    assert example.tally["winners"] == [1, 2]
    assert "surplus" in [stage["kind"] for stage in example.tally["stages"]]


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("approval", "What has fewer than 8 votes cannot be chosen."),
        ("score", "What has fewer than 8 points cannot win."),
        ("greedy", "What has fewer than 8 votes cannot be chosen."),
        ("equal_shares", "What has fewer than 8 votes cannot be chosen."),
    ],
)
def test_threshold_is_told_and_is_the_reason(method: str, words: str, stranger: Client) -> None:
    """The tables said “too dear” of what had too few votes."""
    round_ = closed(method, threshold=8)
    text = stranger.get(url(round_, "method/")).text
    assert words in text
    assert ("below the threshold" in text) == (method != "score")
    assert "too dear" not in text.partition("A small example")[0].partition("This vote")[2]
    rules = stranger.get(url(round_)).text
    assert ("8 points" if method == "score" else "8 votes") in rules


def test_comparison_is_told_before_there_is_a_result(stranger: Client) -> None:
    round_ = BallotFactory(method="equal_shares", comparison=True, budget_minor=100_00)
    for end in ("", "method/"):
        assert "most votes first" in stranger.get(url(round_, end)).text
    round_ = BallotFactory(method="equal_shares", budget_minor=100_00)
    assert "compared with" not in stranger.get(url(round_, "method/")).text


def test_tie_rule_of_equal_shares_is_the_one_that_is_counted_by(stranger: Client) -> None:
    """More votes come before the lower cost: by the other order project 3 would win here."""
    ballots: list[Any] = [[1, 4], [1, 5], [3, 4, 5], [1, 5], [1, 3], [1, 3], [1, 5], [3, 4, 5]]
    costs = {1: 600, 2: 800, 3: 200, 4: 1200, 5: 300}
    rules = {"method": "equal_shares", "budget_minor": 1000, "step_minor": 100}
    assert count(rules, costs, ballots).winners == (1, 5)
    round_ = BallotFactory(method="equal_shares", budget_minor=100_00)
    assert "the one with more votes, then the cheaper one" in stranger.get(url(round_)).text


def test_abstentions_are_of_all_who_may_vote(stranger: Client) -> None:
    round_ = BallotFactory(method="approval")
    UserFactory.create_batch(13, level=1)
    UserFactory.create_batch(2, level=0)
    UserFactory(level=1, is_active=False)
    cast_in_bulk(round_, CHOICES["approval"])
    Round.objects.filter(pk=round_.pk).update(closed_at=timezone.now())
    seal_votes()
    may = round_.results.get().tally["abstained"] + 10
    assert may == User.objects.filter(is_active=True, level__gte=1).count()
    assert "could vote and did not" in stranger.get(url(round_)).text
    UserFactory(level=1)
    assert state_result(round_=round_, reason="checked").tally["abstained"] + 10 == may


def test_abstentions_are_unknown_where_people_vote_on_paper() -> None:
    assert closed(paper=True, level=2).results.exists() is False
    assert closed(level=0).results.get().tally["abstained"] is None


def test_example_of_equal_shares_differs_from_most_votes_first() -> None:
    chosen = [example_of(method).tally["winners"] for method in ("equal_shares", "greedy")]
    assert chosen == [[2, 3], [2, 1]]


def test_method_page_of_a_support_round(proposal: Proposal, stranger: Client) -> None:
    text = stranger.get(url(proposal.round, "method/")).text
    assert proposal.title in text
    assert "The threshold is not reached yet." in text


# Hidden, live, being counted -----------------------------------------------------------------


def test_hidden_result_is_nowhere_before_the_close(stranger: Client) -> None:
    round_ = BallotFactory(hidden=True)
    cast_in_bulk(round_, [[2]] * 12)
    assert outcome_of(round_) is None
    for end in ("", "method/"):
        text = stranger.get(url(round_, end)).text
        assert "leads" not in text
        assert 'class="bars"' not in text
    assert stranger.get(url(round_, "result.csv")).status_code == 404


def test_live_result_is_counted_once_a_minute(stranger: Client) -> None:
    round_ = BallotFactory(hidden=False)
    cast_in_bulk(round_, [[2]] * 12)
    assert "“Option 2” leads with 12 of 12 ballots." in stranger.get(url(round_)).text
    cast_in_bulk(round_, [[1]] * 20)
    with CaptureQueriesContext(connection) as caught:
        text = stranger.get(url(round_)).text
    assert "“Option 2” leads with 12 of 12 ballots." in text
    assert not [query for query in caught if "voting_voteevent" in query["sql"]]


def test_live_result_of_few_is_not_shown(stranger: Client, tmp_path: Path) -> None:
    round_ = BallotFactory(hidden=False)
    cast_in_bulk(round_, [[2]] * 9)
    text = stranger.get(url(round_)).text
    assert "once ten ballots are in" in text
    assert "leads" not in text + stranger.get(url(round_, "method/")).text
    assert stranger.get(url(round_, "result.csv")).status_code == 404
    seal_votes()
    folder = dump_to(round_, tmp_path)
    assert json.loads((folder / "round.json").read_text())["result"] is None
    assert fault(folder) == ""


def test_method_page_shows_no_steps_of_no_votes(stranger: Client) -> None:
    round_ = BallotFactory(method="ranked", hidden=False)
    text = stranger.get(url(round_, "method/")).text
    assert "Nothing has a vote so far." not in text
    assert text.count("<table>") == 1  # the example's


def test_closed_round_says_that_it_is_being_counted(stranger: Client) -> None:
    round_ = BallotFactory(hidden=False, closed_at=timezone.now())
    assert "are being counted" in stranger.get(url(round_)).text
    past = timezone.now() - timedelta(days=3)
    unclosed = BallotFactory(opens_at=past, closes_at=past + timedelta(days=1))
    assert "are being counted" in stranger.get(url(unclosed)).text


def test_round_closed_early_says_when(stranger: Client) -> None:
    early = BallotFactory(closed_at=timezone.now())
    assert "closed early, <time" in stranger.get(url(early)).text
    past = timezone.now() - timedelta(days=3)
    due = BallotFactory(opens_at=past, closes_at=past + timedelta(days=1), closed_at=timezone.now())
    assert "closed early" not in stranger.get(url(due)).text


def test_result_stated_anew_says_why(stranger: Client) -> None:
    round_ = closed()
    first = round_.events.order_by("pk").first()
    assert first is not None
    append_event(round_, bytes(first.voter), 2, 1, "annul")
    seal_votes()
    state_result(round_=round_, reason="One ballot was annulled.")
    text = stranger.get(url(round_)).text
    assert "One ballot was annulled." in text
    assert "won with 6 of 9 ballots" in text


def test_disputed_result_says_so(stranger: Client) -> None:
    round_ = closed()
    Round.objects.filter(pk=round_.pk).update(disputed_at=timezone.now())
    assert "A recount came to another figure." in stranger.get(url(round_)).text


def test_nobody_won_without_votes(stranger: Client) -> None:
    round_ = BallotFactory(closed_at=timezone.now())
    seal_votes()
    assert "Nothing won." in stranger.get(url(round_)).text


def test_tie_names_what_broke_it(stranger: Client) -> None:
    round_ = BallotFactory()
    cast_in_bulk(round_, [[1], [2]])
    Round.objects.update(closed_at=timezone.now())
    seal_votes()
    text = stranger.get(url(round_)).text
    assert "a lot put it first" in text
    assert "was level with" in text


# Who took part -------------------------------------------------------------------------------


def test_turnout_is_told_by_channel_and_level(stranger: Client) -> None:
    round_ = BallotFactory(paper=True, level=AssuranceLevel.DOCUMENT)
    make_events(round_, 40)
    for number in range(3):
        append_event(round_, bytes([number] * 16), 1, 2, choice=[1], channel="paper")
    Round.objects.update(closed_at=timezone.now())
    PaperEnd.objects.create(round=round_)
    seal_votes()
    text = stranger.get(url(round_)).text.replace("\n</dd>", "</dd>")
    for label, told in (("online", "40 or more"), ("on paper", "fewer than 10")):
        assert f"<dt>{label}</dt><dd>{told}</dd>" in text
    assert "<dt>e-mail confirmed</dt><dd>40 or more</dd>" in text


@pytest.mark.parametrize("few", range(1, 10))
@pytest.mark.parametrize("many", [10, 19, 40, 997])
def test_small_group_cannot_be_worked_out_from_the_sum(few: int, many: int) -> None:
    told = groups({"online": many, "paper": few})
    shown = next(group for group in told if group.key == "online")
    # Every size of the small group that fits what is published.
    fits = {small for small in range(1, 10) if shown.count <= many + few - small < shown.count + 10}
    assert shown.told == "least"
    assert few in fits
    assert fits == set(range(1, few + 1 + many % 10)) & set(range(max(1, few + many % 10 - 9), 10))


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({}, []),
        ({"online": 0, "paper": 12}, [("paper", "exactly", 12)]),
        ({"online": 4}, [("online", "few", 10)]),
        ({"a": 50, "b": 6, "c": 7}, [("a", "exactly", 50), ("c", "few", 10), ("b", "few", 10)]),
    ],
)
def test_groups_tell(counts: dict[str, int], told: list[tuple[str, str, int]]) -> None:
    assert [(group.key, group.told, group.count) for group in groups(counts)] == told


# The file ------------------------------------------------------------------------------------


def test_result_as_csv(stranger: Client) -> None:
    answer = stranger.get(url(closed("greedy"), "result.csv"))
    assert answer["Content-Type"].startswith("text/csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Number,Option,")
    assert lines[1] == "2,Option 2,7,7,chosen,5000"
    assert len(lines) == 4


@pytest.mark.parametrize("others", [0, 25])
def test_result_page_costs_the_same_for_more_ballots(others: int, stranger: Client) -> None:
    round_ = BallotFactory()
    make_events(round_, 2 + others)
    Round.objects.update(closed_at=timezone.now())
    seal_votes()
    stranger.get(url(round_, "?first"))
    with CaptureQueriesContext(connection) as caught:
        stranger.get(url(round_, "?second"))
    assert len(caught) == 3, "\n".join(query["sql"][:140] for query in caught)


def test_title_that_brings_its_own_marks_gets_no_others(stranger: Client) -> None:
    round_ = BallotFactory()
    round_.options.filter(number=2).update(title={"ru": "«Дерсу»"})
    round_.save()
    cast_in_bulk(round_, [[2]] * 3)
    Round.objects.update(closed_at=timezone.now())
    seal_votes()
    text = stranger.get(url(round_, language="ru")).text
    assert "Победитель — «Дерсу»: 3 из 3 бюллетеней." in text
