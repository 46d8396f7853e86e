"""Nobody fills the desk alone: after ten entries a colleague looks; a day can be annulled."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.actions import erase_account
from accounts.models import AssuranceLevel, User
from tests.factories.accounts import UserFactory
from tests.factories.voting import BallotFactory, make_batch, make_shift
from voting.actions import append_event, check_document
from voting.actions.desk import cast_at_desk
from voting.actions.desk_work import DeskClosed, look_over_desk
from voting.actions.paper import cast_paper_batch, end_paper, enter_paper_ballot
from voting.actions.tracing import erase_old_traces
from voting.desk_work import desk_work, shifts_of, unseen_work
from voting.documents import document_digest
from voting.models import DeskTally, Intervention, Round, TakenVote, VoteEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    SignIn = Callable[[User], Client]

pytestmark = pytest.mark.django_db
WORK = "/admin/desk/work/"


@pytest.fixture
def round_(home: object) -> Round:
    return BallotFactory(paper=True, level=AssuranceLevel.DOCUMENT)


def cast(by: User, round_: Round, *numbers: int) -> None:
    for number in numbers:
        digest = document_digest(f"0815 {number:06}")
        cast_at_desk(by=by, round_id=round_.pk, digest=digest, choice=[1], seen_gen=0)


def shift_url(round_: Round, by: User) -> str:
    day = timezone.localdate().isoformat()
    return reverse("integrity_admin:shift", args=[round_.pk, by.pk, day])


def unseen(person: User) -> int:
    return DeskTally.objects.get(person=person).unseen_count


# A colleague's look ------------------------------------------------------------------------------


def test_desk_is_closed_after_ten_votes_until_a_colleague_has_looked(
    round_: Round, registrar: User, second_registrar: User
) -> None:
    cast(registrar, round_, *range(10))
    with pytest.raises(DeskClosed):
        cast(registrar, round_, 10)
    assert round_.events.tally() == 10
    cast(registrar, round_, 3)  # the same ballot again is no new one
    cast(second_registrar, round_, 11)
    assert look_over_desk(by=second_registrar, person=registrar, seen_count=10)
    cast(registrar, round_, 10)
    assert (unseen(registrar), round_.events.tally()) == (1, 12)
    entry = ModelLogEntry.objects.get(action="voting.look_over_desk")
    assert (entry.user, entry.object_id) == (second_registrar, f"{registrar.pk}")
    assert entry.data == {"entries": 10}


def test_slow_entries_have_to_be_looked_at_too(round_: Round, registrar: User) -> None:
    for day in range(10):
        with time_machine.travel(timezone.now() + timedelta(hours=day)):
            cast(registrar, round_, day)
    with pytest.raises(DeskClosed):
        cast(registrar, round_, 10)


def test_documents_for_accounts_count_too(round_: Round, registrar: User) -> None:
    people = UserFactory.create_batch(11)
    for place, person in enumerate(people[:10]):
        check_document(user=person, number=f"0815 {place:06}", by=registrar)
    with pytest.raises(DeskClosed):
        check_document(user=people[10], number="0815 777777", by=registrar)
    people[10].refresh_from_db()
    assert people[10].level == AssuranceLevel.EMAIL
    check_document(user=None, number="0815 888888", by=registrar)  # raises nobody's level


def test_what_came_after_the_list_was_drawn_stays_to_be_looked_at(
    round_: Round, registrar: User, scrutineer: User
) -> None:
    cast(registrar, round_, *range(7))
    assert look_over_desk(by=scrutineer, person=registrar, seen_count=5)
    assert unseen(registrar) == 2
    assert not look_over_desk(by=scrutineer, person=registrar, seen_count=5)
    assert not look_over_desk(by=scrutineer, person=registrar, seen_count=0)
    assert not look_over_desk(by=scrutineer, person=registrar, seen_count=-5)
    assert unseen(registrar) == 2


def test_database_keeps_the_limit_whatever_the_code_does(registrar: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        DeskTally.objects.create(person=registrar, unseen_count=11)


@pytest.mark.parametrize("person", ["registrar", "resident", "moderator", "promoter", "editor"])
def test_look_by_oneself_or_by_others_is_refused(
    person: str, round_: Round, registrar: User, request: pytest.FixtureRequest, staff_of: SignIn
) -> None:
    cast(registrar, round_, *range(10))
    by = request.getfixturevalue(person)
    with pytest.raises(PermissionDenied):
        look_over_desk(by=by, person=registrar, seen_count=10)
    answer = staff_of(by).post(WORK, {"person": registrar.pk, "seen_count": 10})
    assert answer.status_code in {302, 403}
    assert unseen(registrar) == 10


def test_page_shows_counts_and_times_and_lets_a_colleague_go_on(
    round_: Round, registrar: User, second_registrar: User, neighbour: User, staff_of: SignIn
) -> None:
    cast(registrar, round_, *range(9))
    check_document(user=neighbour, number="0815 777777", by=registrar)
    check_document(user=None, number="0815 888888", by=registrar)
    own = staff_of(registrar).get(WORK).text
    assert "These are yours" in own
    assert "may go on" not in own
    colleague = staff_of(second_registrar)
    assert "1 colleague cannot go on at the desk" in colleague.get("/admin/").text
    page = colleague.get(WORK).text
    assert (page.count(": a vote"), page.count(": a document for an account")) == (9, 1)
    assert neighbour.email not in page
    assert "the desk is closed for them" in page
    fields = dict(re.findall(r'name="(person|seen_count)" value="(\d+)"', page))
    assert "Your colleague can go on" in colleague.post(WORK, fields, follow=True).text
    assert "Somebody else was quicker" in colleague.post(WORK, fields, follow=True).text
    assert "Nothing at the desk waits" in colleague.get(WORK).text
    assert "Nobody at the desk waits" in colleague.get("/admin/").text


def test_list_costs_the_same_queries_for_any_number(
    round_: Round, registrar: User, second_registrar: User, scrutineer: User, staff_of: SignIn
) -> None:
    client, counts = staff_of(scrutineer), []
    for by, number in ((registrar, 1), (second_registrar, 2), (registrar, 3)):
        cast(by, round_, number)
        client.get(WORK)
        with CaptureQueriesContext(connection) as queries:
            client.get(WORK)
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2], counts
    assert [one.count for one in unseen_work()] == [2, 1]


def test_pages_of_the_desk_say_that_it_is_closed(
    round_: Round, registrar: User, neighbour: User, staff_of: SignIn
) -> None:
    client = staff_of(registrar)
    vote = {"round": round_.pk, "number": "0815 999999"}
    ballot = client.post(reverse("desk_admin:vote"), vote).text
    ticket = re.search(r'name="ticket" value="([^"]*)"', ballot)[1]
    cast(registrar, round_, *range(10))
    for page in (
        client.get(reverse("desk_admin:vote")),
        client.get(reverse("desk_admin:document")),
        client.post(reverse("desk_admin:vote"), vote),
        client.post(reverse("desk_admin:cast"), {"ticket": ticket, "gen": 0, "option": 1}),
        client.post(
            reverse("desk_admin:document"), {"number": "0815 999999", "email": neighbour.email}
        ),
    ):
        assert "wait for a colleague to look at" in page.text
        assert "Cast this vote" not in page.text
    assert round_.events.tally() == 10


# On the integrity desk ---------------------------------------------------------------------------


def test_integrity_desk_counts_votes_and_documents_by_person(
    round_: Round,
    registrar: User,
    second_registrar: User,
    scrutineer: User,
    staff_of: SignIn,
) -> None:
    cast(registrar, round_, 1, 2, 3)
    cast(registrar, BallotFactory(paper=True, level=AssuranceLevel.DOCUMENT), 4)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        cast(registrar, round_, 5)
        check_document(user=None, number="0815 777777", by=second_registrar)
        shown = {work.name: (work.votes, work.documents, work.busiest) for work in desk_work()}
    assert shown == {registrar.name: (5, 0, 4), second_registrar.name: (0, 1, 1)}
    assert [(one.by, one.at_desk, one.busiest) for one in shifts_of(round_)] == [
        (registrar.pk, 4, 3)
    ]
    client = staff_of(scrutineer)
    page = client.get(reverse("integrity_admin:round", args=[round_.pk])).text
    assert "Votes taken by staff" in page
    assert shift_url(round_, registrar) not in page  # fewer than ten
    index = client.get(reverse("integrity_admin:index")).text
    assert registrar.name in index
    assert reverse("integrity_admin:round", args=[round_.pk]) in index  # though it has no trace


def test_paper_is_counted_for_whoever_cast_it(
    round_: Round, registrar: User, second_registrar: User
) -> None:
    batch = make_batch(registrar, round_, ballot_count=1, totals={1: 1})
    for by in (registrar, second_registrar):
        enter_paper_ballot(by=by, batch=batch, line=1, number="0815 000001", choice=[1])
    cast_paper_batch(by=second_registrar, batch=batch)
    (shift,) = shifts_of(round_)
    assert (shift.by, shift.on_paper, shift.standing) == (second_registrar.pk, 1, 1)


def test_votes_of_a_shift_are_annulled_by_two_people(
    round_: Round,
    registrar: User,
    second_registrar: User,
    scrutineer: User,
    second_scrutineer: User,
    staff_of: SignIn,
) -> None:
    cast(second_registrar, round_, 100)
    cast(registrar, round_, *range(10))
    client = staff_of(scrutineer)
    address = shift_url(round_, registrar)
    assert address in client.get(reverse("integrity_admin:round", args=[round_.pk])).text
    assert "What to do with these 10 votes" in client.get(address).text
    values = {"kind": "annul", "reason": "desk", "words": "", "note": "Nobody was there"}
    assert client.post(address, {**values, "kind": "hold"}).context["form"].errors["kind"]
    client.post(address, values)
    row = Intervention.objects.get()
    assert (row.state, row.reason, row.votes.count()) == ("asked", "desk", 10)
    assert round_.events.tally() == 11
    confirm = reverse("integrity_admin:intervention", args=[row.pk])
    client.post(confirm, {"stage": "confirm"})
    assert round_.events.tally() == 11
    staff_of(second_scrutineer).post(confirm, {"stage": "confirm"})
    assert round_.events.tally() == 1
    assert client.get(address, follow=True).status_code == 404


def test_shift_of_fewer_than_ten_or_of_no_day_is_not_found(
    round_: Round, registrar: User, scrutineer: User, staff_of: SignIn
) -> None:
    make_shift(registrar, round_, 9)
    client = staff_of(scrutineer)
    annul = {"kind": "annul", "reason": "desk"}
    for day in (timezone.localdate().isoformat(), "2020-01-01", "20269999", "x"):
        address = reverse("integrity_admin:shift", args=[round_.pk, registrar.pk, day])
        assert client.get(address, follow=True).status_code == 404
        assert client.post(address, annul, follow=True).status_code == 404
    assert not Intervention.objects.exists()


@pytest.mark.parametrize("person", ["resident", "moderator", "promoter", "editor", "registrar"])
def test_shift_is_closed_to_others(
    person: str,
    round_: Round,
    second_registrar: User,
    request: pytest.FixtureRequest,
    staff_of: SignIn,
) -> None:
    make_shift(second_registrar, round_, 10)
    client = staff_of(request.getfixturevalue(person))
    address = shift_url(round_, second_registrar)
    for answer in (client.get(address), client.post(address, {"kind": "annul", "reason": "desk"})):
        assert answer.status_code in {302, 403}
    assert not Intervention.objects.exists()


def test_shift_of_somebody_whose_account_is_gone_can_be_annulled(
    round_: Round, registrar: User, scrutineer: User, staff_of: SignIn
) -> None:
    make_shift(registrar, round_, 10)
    number, address = registrar.pk, shift_url(round_, registrar)
    erase_account(account=registrar, by=registrar, keep_name=False)
    page = staff_of(scrutineer).get(address).text
    assert f"№ {number}" in page
    assert "What to do with these 10 votes" in page


def test_vote_changed_by_its_voter_is_no_part_of_the_shift(round_: Round, registrar: User) -> None:
    cast(registrar, round_, 1)
    digest = document_digest("0815 000001")
    change = {"choice": [2], "seen_gen": 1, "change": True}
    cast_at_desk(by=registrar, round_id=round_.pk, digest=digest, **change)
    assert TakenVote.objects.count() == 2
    assert shifts_of(round_)[0].standing == 1


def test_vote_held_and_given_back_stays_in_the_shift(round_: Round, registrar: User) -> None:
    """One scrutineer alone could take votes out of what two may annul."""
    cast(registrar, round_, 1)
    voter = bytes(round_.events.get().voter)
    for gen, reason in ((2, "hold"), (3, "release")):
        append_event(round_, voter, gen, 2, reason, choice=[1] if gen % 2 else None)
    assert shifts_of(round_)[0].standing == 1


def test_who_took_a_vote_is_forgotten_after_the_round(round_: Round, registrar: User) -> None:
    cast(registrar, round_, 1)
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        erase_old_traces()
        assert TakenVote.objects.exists()  # it may still be annulled
        Round.objects.filter(pk=round_.pk).update(closed_at=timezone.now())
        end_paper(by=registrar, round_=round_)
        erase_old_traces()
    assert not TakenVote.objects.exists()
    assert VoteEvent.objects.count() == 1
