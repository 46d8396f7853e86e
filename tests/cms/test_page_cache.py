"""Public pages are kept for signed-out visitors, and nothing private ever is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from proposals.actions import move_proposal
from tests.factories.proposals import ProposalFactory
from voting.actions import cast_support

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

    from accounts.models import User
    from home.models import HomePage
    from proposals.models import Proposal


def public_addresses(proposal: Proposal) -> list[str]:
    return ["/ru/", f"{reverse('proposals:list')}?order=newest", proposal.get_absolute_url()]


def test_public_page_asked_again_costs_no_query(
    proposal: Proposal, stranger: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for address in public_addresses(proposal):
        first = stranger.get(address)
        assert first.headers["Cache-Control"] == "public, max-age=10", address
        with django_assert_num_queries(0):
            again = stranger.get(address)
        assert again.content == first.content
        assert again.headers["Content-Security-Policy"]


def test_public_page_holds_no_form_token(proposal: Proposal, stranger: Client) -> None:
    stranger.get(reverse("account_login"))  # now this visitor has a token of their own
    for address in public_addresses(proposal):
        assert b"csrfmiddlewaretoken" not in stranger.get(address).content, address


def test_signed_in_page_is_private_and_never_served_to_others(
    proposal: Proposal, resident: User, client_of: Callable[[User], Client], stranger: Client
) -> None:
    for address in public_addresses(proposal):
        mine = client_of(resident).get(address)
        assert "private" in mine.headers["Cache-Control"], address
        assert "Cookie" in mine.headers["Vary"]
        assert stranger.get(address).content != mine.content


def test_kept_pages_differ_by_language_display_and_fragment(
    proposal: Proposal, stranger: Client
) -> None:
    address = f"{reverse('proposals:list')}?order=newest"
    whole = stranger.get(address).content
    assert stranger.get(address, headers={"HX-Request": "true"}).content != whole
    assert stranger.get(address.replace("/ru/", "/ja/")).content != whole


def test_publishing_a_page_shows_at_once(
    home: HomePage,
    stranger: Client,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    assert "Новый заголовок" not in stranger.get("/ru/").text
    home.site_name = "Новый заголовок"
    with django_capture_on_commit_callbacks(execute=True):
        home.save_revision().publish()
    assert "Новый заголовок" in stranger.get("/ru/").text


def test_decision_about_a_proposal_shows_at_once(
    proposal: Proposal,
    promoter: User,
    stranger: Client,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    before = stranger.get(proposal.get_absolute_url()).content
    with django_capture_on_commit_callbacks(execute=True):
        move_proposal(user=promoter, proposal=proposal, verb="shortlist")
    assert stranger.get(proposal.get_absolute_url()).content != before


@pytest.mark.parametrize("name", ["account_login", "account_signup"])
def test_page_with_a_form_is_not_kept(name: str, home: HomePage, stranger: Client) -> None:
    response = stranger.get(reverse(name))
    assert "public" not in response.headers.get("Cache-Control", "")


def test_support_of_a_person_never_reaches_the_cache(
    proposal: Proposal, neighbour: User, client_of: Callable[[User], Client], stranger: Client
) -> None:
    ProposalFactory(call=proposal.call)
    cast_support(user=neighbour, proposal_id=proposal.pk)
    client_of(neighbour).get(proposal.get_absolute_url())
    assert "support-mine" not in stranger.get(proposal.get_absolute_url()).text
