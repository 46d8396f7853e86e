"""The list: its orders, filters, pages and links, and what it costs."""

from __future__ import annotations

import gzip
import random
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import caches
from django.http import QueryDict
from django.utils import timezone

from proposals import listing
from proposals.models import Category, Proposal, ProposalFigures
from tests.factories.accounts import MunicipalityFactory
from tests.factories.proposals import CategoryFactory, ProposalFactory, make_call

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

    from accounts.models import Municipality, User
    from proposals.models import CallPage

pytestmark = pytest.mark.django_db
LIST = "/ru/proposals/"
SEEDED = LIST + "?seed=5"
Status = Proposal.Status


def titles(response: Any) -> list[str]:
    return [row.title for row in response.context["listing"].page.rows]


def cold(client: Client, url: str) -> Any:
    for name in ("default", "pages"):
        caches[name].clear()
    return client.get(url)


@pytest.fixture
def terms(db: None) -> tuple[list[Category], list[Municipality]]:
    return [CategoryFactory() for _ in range(3)], [MunicipalityFactory() for _ in range(4)]


# The list ------------------------------------------------------------------------------------


def test_list_of_twenty_is_light(stranger: Client, call: CallPage, terms: Any) -> None:
    """Letters drawn by lot, which pack worse than words do; titles and sentences of full length."""
    categories, places = terms
    dice = random.Random(2017)  # noqa: S311 - the same letters each time
    for n in range(20):
        words = "".join(dice.choices("оеаинтсрвлкмдпуя ", k=230))
        ProposalFactory(
            call=call,
            category=categories[n % 3],
            municipality=places[n % 4],
            title=words[:80],
            summary=words[80:],
        )
    page = cold(stranger, SEEDED)
    assert len(titles(page)) == 20
    assert len(gzip.compress(page.content, mtime=0)) <= 12_000


@pytest.mark.parametrize("count", [1, 3, 30])
def test_list_costs_the_same_for_any_number(
    count: int,
    stranger: Client,
    call: CallPage,
    terms: Any,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    categories, places = terms
    for n in range(count):
        ProposalFactory(
            call=call, category=categories[n % 3], municipality=places[n % 4], shuffle=10 + n
        )
    cold(stranger, SEEDED)
    # Phases, themes, places, frame, counts, rows, rounds; one more where the circle closes.
    with django_assert_num_queries(7 if count <= 20 else 6):
        response = cold(stranger, SEEDED)
    assert response.status_code == 200
    assert len(titles(response)) == min(count, 20)


def test_list_signed_in_costs_a_constant(
    resident: User,
    client_of: Callable[[User], Client],
    call: CallPage,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(5):
        ProposalFactory(call=call)
    client = client_of(resident)
    cold(client, SEEDED)
    with django_assert_max_num_queries(14):
        cold(client, SEEDED)


def test_list_without_a_start_leads_to_one(stranger: Client, proposal: Proposal) -> None:
    response = stranger.get(LIST + "?status=supporting")
    assert response.status_code == 302
    assert response["Location"] == f"?status=supporting&seed={proposal.shuffle}"
    assert "no-store" in response["Cache-Control"]
    assert stranger.cookies["list_start"].value == str(proposal.shuffle)


def test_list_start_stays_for_the_day(stranger: Client, call: CallPage) -> None:
    for _ in range(6):
        ProposalFactory(call=call)
    first = stranger.get(LIST)["Location"]
    assert {stranger.get(LIST)["Location"] for _ in range(5)} == {first}


def test_list_start_from_a_broken_cookie(stranger: Client, proposal: Proposal) -> None:
    stranger.cookies["list_start"] = "9" * 40
    assert stranger.get(LIST)["Location"] == f"?seed={proposal.shuffle}"


def test_list_starts_differ_between_visitors(call: CallPage) -> None:
    from django.test import Client

    for _ in range(12):
        ProposalFactory(call=call)
    assert len({Client().get(LIST)["Location"] for _ in range(12)}) > 1


def test_list_with_a_start_is_public(stranger: Client, proposal: Proposal) -> None:
    response = stranger.get(SEEDED)
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in response.text


def test_list_pages_have_no_repeats_and_no_gaps(stranger: Client, call: CallPage) -> None:
    wanted = {ProposalFactory(call=call).pk for _ in range(45)}
    seen: list[int] = []
    url = LIST + "?seed=1000000000"
    while url:
        response = stranger.get(url)
        seen += [row.pk for row in response.context["listing"].page.rows]
        more = response.context["listing"].more_url
        url = LIST + more if more else ""
    assert len(seen) == 45
    assert set(seen) == wanted


def test_list_without_open_support_shows_most_supported(stranger: Client, home: Any) -> None:
    over = make_call(submission=False, support=False)
    few, many = ProposalFactory(call=over), ProposalFactory(call=over)
    ProposalFigures.objects.filter(pk=many.pk).update(support_count=7)
    response = stranger.get(LIST)
    assert [row.pk for row in response.context["listing"].page.rows] == [many.pk, few.pk]


def test_list_by_closing_date(stranger: Client, home: Any) -> None:
    later, sooner = make_call(days=20), make_call(days=3)
    a, b = ProposalFactory(call=later), ProposalFactory(call=sooner)
    done = ProposalFactory(call=sooner, status=Status.DONE)
    response = stranger.get(LIST + "?order=closing")
    assert [row.pk for row in response.context["listing"].page.rows] == [b.pk, a.pk, done.pk]


def test_list_hides_what_is_not_public(stranger: Client, call: CallPage) -> None:
    for status in (Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.REJECTED):
        ProposalFactory(call=call, status=status)
    assert titles(stranger.get(SEEDED)) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=done", {"done"}),
        ("status=done&status=supporting", {"done", "ecology", "elsewhere"}),
        ("category=ecology", {"ecology"}),
        ("place=amur", {"ecology"}),
        ("place=territory", {"done", "elsewhere"}),
        ("place=territory&place=amur", {"done", "elsewhere", "ecology"}),
        ("tag=реки", {"ecology"}),
        ("call=call-1", {"done", "ecology", "elsewhere"}),
        ("q=паводок", {"ecology"}),
        ("q=паводки+датчиком", {"ecology"}),
        ("q=洪水", {"elsewhere"}),
        ("q=nothing+like+it", set()),
        ("category=ecology&status=done", set()),
    ],
)
@pytest.mark.usefixtures("indexed")
def test_list_filters(query: str, found: set[str], stranger: Client, call: CallPage) -> None:
    ecology = CategoryFactory(slug="ecology")
    amur = MunicipalityFactory(slug="amur")
    wet = ProposalFactory(
        call=call, title="ecology", category=ecology, municipality=amur, summary="Датчики паводка"
    )
    wet.tags.add("реки")
    ProposalFactory(call=call, title="done", status=Status.DONE, summary="-", problem="-")
    ProposalFactory(call=call, title="elsewhere", summary="洪水警報", language="ja")
    response = stranger.get(f"{LIST}?order=newest&{query}")
    assert set(titles(response)) == found
    assert response.context["listing"].total == len(found)
    assert ("Nothing" in response.text or "empty" in response.text) == (not found)


