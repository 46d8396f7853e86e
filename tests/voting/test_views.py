"""The support button over HTTP: one query more, and a thousand voters feel it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.proposals import ProposalFactory
from voting.models import VoteEvent
from voting.pseudonyms import make_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User
    from proposals.models import Proposal

HTMX = {"HX-Request": "true"}


# On PostgreSQL the count follows after the commit, which a test's transaction never reaches.
AFTER_COMMIT = 1 if connection.vendor == "postgresql" else 0


def support_url(proposal: Proposal) -> str:
    return reverse("voting:support", args=[proposal.pk])


@pytest.fixture
def browser(neighbour: User, client_of: Callable[[User], Client]) -> Client:
    make_key(neighbour)
    return client_of(neighbour)


@pytest.mark.parametrize("others", [0, 2, 29])
@pytest.mark.parametrize("headers", [HTMX, {}], ids=["htmx", "plain"])
def test_support_post_costs_eight_queries_however_many_proposals(
    others: int, headers: dict[str, str], proposal: Proposal, browser: Client
) -> None:
    ProposalFactory.create_batch(others, call=proposal.call)
    with CaptureQueriesContext(connection) as caught:
        browser.post(support_url(proposal), {"stands": "1", "gen": "0"}, headers=headers)
    assert VoteEvent.objects.count() == 1
    assert len(caught) + AFTER_COMMIT == 8, [query["sql"][:90] for query in caught]


def test_button_after_a_click_still_names_its_proposal(proposal: Proposal, browser: Client) -> None:
    answer = browser.post(support_url(proposal), {"stands": "1", "gen": "0"}, headers=HTMX)
    assert f'<span class="hidden">: {proposal.title}</span></button>' in answer.text


def test_first_vote_of_a_person_costs_one_more(
    proposal: Proposal, resident: User, client_of: Callable[[User], Client]
) -> None:
    """Their key is made, or given back if another tab made it first."""
    browser = client_of(resident)
    with CaptureQueriesContext(connection) as caught:
        browser.post(support_url(proposal), {"stands": "1", "gen": "0"})
    assert len(caught) + AFTER_COMMIT == 9, [query["sql"][:90] for query in caught]


def test_support_post_from_a_stale_form_shows_how_it_stands(
    proposal: Proposal, browser: Client
) -> None:
    browser.post(support_url(proposal), {"stands": "1", "gen": "0"})
    browser.post(support_url(proposal), {"gen": "1"})
    answer = browser.post(support_url(proposal), {"stands": "1", "gen": "0"})
    assert answer.status_code == 409
    assert 'name="gen" value="2"' in answer.text
    assert VoteEvent.objects.count() == 2


def test_support_post_by_the_signed_out_leads_to_sign_in(
    proposal: Proposal, stranger: Client
) -> None:
    answer = stranger.post(support_url(proposal), {"stands": "1"})
    assert answer.status_code == 302
    assert reverse("account_login") in answer.url
    assert not VoteEvent.objects.exists()


@pytest.mark.parametrize("bad", [{"gen": "x"}, {"gen": "-1"}, {"gen": "9" * 40}, {"gen": "\0"}])
def test_support_post_with_bad_values_asks_again(
    bad: dict[str, str], proposal: Proposal, browser: Client
) -> None:
    answer = browser.post(support_url(proposal), {"stands": "1", **bad})
    assert answer.status_code == 400
    assert not VoteEvent.objects.exists()


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_support_post_never_leads_to_another_site(
    away: str, proposal: Proposal, browser: Client
) -> None:
    answer = browser.post(support_url(proposal), {"stands": "1", "next": away})
    assert answer.url == proposal.get_absolute_url()
