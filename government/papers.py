"""The printed listing of proposals: plain data in the words and figures of a typst template."""

from __future__ import annotations

import datetime as dt
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from home.papers import number, shared_words, typeset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from home.exports import Column, Listing, Row

# Measured: a row costs 250 KB of memory. 500 rows take 170 MB and 1.2 s, 100 with their full texts
# 300 MB and 1.7 s, in a process that ends; 35,000 took 6.5 GB and 52 s, for 4,000 pages.
ROWS_MAX = 500
DETAILED_ROWS_MAX = 100
RUNNING_CHARACTERS_MAX = 90

SHOWN_APART = frozenset({"id", "title", "summary", "url", "language"})
LONG_TEXTS = ("problem", "solution", "beneficiaries")


def render_listing(listing: Listing, *, detailed: bool = False) -> bytes:
    """The first rows as a table, and with `detailed` a page for each. Reads no row beyond."""
    limit = DETAILED_ROWS_MAX if detailed else ROWS_MAX
    with translation.override(listing.language):
        rows = list(islice(listing.rows, limit + 1))
        data = shared_words(listing.language, listing.site, listing.generated_at, listing.zone)
        data |= {
            "title": str(listing.title),
            "running": _running(listing),
            "filters": [{"label": str(name), "value": str(text)} for name, text in listing.filters],
            "sentence": _sentence(listing, rows),
            "cut": _cut(listing, limit) if len(rows) > limit else "",
            "detail": detailed,
            "rows": [_printed(listing, row, detailed=detailed) for row in rows[:limit]],
        }
        data["labels"] |= {
            "number": pgettext("number of a proposal", "No."),
            "proposal": _("Proposal"),
            "place": _("Place and category"),
            "status": _("Status"),
            "support": _("Supports"),
            "address": _("On the site"),
        }
    return typeset("government/listing", data)


def _running(listing: Listing) -> list[str]:
    """The head of each page: what list, of which day, and what it was filtered by."""
    moment = date_format(listing.generated_at.astimezone(listing.zone), "DATE_FORMAT")
    filters = "; ".join(str(text) for _name, text in listing.filters)
    return [f"{listing.title} · {moment}", Truncator(filters).chars(RUNNING_CHARACTERS_MAX)]


def _sentence(listing: Listing, rows: list[Row]) -> str:
    count = listing.count if listing.count is not None else len(rows)
    return ngettext("%(count)s proposal.", "%(count)s proposals.", count) % {"count": number(count)}


def _cut(listing: Listing, limit: int) -> str:
    return _(
        "This paper holds the first %(shown)s of them, in the order of the list. "
        "The exports in XLSX, CSV and JSON hold all."
    ) % {"shown": number(limit)}


def _printed(listing: Listing, row: Row, *, detailed: bool) -> dict[str, Any]:
    """A row in the words that the template sets; missing keys are empty."""
    imported = row.get("imported_support_count") or 0
    printed: dict[str, Any] = {
        "number": str(row.get("id", "")),
        "title": str(row.get("title") or ""),
        "summary": str(row.get("summary") or ""),
        "url": str(row.get("url") or ""),
        "lang": str(row.get("language") or listing.language),
        "place": str(row.get("municipality") or ""),
        "category": str(row.get("category") or ""),
        "status": str(row.get("status") or ""),
        "support": number(row.get("support_count") or 0),
        "imported": _("imported: %(count)s") % {"count": number(imported)} if imported else "",
    }
    if detailed:
        printed["facts"] = list(_facts(listing, row))
        printed["parts"] = [
            {"label": str(column.header), "text": str(row[column.key])}
            for column in listing.columns
            if column.key in LONG_TEXTS and row.get(column.key)
        ]
    return printed


def _facts(listing: Listing, row: Row) -> Iterator[dict[str, str]]:
    for column in listing.columns:
        value = row.get(column.key)
        if (
            column.key not in SHOWN_APART
            and column.key not in LONG_TEXTS
            and value not in (None, "")
        ):
            yield {"label": str(column.header), "value": _fact(column, value, listing.zone)}


def _fact(column: Column, value: object, zone: ZoneInfo) -> str:
    if isinstance(value, dt.datetime):
        return date_format(value.astimezone(zone), "DATETIME_FORMAT")
    if isinstance(value, dt.date):
        return date_format(value, "DATE_FORMAT")
    if column.kind == "integer" and isinstance(value, int):
        return number(value)
    return str(value)
