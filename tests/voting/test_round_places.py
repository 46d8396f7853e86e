"""Where else rounds are shown: the front page, the page of their call, the menu."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from home import kept
from tests.factories.voting import BallotFactory, cast_in_bulk
from voting.models import Round
from voting.sealing import seal_votes

if TYPE_CHECKING:
    from django.test import Client

    from proposals.models import CallPage, Proposal

pytestmark = pytest.mark.django_db


def test_front_page_shows_open_rounds_and_time_left(home: object, stranger: Client) -> None:
    BallotFactory(title={"ru": "Дворы"})
    past = timezone.now() - timedelta(days=9)
    BallotFactory(title={"ru": "Давно"}, opens_at=past, closes_at=past + timedelta(days=1))
    text = stranger.get("/ru/").text
    assert "Дворы" in text
    assert "осталось 9 дней" in text
    assert "Давно" not in text


def test_front_page_without_an_open_round_says_nothing(home: object, stranger: Client) -> None:
    BallotFactory(costs=[1])
    assert 'id="votes"' not in stranger.get("/ru/").text


def test_call_page_shows_its_rounds_with_results(call: CallPage, stranger: Client) -> None:
    over = BallotFactory(call=call)
    cast_in_bulk(over, [[2]] * 3)
    Round.objects.update(closed_at=timezone.now())
    seal_votes()
    BallotFactory(call=call, title={"ru": "Новое"})
    BallotFactory(title={"ru": "Чужое"})
    text = stranger.get(call.get_url()).text
    assert "Новое" in text
    assert "«Вариант 2»" in text
    assert "Чужое" not in text


def test_proposal_page_explains_how_supports_are_counted(
    proposal: Proposal, stranger: Client
) -> None:
    assert (
        f"/ru/rounds/{proposal.round.pk}/method/" in stranger.get(proposal.get_absolute_url()).text
    )


def test_open_rounds_are_read_once_a_minute(home: object, stranger: Client) -> None:
    BallotFactory()
    stranger.get("/en/")
    kept.forget_all()
    with CaptureQueriesContext(connection) as caught:
        stranger.get("/ru/?second")
    assert not [query for query in caught if 'FROM "voting_round"' in query["sql"]]


def test_menu_leads_to_the_votes_after_the_proposals(home: object, stranger: Client) -> None:
    menu = stranger.get("/ru/display/").text.split('class="nav"')[1].split("</nav>")[0]
    assert 0 < menu.index("/ru/proposals/") < menu.index("/ru/rounds/") < menu.index("/ru/results/")


def test_search_engines_are_told_of_announced_rounds(proposal: Proposal, stranger: Client) -> None:
    told, empty = BallotFactory(), BallotFactory(costs=[1])
    text = stranger.get("/sitemap-rounds.xml").text
    assert f"/ru/rounds/{told.pk}/" in text
    assert f"/ru/rounds/{empty.pk}/" not in text
    assert f"/ru/rounds/{proposal.round.pk}/" not in text
