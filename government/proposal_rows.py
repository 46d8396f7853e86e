"""Proposals as a `Listing` to export: the columns, and rows read in batches as they are written.

The admin's export and `manage.py export_proposals` both start here. Reads only.
"""

from __future__ import annotations

from array import array
from itertools import batched
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.models import Municipality
from accounts.notifications import absolute_url
from government.exports import Column, Listing
from government.models import Answer, Body
from home.models import HomePage
from proposals.models import CallPage, Category, Proposal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from government.exports import Row
    from proposals.models.sets import ProposalQuerySet

BATCH = 500
FIELDS = (
    *("id", "title", "summary", "problem", "solution", "beneficiaries", "language"),
    *("author_name", "status", "submitted_at", "published_at", "latitude", "longitude"),
    *("call_id", "call__threshold", "category__translation_key", "municipality__translation_key"),
    *("figures__support_count", "figures__imported_support_count"),
    *("referral__body__translation_key", "referral__due_on"),
    *("referral__answer__outcome", "referral__answer__answered_on"),
)


def proposal_columns() -> list[Column]:
    """What officials get of each proposal, its words in the active language."""
    return [
        Column("id", pgettext("number of a proposal", "No."), "integer", 8),
        Column("title", _("In one sentence"), width=60),
        Column("summary", _("Summary"), width=60),
        Column("status", _("Status"), width=20),
        Column("support_count", _("Supports cast here"), "integer"),
        Column("imported_support_count", _("Imported supports"), "integer"),
        Column("threshold", _("Threshold of support"), "integer"),
        Column("municipality", _("Municipality"), width=28),
        Column("category", _("Category"), width=28),
        Column("tags", _("Tags")),
        Column("call", _("Call"), width=32),
        Column("problem", _("What for"), width=60),
        Column("solution", _("What should be done"), width=60),
        Column("beneficiaries", _("For whom"), width=40),
        Column("author_name", _("Author")),
        Column("language", _("Language"), width=10),
        Column("latitude", _("Latitude"), "decimal"),
        Column("longitude", _("Longitude"), "decimal"),
        Column("submitted_at", _("Sent in"), "datetime"),
        Column("published_at", _("Published"), "datetime"),
        Column("body", _("Referred to"), width=32),
        Column("answer_due_on", _("Answer due"), "date"),
        Column("answer", _("Answer"), width=18),
        Column("answered_on", _("Answered"), "date"),
        Column("url", _("On the site"), "link"),
    ]


def proposal_listing(
    proposals: ProposalQuerySet,
    *,
    title: str = "",
    filters: Sequence[tuple[str, str]] = (),
) -> Listing:
    """These proposals, in their order, in the active language; the queryset may be a slice.

    Six queries, then two for each 500 rows while they are written.
    """
    # Numbers alone are kept: a cursor left open for a slow reader would hold the database back.
    numbers = array("q", proposals.values_list("pk", flat=True).iterator(chunk_size=BATCH))
    language = get_language() or settings.LANGUAGE_CODE
    return Listing(
        title=title or _("Proposals"),
        columns=proposal_columns(),
        rows=ProposalRows(language).read(numbers),
        site=site_name(language),
        language=language,
        generated_at=timezone.now(),
        zone=timezone.get_default_timezone(),
        filters=filters,
        count=len(numbers),
    )


def site_name(language: str) -> str:
    """The site's name in a language, as its home page has it. One query."""
    pages = HomePage.objects.live().filter(locale__language_code=language)
    return pages.values_list("site_name", flat=True).first() or settings.WAGTAIL_SITE_NAME


def call_titles(language: str) -> dict[int, str]:
    """Titles of calls in a language, else in the source, by the source page. One query."""
    rows = CallPage.objects.filter(
        locale__language_code__in={language, settings.LANGUAGE_CODE}
    ).values_list("pk", "translation_key", "title", "locale__language_code")
    sources = {pk: key for pk, key, _title, code in rows if code == settings.LANGUAGE_CODE}
    # The source language comes first, so a translation overwrites it.
    ordered = sorted(rows, key=lambda row: row[3] != settings.LANGUAGE_CODE)
    titles = {key: title for _pk, key, title, _code in ordered}
    return {pk: titles[key] for pk, key in sources.items()}


class ProposalRows:
    """Reads rows by their numbers. All words are fixed at the start, in the active language:

    by the time a stream is read, the request and its language are gone.
    """

    def __init__(self, language: str) -> None:
        self.statuses = {value: str(label) for value, label in Proposal.Status.choices}
        self.outcomes = {value: str(label) for value, label in Answer.Outcome.choices}
        self.calls = call_titles(language)
        self.names: dict[Any, str] = {}
        for term in (Category, Municipality, Body):
            self.names |= term.objects.localized_names()
        address = absolute_url(reverse("proposals:detail", args=[0]))
        self.address, self.tail = address.rsplit("0", 1)

    def read(self, numbers: array[int]) -> Iterator[Row]:
        for batch in batched(numbers, BATCH):
            found = {line["id"]: line for line in self._lines(batch)}
            tags = _tags(batch)
            for number in batch:
                # One that was deleted meanwhile is left out, rather than the export broken off.
                if number in found:
                    yield self._row(found[number], tags.get(number, []))

    def _lines(self, batch: Sequence[int]) -> Any:
        return Proposal.objects.filter(pk__in=batch).order_by().values(*FIELDS)

    def _row(self, line: dict[str, Any], tags: list[str]) -> Row:
        return line | {
            "status": self.statuses[line["status"]],
            "support_count": line["figures__support_count"] or 0,
            "imported_support_count": line["figures__imported_support_count"] or 0,
            "threshold": line["call__threshold"],
            "call": self.calls.get(line["call_id"], ""),
            "category": self.names.get(line["category__translation_key"], ""),
            "municipality": self.names.get(line["municipality__translation_key"], ""),
            "tags": ", ".join(tags),
            "body": self.names.get(line["referral__body__translation_key"], ""),
            "answer_due_on": line["referral__due_on"],
            "answer": self.outcomes.get(line["referral__answer__outcome"], ""),
            "answered_on": line["referral__answer__answered_on"],
            "url": f"{self.address}{line['id']}{self.tail}",
        }


def _tags(batch: Sequence[int]) -> dict[int, list[str]]:
    """Tags of the given proposals, by proposal. One query."""
    tags: dict[int, list[str]] = {}
    through = Proposal.tags.through.objects.filter(content_object__in=batch)
    for number, name in through.order_by("tag__name").values_list("content_object_id", "tag__name"):
        tags.setdefault(number, []).append(name)
    return tags
