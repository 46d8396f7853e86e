"""Pages as wagtail-localize translates them: words are translated, facts stay the same."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import models
from django.urls import reverse
from wagtail.models import Locale, Page, get_page_models
from wagtail_localize.fields import get_translatable_fields
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from events.models import EventPage
from home.models import HomePage, NewsIndexPage, NewsPage, StandardPage
from tests.factories.accounts import UserFactory
from tests.factories.events import make_event
from tests.factories.home import (
    full_body,
    home_page,
    make_document,
    make_image,
    make_news,
    make_tag,
    news_index,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db

# What wagtail-localize asks translators for; every other field is the same in all languages.
OF_EVERY_PAGE = {"title", "slug", "seo_title", "search_description"}
WORDS: dict[type[Page], set[str]] = {
    HomePage: {"lead", "sections", "site_name", "tagline", "address", "hours"},
    StandardPage: {"intro", "image_alt", "body"},
    NewsIndexPage: {"intro"},
    NewsPage: {"intro", "byline", "image_alt", "body"},
    EventPage: {
        "notice",
        "organiser",
        "intro",
        "body",
        "place",
        "address",
        "entrance",
        "image_alt",
    },
}
# Facts that a translator could only get wrong.
FIXED: dict[type[Page], set[str]] = {
    NewsPage: {"date", "tags"},
    EventPage: {
        "kind",
        "starts_at",
        "ends_at",
        "cancelled",
        "language",
        "document_needed",
        "step_free",
        "hearing_loop",
        "sign_language",
        "quiet_room",
    },
}


@pytest.mark.parametrize("model", WORDS)
def test_words_are_translated_and_nothing_else(model: type[Page]) -> None:
    fields = get_translatable_fields(model)
    translated = {field.field_name for field in fields if field.is_translated(model())}
    assert translated == WORDS[model] | OF_EVERY_PAGE


@pytest.mark.parametrize("model", FIXED)
def test_facts_cannot_be_overridden(model: type[Page]) -> None:
    fields = {field.field_name: field for field in get_translatable_fields(model)}
    for name in FIXED[model]:
        assert fields[name].is_synchronized(model()), name
        assert not fields[name].is_overridable(model()), name


@pytest.mark.parametrize("model", [model for model in get_page_models() if model is not Page])
def test_no_date_or_choice_can_differ_between_languages(model: type[Page]) -> None:
    """A new field of that sort has to be named as fixed, or translators could move an event."""
    for field in get_translatable_fields(model):
        column = model._meta.get_field(field.field_name)
        fact = isinstance(column, models.DateTimeField) or getattr(column, "choices", None)
        if fact and not isinstance(column, models.ForeignObjectRel):
            assert not field.is_overridable(model()), field.field_name


def translated(page: Page, words: dict[str, str], language: str = "ja") -> Page:
    """The page's translation by wagtail-localize, with some of its segments translated."""
    locale = Locale.objects.get(language_code=language)
    source, _made = TranslationSource.update_or_create_from_instance(page)
    translation = Translation.objects.create(source=source, target_locale=locale)
    for segment in source.stringsegment_set.select_related("string", "context"):
        if segment.string.data in words:
            StringTranslation.objects.create(
                translation_of=segment.string,
                locale=locale,
                context=segment.context,
                data=words[segment.string.data],
            )
    translation.save_target(publish=True)
    return translation.get_target_instance()


def test_news_is_translated_down_to_its_table() -> None:
    tag = make_tag("done", ru="сделано", ja="実現")
    for page in (home_page(), news_index()):
        if not page.has_translation(Locale.objects.get(language_code="ja")):
            translated(page, {})
    page = make_news(title="Каток", tags=(tag,), image=make_image(), image_alt="Каток")
    page.body = full_body(make_image(), make_document(), home_page())
    page.save()
    words = {
        "Каток": "スケートリンク",
        "Уровень воды": "水位",
        "Год": "年",
        "Зачем реке тревога": "川に警報を",
        "Шести часов хватит.": "6時間あれば足ります。",
        "Кто может участвовать?": "誰が参加できますか",
    }
    target = translated(page, words)
    assert target.title == target.image_alt == "スケートリンク"
    assert target.date == page.date
    assert target.image_id == page.image_id
    assert list(target.tags.all()) == [tag]
    blocks = {block.block_type: block.value for block in target.body}
    assert blocks["heading"]["text"] == "川に警報を"
    assert blocks["table"].caption == "水位"
    assert [column["heading"] for column in blocks["table"].columns] == ["年", "Сантиметры"]
    assert blocks["table"].row_data[0]["values"] == ["2013", "808"]
    assert blocks["accordion"]["questions"][0]["question"] == "誰が参加できますか"


def test_moved_event_moves_in_every_language(
    staff_of: Callable[[User], Client],
) -> None:
    event = make_event()
    target = translated(event.get_parent().specific, {}) and translated(event, {})
    assert target.starts_at == event.starts_at
    event.starts_at += timedelta(days=7)
    event.ends_at += timedelta(days=7)
    event.save_revision().publish()
    source, _made = TranslationSource.update_or_create_from_instance(event)
    Translation.objects.get(source=source).save_target(publish=True)
    assert EventPage.objects.get(pk=target.pk).starts_at == event.starts_at

    edit = reverse("wagtailadmin_pages:edit", args=[target.pk])
    response = staff_of(UserFactory(is_superuser=True)).get(edit)
    assert response.status_code == 200
    assert "wagtail_localize" in response.content.decode()


def test_translation_editor_opens_for_every_block(staff_of: Callable[[User], Client]) -> None:
    translated(news_index(), {})
    page = make_news(body=full_body(make_image(), make_document(), home_page()))
    target = translated(page, {})
    edit = reverse("wagtailadmin_pages:edit", args=[target.pk])
    response = staff_of(UserFactory(is_superuser=True)).get(edit)
    assert response.status_code == 200
    assert json.dumps("Уровень воды").strip('"') in response.content.decode()
