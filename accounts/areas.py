"""Outlines of municipalities: whose is which, keeping them, and the one that is shown."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction
from wagtail.log_actions import log

from accounts.models import Area, AreaMap, Municipality

if TYPE_CHECKING:
    from datetime import date

    from accounts.outlines import Drawing, Outline

# What one list of names says and the next leaves out: "Район имени Лазо", "Район Лазо".
UNTELLING = {
    *("район", "имени", "им.", "город", "г.", "округ"),
    *("муниципальный", "муниципальное", "городской", "образование"),
    *("district", "city", "the", "of"),
}


@dataclass
class Refused:
    """A feature of the file that was left out."""

    line: int
    value: str
    reason: str


@dataclass
class Report:
    """What loading a file did, or would do."""

    outcome: str = "unchanged"
    matched: int = 0
    refused: list[Refused] = field(default_factory=list)
    without_outline: list[str] = field(default_factory=list)


def key_of(name: str) -> str:
    """A name as it is compared: without case and without the words that lists leave out.

    >>> key_of("Район имени Лазо"), key_of("Khabarovsk (city)"), key_of("Берёзовый район")
    ('лазо', 'khabarovsk', 'березовый')
    """
    words = name.casefold().replace("ё", "е").replace("(", " ").replace(")", " ").split()
    return " ".join(word for word in words if word not in UNTELLING)


def load_areas(
    drawing: Drawing, *, valid_from: date, attribution: str = "", dry_run: bool = False
) -> Report:
    """Keep a drawing as the map from a day on; the same once more changes nothing.

    Names that no municipality has are told and left out. Two queries, and one more to write.
    """
    report = Report()
    found = _matched(drawing, report)
    contents = [[found[key].path, key] for key in sorted(found)]
    frame = [attribution, drawing.width, drawing.height]
    contents_hash = hashlib.sha256(json.dumps([frame, contents]).encode()).hexdigest()
    newest = AreaMap.objects.on(valid_from)
    if not found or (newest and newest.contents_hash == contents_hash):
        return report
    report.outcome = "replaced" if newest and newest.valid_from == valid_from else "created"
    if not dry_run:
        fields = {"attribution": attribution, "contents_hash": contents_hash}
        _keep(drawing, found, valid_from, fields)
    return report


def _matched(drawing: Drawing, report: Report) -> dict[int, Outline]:
    """The outline of each municipality by its key; the report gets what matched and what not."""
    sources = {row.translation_key: row for row in Municipality.objects.sources()}
    keys = {
        key_of(word): sources[row.translation_key]
        for row in Municipality.objects.filter(translation_key__in=sources)
        for word in (row.slug, row.name)
    }
    found: dict[int, Outline] = {}
    for line, outline in enumerate(drawing.outlines, 1):
        place = keys.get(key_of(outline.name))
        if place is None:
            report.refused.append(Refused(line, outline.name, "no municipality has this name"))
        elif place.pk in found:
            reason = f"“{place.name}” has an outline already"
            report.refused.append(Refused(line, outline.name, reason))
        else:
            found[place.pk] = outline
    report.matched = len(found)
    report.without_outline = sorted(row.name for row in sources.values() if row.pk not in found)
    return found


@transaction.atomic
def _keep(
    drawing: Drawing, found: dict[int, Outline], valid_from: date, fields: dict[str, str]
) -> None:
    AreaMap.objects.filter(valid_from=valid_from).delete()
    area_map = AreaMap.objects.create(
        valid_from=valid_from, width=drawing.width, height=drawing.height, **fields
    )
    Area.objects.bulk_create(
        Area(
            map=area_map,
            municipality_id=key,
            path=outline.path,
            **dict(zip(("left", "top", "right", "bottom"), outline.box, strict=True)),
        )
        for key, outline in found.items()
    )
    data = {"areas": len(found), "valid_from": f"{valid_from}"}
    log(instance=area_map, action="accounts.load_areas", data=data)


def as_json(report: Report, *, dry_run: bool) -> str:
    """The report as the command prints it for programs."""
    return json.dumps({**asdict(report), "dry_run": dry_run}, ensure_ascii=False)
