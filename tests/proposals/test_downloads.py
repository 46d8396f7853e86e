"""The list as a file: the rows of the same query, nothing private, in bounded queries."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.core.cache import caches
from django.utils import translation

from home.exports import FORMATS
from proposals import states
from proposals.models import Proposal, ProposalFigures
from tests.factories.accounts import MunicipalityFactory, UserFactory
from tests.factories.proposals import CategoryFactory, ProposalFactory, make_call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from proposals.models import CallPage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("indexed")]
LIST = "/ru/proposals/"
Status = Proposal.Status
# Phases, themes with places, counts; site, calls, themes and places by key; two for the circle.
QUERIES = 8


def address(name: str, query: str = "", language: str = "ru") -> str:
    return f"/{language}/proposals/download/{name}/{query}"


def content_of(client: Client, name: str, query: str = "", language: str = "ru") -> bytes:
    response = client.get(address(name, query, language))
    assert response.status_code == 200
    assert response["Content-Type"] == FORMATS[name].content_type
    assert "no-store" in response["Cache-Control"]
    return b"".join(response.streaming_content)


def data_of(client: Client, query: str = "", language: str = "ru") -> dict[str, Any]:
    return json.loads(content_of(client, "json", query, language))


def numbers_in(name: str, content: bytes) -> list[int]:
    if name == "json":
        return [row["id"] for row in json.loads(content)["rows"]]
    if name == "csv":
        lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        return [int(line[0]) for line in list(lines)[1:]]
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [line[0] for line in sheet.iter_rows(min_row=2, values_only=True)]


def numbers_on_pages(client: Client, query: str) -> list[int]:
    """The proposals of every page of the list, in its order."""
    found: list[int] = []
    while query:
        listing = client.get(LIST + query).context["listing"]
        found += [row.pk for row in listing.page.rows]
        query = listing.more_url
    assert len(found) == listing.total
    return found


@pytest.fixture
def many(home: object) -> None:
    """More than a page, on both sides of the circle's start, with what filters go by."""
    calls = [make_call(days=20), make_call(days=3)]
    category, place = CategoryFactory(slug="ecology"), MunicipalityFactory(slug="amur")
    for n in range(25):
        made = ProposalFactory(
            call=calls[n % 2],
            category=category if n % 3 else CategoryFactory(),
            municipality=place if n % 4 else None,
            status=Status.DONE if n % 5 == 0 else Status.SUPPORTING,
            summary="Датчики паводка" if n % 2 else "Новый мост",
        )
        ProposalFigures.objects.filter(pk=made.pk).update(support_count=n % 7)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "query",
    [
        "?seed=1000000000",
        "?order=newest",
        "?order=supported",
        "?order=closing",
        "?order=newest&category=ecology&place=amur",
        "?order=supported&place=territory",
        "?order=newest&status=done&status=supporting&q=паводок",
        "?order=newest&call=call-2",
        "?order=newest&q=nothing+like+it",
    ],
)
def test_file_holds_the_rows_of_the_list_in_its_order(
    name: str, query: str, stranger: Client, many: None
) -> None:
    shown = numbers_on_pages(stranger, query)
    assert numbers_in(name, content_of(stranger, name, query)) == shown


def test_file_without_a_start_holds_all_the_same(stranger: Client, many: None) -> None:
    assert len(data_of(stranger)["rows"]) == 25


def test_page_in_the_middle_offers_the_whole_list(stranger: Client, many: None) -> None:
    middle = stranger.get(LIST + "?order=newest").context["listing"].more_url
    page = stranger.get(LIST + middle)
    for name in FORMATS:
        assert f'href="{address(name, "?order=newest")}"' in page.text


def test_row_is_what_the_page_shows(stranger: Client, call: CallPage) -> None:
    proposal = ProposalFactory(
        call=call,
        author_name="Анна К.",
        municipality=MunicipalityFactory(name="Хабаровск"),
        category=CategoryFactory(name="Экология"),
    )
    ProposalFigures.objects.filter(pk=proposal.pk).update(support_count=7, imported_support_count=4)
    (row,) = data_of(stranger)["rows"]
    moments = {name: row.pop(name) for name in ("submitted_at", "published_at")}
    assert all(moments.values())
    assert row == {
        "id": proposal.pk,
        "title": proposal.title,
        "summary": proposal.summary,
        "author_name": "Анна К.",
        "status": translation.gettext("Gathering support"),
        "support_count": 7,
        "imported_support_count": 4,
        "municipality": "Хабаровск",
        "category": "Экология",
        "call": call.title,
        "url": f"http://localhost:8000/ru/proposals/{proposal.pk}/",
    }


