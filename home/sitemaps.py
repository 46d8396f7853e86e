"""Pages for search engines: every live page of every language, with its translations."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.conf import settings
from django.utils.functional import cached_property
from wagtail.contrib.sitemaps import Sitemap
from wagtail.models import Page

from home.chrome import address_of


class PageSitemap(Sitemap):
    """Wagtail's sitemap knows one tree; ours has one a language, and names the others."""

    @cached_property
    def _pages(self) -> list[Page]:
        return list(
            Page.objects.live()
            .public()
            .filter(depth__gt=1)
            .select_related("locale")
            .order_by("path")
        )

    @cached_property
    def _addresses(self) -> dict[Any, dict[str, str]]:
        """Translation key to the addresses by language."""
        found: dict[Any, dict[str, str]] = defaultdict(dict)
        for page in self._pages:
            found[page.translation_key][page.locale.language_code] = self.location(page)
        return found

    def location(self, obj: Page) -> str:
        # By the host that was asked: the site's own name in the database may be another.
        return address_of(obj, self.request) if self.request else obj.get_full_url()

    def items(self) -> list[Page]:
        return self._pages

    def _urls(self, page: int, protocol: str, domain: str) -> list[dict[str, Any]]:
        return [self._entry(item) for item in self.paginator.page(page).object_list]

    def _entry(self, page: Page) -> dict[str, Any]:
        languages = self._addresses[page.translation_key]
        alternates = [{"location": url, "lang_code": code} for code, url in languages.items()]
        if source := languages.get(settings.LANGUAGE_CODE):
            alternates.append({"location": source, "lang_code": "x-default"})
        return {
            "item": page,
            "location": self.location(page),
            "lastmod": self.lastmod(page),
            "alternates": alternates,
        }
