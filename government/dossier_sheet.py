"""A dossier as a workbook: a sheet of all that is text, and one for each table and chart."""

from __future__ import annotations

import re
import tempfile
from typing import TYPE_CHECKING, Any

import xlsxwriter
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from government.dossier_blocks import Facts, Note, Picture, Prose, Table
from government.dossier_words import document_of
from home.charts import StepLine
from home.exports import WORKBOOK_OPTIONS, Column, Listing, XlsxSheet, clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from government.dossier_blocks import Block, Document
    from government.snapshots import Snapshot
    from home.exports import Row

SHEET_NAME_MAX = 31
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def render_dossier_sheet(snapshot: Snapshot | dict[str, Any], language: str | None = None) -> bytes:
    """The dossier as XLSX, its labels in `language` (the active one by default)."""
    language = language or translation.get_language() or "ru"
    with translation.override(language), tempfile.TemporaryFile() as file:
        document = document_of(snapshot, language)
        with xlsxwriter.Workbook(file, WORKBOOK_OPTIONS) as workbook:
            facts = {"title": clean(document.title.text), "company": clean(document.site)}
            workbook.set_properties(facts | {"created": document.made_at.replace(tzinfo=None)})
            for title, columns, rows in _sheets(document):
                names = [sheet.name.casefold() for sheet in workbook.worksheets()]
                listing = _listing(document, _sheet_name(title, names), columns, rows)
                XlsxSheet(workbook, listing).fill()
        file.seek(0)
        return file.read()


def _sheets(document: Document) -> Iterator[tuple[str, list[Column], list[Row]]]:
    columns = [
        Column("section", _("Section"), width=28),
        Column("label", _("Field"), width=28),
        Column("text", _("Text"), width=90),
        Column("language", _("Language"), width=10),
    ]
    yield _("Dossier"), columns, list(_lines(document))
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                yield block.title, *_table(block)
            elif isinstance(block, Picture):
                yield block.chart.title, *_figures(block)


def _lines(document: Document) -> Iterator[Row]:
    """All that is no table, in the order of the paper."""
    top = {
        _("In one sentence"): document.title,
        _("Summary"): document.summary,
        _("Covering note"): document.recommendation,
    }
    for label, words in top.items():
        yield _line(document.kind, label, words.text, words.lang)
    for label, text in ((_("Body"), document.body), (_("Answer due"), document.due)):
        yield _line(document.kind, label, text)
    for value, label, detail in document.figures:
        yield _line(document.kind, capfirst(label), f"{value} ({detail})" if detail else value)
    for label, words in document.facts.pairs:
        yield _line(document.kind, label, words.text, words.lang)
    for section in document.sections:
        for block in section.blocks:
            yield from _block(section.heading, block)


def _block(heading: str, block: Block) -> Iterator[Row]:
    if isinstance(block, Prose):
        yield _line(heading, block.label, block.words.text, block.words.lang)
    elif isinstance(block, Note):
        yield _line(heading, "", block.text)
    elif isinstance(block, Facts):
        for label, words in block.pairs:
            yield _line(heading, label, words.text, words.lang)


def _line(section: str, label: str, text: str, language: str = "") -> Row:
    return {"section": section, "label": label, "text": text, "language": language}


def _table(block: Table) -> tuple[list[Column], list[Row]]:
    columns = [Column(f"{n}", head, width=40) for n, head in enumerate(block.head)]
    rows = [{f"{n}": words.text for n, words in enumerate(row)} for row in block.rows]
    return columns, rows


def _figures(block: Picture) -> tuple[list[Column], list[Row]]:
    """Figures as numbers, and beside them in words, since some are told as “at least”."""
    chart = block.chart
    first, second = chart.heads
    if isinstance(chart, StepLine):
        columns = [Column("day", first, "date"), Column("value", second, "integer")]
        return columns, [{"day": day, "value": value} for day, value in chart.points]
    columns = [
        Column("label", first, width=40),
        Column("value", second, "integer"),
        Column("words", pgettext("of a figure", "In words"), width=20),
    ]
    bars = [bar for bar, _cells in chart.rows]
    return columns, [{"label": bar.label, "value": bar.value, "words": bar.words} for bar in bars]


def _sheet_name(title: str, taken: list[str]) -> str:
    """A name that Excel takes, and that no sheet before has.

    >>> _sheet_name("A/B: [x]", []), _sheet_name("Scores", ["scores"])
    ('AB x', 'Scores 2')
    """
    name = FORBIDDEN.sub("", clean(title)).strip()[: SHEET_NAME_MAX - 3] or "–"
    numbered = (name if n == 1 else f"{name} {n}" for n in range(1, len(taken) + 2))
    return next(one for one in numbered if one.casefold() not in taken)


def _listing(document: Document, sheet: str, columns: list[Column], rows: list[Row]) -> Listing:
    return Listing(
        title=document.number,
        columns=columns,
        rows=rows,
        site=document.site,
        language=document.language,
        generated_at=document.made_at,
        zone=timezone.get_default_timezone(),
        sheet=sheet,
    )
