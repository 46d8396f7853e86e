"""Icons, gauge, tiles, typesetting, and the style guide that shows them all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.http import Http404
from django.template import Context, Template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from home.templatetags import site
from home.views import style_guide

if TYPE_CHECKING:
    from django.test import RequestFactory

SPRITE = (settings.BASE_DIR / "cms/static/icons.svg").read_text()


def render(source: str, **context: Any) -> str:
    return Template("{% load site %}" + source).render(Context(context))


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    symbols = set(re.findall(r'id="([\w-]+)"', SPRITE))
    named = {
        name
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([\w-]+)" %}', path.read_text())
    }
    assert named <= symbols


def test_icon_is_hidden_from_screen_readers() -> None:
    svg = render('{% icon "check" %}')
    assert 'aria-hidden="true"' in svg
    assert "icons.svg#check" in svg


@pytest.mark.parametrize(
    ("count", "heat", "mark"),
    [
        (0, "", None),
        (299, "", None),
        (300, "warm", None),
        (425, "hot", None),
        (500, "hot", None),
        (1000, "hot", 50),
    ],
)
def test_gauge_heats_up_and_marks_a_passed_threshold(
    count: int, heat: str, mark: int | None
) -> None:
    parts = site.gauge_parts(count, 500)
    assert (parts["heat"], parts["mark"]) == (heat, mark)


def test_gauge_says_the_figure_and_what_is_missing() -> None:
    with override("en"):
        html = render("{% gauge 1 500 large=True %}")
    assert "<b>1</b> of 500" in html
    assert "499 more" in html
    assert 'max="500" value="1"' in html


def test_gauge_bends_the_russian_word_after_the_limit() -> None:
    with override("ru"):
        assert "<b>1</b> из 500 голосов" in render("{% gauge 1 500 %}")
        assert "<b>2</b> из 21 голоса" in render("{% gauge 2 21 %}")


def test_gauge_drawn_before_is_still_in_the_readers_language() -> None:
    drawn = set()
    for language in ("en", "ru", "ja"):
        with override(language):
            drawn.add(render("{% gauge 7 500 %}"))
    assert len(drawn) == 3


def test_gauge_without_a_threshold_does_not_divide_by_zero() -> None:
    assert site.gauge_parts(3, 0)["full"] == 3


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Что сделать в крае", "Что сделать в\xa0крае"),
        ("и в доме, и на реке", "и\xa0в\xa0доме, и\xa0на\xa0реке"),
        ("Амур — река", "Амур\xa0— река"),
        ("Кот ест мясо", "Кот ест мясо"),
        ("<b>в</b> & «о мосте»", "&lt;b&gt;в&lt;/b&gt; &amp; «о\xa0мосте»"),
    ],
)
def test_typeset_holds_short_russian_words(source: str, expected: str) -> None:
    with override("ru"):
        assert render("{{ text|typeset }}", text=source) == expected


def test_typeset_leaves_markup_that_was_safe_alone() -> None:
    with override("ru"):
        held = site.typeset(mark_safe("<p>о мосте</p>"))
    assert held == "<p>о\xa0мосте</p>"
    assert isinstance(held, SafeString)


def test_typeset_leaves_other_languages_alone() -> None:
    with override("en"):
        assert render("{{ text|typeset }}", text="a <b> в доме") == "a &lt;b&gt; в доме"


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("Мост через Амур", 15, "Мост через Амур"),
        ("Мост через Амур", 14, "Мост через…"),
        ("Мост через Амур", 10, "Мост через…"),
        ("Да, построим — к осени", 14, "Да, построим…"),
        ("Первый абзац.\n\nВторой абзац.", 17, "Первый абзац.…"),
        ("水位計を設置します。 来年までに完成します。", 12, "水位計を設置します。…"),
        ("水位 " + "計" * 40, 20, "水位 " + "計" * 17 + "…"),
    ],
)
def test_excerpt_ends_between_words(text: str, limit: int, expected: str) -> None:
    assert site.excerpt(text, limit) == expected
    assert len(site.excerpt(text, limit)) <= limit + 1


def test_excerpt_is_escaped() -> None:
    assert render("{{ text|excerpt:12 }}", text="<b> & слова ещё") == "&lt;b&gt; &amp; слова…"


def test_tiles_grow_darker_with_their_count() -> None:
    cells = [
        {"name": str(n), "short_name": "", "row": 1, "column": 1, "count": n, "url": "#"}
        for n in (0, 1, 10, 41)
    ]
    assert [tile["heat"] for tile in site.tile_grid(cells, "x")["tiles"]] == [0, 1, 2, 3]


def test_tiles_without_any_proposal_are_all_pale() -> None:
    cell = {"name": "a", "short_name": "a", "row": 1, "column": 1, "count": 0, "url": "#"}
    assert site.tile_grid([cell], "x")["tiles"][0]["heat"] == 0


def test_style_guide_is_for_development_only(rf: RequestFactory) -> None:
    with pytest.raises(Http404):
        style_guide(rf.get("/en/style/"))


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["ru", "en", "ja"])
def test_style_guide_shows_every_component(
    rf: RequestFactory, settings: Any, language: str
) -> None:
    settings.DEBUG = True
    with override(language):
        html = style_guide(rf.get(f"/{language}/style/")).content.decode()
    for part in ("round", "tiles", "timeline", "agenda", "error-summary", "phases", "empty"):
        assert f'class="{part}' in html or f" {part}" in html
