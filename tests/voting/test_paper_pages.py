"""The pages for paper ballots, from the count by hand to the end of paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AssuranceLevel
from tests.factories.voting import BallotFactory, make_batch
from voting.actions.paper import cast_paper_batch, enter_paper_ballot
from voting.models import PaperBatch, PaperEnd, PaperEntry, Round, VoteEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User

    SignIn = Callable[[User], Client]

pytestmark = pytest.mark.django_db


@pytest.fixture
def round_(home: object) -> Round:
    return BallotFactory(paper=True, level=AssuranceLevel.DOCUMENT, title={"en": "Ice road"})


@pytest.fixture
def batch(round_: Round, registrar: User) -> PaperBatch:
    return make_batch(registrar, round_)


@pytest.fixture
def desk(registrar: User, staff_of: SignIn) -> Client:
    return staff_of(registrar)


@pytest.fixture
def other_desk(second_registrar: User, staff_of: SignIn) -> Client:
    return staff_of(second_registrar)


def url(name: str, one: object) -> str:
    return reverse(f"paper_admin:{name}", args=[one.pk])


def counted(**fields: object) -> dict[str, object]:
    return {
        "place": "Library, box 2",
        "voted_on": timezone.localdate().isoformat(),
        "ballot_count": 2,
        "total-1": 1,
        "total-2": 1,
        "total-3": 0,
        **fields,
    }


def type_in(client: Client, batch: PaperBatch, line: int, option: int, **more: object) -> object:
    fields = {"line": line, "number": f"0815 {line:06}", "option": option, **more}
    return client.post(url("entry", batch), fields, follow=True)


def test_paper_goes_from_the_count_by_hand_to_the_ledger(
    round_: Round, desk: Client, other_desk: Client
) -> None:
    assert "Ice road" in desk.get(reverse("paper_admin:index")).text
    answer = desk.post(url("add", round_), counted(), follow=True)
    batch = PaperBatch.objects.get()
    assert "0 of 2 ballots" in answer.text
    for client in (desk, other_desk):
        type_in(client, batch, 1, 1)
        assert "You typed in 2 of 2" in type_in(client, batch, 2, 2).text
    assert "Cast 2 ballots" in desk.get(url("batch", batch)).text
    assert "Cast. 2 ballots count." in desk.post(url("cast", batch), follow=True).text
    assert list(VoteEvent.objects.order_by("pk").values_list("choice", "channel")) == [
        ([1], "paper"),
        ([2], "paper"),
    ]
    Round.objects.filter(pk=round_.pk).update(closed_at=timezone.now())
    assert url("end", round_) in desk.get(reverse("paper_admin:index")).text
    assert "not even by an administrator" in desk.get(url("end", round_)).text
    desk.post(url("end", round_))
    assert PaperEnd.objects.filter(round=round_).exists()
    assert "All paper ballots are in since" in desk.get(reverse("paper_admin:index")).text


def test_typing_in_never_shows_what_the_other_person_read(
    batch: PaperBatch, desk: Client, other_desk: Client
) -> None:
    type_in(desk, batch, 1, 2)
    page = other_desk.get(url("entry", batch)).text
    assert "checked" not in page
    assert "0815 000001" not in page
    assert 'name="line" value="1"' in page


def test_next_ballot_is_the_first_that_is_still_to_be_typed(
    batch: PaperBatch, desk: Client
) -> None:
    assert 'name="line" value="2"' in type_in(desk, batch, 1, 1).text
    assert 'name="line" value="1"' in desk.get(url("entry", batch) + "?line=1").text
    assert desk.get(url("entry", batch) + "?line=x" + "9" * 50).status_code == 200


def test_ballot_typed_in_wrongly_is_given_back(batch: PaperBatch, desk: Client) -> None:
    answer = desk.post(url("entry", batch), {"line": 9, "number": "12", "option": ["9"]})
    assert "This is no number of a document" in answer.text
    assert "This option is no longer on the ballot." in answer.text
    beyond = type_in(desk, batch, 9, 1)
    assert "fewer ballots than this number" in beyond.text
    assert 'value="1" id="id_option_1" checked' in beyond.text
    assert not PaperEntry.objects.exists()


def test_third_person_is_asked_whose_reading_theirs_replaces(
    batch: PaperBatch, desk: Client, other_desk: Client, staff_of: SignIn, resident: User
) -> None:
    type_in(desk, batch, 1, 1)
    type_in(other_desk, batch, 1, 2)
    page = desk.get(url("batch", batch)).text
    assert "the choice" in page
    assert url("entry", batch) + "?line=1" in page
    resident.is_superuser = True
    resident.save()
    third = staff_of(resident)
    assert 'name="slot"' in type_in(third, batch, 1, 1).text
    type_in(third, batch, 1, 1, slot=2)
    assert set(PaperEntry.objects.values_list("by__name", flat=True)) == {"Регистратор", "Анна"}


def test_many_lines_are_taken_and_the_wrong_ones_listed(batch: PaperBatch, desk: Client) -> None:
    lines = ["1; 0815 000001; 1", "2; 12; 1", "7; 0815 000007; 1", "2; 0815 000002; 9", "x"]
    answer = desk.post(url("entry", batch), {"lines": "\n".join(lines)})
    assert [row.place for row in answer.context["refused"]] == [1, 2, 3, 4]
    for text in (
        "1 ballot is typed in",
        "Line 1: The number of the document cannot be read",
        "Line 2: The batch has fewer ballots",
        "Line 3: There is no option 9",
        "Line 4: Write the number on the paper; the document; the options.",
        "2; 0815 000002; 9",
    ):
        assert text in answer.text
    assert PaperEntry.objects.get().choice == [1]


def test_count_by_hand_can_be_corrected(
    batch: PaperBatch, desk: Client, other_desk: Client
) -> None:
    for client in (desk, other_desk):
        type_in(client, batch, 1, 1)
        type_in(client, batch, 2, 1)
    assert "Sums that differ" in desk.get(url("batch", batch)).text
    assert "not ready to be cast" in desk.post(url("cast", batch), follow=True).text
    assert 'value="1"' in desk.get(url("recount", batch)).text
    desk.post(url("recount", batch), counted(**{"total-1": 2, "total-2": 0}))
    assert "Cast 2 ballots" in desk.get(url("batch", batch)).text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("voted_on", "2001-01-01"),
        ("voted_on", "yesterday"),
        ("ballot_count", "0"),
        ("ballot_count", "9" * 30),
        ("total-1", "-1"),
        ("total-1", ""),
        ("place", "\0"),
    ],
)
def test_count_that_cannot_be_is_refused_at_its_field(
    field: str, value: str, round_: Round, desk: Client
) -> None:
    answer = desk.post(url("add", round_), counted(**{field: value}))
    assert answer.context["form"].errors[field]
    assert not PaperBatch.objects.exists()


def test_batch_that_was_cast_lists_who_had_voted(
    batch: PaperBatch, registrar: User, second_registrar: User, desk: Client
) -> None:
    for by in (registrar, second_registrar):
        for line in (1, 2):
            enter_paper_ballot(by=by, batch=batch, line=line, number="0815 000001", choice=[line])
    assert "bear the same document" in desk.get(url("batch", batch)).text
    cast_paper_batch(by=registrar, batch=batch)
    page = desk.get(url("batch", batch)).text
    assert "the person had voted already" in page
    assert "on paper" in page
    assert desk.get(url("entry", batch)).status_code == 302


def test_batch_can_be_deleted_before_it_is_cast(batch: PaperBatch, desk: Client) -> None:
    type_in(desk, batch, 1, 1)
    assert "1 ballot of this batch" in desk.get(url("delete", batch)).text
    desk.post(url("delete", batch))
    assert not PaperBatch.objects.exists()


def test_list_of_batches_costs_the_same_queries_for_any_number(
    round_: Round, batch: PaperBatch, registrar: User, desk: Client
) -> None:
    counts = []
    for _more in range(3):
        desk.get(reverse("paper_admin:index"))
        with CaptureQueriesContext(connection) as queries:
            desk.get(reverse("paper_admin:index"))
        counts.append(len(queries))
        make_batch(registrar)
    assert counts[0] == counts[1] == counts[2]


@pytest.mark.parametrize("person", ["resident", "moderator", "promoter", "editor"])
def test_pages_are_closed_to_others(
    person: str,
    batch: PaperBatch,
    round_: Round,
    request: pytest.FixtureRequest,
    staff_of: SignIn,
) -> None:
    client = staff_of(request.getfixturevalue(person))
    addresses = [reverse("paper_admin:index"), url("add", round_), url("end", round_)]
    addresses += [url(name, batch) for name in ("batch", "entry", "recount", "cast", "delete")]
    for address in addresses:
        for answer in (client.get(address), client.post(address, counted())):
            assert answer.status_code in {302, 403}
    assert PaperBatch.objects.get().state == "entering"
    assert not PaperEntry.objects.exists()
