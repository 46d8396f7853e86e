"""A protocol's table as rows for the writers of `home.exports`. Reads the frozen contents alone."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.template.defaultfilters import yesno
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from assessment.public_lists import protocol_table
from assessment.words import in_percent
from home.exports import Column, Listing
from home.words import said

if TYPE_CHECKING:
    from assessment.models import Protocol


def protocol_listing(protocol: Protocol) -> Listing:
    """One row a proposal: place, points by criterion with their spread, stops, reasons."""
    told = protocol.contents
    scales = [row for row in told["sheet"]["criteria"] if row["kind"] == "scale"]
    quorum = told["quorum"]
    return Listing(
        title=said(told["round"]["title"])[0],
        columns=_columns(scales, bool(told.get("selection"))),
        rows=[_row(line) for line in protocol_table(told)],
        site=said(told["committee"]["name"])[0],
        language=get_language() or "ru",
        generated_at=protocol.made_at,
        zone=timezone.get_default_timezone(),
        filters=[
            (_("Members"), str(quorum["members"])),
            (_("Quorum"), str(quorum["needed"])),
            (_("Took part"), str(quorum["took_part"])),
            (_("Recused from all proposals"), str(quorum.get("recused", 0))),
            (_("SHA-256 of the contents"), protocol.contents_hash),
        ],
        count=len(told["proposals"]),
    )


def _columns(scales: list[dict[str, Any]], selects: bool) -> list[Column]:
    columns = [
        Column("place", pgettext("in a ranking", "Place"), "integer"),
        Column("place_by_scores", _("Place by scores"), "integer"),
        *([Column("is_selected", _("Selected"))] if selects else []),
        Column("proposal", pgettext("number of a proposal", "No."), "integer"),
        Column("title", _("Title"), width=60),
        Column("total", _("Total"), "decimal"),
        Column("total_spread", _("Spread of totals"), "decimal"),
        Column("sheets", _("Sheets"), "integer"),
    ]
    for place, row in enumerate(scales):
        name = said(row["name"])[0]
        columns.append(Column(f"mean-{place}", f"{name} ({in_percent(row['weight'])})", "decimal"))
        columns.append(Column(f"spread-{place}", _("%(name)s: from, to") % {"name": name}))
    columns.append(Column("stops", _("Excluded by"), width=40))
    columns.append(Column("place_reason", _("Why it was decided by hand"), width=40))
    return columns


def _row(line: dict[str, Any]) -> dict[str, Any]:
    row = {name: line[name] for name in ("place", "place_by_scores", "proposal", "title", "sheets")}
    row |= {name: line[name] and Decimal(line[name]) for name in ("total", "total_spread")}
    for place, (mean, spread) in enumerate(line["points"]):
        row[f"mean-{place}"] = mean and Decimal(mean)
        row[f"spread-{place}"] = spread and f"{spread[0]}–{spread[1]}"
    row["stops"] = "; ".join(
        f"{said(name)[0]}: {', '.join(reasons)}" for name, reasons in line["stopped_by"]
    )
    return row | {
        "place_reason": line["place_reason"],
        "is_selected": yesno(line.get("is_selected"), f"{_('yes')},{_('no')},"),
    }
