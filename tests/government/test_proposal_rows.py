"""What officials get of proposals: every column filled, in a bounded number of queries."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone, translation
from wagtail.models import Locale

from government.models import Answer, Body, Referral
from government.proposal_rows import proposal_columns, proposal_listing
from proposals.models import Category, CoAuthor, Proposal
from proposals.rows import BATCH
from tests.factories.accounts import MunicipalityFactory, UserFactory, source_locale
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from django.test.utils import CaptureQueriesContext

    from home.exports import Row
    from proposals.models import CallPage

pytestmark = pytest.mark.django_db
QUERIES = 6 + 3  # the words once, then lines, tags and co-authors of each batch


def rows_of(**fields: object) -> list[Row]:
    return list(proposal_listing(Proposal.objects.order_by("pk"), **fields).rows)


@pytest.fixture
def answered(call: CallPage) -> Proposal:
    proposal = ProposalFactory(
        call=call, municipality=MunicipalityFactory(name="Хабаровск"), status="accepted"
    )
    proposal.tags.add("паводок", "датчики")
    proposal.figures.support_count = 7
    proposal.figures.imported_support_count = 40
    proposal.figures.save()
    body = Body.objects.create(locale=source_locale(), slug="water", name="Минприроды")
    referral = Referral.objects.create(
        proposal=proposal,
        body=body,
        note="Прошу",
        made_at=timezone.now(),
        due_on=dt.date(2026, 12, 24),
    )
    Answer.objects.create(
        referral=referral,
        outcome="accepted",
        text="Сделаем",
        official_name="И. О.",
        answered_on=dt.date(2026, 12, 1),
        entered_at=timezone.now(),
    )
    return proposal


def test_row_has_every_column(answered: Proposal) -> None:
    (row,) = rows_of()
    assert {column.key for column in proposal_columns()} <= row.keys()
    assert row["id"] == answered.pk
    assert row["municipality"] == "Хабаровск"
    assert row["tags"] == "датчики, паводок"
    assert (row["support_count"], row["imported_support_count"]) == (7, 40)
    assert row["threshold"] == answered.call.threshold
    assert row["body"] == "Минприроды"
    assert row["answer_due_on"] == dt.date(2026, 12, 24)
    assert row["url"] == f"http://localhost:8000/ru/proposals/{answered.pk}/"


def test_row_names_coauthors_as_the_page_does(call: CallPage) -> None:
    ProposalFactory(call=call)
    proposal = ProposalFactory(call=call)
    for number, name in enumerate(("Иван", "=1+1")):
        person = UserFactory(name="Не показывать", email=f"canary{number}@example.org")
        CoAuthor.objects.create(
            proposal=proposal, person=person, name=name, joined_at=timezone.now()
        )
    alone, together = rows_of()
    assert (alone["coauthors"], together["coauthors"]) == ("", "Иван, =1+1")
    keys = [column.key for column in proposal_columns()]
    assert keys[keys.index("author_name") + 1] == "coauthors"
    assert "canary" not in str(together)


def test_row_of_bare_proposal_is_empty_where_nothing_is_known(call: CallPage) -> None:
    ProposalFactory(call=call, category=None)
    (row,) = rows_of()
    assert (row["category"], row["municipality"], row["tags"], row["body"]) == ("", "", "", "")
    assert row["answer_due_on"] is None


def test_words_are_in_the_active_language_even_when_read_later(proposal: Proposal) -> None:
    english = Locale.objects.get(language_code="en")
    Category.objects.create(
        locale=english,
        translation_key=proposal.category.translation_key,
        slug="safety",
        name="Safety",
    )
    with translation.override("en"):
        listing = proposal_listing(Proposal.objects.all())
        status = str(Proposal.Status.SUPPORTING.label)
    with translation.override("ja"):
        (row,) = listing.rows
    assert (row["category"], row["status"]) == ("Safety", status)
    assert row["url"].startswith("http://localhost:8000/en/")
    assert listing.language == "en"


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_rows(
    call: CallPage, count: int, django_assert_num_queries: CaptureQueriesContext
) -> None:
    for proposal in ProposalFactory.create_batch(count, call=call):
        proposal.tags.add("паводок")
    with django_assert_num_queries(QUERIES):
        assert len(rows_of()) == count


def test_order_holds_over_batches(call: CallPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proposals.rows.BATCH", 2)
    assert BATCH > 2
    made = [proposal.pk for proposal in ProposalFactory.create_batch(5, call=call)]
    listing = proposal_listing(Proposal.objects.order_by("-pk"))
    assert listing.count == 5
    assert [row["id"] for row in listing.rows] == made[::-1]


def test_row_deleted_meanwhile_is_left_out(proposal: Proposal) -> None:
    listing = proposal_listing(Proposal.objects.all())
    proposal.round.delete()
    proposal.delete()
    assert list(listing.rows) == []
