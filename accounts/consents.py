"""Which text a person agrees to: the page that editors keep under the slug `consent`."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from wagtail.models import Page

CONSENT_SLUG = "consent"


class ConsentPage(NamedTuple):
    """Where the text stands, and its words without mark-up."""

    url: str
    text: str


def consent_page() -> ConsentPage | None:
    """The live consent in the active language, else in the source language, else None.

    Without it the site may not take anybody's data, so sign-up is closed (152-FZ, art. 9).
    """
    languages = [get_language(), settings.LANGUAGE_CODE]
    pages = Page.objects.live().filter(slug=CONSENT_SLUG, locale__language_code__in=languages)
    ordered = sorted(
        pages.select_related("locale"), key=lambda page: languages.index(page.locale.language_code)
    )
    return ConsentPage(ordered[0].url or "", words_of(ordered[0])) if ordered else None


def words_of(page: Page) -> str:
    """A page's words without mark-up: its title, then each text that its own type adds."""
    specific = page.specific
    words = [specific.title]
    for field in specific._meta.concrete_fields:
        value = getattr(specific, field.attname)
        if field.model is Page or not value:
            continue
        if hasattr(field, "get_searchable_content"):
            words += [str(text) for text in field.get_searchable_content(value)]
        elif isinstance(field, (models.CharField, models.TextField)):
            words.append(str(value))
    return "\n\n".join(words)
