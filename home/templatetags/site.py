"""Tags and filters that every template may use: icons, gauge, tiles, good type. Hardly a query."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from accounts.models import AreaMap
from home import display, kept
from home.stencil import Stencil, hole

if TYPE_CHECKING:
    from collections.abc import Iterable

register = template.Library()

SHORT_WORD = re.compile(r"(?<![^\s(«„>])([А-Яа-яЁё]{1,2}) (?=\S)")
LAST_WORD = re.compile(r"\s+\S*\Z")
BEFORE_DASH = re.compile(r" (?=[—–])")


@cache
def _icon(name: str) -> SafeString:
    # Cached because a list of twenty rows draws a hundred of them.
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("icons.svg"), name
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """One symbol of the sprite; always beside words, since it is hidden from screen readers."""
    return _icon(name)


@register.simple_tag(takes_context=True)
def display_attributes(context: template.Context) -> SafeString:
    """The reader's display settings as attributes of <html>, for those without JavaScript."""
    request = context.get("request")
    if request is None:
        return SafeString("")
    chosen = display.read(request.COOKIES.get(display.COOKIE, ""))
    return format_html_join("", ' data-{}="{}"', chosen.items())


@register.simple_tag
def pages_generation() -> int:
    """Part of a kept fragment's key, so that a publication drops it."""
    return kept.generation()


@register.filter(is_safe=True)
def typeset(text: str) -> str:
    """Keeps Russian prepositions with the word after them and dashes with the word before."""
    if get_language() != "ru":
        return text
    # Escaped first, so that marking it safe again is true; the substitution only swaps spaces.
    words = str(conditional_escape(text))
    return mark_safe(
        BEFORE_DASH.sub("\N{NO-BREAK SPACE}", SHORT_WORD.sub("\\1\N{NO-BREAK SPACE}", words))
    )


@register.filter
def excerpt(text: str, limit: int) -> str:
    """The beginning of a text in so many characters, cut between words where there are any.

    >>> excerpt("Мост через Амур", 12), excerpt("Мост через Амур", 15)
    ('Мост через…', 'Мост через Амур')
    """
    if len(text) <= limit:
        return text
    # One more, as the cut may fall between two words already.
    words = LAST_WORD.sub("", text[: limit + 1])
    # Japanese has no spaces: its only gap may be near the beginning.
    start = words if len(words) > limit // 2 else text[:limit]
    return f"{start.rstrip(' ,;:—–-')}…"


@register.simple_tag
def gauge(
    count: int, threshold: int, *, sentence: str = "", large: bool = False, over: bool = False
) -> SafeString:
    """Supports against the threshold: figure, meter with the threshold's mark, one sentence.

    Once it is `over` no more are asked for.
    """
    return _gauge(count, threshold, str(sentence), bool(large), bool(over), get_language())


@lru_cache(maxsize=2048)
def _gauge(
    count: int, threshold: int, sentence: str, large: bool, over: bool, language: str | None
) -> SafeString:
    # Kept because a list shows twenty, which depend on nothing but these arguments.
    parts = gauge_parts(count, threshold)
    if sentence or large:
        context = parts | {"sentence": sentence, "large": large, "over": over}
        return mark_safe(render_to_string("components/gauge.html", context))
    marked = parts["mark"] is not None
    return _small_gauge(threshold, parts["heat"], marked, language).fill(parts)


@lru_cache(maxsize=256)
def _small_gauge(threshold: int, heat: str, marked: bool, _language: str | None) -> Stencil:
    # Drawn once, because every vote is answered with a count that was not shown before.
    names = ["count", "shown", "full", *(["mark"] if marked else [])]
    context = {"threshold": threshold, "heat": heat, "mark": None}
    context |= {name: hole(name) for name in names}
    return Stencil(render_to_string("components/gauge.html", context), names)


def gauge_parts(count: int, threshold: int) -> dict[str, Any]:
    """What the gauge's template draws: how full, how hot, what is missing."""
    share = count / threshold if threshold else 0
    full = max(count, threshold, 1)
    return {
        "count": count,
        "shown": intcomma(count),
        "threshold": threshold,
        "missing": max(threshold - count, 0),
        "full": full,
        # Where the threshold stands on the track once it has been passed.
        "mark": threshold * 100 // full if count > threshold else None,
        "heat": "hot" if share >= 0.85 else "warm" if share >= 0.6 else "",
    }


@register.inclusion_tag("components/locator.html")
def locator(slug: str) -> dict[str, str]:
    """A small map that shows where a municipality lies. At most one query, none within a minute."""
    return {"slug": slug, "attribution": kept.kept("area-attribution", _attribution)}


def _attribution() -> str:
    area_map = AreaMap.objects.on()
    return area_map.attribution if area_map else ""


@register.inclusion_tag("components/tile_grid.html")
def tile_grid(tiles: Iterable[dict[str, Any]], label: str, name: str = "") -> dict[str, Any]:
    """The Territory as tiles: a dict each of name, short_name, row, column, count, current.

    Links to `url`; or, with `name`, checkboxes of a form that send `value`.
    """
    cells = list(tiles)
    most = max((cell["count"] for cell in cells), default=0)
    return {
        "tiles": [cell | {"heat": _heat(cell["count"], most)} for cell in cells],
        "label": label,
        "name": name,
    }


def _heat(count: int, most: int) -> int:
    """0 to 3: none, few, some, many. One big city would leave the rest pale on a straight scale."""
    if not count:
        return 0
    share = count / most
    return 3 if share > 0.5 else 2 if share > 0.12 else 1
