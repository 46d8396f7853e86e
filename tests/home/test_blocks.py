"""Blocks: few, described, previewed, drawn, searchable and translatable."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import get_template
from django.utils.translation import override
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.models import Page
from wagtail_localize.segments import StringSegmentValue

from home.blocks import BodyBlock, HomeSections
from home.blocks.layout import ButtonBlock
from home.blocks.participation import CardsBlock
from home.blocks.text import HeadingBlock, TableBlock
from tests.factories.home import (
    full_body,
    home_page,
    make_document,
    make_image,
    make_news,
    translate,
)

BODY = BodyBlock().child_blocks
SECTIONS = HomeSections().child_blocks


def drawn(block: Any, value: Any) -> str:
    return block.render(block.normalize(value), context={"LANGUAGE_CODE": "ru"})


def test_body_has_at_most_fourteen_blocks_in_four_groups() -> None:
    assert len(BODY) <= 14
    with override("en"):
        groups = {str(block.meta.group) for block in BODY.values()}
    assert groups == {"Text", "Media", "Participation", "Layout"}


@pytest.mark.parametrize(
    "block", [*BODY.values(), *SECTIONS.values()], ids=lambda block: block.name
)
def test_block_has_description_preview_and_template(block: Any) -> None:
    assert str(block.get_description())
    assert block.is_previewable
    assert get_template(block.meta.template)


@pytest.mark.django_db
@pytest.mark.parametrize("block", BODY.values(), ids=lambda block: block.name)
def test_block_preview_is_drawn_with_and_without_anything_to_choose(block: Any) -> None:
    assert isinstance(block.render(block.get_preview_value()), str)
    make_image(), make_document(), make_news()
    assert block.render(block.get_preview_value()).strip()


@pytest.mark.django_db
def test_body_of_every_block_survives_the_database() -> None:
    page = make_news(body=full_body(make_image(), make_document(), home_page()))
    names = [block.block_type for block in type(page).objects.get(pk=page.pk).body]
    assert names == list(BODY)


def test_heading_makes_its_anchor_of_words_in_any_script() -> None:
    html = drawn(HeadingBlock(), {"text": "Зачем реке тревога?", "level": "h3"})
    assert '<h3 id="зачем-реке-тревога">' in html


def test_table_row_begins_with_its_heading() -> None:
    block = TableBlock()
    html = drawn(block, block.meta.preview_value)
    assert '<th scope="row">2013</th><td class="number">808</td>' in html
    assert "<caption>" in html


def test_table_is_translated_in_place() -> None:
    block = TableBlock()
    value = block.to_python(block.meta.preview_value)
    segments = {segment.path: segment for segment in block.get_translatable_segments(value)}
    assert set(segments) == {
        "caption",
        "heading-0",
        "heading-1",
        "cell-0-0",
        "cell-0-1",
        "cell-1-0",
        "cell-1-1",
    }
    translated = block.restore_translated_segments(
        value,
        [
            StringSegmentValue("caption", "水位"),
            StringSegmentValue("heading-1", "最高水位"),
            StringSegmentValue("cell-0-0", "二〇一三年"),
        ],
    )
    assert translated.caption == "水位"
    assert [str(column["heading"]) for column in translated.columns][1] == "最高水位"
    assert translated.row_data[0]["values"] == ["二〇一三年", "808"]


@pytest.mark.django_db
def test_image_is_drawn_with_its_description_and_size() -> None:
    image = make_image("Река в сентябре")
    html = drawn(BODY["image"], {"image": image, "width": "text"})
    assert 'alt="Река в сентябре"' in html
    assert "image/avif" in html
    assert 'width="' in html
    assert 'loading="lazy"' in html


@pytest.mark.django_db
def test_video_names_the_site_it_opens_and_embeds_nothing() -> None:
    html = drawn(BODY["video"], BODY["video"].meta.preview_value)
    assert "video.example.org" in html
    assert "<iframe" not in html


@pytest.mark.django_db
def test_cards_show_the_readers_language_and_fall_back_to_the_source() -> None:
    translated, only_russian = make_news(title="Каток"), make_news(title="Трамвай")
    translate(translated, "ja", title="スケートリンク")
    block = CardsBlock()
    value = block.normalize({"heading": "", "pages": [translated, only_russian]})
    with override("ja"):
        html = block.render(value, context={"LANGUAGE_CODE": "ja"})
    assert "スケートリンク" in html
    assert "Каток" not in html
    assert 'lang="ru"' in html
    assert "Трамвай" in html


@pytest.mark.django_db
def test_cards_leave_out_unpublished_pages() -> None:
    block = CardsBlock()
    news = make_news()
    news.unpublish()
    value = block.normalize({"heading": "Читайте", "pages": [Page.objects.get(pk=news.pk)]})
    assert block.render(value).strip() == ""


@pytest.mark.django_db
@pytest.mark.parametrize("both", [True, False])
def test_button_wants_a_page_or_an_address(both: bool) -> None:
    block = ButtonBlock()
    page = Page.objects.get(pk=home_page().pk) if both else None
    url = "https://example.org/" if both else ""
    value = block.normalize({"text": "Правила", "page": page, "url": url, "look": "quiet"})
    with pytest.raises(StructBlockValidationError):
        block.clean(value)
    assert block.clean_deferred(value)
