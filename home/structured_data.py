"""Pages in schema.org's words, for search engines. Pure: a page and its address in, a dict out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_language

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from home.models import HomePage, NewsPage


def without_empty(data: dict[str, Any]) -> dict[str, Any]:
    """Leaves out what we do not know: an empty value would be a false statement.

    >>> without_empty({"name": "Амур", "image": "", "url": None})
    {'name': 'Амур'}
    """
    return {key: value for key, value in data.items() if value not in ("", None, [], {})}


def moment(when: datetime | None) -> str:
    """A time with the offset of the Territory, to the second."""
    return timezone.localtime(when).isoformat(timespec="seconds") if when else ""


def organization(home: HomePage, url: str, image: str = "") -> dict[str, Any]:
    """The centre itself: https://schema.org/Organization."""
    return without_empty(
        {
            "@context": "https://schema.org",
            "@type": "Organization",
            "name": home.site_name,
            "slogan": home.tagline,
            "url": url,
            "email": home.contact_email,
            "address": home.address,
            "image": image,
        }
    )


def news_article(page: NewsPage, url: str, image: str = "") -> dict[str, Any]:
    """A piece of news: https://schema.org/NewsArticle."""
    author = {"@type": "Person", "name": page.byline} if page.byline else None
    return without_empty(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": page.title,
            "description": page.summary,
            "datePublished": moment(page.date),
            "dateModified": moment(page.last_published_at),
            "inLanguage": get_language(),
            "mainEntityOfPage": url,
            "author": author,
            "image": image,
        }
    )


def breadcrumb_list(steps: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The way to a page, as names and addresses: https://schema.org/BreadcrumbList.

    >>> breadcrumb_list([("News", "https://example.org/en/news/")])["itemListElement"][0]["name"]
    'News'
    """
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": url}
            for position, (name, url) in enumerate(steps, start=1)
        ],
    }
