"""Paging by place: no row twice, none left out, whatever is added meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from proposals.listing import SORTS
from proposals.models import CallPage, Proposal, ProposalFigures
from proposals.paging import Circle, Mark, NotAMarkError, Order
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from django.db.models import QuerySet

pytestmark = pytest.mark.django_db


def rows_with(key: str) -> QuerySet[Any, Any]:
    return Proposal.objects.public().values_list("pk", key, named=True)


def walk(order: Order, size: int = 3) -> list[int]:
    """Primary keys of all pages, one after another."""
    seen: list[int] = []
    after = ""
    while True:
        mark = Mark.read(after) if after else None
        page = order.page(rows_with(order.key), mark, size)
        seen += [row.pk for row in page.rows]
        if not (after := page.after):
            return seen


@pytest.fixture
def eleven(call: CallPage) -> list[Proposal]:
    return [ProposalFactory(call=call, shuffle=(n * 7 % 11) * 100) for n in range(11)]


@pytest.mark.parametrize("start", [0, 350, 500, 1000, 99_999])
def test_circle_shows_every_row_once(start: int, eleven: list[Proposal]) -> None:
    seen = walk(Circle("shuffle", start=start))
    assert sorted(seen) == sorted(row.pk for row in eleven)


def test_circle_begins_at_its_start(eleven: list[Proposal]) -> None:
    first = min((row for row in eleven if row.shuffle >= 350), key=lambda row: row.shuffle)
    assert walk(Circle("shuffle", start=350))[0] == first.pk


def test_circle_with_equal_places(call: CallPage) -> None:
    rows = [ProposalFactory(call=call, shuffle=5) for _ in range(7)]
    assert sorted(walk(Circle("shuffle", start=5))) == sorted(row.pk for row in rows)


def test_circle_keeps_its_place_when_rows_are_added(eleven: list[Proposal], call: CallPage) -> None:
    order, rows = Circle("shuffle", start=350), rows_with("shuffle")
    first = order.page(rows, None, 4)
    ProposalFactory(call=call, shuffle=360)  # before the place that was reached
    rest = order.page(rows, Mark.read(first.after), 20)
    assert not {row.pk for row in first.rows} & {row.pk for row in rest.rows}
    assert {row.pk for row in first.rows + rest.rows} == {row.pk for row in eleven}


def test_page_by_date_with_equal_dates(call: CallPage) -> None:
    now = timezone.now()
    rows = [ProposalFactory(call=call, published_at=now - timedelta(days=n // 3)) for n in range(8)]
    seen = walk(SORTS["newest"])
    assert seen == [row.pk for row in sorted(rows, key=lambda r: (r.published_at, r.pk))[::-1]]


def test_page_by_support(call: CallPage) -> None:
    rows = [ProposalFactory(call=call) for _ in range(8)]
    for place, row in enumerate(rows):
        ProposalFigures.objects.filter(pk=row.pk).update(support_count=place // 2)
    assert walk(SORTS["supported"]) == [row.pk for row in rows[::-1]]


@pytest.mark.parametrize(
    "text", ["", "1", "-", "a-b", "1-", "-1-2", "9" * 30 + "-1", "１-２", "1-2-3", "1\0-2"]
)
def test_mark_from_nonsense(text: str) -> None:
    with pytest.raises(NotAMarkError):
        Mark.read(text)
