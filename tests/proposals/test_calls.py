"""The pages of calls and what other pages show of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import Locale

from proposals.models import CallPage, CallPhase, ProposalFigures
from proposals.templatetags.proposals_tags import (
    countdown,
    most_supported,
    needs_your_voice,
    open_calls,
    territory_tiles,
)
from proposals.templatetags.reading_tags import time_left
from tests.factories.accounts import MunicipalityFactory
from tests.factories.home import translate
from tests.factories.proposals import ProposalFactory, calls_index, make_call
from voting.actions import cast_support, withdraw_support
from voting.templatetags.voting_tags import moving_proposals

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import Municipality, User
    from home.models import HomePage
    from proposals.models import Proposal

pytestmark = pytest.mark.django_db


def supported(call: CallPage, supports: int, **fields: object) -> Proposal:
    proposal = ProposalFactory(call=call, **fields)
    ProposalFigures.objects.filter(pk=proposal.pk).update(support_count=supports)
    return proposal


def body_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


# The call's own page ------------------------------------------------------------------------


def test_open_call_says_what_until_when_and_offers_to_write(
    call: CallPage, stranger: Client
) -> None:
    content = body_of(stranger, call.get_url())
    assert f'href="/ru/proposals/new/?call={call.slug}"' in content
    assert f'href="/ru/proposals/?call={call.slug}"' in content
    closes_at = timezone.localtime(call.phase("support").closes_at)
    assert f'<time datetime="{closes_at.isoformat()}">' in content


@pytest.mark.parametrize("opens_in", [-20, 5])
def test_call_that_takes_no_proposals_offers_no_writing(
    home: HomePage, stranger: Client, opens_in: int
) -> None:
    call = make_call()
    opens_at = timezone.now() + timedelta(days=opens_in)
    CallPhase.objects.update(opens_at=opens_at, closes_at=opens_at + timedelta(days=10))
    content = body_of(stranger, call.get_url())
    assert "?call=" in content
    assert f"/new/?call={call.slug}" not in content


def test_call_shows_its_own_public_proposals_the_most_supported_first(
    call: CallPage, stranger: Client
) -> None:
    few, many = supported(call, 3), supported(call, 12)
    hidden = supported(call, 99, status="rejected", published_at=None)
    other = supported(make_call(), 50)
    assert [row.pk for row in most_supported(call)] == [many.pk, few.pk]
    content = body_of(stranger, call.get_url())
    assert content.index(many.get_absolute_url()) < content.index(few.get_absolute_url())
    assert f"/proposals/{hidden.pk}/" not in content
    assert f"/proposals/{other.pk}/" not in content


def test_call_names_its_municipalities_in_the_readers_language(
    home: HomePage, stranger: Client
) -> None:
    place = MunicipalityFactory(name="Ульчский район")
    in_japanese(place, "ウリチ地区")
    call = make_call(municipalities=[place])
    assert "Ульчский район" in body_of(stranger, call.get_url())
    japanese = translate(call, "ja", title="公募")
    content = body_of(stranger, japanese.get_url())
    assert "ウリチ地区" in content
    assert "Ульчский" not in content


def in_japanese(place: Municipality, name: str) -> None:
    locale = Locale.objects.get(language_code="ja")
    MunicipalityFactory(
        locale=locale,
        slug=place.slug,
        name=name,
        short_name=name,
        translation_key=place.translation_key,
    )


def test_translated_call_leads_to_the_source_calls_proposals(
    call: CallPage, stranger: Client
) -> None:
    proposal = supported(call, 7)
    japanese = translate(call, "ja", title="公募", slug="koubo")
    content = body_of(stranger, japanese.get_url())
    assert f"/ja/proposals/{proposal.pk}/" in content
    assert f'href="/ja/proposals/?call={call.slug}"' in content
    index = body_of(stranger, japanese.get_parent().get_url())
    assert f'href="/ja/proposals/?call={call.slug}"' in index


def test_call_page_costs_the_same_for_one_proposal_and_for_three(
    call: CallPage, stranger: Client
) -> None:
    supported(call, 1)
    counts = []
    for more in (0, 2):
        for number in range(more):
            supported(call, number)
        stranger.get(f"{call.get_url()}?warm={more}")
        with CaptureQueriesContext(connection) as queries:
            stranger.get(f"{call.get_url()}?shown={more}")
        counts.append(len(queries))
    assert counts == [15, 15]


# The list of calls --------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_calls_costs_the_same_however_many(
    home: HomePage, stranger: Client, count: int
) -> None:
    for _ in range(count):
        make_call()
    address = calls_index().get_url()
    stranger.get(f"{address}?warm")
    with CaptureQueriesContext(connection) as queries:
        content = body_of(stranger, address)
    assert content.count('class="panel call"') == count
    assert len(queries) == 9


def test_list_of_calls_shows_open_ones_first_and_no_drafts(
    home: HomePage, stranger: Client
) -> None:
    over, later, sooner = make_call(), make_call(days=20), make_call(days=5)
    draft = make_call(live=False)
    past = timezone.now() - timedelta(days=1)
    over.phases.update(opens_at=past - timedelta(days=9), closes_at=past)
    content = body_of(stranger, calls_index().get_url())
    titles = [f">{call.title}</a>" for call in (sooner, later, over)]
    assert [content.index(title) for title in titles] == sorted(map(content.index, titles))
    assert f">{draft.title}</a>" not in content


def test_list_without_calls_says_what_it_is_for(home: HomePage, stranger: Client) -> None:
    assert 'class="empty"' in body_of(stranger, calls_index().get_url())


# What the front page shows ------------------------------------------------------------------


def test_open_calls_are_those_of_the_language_that_go_on(call: CallPage) -> None:
    over = make_call()
    past = timezone.now() - timedelta(days=1)
    over.phases.update(opens_at=past - timedelta(days=9), closes_at=past)
    with override("ru"):
        assert open_calls({}) == [call]
    with override("ja"):
        assert open_calls({}) == []


def test_quiet_proposals_are_the_least_supported_of_open_rounds(call: CallPage) -> None:
    quiet = {supported(call, number % 3).pk for number in range(30)}
    supported(call, 40)
    supported(call, 0, status="shortlisted")
    supported(make_call(support=False), 0)
    for _ in range(5):
        chosen = needs_your_voice({}, 3)
        assert len(chosen) == 3
        assert {row.pk for row in chosen} <= quiet


def test_quiet_proposals_of_nothing_are_none(home: HomePage) -> None:
    assert needs_your_voice({}, 3) == []


def test_moving_proposals_are_those_that_gained_lately(
    call: CallPage, resident: User, neighbour: User
) -> None:
    one, two, undone, _still = [ProposalFactory(call=call) for _ in range(4)]
    for user in (resident, neighbour):
        cast_support(user=user, proposal_id=two.pk)
    cast_support(user=resident, proposal_id=one.pk)
    cast_support(user=resident, proposal_id=undone.pk)
    withdraw_support(user=resident, proposal_id=undone.pk)
    with CaptureQueriesContext(connection) as queries:
        found = [(row.pk, row.gained) for row in moving_proposals({}, 3)]
    assert found == [(two.pk, 2), (one.pk, 1)]
    assert len(queries) == 1


def test_tiles_count_public_proposals_in_the_readers_language(call: CallPage) -> None:
    place, empty = MunicipalityFactory(tile_row=1), MunicipalityFactory(tile_row=2)
    in_japanese(place, "ウリチ地区")
    supported(call, 0, municipality=place)
    supported(call, 0, municipality=place, status="draft", published_at=None)
    with override("ja"), CaptureQueriesContext(connection) as queries:
        tiles = {tile["url"]: (tile["name"], tile["count"]) for tile in territory_tiles()}
    assert tiles == {
        f"/ja/proposals/?place={place.slug}": ("ウリチ地区", 1),
        f"/ja/proposals/?place={empty.slug}": (empty.name, 0),
    }
    assert len(queries) == 1


@pytest.mark.parametrize(
    ("left", "number", "unit"),
    [
        (timedelta(days=18, hours=2), 18, "days left"),
        (timedelta(days=1, minutes=1), 1, "day left"),
        (timedelta(hours=5, minutes=1), 5, "hours left"),
        (timedelta(seconds=20), 1, "minute left"),
    ],
)
def test_countdown_counts_in_the_largest_unit(left: timedelta, number: int, unit: str) -> None:
    now = timezone.now()
    phase = CallPhase(kind="support", opens_at=now - left, closes_at=now + left)
    with override("en"):
        found = countdown(phase)
    assert (found["number"], found["unit"], found["passed"]) == (number, unit, 50)


def test_last_hour_is_not_called_an_hour() -> None:
    now = timezone.now()
    with override("en"):
        assert time_left(now + timedelta(minutes=20)) == "less than an hour left"
        assert time_left(now + timedelta(hours=1, minutes=20)) == "1 hour left"


def test_call_without_phases_is_shown_nowhere_on_the_front_page(home: HomePage) -> None:
    make_call(submission=False, support=False)
    with override("ru"):
        assert open_calls({}) == []
