"""The sitemap of proposals: public ones only, in pages, in few queries."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from django.utils import timezone

from proposals import states
from proposals.models import Proposal
from proposals.sitemaps import ProposalSitemap
from tests.factories.home import make_standard
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from proposals.models import CallPage

pytestmark = pytest.mark.django_db
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
PART = "/sitemap-proposals.xml"


def places(client: Client, address: str) -> dict[str, str]:
    """Address to the day of its last change."""
    response = client.get(address)
    assert response.status_code == 200
    tree = ET.fromstring(response.content)  # noqa: S314 - our own answer
    return {one.findtext(f"{MAP}loc"): one.findtext(f"{MAP}lastmod") for one in tree}


def own(proposal: Proposal, language: str = "ru") -> str:
    return f"http://testserver/{language}/proposals/{proposal.pk}/"


def test_sitemap_names_each_part(stranger: Client, proposal: Proposal) -> None:
    make_standard()
    parts = places(stranger, "/sitemap.xml")
    assert list(parts) == [
        f"http://testserver/sitemap-{name}.xml" for name in ("pages", "proposals", "rounds")
    ]


@pytest.mark.parametrize("status", Proposal.Status.values)
def test_sitemap_holds_public_proposals_only(status: str, stranger: Client, call: CallPage) -> None:
    proposal = ProposalFactory(call=call, status=status)
    found = places(stranger, PART)
    assert list(found) == ([own(proposal)] if status in states.PUBLIC else [])


def test_proposal_stands_at_the_address_of_its_own_language(
    stranger: Client, call: CallPage
) -> None:
    written = {code: ProposalFactory(call=call, language=code) for code in ("ru", "ja", "de")}
    assert set(places(stranger, PART)) == {
        own(written["ru"]),
        own(written["ja"], "ja"),
        own(written["de"]),  # imported; the site speaks no German
    }


def test_proposal_says_when_it_changed_last(stranger: Client, proposal: Proposal) -> None:
    day = timezone.now() - timedelta(days=40)
    Proposal.objects.filter(pk=proposal.pk).update(changed_at=day)
    local = timezone.localtime(day)
    assert places(stranger, PART) == {own(proposal): f"{local:%Y-%m-%d}"}
    part = places(stranger, "/sitemap.xml")[f"http://testserver{PART}"]
    assert part.startswith(f"{local:%Y-%m-%d}")


def test_sitemap_is_paged(
    stranger: Client, call: CallPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ProposalSitemap, "limit", 2)
    made = [ProposalFactory(call=call) for _ in range(5)]
    parts = [part for part in places(stranger, "/sitemap.xml") if "proposals" in part]
    assert parts == [f"http://testserver{PART}{query}" for query in ("", "?p=2", "?p=3")]
    assert [address for part in parts for address in places(stranger, part)] == list(map(own, made))


@pytest.mark.parametrize("page", ["2", "0", "x", "%00", "9" * 40])
def test_page_that_is_not_there_is_not_found(
    page: str, stranger: Client, proposal: Proposal
) -> None:
    assert stranger.get(f"{PART}?p={page}").status_code == 404
    assert stranger.get("/sitemap-people.xml").status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_sitemap_costs_the_same_for_any_number(
    count: int,
    stranger: Client,
    call: CallPage,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _number in range(count):
        ProposalFactory(call=call)
    with django_assert_num_queries(2):  # how many, and the rows
        assert len(places(stranger, PART)) == count
    with django_assert_num_queries(5):  # pages and who may read them, last change, how many twice
        places(stranger, "/sitemap.xml")
