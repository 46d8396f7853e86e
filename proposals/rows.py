"""Proposals as rows of a file: what everybody may read of them, read in batches while written.

Staff's export begins from these rows and adds its own in `government`. Reads only.
"""

from __future__ import annotations

from array import array
from itertools import batched
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.models import Municipality
from accounts.notifications import absolute_url
from home.exports import Column, Listing
from home.models import HomePage
from proposals.models import CallPage, Category, Proposal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from home.exports import Row
    from proposals.models.sets import ProposalQuerySet

BATCH = 500


def public_columns() -> list[Column]:
    """What the site shows everybody of each proposal in a list, its words in the active language.

    The address comes last; nothing of the author but the name that stands on the page.
    """
    return [
        Column("id", pgettext("number of a proposal", "No."), "integer", 8),
        Column("title", _("In one sentence"), width=60),
        Column("summary", _("Summary"), width=60),
        Column("author_name", _("Author")),
        Column("status", _("Status"), width=20),
        Column("support_count", _("Supports cast here"), "integer"),
        Column("imported_support_count", _("Imported supports"), "integer"),
        Column("municipality", _("Municipality"), width=28),
        Column("category", _("Category"), width=28),
        Column("call", _("Call"), width=32),
        Column("submitted_at", _("Sent in"), "datetime"),
        Column("published_at", _("Published"), "datetime"),
        Column("url", _("On the site"), "link"),
    ]


class ProposalRows:
    """Reads rows by their numbers. All words are fixed at the start, in the active language:

    by the time a stream is read, the request and its language are gone. Four queries to begin.
    """

    terms: ClassVar[tuple[Any, ...]] = (Category, Municipality)
    fields: ClassVar[tuple[str, ...]] = (
        *("id", "title", "summary", "author_name", "status", "submitted_at", "published_at"),
        *("call__translation_key", "category__translation_key", "municipality__translation_key"),
        *("figures__support_count", "figures__imported_support_count"),
    )

    def __init__(self) -> None:
        self.language = get_language() or settings.LANGUAGE_CODE
        self.site = site_name(self.language)
        self.statuses = {value: str(label) for value, label in Proposal.Status.choices}
        self.calls = CallPage.objects.localized_titles()
        self.names: dict[Any, str] = {}
        for term in self.terms:
            self.names |= term.objects.localized_names()
        self.address = absolute_url(reverse("proposals:list"))

    def listing(
        self,
        numbers: Iterable[int],
        columns: Sequence[Column],
        *,
        title: str = "",
        filters: Sequence[tuple[str, str]] = (),
    ) -> Listing:
        """The proposals of these numbers, in that order, for any writer of `exports`."""
        # Numbers alone are kept: a cursor left open for a slow reader would hold the database back.
        kept = array("q", numbers)
        return Listing(
            title=title or _("Proposals"),
            columns=columns,
            # One that was deleted meanwhile is left out, rather than the file broken off.
            rows=(row for batch in batched(kept, BATCH) for row in self._found(batch)),
            site=self.site,
            language=self.language,
            generated_at=timezone.now(),
            zone=timezone.get_default_timezone(),
            filters=filters,
            sheet=_("Proposals"),
            count=len(kept),
        )

    def _found(self, batch: Sequence[int]) -> list[Row]:
        rows = self.read(batch)
        return [rows[number] for number in batch if number in rows]

    def read(self, batch: Sequence[int]) -> dict[int, Row]:
        """Rows by number, of those that are there. One query."""
        lines = self.proposals().filter(pk__in=batch).order_by().values(*self.fields)
        return {line["id"]: line | self.words(line) for line in lines}

    def proposals(self) -> ProposalQuerySet:
        # Asked again with each batch: one that is withdrawn while the file is written stays out.
        return Proposal.objects.public()

    def words(self, line: dict[str, Any]) -> Row:
        """What a row says in place of keys and codes."""
        return {
            "status": self.statuses[line["status"]],
            "support_count": line["figures__support_count"] or 0,
            "imported_support_count": line["figures__imported_support_count"] or 0,
            "call": self.calls.get(line["call__translation_key"], ""),
            "category": self.names.get(line["category__translation_key"], ""),
            "municipality": self.names.get(line["municipality__translation_key"], ""),
            "url": f"{self.address}{line['id']}/",
        }


def site_name(language: str) -> str:
    """The site's name in a language, as its home page has it. One query."""
    pages = HomePage.objects.live().filter(locale__language_code=language)
    return pages.values_list("site_name", flat=True).first() or settings.WAGTAIL_SITE_NAME
