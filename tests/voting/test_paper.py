"""Paper ballots: typed in twice, equal to the count by hand, cast once, doubles told by line."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.models import AssuranceLevel, User
from tests.factories.accounts import UserFactory
from tests.factories.voting import BallotFactory, make_batch
from voting.actions import append_event, cast_ballot, check_document
from voting.actions import paper as paper_actions
from voting.actions.paper import (
    PaperRefused,
    cast_paper_batch,
    delete_paper_batch,
    end_paper,
    enter_paper_ballot,
    make_paper_batch,
    paper_check,
    recount_paper_batch,
)
from voting.choices import ChoiceRefused
from voting.documents import NumberUnreadable
from voting.models import PaperBallot, PaperBatch, PaperEnd, PaperEntry, Round, VoteEvent
from voting.paper import choice_typed
from voting.permissions import PaperRefusal

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
CHOICES = ([1], [2], [1, 2])


@pytest.fixture
def round_(home: object) -> Round:
    return BallotFactory(paper=True, level=AssuranceLevel.DOCUMENT)


@pytest.fixture
def batch(round_: Round, registrar: User) -> PaperBatch:
    return make_batch(registrar, round_, ballot_count=3, totals={1: 2, 2: 2})


def number_of(line: int) -> str:
    return f"0815 {line:06}"


def type_in(batch: PaperBatch, *people: User, choices: tuple = CHOICES, first: int = 1) -> None:
    for by in people:
        for line, choice in enumerate(choices, start=first):
            enter_paper_ballot(by=by, batch=batch, line=line, number=number_of(line), choice=choice)


def close(round_: Round) -> None:
    Round.objects.filter(pk=round_.pk).update(closed_at=timezone.now())


def refusal_of(work: Callable[[], object]) -> PaperRefusal:
    with pytest.raises(PaperRefused) as caught:
        work()
    return caught.value.refusal


@pytest.fixture
def ready(batch: PaperBatch, registrar: User, second_registrar: User) -> PaperBatch:
    type_in(batch, registrar, second_registrar)
    return batch


def test_cast_paper_batch_casts_each_ballot_once(ready: PaperBatch, registrar: User) -> None:
    cast_paper_batch(by=registrar, batch=ready)
    again = cast_paper_batch(by=registrar, batch=ready)
    assert again.state == PaperBatch.State.CAST
    events = VoteEvent.objects.order_by("pk")
    assert [event.choice for event in events] == [[1], [2], [1, 2]]
    assert {(event.channel, event.level, event.gen) for event in events} == {("paper", 2, 1)}
    assert {event.day for event in events} == {ready.voted_on}
    assert set(ready.ballots.values_list("outcome", flat=True)) == {"counted"}
    logged = ModelLogEntry.objects.get(action="voting.cast_paper_batch")
    assert (logged.user, logged.data) == (registrar, {"counted": 3})


def test_cast_paper_batch_leaves_nothing_that_was_typed(ready: PaperBatch, registrar: User) -> None:
    """No row links a document to a choice any more."""
    cast_paper_batch(by=registrar, batch=ready)
    assert not PaperEntry.objects.exists()


def test_cast_paper_batch_after_the_close_counts(
    ready: PaperBatch, round_: Round, registrar: User
) -> None:
    close(round_)
    cast_paper_batch(by=registrar, batch=ready)
    assert round_.events.tally() == 3


@pytest.mark.parametrize("crash_at", [1, 2, 3])
def test_cast_paper_batch_goes_on_after_a_crash(
    crash_at: int, ready: PaperBatch, registrar: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed in or after any chunk, the next try casts what is left and nothing twice."""
    monkeypatch.setattr(paper_actions, "CHUNK", 1)
    real, calls = paper_actions.new_event, []

    def dies(*args: object, **kwargs: object) -> VoteEvent:
        calls.append(1)
        if len(calls) == crash_at:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    monkeypatch.setattr(paper_actions, "new_event", dies)
    with pytest.raises(KeyboardInterrupt):
        cast_paper_batch(by=registrar, batch=ready)
    assert VoteEvent.objects.count() == crash_at - 1
    monkeypatch.setattr(paper_actions, "new_event", real)
    assert cast_paper_batch(by=registrar, batch=ready).state == PaperBatch.State.CAST
    assert [event.choice for event in VoteEvent.objects.order_by("pk")] == [[1], [2], [1, 2]]


