"""Any list of proposals as Atom: the address of the feed takes the same filters as the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.syndication.views import Feed
from django.core.exceptions import BadRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from proposals.listing import Listing

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from proposals.listing import Row


class ProposalsFeed(Feed):
    """The newest proposals that match the filters."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Listing:
        data = request.GET.copy()
        data["order"] = "newest"
        data.pop("after", None)
        listing = Listing(data)
        if not listing.is_valid:
            raise BadRequest
        return listing

    def title(self, listing: Listing) -> str:
        return listing.title

    def link(self, listing: Listing) -> str:
        return reverse("proposals:list") + listing.feed_query

    def items(self, listing: Listing) -> list[Row]:
        return listing.page.rows

    def item_title(self, item: Row) -> str:
        return item.title

    def item_description(self, item: Row) -> str:
        return item.summary

    def item_guid(self, item: Row) -> str:
        return f"proposal-{item.pk}"

    item_guid_is_permalink = False

    def item_author_name(self, item: Row) -> str:
        return item.author_name

    def item_pubdate(self, item: Row) -> datetime | None:
        return item.published_at

    def item_updateddate(self, item: Row) -> datetime:
        return item.changed_at
