"""Rounds of voting for search engines: every announced one, at one address each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.utils.translation import override

from voting.round_lists import announced

if TYPE_CHECKING:
    from voting.models import Round
    from voting.models.rounds import RoundQuerySet


class RoundSitemap(Sitemap):
    """In pages, each of two queries; the page itself names its other languages."""

    limit = 5000

    def items(self) -> RoundQuerySet:
        return announced().only("pk").order_by("pk")

    def location(self, item: Round) -> str:
        with override(settings.LANGUAGE_CODE):
            return item.get_absolute_url()
