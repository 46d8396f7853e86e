"""Publishes a page in Russian and its translations through wagtail-localize, as an editor would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from wagtail.models import Locale, Page
from wagtail_localize.models import StringTranslation, Translation, TranslationSource
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments

from cms.demo.clock import clock_at
from cms.demo.content import LANGUAGES, SOURCE, stable_uuid
from cms.demo.people import person

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from accounts.models import User

    MakePage = Callable[[str], Page]

EDITOR = "editor"


def publish(*, parent: Page, make: MakePage, when: datetime) -> bool:
    """Publish what `make` gives for each language under `parent`; False if it is there already."""
    page = make(SOURCE)
    if Page.objects.child_of(parent).filter(slug=page.slug).exists():
        return False
    with clock_at(when), transaction.atomic():
        page.live = False
        page.locale = parent.locale
        page.translation_key = stable_uuid("page", parent.translation_key, page.slug)
        parent.add_child(instance=page)
        publish_draft(page)
        translate(page, make)
    return True


def publish_draft(page: Page) -> None:
    """Publish a page as it is in memory, in the editor's name."""
    editor = person(EDITOR)
    page.save_revision(user=editor, log_action=True).publish(user=editor)


def translate(page: Page, make: MakePage) -> None:
    """Hand a published page over to wagtail-localize with every segment translated, and publish."""
    editor = person(EDITOR)
    source, _made = TranslationSource.get_or_create_from_instance(page)
    for locale in Locale.objects.filter(language_code__in=LANGUAGES[1:]).order_by("pk"):
        Translation.objects.create(source=source, target_locale=locale)
        _keep_words(source, make(locale.language_code), locale, editor)
        # Not `publish=True`: that would publish after the commit, where a stop leaves a draft.
        translated, _made = source.create_or_update_translation(locale, user=editor, publish=False)
        translated.get_latest_revision().publish(user=editor)


def _keep_words(source: TranslationSource, page: Page, locale: Locale, editor: User) -> None:
    """Store the words of `page`, which is never saved, as translations of the source's."""
    words = {
        segment.order: segment
        for segment in extract_segments(page)
        if isinstance(segment, StringSegmentValue)
    }
    segments = source.stringsegment_set.select_related("context").order_by("order")
    for segment in segments:
        word = words[segment.order]
        if word.path != segment.context.path:
            raise ValueError(f"{locale} {page.title}: {word.path} is not {segment.context.path}")
        StringTranslation.objects.get_or_create(
            translation_of_id=segment.string_id,
            locale=locale,
            context=segment.context,
            defaults={
                "data": word.string.data,
                "translation_type": StringTranslation.TRANSLATION_TYPE_MANUAL,
                "last_translated_by": editor,
            },
        )