@pytest.mark.parametrize("name", ["csv", "json"])
def test_file_says_nothing_of_persons(name: str, stranger: Client, call: CallPage) -> None:
    author = UserFactory(email="private@example.org", name="Настоящее имя", pk=987_654_321)
    ProposalFactory(call=call, author=author, author_name="Сосед")
    content = content_of(stranger, name).decode()
    assert "Сосед" in content
    for private in ("private@example.org", "Настоящее имя", "987654321"):
        assert private not in content


def test_file_holds_nothing_that_is_not_public(stranger: Client, call: CallPage) -> None:
    for status in states.HIDDEN:
        ProposalFactory(call=call, status=status)
    assert data_of(stranger)["rows"] == []


def test_proposal_withdrawn_while_the_file_is_read_stays_out(
    stranger: Client, call: CallPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proposals.rows.BATCH", 1)
    first, second = (ProposalFactory(call=call, shuffle=place) for place in (1, 2))
    response = stranger.get(address("json"))
    Proposal.objects.filter(pk=second.pk).update(status=Status.WITHDRAWN)
    assert numbers_in("json", b"".join(response.streaming_content)) == [first.pk]


def test_file_is_in_the_language_of_the_page(stranger: Client, proposal: Proposal) -> None:
    data = data_of(stranger, "?status=supporting&order=newest", "en")
    assert data["meta"]["title"] == "Proposals · Gathering support"
    assert data["meta"]["filters"] == {"Order": "Newest"}
    assert data["rows"][0]["status"] == "Gathering support"
    assert data["rows"][0]["url"].startswith("http://localhost:8000/en/")


def test_file_has_a_plain_name(stranger: Client, proposal: Proposal) -> None:
    response = stranger.get(address("csv", "?q=секрет"))
    name = response["Content-Disposition"]
    assert name.startswith('attachment; filename="proposals-20')
    assert name.endswith('.csv"')


def test_formula_in_a_title_or_a_search_stays_text(stranger: Client, call: CallPage) -> None:
    ProposalFactory(call=call, title='=HYPERLINK("https://evil.example")', author_name="+1")
    text = content_of(stranger, "csv").decode("utf-8-sig")
    assert "\"'=HYPERLINK" in text
    assert "'+1" in text
    about = openpyxl.load_workbook(
        io.BytesIO(content_of(stranger, "xlsx", "?q=%1B%3Dhyperlink"))
    ).worksheets[1]
    assert not [cell for line in about.iter_rows() for cell in line if cell.data_type == "f"]


@pytest.mark.parametrize(
    "query", ["?status=draft", "?order=best", "?place=nope", "?q=%00", "?seed=x"]
)
def test_unknown_values_are_answered_as_the_list_answers_them(
    query: str, stranger: Client, proposal: Proposal
) -> None:
    refused, page = stranger.get(address("csv", query)), stranger.get(LIST + query)
    assert (refused.status_code, page.status_code) == (400, 400)
    assert refused.templates[0].name == page.templates[0].name


@pytest.mark.parametrize("name", ["exe", "pdf", "csv%00"])
def test_unknown_format_is_not_found(name: str, stranger: Client, proposal: Proposal) -> None:
    assert stranger.get(address(name)).status_code == 404


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("count", "batches"), [(1, 1), (4, 2)])
def test_queries_grow_by_batches_alone(
    name: str,
    count: int,
    batches: int,
    stranger: Client,
    call: CallPage,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr("proposals.rows.BATCH", 3)
    ProposalFactory.create_batch(count, call=call)
    for kept in ("default", "pages"):
        caches[kept].clear()
    with django_assert_num_queries(QUERIES + batches):
        content = content_of(stranger, name, "?seed=5")
    assert len(numbers_in(name, content)) == count


def test_rows_are_read_only_when_they_are_asked_for(
    call: CallPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What keeps memory level: the file's next rows are not fetched before the last are sent."""
    from django.test import RequestFactory

    from proposals.rows import ProposalRows
    from proposals.views.downloads import download

    read: list[int] = []
    whole = ProposalRows.read
    monkeypatch.setattr("proposals.rows.BATCH", 2)
    monkeypatch.setattr("home.exports.CHUNK_CHARACTERS", 1)
    monkeypatch.setattr(
        ProposalRows, "read", lambda self, batch: read.append(len(batch)) or whole(self, batch)
    )
    ProposalFactory.create_batch(6, call=call)
    request = RequestFactory().get(address("csv"))
    request.user = UserFactory()
    chunks: Iterator[bytes] = iter(download(request, "csv").streaming_content)
    assert read == []
    next(chunks)
    assert read == [2]
    assert b"".join(chunks)
    assert read == [2, 2, 2]


def test_file_too_often_is_refused(stranger: Client, proposal: Proposal) -> None:
    for _ in range(30):
        assert stranger.get(address("csv")).status_code == 200
    response = stranger.get(address("json"))
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
