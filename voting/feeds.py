"""The ledger's signed heads as Atom, so that newspapers and neighbours keep them by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from voting.heads import signer
from voting.models import Seal

if TYPE_CHECKING:
    from datetime import datetime

HEADS_IN_FEED = 50


class HeadsFeed(Feed):
    """The newest heads: whoever keeps one can show later that nothing before it was changed."""

    feed_type = Atom1Feed

    def title(self) -> str:
        return _("Heads of the ledger of votes") + f" · {signer().name}"

    def link(self) -> str:
        return reverse("voting:ledger")

    def items(self) -> list[Seal]:
        return list(Seal.objects.order_by("-pk")[:HEADS_IN_FEED])

    def item_title(self, item: Seal) -> str:
        return _("%(size)d records") % {"size": item.size}

    def item_description(self, item: Seal) -> str:
        return format_html("<pre>{}</pre>", item.note)

    def item_link(self, item: Seal) -> str:
        return reverse("checkpoint")

    def item_guid(self, item: Seal) -> str:
        return f"{signer().name}/{item.pk}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: Seal) -> datetime:
        # The day only: the head that first holds a vote would tell its minute.
        return localtime(item.made_at).replace(hour=0, minute=0, second=0, microsecond=0)

    item_updateddate = item_pubdate
