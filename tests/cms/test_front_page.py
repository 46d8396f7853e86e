"""The front page with every section of every app: what it shows, and what it costs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.core.cache.utils import make_template_fragment_key
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from home import kept
from home.blocks import HomeSections
from proposals.models import Proposal
from tests.factories.accounts import UserFactory
from tests.factories.events import make_event
from tests.factories.home import home_page, make_image, make_news
from tests.factories.proposals import ProposalFactory, make_call
from voting.actions import cast_support

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import DjangoCaptureOnCommitCallbacks
    from wagtail.blocks import Block

    from accounts.models import User

pytestmark = pytest.mark.django_db

SECTIONS = [
    ("open_calls", {"heading": ""}),
    ("needs_your_voice", {"heading": ""}),
    ("moving_proposals", {"heading": ""}),
    ("outcomes", {"heading": ""}),
    ("district_map", {"heading": ""}),
    ("events", {"heading": "", "count": 4}),
    ("news", {"heading": "", "count": 3}),
    ("journey", {"heading": "", "steps": [{"title": "Пишем", "text": "Две фразы."}] * 2}),
    ("text", {"heading": "О месте", "text": "<p>Зал у реки.</p>"}),
]


def furnish(count: int) -> None:
    """A front page with all its sections and `count` of everything they show."""
    call = make_call()
    for number in range(count):
        ProposalFactory(call=call)
        make_event()
        make_news(image=make_image(f"Картинка {number}"), image_alt="Каток")
    page = home_page()
    page.sections = SECTIONS
    page.save()


def test_every_section_that_fetches_something_is_tried_here() -> None:
    words_only = {"figures", "cards", "callout", "button"}
    assert {name for name, _value in SECTIONS} == set(HomeSections().child_blocks) - words_only


def test_front_page_shows_what_goes_on(stranger: Client) -> None:
    furnish(1)
    content = stranger.get("/ru/").content.decode()
    for name in ("round", "calls", "voice", "events", "news", "journey"):
        assert f'id="{name}"' in content, name


@pytest.mark.parametrize("block", HomeSections().child_blocks.values(), ids=lambda b: b.name)
def test_section_is_previewed_in_the_block_picker(
    block: Block, staff_of: Callable[[User], Client]
) -> None:
    furnish(1)
    client = staff_of(UserFactory(is_superuser=True))
    response = client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
    assert response.status_code == 200
    assert "css/site.css" in response.content.decode()


@pytest.mark.parametrize("count", [1, 5])
def test_front_page_costs_at_most_ten_queries(count: int, stranger: Client) -> None:
    furnish(count)
    stranger.get("/ru/?warm")
    kept.pages.delete(make_template_fragment_key("front", [kept.generation(), "ru"]))
    with CaptureQueriesContext(connection) as queries:
        stranger.get("/ru/")
    assert len(queries) <= 10, "\n".join(query["sql"][:200] for query in queries)


def test_proposal_stands_once_on_the_front_page(resident: User, stranger: Client) -> None:
    furnish(4)
    for proposal in Proposal.objects.all():
        cast_support(user=resident, proposal_id=proposal.pk)
    addresses = re.findall(r'class="row-title"><a href="([^"]+)"', stranger.get("/ru/").text)
    assert len(addresses) == len(set(addresses)) == 4


def test_front_page_is_counted_anew_once_a_minute(stranger: Client) -> None:
    furnish(1)
    stranger.get("/ru/?first")
    with CaptureQueriesContext(connection) as queries:
        stranger.get("/ru/?second")
    assert len(queries) == 1, "\n".join(query["sql"][:200] for query in queries)


def test_publication_shows_on_the_front_page_at_once(
    stranger: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    furnish(1)
    assert "Только что" not in stranger.get("/ru/").text
    with django_capture_on_commit_callbacks(execute=True):
        make_news(title="Только что").save_revision().publish()
    assert "Только что" in stranger.get("/ru/").text


def test_draft_of_the_front_page_is_previewed_as_it_is(admin_client: Client) -> None:
    page = home_page()
    admin_client.get("/ru/")
    page.title = "Черновик заголовка"
    page.save_revision()
    assert "Черновик заголовка" in admin_client.get(f"/admin/pages/{page.pk}/view_draft/").text
