"""Proposals for search engines: every public one, at one address each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max
from django.utils.translation import override

from proposals.models import Proposal

if TYPE_CHECKING:
    from datetime import datetime

    from proposals.models.sets import ProposalQuerySet

LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)


class ProposalSitemap(Sitemap):
    """In pages, each of two queries; the proposal's own page names its other languages.

    The address is the one in the language that the proposal was written in.
    """

    limit = 5000

    def items(self) -> ProposalQuerySet:
        # By number, so that what a robot has read stays on its page when others are added.
        return Proposal.objects.public().only("pk", "language", "changed_at").order_by("pk")

    def location(self, item: Proposal) -> str:
        # An import may bring a language that the site does not speak.
        language = item.language if item.language in LANGUAGES else settings.LANGUAGE_CODE
        with override(language):
            return item.get_absolute_url()

    def lastmod(self, item: Proposal) -> datetime:
        return item.changed_at

    def get_latest_lastmod(self) -> datetime | None:
        # Django's own would read every row for it.
        return Proposal.objects.public().aggregate(last=Max("changed_at"))["last"]
