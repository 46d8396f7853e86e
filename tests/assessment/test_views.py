"""Public pages and files: what everybody reads, what stays private, that files hold no formula."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pypdf
import pytest
from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone

from assessment.actions.committees import record_decision
from assessment.actions.rounds import place_by_hand, publish_protocol
from assessment.models import Decision
from tests.factories.assessment import (
    MembershipFactory,
    make_committee,
    make_ended_round,
    make_item,
    make_meeting,
    make_open_round,
    make_protocol,
    make_round,
    reviewers,
    secretary,
)

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
CANARY = "Канарейка-7431"


def url(name: str, *args: object) -> str:
    return reverse(f"assessment:{name}", args=args)


def test_committee_page_shows_who_decides_and_nothing_private(stranger: Client) -> None:
    committee = make_committee()
    MembershipFactory(committee=committee, name="Бывшая", ends_on=timezone.localdate() - DAY)
    meeting = make_meeting(committee, present=3, minutes=CANARY)
    item = make_item(meeting)
    record_decision(
        user=secretary(),
        item=item,
        decision=Decision(
            votes_for=2, votes_against=1, votes_abstain=0, reasons=CANARY, extract={"ru": "Да"}
        ),
    )
    committee.documents.create(title={"ru": "Положение"}, url="https://example.org/rules")
    pages = [
        url("committees"),
        url("committee", committee.slug),
        url("meeting", committee.slug, meeting.pk),
    ]
    texts = [stranger.get(page).content.decode() for page in pages]
    assert all(CANARY not in text for text in texts)
    assert "Бывшая" not in texts[1]
    assert "Положение" in texts[1]
    assert "за 2, против 1" in texts[2]
    assert reviewers(make_round(committee=committee))[0].email not in texts[1]


DAY = timedelta(days=1)


def test_committee_speaks_the_readers_language(stranger: Client) -> None:
    committee = make_committee()
    english = committee.copy_for_translation(english_locale())
    english.name, english.slug = "Working group", committee.slug
    english.save()
    page = stranger.get(f"/en/committees/{committee.slug}/").content.decode()
    assert "Working group" in page
    assert committee.name not in page


def english_locale() -> Any:
    from wagtail.models import Locale

    return Locale.objects.get(language_code="en")


def test_round_is_public_once_its_criteria_are_fixed(stranger: Client) -> None:
    assert stranger.get(url("round", make_round().pk)).status_code == 404
    opened = make_open_round(declared=False)
    page = stranger.get(url("round", opened.pk)).content.decode()
    assert opened.sheet_hash in page
    assert "Новизна" in page
    assert stranger.get(url("protocol_json", opened.pk)).status_code == 404


def test_protocol_is_hashed_as_it_is_served(stranger: Client) -> None:
    protocol = make_protocol()
    content = stranger.get(url("protocol_json", protocol.round_id)).content
    assert hashlib.sha256(content).hexdigest() == protocol.contents_hash
    page = stranger.get(url("round", protocol.round_id)).content.decode()
    assert protocol.contents_hash in page
    assert "8,00" in page  # with a comma, as Russian writes it


def test_files_hold_everything_and_no_formula(stranger: Client) -> None:
    round_ = make_ended_round(proposals=3)
    last = round_.assessed.select_related("proposal").last()
    last.proposal.title = '=HYPERLINK("https://evil.example")'
    last.proposal.save()
    reason = "@SUM(A1) <script>"
    place_by_hand(user=secretary(), assessed=last, place=1, reason=reason)
    protocol = publish_protocol(user=secretary(), round_=round_)
    response = stranger.get(url("protocol_xlsx", round_.pk))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    values = [cell.value for cell in cells]
    assert last.proposal.title in values
    assert reason in values
    about = [cell.value for row in book.worksheets[1].iter_rows() for cell in row]
    assert protocol.contents_hash in about

    paper = pypdf.PdfReader(io.BytesIO(stranger.get(url("protocol_pdf", round_.pk)).content))
    text = "".join(page.extract_text() for page in paper.pages)
    letters = "".join(text.replace("\u200b", "").split())
    assert protocol.contents_hash in letters
    assert "@SUM(A1)<script>" in letters
    assert "8,00" in letters
    assert paper.metadata.title == "Экспертиза"
    page = stranger.get(url("round", round_.pk)).content.decode()
    assert "<script>" not in page.split("<main", 1)[1]


def test_proposal_tells_of_its_protocol(stranger: Client) -> None:
    protocol = make_protocol()
    proposal = protocol.round.assessed.first().proposal
    page = stranger.get(proposal.get_absolute_url()).content.decode()
    assert "8,00 из 10, место 1 из 2" in page
    assert protocol.round.get_absolute_url() in page
    names = [row["name"] for row in protocol.contents["members"]]
    assert not any(name in page for name in names)


@pytest.mark.parametrize("count", [1, 3])
def test_public_pages_cost_the_same(
    count: int, stranger: Client, django_assert_num_queries: Any
) -> None:
    protocol = make_protocol(proposals=count, members=3)
    committee = protocol.round.committee
    meeting = make_meeting(committee, present=3)
    for _number in range(count):
        make_item(meeting)
        make_committee()
        make_meeting(committee)
    for page, queries in (
        (url("committees"), 3),
        (url("committee", committee.slug), 7),
        (url("meeting", committee.slug, meeting.pk), 4),
        (url("round", protocol.round_id), 4),
        (url("protocol_json", protocol.round_id), 1),
    ):
        stranger.get(page)
        caches["pages"].clear()
        with django_assert_num_queries(queries):
            assert stranger.get(page).status_code == 200, page
