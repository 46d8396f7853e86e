"""News as RSS and Atom, in the language of the address. The pages themselves are in models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.syndication.views import Feed
from django.http import Http404
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.translation import get_language

from home.chrome import chrome_of
from home.models import NewsIndexPage, NewsPage, NewsTag

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

NEWS_IN_FEED = 20


class NewsRssFeed(Feed):
    """The newest news; a reader that asks often asks for little."""

    feed_type = Rss201rev2Feed

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> NewsIndexPage:
        index = NewsIndexPage.objects.live().filter(locale__language_code=get_language()).first()
        if index is None:
            raise Http404
        index.site_name = chrome_of(request).site_name
        return index

    def title(self, index: NewsIndexPage) -> str:
        return f"{index.title} · {index.site_name}"

    def description(self, index: NewsIndexPage) -> str:
        return index.summary

    subtitle = description  # Atom's word for it

    def link(self, index: NewsIndexPage) -> str:
        return index.get_url()

    def items(self, index: NewsIndexPage) -> list[NewsPage]:
        names = NewsTag.objects.localized_names()
        news = list(index.news().prefetch_related("tags")[:NEWS_IN_FEED])
        for page in news:
            page.tag_names = [names.get(tag.translation_key, tag.name) for tag in page.tags.all()]
        return news

    def item_title(self, item: NewsPage) -> str:
        return item.title

    def item_description(self, item: NewsPage) -> str:
        return item.summary

    def item_link(self, item: NewsPage) -> str:
        return item.get_url()

    def item_guid(self, item: NewsPage) -> str:
        # The address may change with its title; what a reader has read must stay read.
        return f"urn:uuid:{item.translation_key}"

    item_guid_is_permalink = False

    def item_author_name(self, item: NewsPage) -> str:
        return item.byline

    def item_pubdate(self, item: NewsPage) -> datetime:
        return item.date

    def item_updateddate(self, item: NewsPage) -> datetime:
        return item.last_published_at or item.date

    def item_categories(self, item: NewsPage) -> list[str]:
        return item.tag_names


class NewsAtomFeed(NewsRssFeed):
    """The same as Atom."""

    feed_type = Atom1Feed
