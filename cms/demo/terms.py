"""Municipalities, categories, bodies of government and news tags, one row in each language."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.text import slugify
from wagtail.models import Locale

from accounts.models import LocalizedTerm, Municipality
from assessment.models import Committee
from cms.demo.content import LANGUAGES, SOURCE, Step, read, stable_uuid
from government.models import Body
from home.models import NewsTag
from proposals.models import Category

if TYPE_CHECKING:
    from collections.abc import Iterator


def source_term(model: type[LocalizedTerm], slug: str) -> Any:
    """The row that foreign keys point at."""
    return model.objects.sources().get(slug=slug)


def steps() -> Iterator[Step]:
    """One step a term and language."""
    for model, row, fields in _rows():
        for language in LANGUAGES:
            yield Step("terms", partial(_make, model, row, fields, language))


def _rows() -> Iterator[tuple[type[LocalizedTerm], dict[str, Any], tuple[str, ...]]]:
    """Every term: its model, its row, and what to take over from the row besides the name."""
    for place in read("municipalities")["municipality"]:
        row = {**place, "latitude": place["lat"], "longitude": place["lon"]}
        same = ("population", "latitude", "longitude", "tile_row", "tile_column")
        yield Municipality, row, ("short_name", "centre", *same)
    for row in read("categories")["category"]:
        yield Category, row, ("icon",)
    for row in read("bodies")["body"]:
        yield Body, row, ("kind", "municipality", "email", "answer_days")
    for row in read("committees")["committee"]:
        yield Committee, row, ("purpose", "kind", "quorum_percent", "chair_casts")
    for row in news_tags().values():
        yield NewsTag, row, ()


def news_tags() -> dict[str, dict[str, Any]]:
    """The tags of the news by their slugs, which are made of the English words."""
    found = {}
    for news in read("news")["news"]:
        for number, english in enumerate(news["tags"]["en"]):
            names = {language: news["tags"][language][number] for language in LANGUAGES}
            found[slugify(english)] = {"slug": slugify(english), "name": names}
    return found


def _make(
    model: type[LocalizedTerm], row: dict[str, Any], fields: tuple[str, ...], language: str
) -> bool:
    locale = Locale.objects.get(language_code=language)
    values = {name: _value(name, row.get(name), language) for name in ("name", *fields)}
    _term, made = model.objects.get_or_create(
        locale=locale,
        slug=row["slug"],
        defaults={**values, "translation_key": stable_uuid(model.__name__, row["slug"])},
    )
    return made


def _value(name: str, value: Any, language: str) -> Any:
    if name == "municipality":
        return source_term(Municipality, value) if value else None
    return value[language] if isinstance(value, dict) and SOURCE in value else value