def test_paper_of_those_who_voted_already_is_reported_by_line_and_not_counted(
    ready: PaperBatch, round_: Round, resident: User, neighbour: User, registrar: User
) -> None:
    for line, user in ((1, resident), (3, neighbour)):
        check_document(user=user, number=number_of(line), by=registrar)
    online = User.objects.get(pk=resident.pk)
    cast_ballot(user=online, round_id=round_.pk, choice=[3])
    taken = cast_ballot(user=User.objects.get(pk=neighbour.pk), round_id=round_.pk, choice=[3])
    append_event(round_, bytes(taken.event.voter), 2, 2, "annul")
    cast_paper_batch(by=registrar, batch=ready)
    assert list(ready.ballots.values_list("line", "outcome", "channel")) == [
        (1, "voted", "online"),
        (2, "counted", ""),
        (3, "taken", "online"),
    ]
    assert round_.events.tally() == 2
    assert list(round_.events.standing().filter(channel="online").values_list("choice")) == [([3],)]


def test_two_papers_with_one_document_count_once(
    round_: Round, registrar: User, second_registrar: User
) -> None:
    batch = make_batch(registrar, round_)
    for by in (registrar, second_registrar):
        for line, choice in ((1, [1]), (2, [2])):
            enter_paper_ballot(by=by, batch=batch, line=line, number=number_of(7), choice=choice)
    assert paper_check(batch).same_document == ((1, 2),)
    cast_paper_batch(by=registrar, batch=batch)
    assert list(batch.ballots.values_list("outcome", "channel")) == [
        ("counted", ""),
        ("voted", "paper"),
    ]


# Two people -------------------------------------------------------------------------------------


def test_batch_typed_in_by_one_person_is_not_ready(batch: PaperBatch, registrar: User) -> None:
    type_in(batch, registrar, registrar)
    assert PaperEntry.objects.count() == 3
    assert paper_check(batch).once == (1, 2, 3)
    refusal = refusal_of(lambda: cast_paper_batch(by=registrar, batch=batch))
    assert refusal == PaperRefusal.NOT_READY


