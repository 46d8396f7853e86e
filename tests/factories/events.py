"""Makes events and their agenda."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from events.models import EventIndexPage, EventPage
from tests.factories.accounts import source_locale
from tests.factories.home import home_page


def events_index(language: str = "ru") -> EventIndexPage:
    """The agenda of a language; made once."""
    parent = home_page(language)
    if index := EventIndexPage.objects.child_of(parent).first():
        return index
    source = EventIndexPage.objects.filter(locale=source_locale()).first()
    same = {"translation_key": source.translation_key} if source else {}
    return parent.add_child(
        instance=EventIndexPage(title="События", slug="events", locale=parent.locale, **same)
    )


def make_event(language: str = "ru", **fields: Any) -> EventPage:
    """A published event of two hours, tomorrow at this time unless told otherwise."""
    index = events_index(language)
    number = EventPage.objects.count() + 1
    tomorrow = timezone.now().replace(second=0, microsecond=0) + timedelta(days=1)
    starts_at = fields.pop("starts_at", tomorrow)
    page = EventPage(
        **{
            "title": f"Событие {number}",
            "slug": f"event-{number}",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=2),
            "place": "Зал «Амур»",
            "address": "Речная улица, 100",
            "organiser": "Клуб «Река и город»",
            "locale": index.locale,
            **fields,
        }
    )
    index.add_child(instance=page)
    page.save_revision().publish()
    return EventPage.objects.get(pk=page.pk)