@pytest.mark.parametrize(
    "query",
    [
        "order=best",
        "status=draft",
        "status=nope",
        "category=nope",
        "place=nope",
        "call=nope",
        "seed=x",
        "seed=-1",
        "seed=" + "9" * 30,
        "after=x&seed=1",
        "after=1-" + "9" * 30 + "&seed=1",
        "q=%00",
        "q=" + "я" * 201,
        "tag=a%00b",
        "tag=" + "x" * 500,
        "order=%00",
    ],
)
def test_list_with_unknown_values(query: str, stranger: Client, proposal: Proposal) -> None:
    response = stranger.get(f"{LIST}?{query}")
    assert response.status_code == 400
    assert LIST in response.text


@pytest.mark.parametrize(
    "query", ["q='", 'q="*', "q=AND+OR", "q=a:b", "q=-", "q=%F0%9F%90%9F", "utm=1"]
)
def test_list_search_with_odd_text(query: str, stranger: Client, proposal: Proposal) -> None:
    assert stranger.get(f"{LIST}?order=newest&{query}").status_code == 200


@pytest.mark.parametrize(
    ("blank", "tidy"),
    [
        ("q=&call=&status=done&place=&order=newest", "?status=done&order=newest"),
        ("place=territory&place=&order=newest&q=+", "?place=territory&order=newest"),
        ("q=&order=newest&after=5-1&tag=", "?order=newest&after=5-1"),
        (
            "q=%D1%80%D0%B5%D0%BA%D0%B0+%26&call=&order=newest",
            "?q=%D1%80%D0%B5%D0%BA%D0%B0+%26&order=newest",
        ),
    ],
)
def test_list_leaves_blanks_out_of_its_address(
    blank: str, tidy: str, stranger: Client, proposal: Proposal
) -> None:
    response = stranger.get(f"{LIST}?{blank}")
    assert (response.status_code, response["Location"]) == (302, LIST + tidy)
    assert stranger.get(response["Location"]).status_code == 200
    part = stranger.get(f"{LIST}?{blank}", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Push-Url"]) == (200, LIST + tidy)
    assert "HX-Push-Url" not in stranger.get(LIST + tidy, headers={"HX-Request": "true"})


def test_list_of_blanks_only_is_the_whole_list(stranger: Client, home: Any) -> None:
    make_call(submission=False, support=False)
    assert stranger.get(f"{LIST}?q=&call=&place=")["Location"] == LIST


def test_list_to_its_start_takes_no_blanks_along(stranger: Client, proposal: Proposal) -> None:
    response = stranger.get(f"{LIST}?q=&status=supporting&place=")
    assert response["Location"] == f"?status=supporting&seed={proposal.shuffle}"


def test_list_chips_take_one_filter_away(stranger: Client, proposal: Proposal) -> None:
    response = stranger.get(LIST + "?status=done&status=supporting&order=newest")
    links = {chip.label: chip.url for chip in response.context["listing"].chips}
    assert links[Status.DONE.label] == "?status=supporting&order=newest"


def test_list_for_htmx_is_only_the_results(stranger: Client, proposal: Proposal) -> None:
    response = stranger.get(SEEDED, headers={"HX-Request": "true"})
    assert "<html" not in response.text
    assert 'id="results"' in response.text
    assert "HX-Request" in response["Vary"]


@pytest.mark.usefixtures("indexed")
def test_list_after_a_filter_brings_counts_and_choices_along(
    stranger: Client, call: CallPage
) -> None:
    theme, place = CategoryFactory(slug="ecology"), MunicipalityFactory(slug="amur")
    ProposalFactory(call=call, category=theme, municipality=place, title="Датчики паводка")
    ProposalFactory(call=call, category=theme, title="Мост", summary="Паром")
    address = f"{LIST}?q=паводка&place=amur&order=newest"
    response = stranger.get(address, headers={"HX-Request": "true", "HX-Target": "results"})
    found, _, beside = response.text.partition('<span id="filters-active"')
    assert '<div id="results"' in found
    assert beside.count('hx-swap-oob="true"') == 2
    assert "включены 2" in beside
    assert re.search(r'id="category-ecology"[^>]*>[^<]*<span class="count">1<', beside)
    assert re.search(r'id="place-amur"[^>]* checked>', beside)
    assert 'name="q"' not in beside  # somebody may be typing there
    assert "HX-Target" in response["Vary"]


def test_list_for_more_rows_leaves_the_filters_alone(stranger: Client, proposal: Proposal) -> None:
    part = stranger.get(SEEDED, headers={"HX-Request": "true"}).text
    assert "hx-swap-oob" not in part
    assert "hx-swap-oob" not in stranger.get(SEEDED).text


def test_list_filters_name_a_new_call_at_once(
    stranger: Client,
    call: CallPage,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    stranger.get(f"{LIST}?order=newest")
    other = make_call(title="Другой приём")
    with django_capture_on_commit_callbacks(execute=True):
        other.save_revision().publish()
    assert ">Другой приём</option>" in stranger.get(f"{LIST}?order=newest").text


def test_list_names_terms_in_the_visitors_language(stranger: Client, call: CallPage) -> None:
    from wagtail.models import Locale

    category = CategoryFactory(slug="ecology", name="Экология")
    twin = CategoryFactory(
        slug="ecology",
        name="Environment",
        locale=Locale.objects.get(language_code="en"),
        translation_key=category.translation_key,
    )
    ProposalFactory(call=call, category=category)
    response = stranger.get("/en/proposals/?seed=5&category=ecology")
    assert "Environment" in response.text
    assert "Экология" not in response.text
    assert [row.category_id for row in response.context["listing"].page.rows] == [category.pk]
    assert twin.pk != category.pk


@pytest.mark.parametrize("many", [1, 1000])
@pytest.mark.parametrize(
    "query",
    ["q=паводок", "q=паводки+датчиком", "q=洪水", "q=паводок&status=done", "q=паводок&tag=реки"],
)
@pytest.mark.parametrize("order", ["newest", "supported", "closing", "random&seed=7"])
@pytest.mark.usefixtures("indexed")
def test_list_of_a_common_word_is_that_of_a_rare_one(
    query: str, order: str, many: int, call: CallPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        row = ProposalFactory(
            call=call,
            summary=["Датчики паводка", "洪水警報", "-"][number % 3],
            status=Status.DONE if number < 2 else Status.SUPPORTING,
        )
        row.tags.add("реки")
    monkeypatch.setattr(listing, "MANY", many)
    asked = listing.Listing(QueryDict(f"{query}&order={order}"))
    assert asked.total > 0
    assert [row.pk for row in asked.page.rows] == list(asked.numbers())


@pytest.mark.parametrize("rows", [2_000, pytest.param(35_000, marks=pytest.mark.slow)])
def test_list_of_very_many_costs_the_same(
    rows: int,
    stranger: Client,
    call: CallPage,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    now, category = timezone.now(), CategoryFactory()
    Proposal.objects.bulk_create(
        [
            Proposal(
                call=call, title=f"№ {n}", category=category, status="supporting", published_at=now
            )
            for n in range(rows)
        ],
        batch_size=2000,
    )
    ids = Proposal.objects.values_list("pk", flat=True)
    ProposalFigures.objects.bulk_create(
        [ProposalFigures(proposal_id=pk) for pk in ids], batch_size=5000
    )
    with django_assert_num_queries(6):
        response = cold(stranger, SEEDED)
    assert response.context["listing"].total == rows
    assert len(titles(response)) == 20