def test_database_refuses_two_entries_by_one_person(batch: PaperBatch, registrar: User) -> None:
    type_in(batch, registrar)
    ballot = batch.ballots.first()
    for values in ({"slot": 2, "by": registrar}, {"slot": 3, "by": UserFactory()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PaperEntry.objects.create(ballot=ballot, digest=b"d" * 32, choice=[1], **values)


def test_what_two_people_read_differently_is_listed_and_settled_by_typing_anew(
    ready: PaperBatch, registrar: User, second_registrar: User
) -> None:
    wrong = {"by": second_registrar, "batch": ready}
    enter_paper_ballot(**wrong, line=1, number=number_of(1), choice=[3])
    enter_paper_ballot(**wrong, line=2, number="9999 99999", choice=[2])
    check = paper_check(ready)
    assert check.differing == {1: ("choice",), 2: ("document",)}
    assert not check.is_ready
    enter_paper_ballot(**wrong, line=1, number=number_of(1), choice=[1])
    third = UserFactory(is_superuser=True)
    again = {"by": third, "batch": ready, "line": 2, "number": number_of(2), "choice": [2]}
    assert refusal_of(lambda: enter_paper_ballot(**again)) == PaperRefusal.TWICE
    enter_paper_ballot(**again, slot=2)
    assert paper_check(ready).is_ready


def test_totals_that_differ_from_the_count_by_hand_stop_the_batch(
    ready: PaperBatch, registrar: User
) -> None:
    recount_paper_batch(by=registrar, batch=ready, ballot_count=3, totals={1: 3, 2: 2})
    ready.refresh_from_db()
    assert paper_check(ready).wrong_totals == [(1, 3, 2)]
    refusal = refusal_of(lambda: cast_paper_batch(by=registrar, batch=ready))
    assert refusal == PaperRefusal.NOT_READY
    logged = ModelLogEntry.objects.get(action="voting.recount_paper_batch")
    assert logged.data["before"]["totals"]["1"] == 2


def test_batch_with_a_ballot_missing_is_not_ready(
    round_: Round, registrar: User, second_registrar: User
) -> None:
    batch = make_batch(registrar, round_, ballot_count=4, totals={1: 2, 2: 2})
    type_in(batch, registrar, second_registrar)
    assert paper_check(batch).missing_count == 1
    assert not paper_check(batch).is_ready


# Wrong input and wrong moments ------------------------------------------------------------------


def test_enter_paper_ballot_refuses_what_cannot_be(batch: PaperBatch, registrar: User) -> None:
    entry = {"by": registrar, "batch": batch, "line": 1, "number": number_of(1), "choice": [1]}
    for line in (0, 4):
        work = lambda: enter_paper_ballot(**{**entry, "line": line})  # noqa: B023, E731
        assert refusal_of(work) == PaperRefusal.LINE
    with pytest.raises(ChoiceRefused):
        enter_paper_ballot(**{**entry, "choice": [9]})
    with pytest.raises(NumberUnreadable):
        enter_paper_ballot(**{**entry, "number": "x"})
    assert not PaperEntry.objects.exists()


def test_make_paper_batch_refuses_days_after_an_early_close(home: object, registrar: User) -> None:
    now, days = timezone.now(), timedelta(days=1)
    common = {"by": registrar, "place": "Зал", "ballot_count": 1, "totals": {}}
    for closes_at, closed_at in (
        (now + 5 * days, now - 2 * days),  # early
        (now - 2 * days, now - days),  # by the clock, which was late
    ):
        dates = {"opens_at": now - 9 * days, "closes_at": closes_at, "closed_at": closed_at}
        round_ = BallotFactory(paper=True, level=AssuranceLevel.DOCUMENT, **dates)
        last = timezone.localdate(now - 2 * days)
        assert make_paper_batch(**common, round_=round_, voted_on=last).voted_on == last
        work = lambda: make_paper_batch(**common, round_=round_, voted_on=last + days)  # noqa: B023, E731
        assert refusal_of(work) == PaperRefusal.DAY


def test_paper_with_a_replaced_document_is_the_same_persons(
    batch: PaperBatch, round_: Round, registrar: User, second_registrar: User, neighbour: User
) -> None:
    check_document(user=neighbour, number=number_of(1), by=registrar)
    check_document(user=neighbour, number="9999 000001", by=registrar, replaces=True)
    cast_ballot(user=User.objects.get(pk=neighbour.pk), round_id=round_.pk, choice=[3])
    type_in(batch, registrar, second_registrar)
    cast_paper_batch(by=registrar, batch=batch)
    assert batch.ballots.get(line=1).outcome == PaperBallot.Outcome.VOTED
    assert round_.events.tally() == 3


def test_make_paper_batch_refuses_days_and_rounds_that_cannot_be(
    round_: Round, registrar: User
) -> None:
    common = {"by": registrar, "place": "Зал", "ballot_count": 1, "totals": {}}
    today = timezone.localdate()
    for day in (today - timedelta(days=3), today + timedelta(days=1)):
        work = lambda: make_paper_batch(**common, round_=round_, voted_on=day)  # noqa: B023, E731
        assert refusal_of(work) == PaperRefusal.DAY
    for other, refusal in (
        (BallotFactory(), PaperRefusal.NO_PAPER),
        (
            BallotFactory(paper=True, level=2, opens_at=timezone.now() + timedelta(days=1)),
            PaperRefusal.NOT_OPEN_YET,
        ),
    ):
        work = lambda: make_paper_batch(**common, round_=other, voted_on=today)  # noqa: B023, E731
        assert refusal_of(work) == refusal


def test_cast_batch_is_not_changed_any_more(ready: PaperBatch, registrar: User) -> None:
    cast_paper_batch(by=registrar, batch=ready)
    common = {"by": registrar, "batch": ready}
    for work in (
        lambda: type_in(ready, registrar),
        lambda: recount_paper_batch(**common, ballot_count=3, totals={}),
        lambda: delete_paper_batch(**common),
    ):
        assert refusal_of(work) == PaperRefusal.CAST


def test_delete_paper_batch_takes_its_entries_along(ready: PaperBatch, registrar: User) -> None:
    delete_paper_batch(by=registrar, batch=ready)
    assert not PaperBatch.objects.exists()
    assert not PaperEntry.objects.exists()


def test_recount_paper_batch_keeps_the_ballots_typed_in(ready: PaperBatch, registrar: User) -> None:
    fewer = {"by": registrar, "batch": ready, "ballot_count": 2, "totals": {}}
    assert refusal_of(lambda: recount_paper_batch(**fewer)) == PaperRefusal.LINE


@pytest.mark.parametrize("person", ["resident", "moderator", "promoter", "editor"])
def test_paper_by_others_is_refused(
    person: str, ready: PaperBatch, round_: Round, request: pytest.FixtureRequest
) -> None:
    by = request.getfixturevalue(person)
    for work in (
        lambda: make_batch(by, round_),
        lambda: recount_paper_batch(by=by, batch=ready, ballot_count=3, totals={}),
        lambda: delete_paper_batch(by=by, batch=ready),
        lambda: type_in(ready, by),
        lambda: cast_paper_batch(by=by, batch=ready),
        lambda: end_paper(by=by, round_=round_),
    ):
        with pytest.raises(PermissionDenied):
            work()
    assert PaperBatch.objects.get().state == PaperBatch.State.ENTERING
    assert not VoteEvent.objects.exists()


def test_batch_is_counted_by_the_rules_as_they_are_now(round_: Round, registrar: User) -> None:
    """Staff may have changed the options since the page was drawn; from now on they cannot."""
    round_.options.get(number=3).delete()
    Round.objects.get().save()
    assert set(make_batch(registrar, round_).totals) == {"1", "2"}


# The end of paper -------------------------------------------------------------------------------


def test_end_paper_waits_for_the_close_and_for_every_batch(
    ready: PaperBatch, round_: Round, registrar: User
) -> None:
    work = lambda: end_paper(by=registrar, round_=round_)  # noqa: E731
    assert refusal_of(work) == PaperRefusal.STILL_OPEN
    close(round_)
    assert refusal_of(work) == PaperRefusal.UNFINISHED
    cast_paper_batch(by=registrar, batch=ready)
    assert work() == work() == PaperEnd.objects.get()


def test_after_the_end_of_paper_none_is_taken(round_: Round, registrar: User) -> None:
    close(round_)
    end_paper(by=registrar, round_=round_)
    refusal = refusal_of(lambda: make_batch(registrar, round_))
    assert refusal == PaperRefusal.ENDED
    with pytest.raises(DatabaseError), transaction.atomic():
        append_event(round_, b"v" * 16, 1, 2, choice=[1], channel="paper")
    with pytest.raises(DatabaseError), transaction.atomic():
        PaperEnd.objects.all().delete()


def test_round_with_paper_is_sealed_only_after_the_end_of_paper(
    round_: Round, registrar: User
) -> None:
    """Its closing seal draws the lots, so nobody may know it while paper is typed in."""
    close(round_)
    assert not Round.objects.closed_unsealed().exists()
    end_paper(by=registrar, round_=round_)
    assert list(Round.objects.closed_unsealed()) == [round_]


def test_large_batch_costs_the_same_queries_for_each_chunk(
    round_: Round, registrar: User, second_registrar: User, django_assert_max_num_queries: object
) -> None:
    count = paper_actions.CHUNK
    batch = make_batch(registrar, round_, ballot_count=count, totals={1: count})
    ballots = PaperBallot.objects.bulk_create(
        PaperBallot(batch=batch, line=line) for line in range(1, count + 1)
    )
    PaperEntry.objects.bulk_create(
        PaperEntry(ballot=one, slot=slot, by=by, digest=one.line.to_bytes(32), choice=[1])
        for one in ballots
        for slot, by in ((1, registrar), (2, second_registrar))
    )
    with django_assert_max_num_queries(40):
        cast_paper_batch(by=registrar, batch=batch)
    assert round_.events.tally() == count


RULES = {
    "method": "approval",
    "limit": 2,
    "options": [{"number": 1, "cost_minor": 0}, {"number": 2, "cost_minor": 0}],
}


@pytest.mark.parametrize("typed", ["", " ", "3", "1 1", "1;2", "x", "1:2", "١", "9" * 99, "--"])
def test_choice_typed_wrongly_is_refused(typed: str) -> None:
    with pytest.raises(ChoiceRefused):
        choice_typed(RULES, typed)


@pytest.mark.parametrize(
    ("method", "typed", "choice"),
    [
        ("approval", "2, 1", [1, 2]),
        ("ranked", "2 1", [2, 1]),
        ("score", "2:3 1:5", [[1, 5], [2, 3]]),
        ("approval", "-", []),
    ],
)
def test_choice_typed_is_read(method: str, typed: str, choice: list) -> None:
    assert choice_typed({**RULES, "method": method, "score_max": 5}, typed) == choice
