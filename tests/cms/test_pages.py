"""Every page type renders, opens in the editor, previews, and sits only where it may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from wagtail.models import Page, get_page_models

from events.models import EventIndexPage, EventPage
from home.models import HomePage, NewsIndexPage, NewsPage, StandardPage
from proposals.models import CallIndexPage, CallPage
from tests.factories.accounts import UserFactory
from tests.factories.events import events_index, make_event
from tests.factories.home import (
    full_body,
    home_page,
    make_document,
    make_image,
    make_news,
    make_standard,
    make_tag,
    news_index,
)
from tests.factories.proposals import calls_index, make_call

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User

PAGE_TYPES = [model for model in get_page_models() if model is not Page]


def body() -> list:
    return full_body(make_image(), make_document(), home_page())


SAMPLES: dict[type[Page], Callable[[], Page]] = {
    HomePage: home_page,
    StandardPage: lambda: make_standard(image=make_image(), image_alt="Река", body=body()),
    NewsIndexPage: news_index,
    NewsPage: lambda: make_news(tags=(make_tag("done", ru="сделано"),), body=body()),
    EventIndexPage: events_index,
    EventPage: lambda: make_event(image=make_image(), image_alt="Зал", body=body()),
    CallIndexPage: calls_index,
    CallPage: lambda: make_call(body=body()),
}

# Who may sit under whom. Wagtail's own root is the parent of home pages.
CHILDREN: dict[type[Page], set[type[Page]]] = {
    Page: {HomePage},
    HomePage: {StandardPage, NewsIndexPage, EventIndexPage, CallIndexPage},
    StandardPage: {StandardPage},
    NewsIndexPage: {NewsPage},
    NewsPage: set(),
    EventIndexPage: {EventPage},
    EventPage: set(),
    CallIndexPage: {CallPage},
    CallPage: set(),
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return UserFactory(is_superuser=True, is_staff=True)


def test_every_page_type_has_a_sample_and_a_place() -> None:
    assert set(SAMPLES) == set(PAGE_TYPES)
    assert set(CHILDREN) == {Page, *PAGE_TYPES}


@pytest.mark.parametrize("model", PAGE_TYPES)
def test_page_renders(model: type[Page], stranger: Client) -> None:
    page = SAMPLES[model]()
    response = stranger.get(page.get_url())
    assert response.status_code == 200
    content = response.content.decode()
    assert content.count("<h1") == 1
    assert content.count("<main") == 1
    assert " style=" not in content
    assert "<script>" not in content


@pytest.mark.parametrize("model", PAGE_TYPES)
def test_page_opens_in_the_editor(
    model: type[Page], admin: User, staff_of: Callable[[User], Client]
) -> None:
    page = SAMPLES[model]()
    response = staff_of(admin).get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert response.status_code == 200


@pytest.mark.parametrize("model", PAGE_TYPES)
def test_page_opens_empty_in_the_editor(
    model: type[Page], admin: User, staff_of: Callable[[User], Client]
) -> None:
    parent = SAMPLES[model]().get_parent()
    args = [model._meta.app_label, model._meta.model_name, parent.pk]
    response = staff_of(admin).get(reverse("wagtailadmin_pages:add", args=args))
    # One list of news, one agenda and one home page a language are enough.
    assert response.status_code == (200 if model.can_create_at(parent) else 302)


@pytest.mark.parametrize("model", PAGE_TYPES)
def test_page_previews_in_every_mode(
    model: type[Page], admin: User, staff_of: Callable[[User], Client]
) -> None:
    page = SAMPLES[model]()
    page.save_revision()
    client = staff_of(admin)
    for mode, _label in page.preview_modes:
        response = page.make_preview_request(preview_mode=mode)
        assert response.status_code == 200
    draft = client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
    assert draft.status_code == 200
    assert "wagtail-userbar" in draft.content.decode()


@pytest.mark.parametrize("model", PAGE_TYPES)
def test_page_stands_empty_fields(model: type[Page]) -> None:
    """Drafts may lack anything but a title, and the preview draws them all the same."""
    sample = SAMPLES[model]()
    empty = model(title="Черновик", slug="draft", locale=sample.locale)
    # As in the editor: the draft has a place in the tree and no row yet.
    empty.path, empty.depth = sample.path, sample.depth
    empty.set_url_path(sample.get_parent())
    assert empty.make_preview_request().status_code == 200


@pytest.mark.parametrize("parent", CHILDREN)
def test_pages_sit_only_where_they_may(parent: type[Page]) -> None:
    assert set(parent.creatable_subpage_models()) == CHILDREN[parent]
