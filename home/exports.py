"""Writes a list of rows as CSV, XLSX or JSON, in memory that does not grow with the list.

Pure: takes columns and an iterator of dicts, yields bytes. What the columns are is not known here.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import tempfile
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any, Literal

import xlsxwriter
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from zoneinfo import ZoneInfo

Kind = Literal["text", "integer", "decimal", "date", "datetime", "link"]
Row = dict[str, Any]

CHUNK_CHARACTERS = 16 * 1024
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads Cyrillic as Latin-1
XLSX_CELL_MAX = 32_767
XLSX_DIGITS_MAX = 15
EXCEL_EPOCH_YEAR = 1900
# No text becomes a formula, a link or a number, whatever it looks like.
WORKBOOK_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
WIDTHS: dict[Kind, int] = {
    "text": 24, "integer": 12, "decimal": 12, "date": 12, "datetime": 18, "link": 44
}  # fmt: skip

LINE_ENDS = re.compile("\r\n?|\u0085")
ILLEGAL_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
SURROGATES = re.compile("[\ud800-\udfff]")
UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Excel starts a formula at any of these, the fullwidth ones too.
FORMULA_MARKS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
BLANKS = '"\\s\u200b-\u200f\u2060\ufeff'
# A reader with another separator than the comma, such as a Russian Excel, takes our quotes for
# its own or for none: to it a `;` or an end of line inside a text starts a new cell.
STARTS_FORMULA = re.compile(f"[\t\n]|[{BLANKS}]*[{FORMULA_MARKS}]")
CELL_INSIDE = re.compile(f"([;\t\n])(?=[{BLANKS}]*[{FORMULA_MARKS}])")


@dataclass(frozen=True)
class Column:
    """One column: the key in each row, the header people read, and what the values are."""

    key: str
    header: str
    kind: Kind = "text"
    width: int = 0  # in characters, for XLSX; 0 takes the kind's usual one


@dataclass(frozen=True)
class Listing:
    """What is to be written: rows, and what a reader must know to tell what they are."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Row]
    site: str
    language: str
    generated_at: dt.datetime
    zone: ZoneInfo
    filters: Sequence[tuple[str, str]] = field(default=())
    sheet: str | None = None  # what a workbook calls its sheet of rows
    count: int | None = None  # rows there will be, when known beforehand
    licence: str = ""  # on which terms others may use it


@dataclass(frozen=True)
class Format:
    """One way to write a listing: what to call the file, and the function that yields it."""

    extension: str
    content_type: str
    write: Callable[[Listing], Iterator[bytes]]


def clean(text: str) -> str:
    """Text without what no file format can hold: controls go, half characters become U+FFFD.

    >>> clean("a\\x00b\\x1b[31m")
    'ab[31m'
    """
    if not UNCLEAN.search(text):  # nearly every text; one look is a third of three
        return text
    text = ILLEGAL_IN_XML.sub("", LINE_ENDS.sub("\n", text))
    return SURROGATES.sub("\ufffd", text)


def defused(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe goes where one could start.

    >>> defused("=1+1"), defused("a;=1"), defused("5 - 3")
    ("'=1+1", "a;'=1", '5 - 3')
    """
    if STARTS_FORMULA.match(text):
        text = "'" + text
    if any(separator in text for separator in ";\t\n"):
        text = CELL_INSIDE.sub(r"\1'", text)
    return text


def write_csv(listing: Listing) -> Iterator[bytes]:
    """CSV (RFC 4180, UTF-8 with a byte order mark), times in ISO 8601 with their offset."""
    # Headers are fixed here: the generator runs when the request's language is gone.
    headers = [defused(clean(str(column.header))) for column in listing.columns]
    return _csv_chunks(listing, headers)


def _csv_chunks(listing: Listing, headers: list[str]) -> Iterator[bytes]:
    keys = [column.key for column in listing.columns]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow(headers)
    for row in listing.rows:
        writer.writerow([csv_cell(row.get(key), listing.zone) for key in keys])
        if buffer.tell() >= CHUNK_CHARACTERS:
            yield _emptied(buffer)
    yield _emptied(buffer)


def _emptied(buffer: io.StringIO) -> bytes:
    chunk = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return chunk


def csv_cell(value: object, zone: ZoneInfo) -> str:
    """A value as CSV holds it; what is text in a column of numbers is defused all the same."""
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return _iso(value, zone)
    if isinstance(value, int | float | Decimal):
        return str(value)
    return defused(clean(str(value)))


def _iso(value: dt.date, zone: ZoneInfo) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    return value.isoformat()


def write_json(listing: Listing) -> Iterator[bytes]:
    """One object: `rows`, then `meta`, whose count is of the rows that were really written."""
    meta = {
        "title": clean(str(listing.title)),
        "site": clean(str(listing.site)),
        "language": listing.language,
        "generated_at": _iso(listing.generated_at, listing.zone),
        "filters": {clean(str(name)): clean(str(value)) for name, value in listing.filters},
        "columns": [
            {"key": column.key, "header": clean(str(column.header)), "kind": column.kind}
            for column in listing.columns
        ],
    }
    if listing.licence:
        meta["licence"] = listing.licence
    return _json_chunks(listing, meta)


def _json_chunks(listing: Listing, meta: dict[str, Any]) -> Iterator[bytes]:
    keys = [column.key for column in listing.columns]
    buffer = io.StringIO()
    buffer.write('{"rows": [')
    count = 0
    for count, row in enumerate(listing.rows, 1):
        cells = {key: _json_value(row.get(key), listing.zone) for key in keys}
        buffer.write("\n" if count == 1 else ",\n")
        buffer.write(json.dumps(cells, ensure_ascii=False, allow_nan=False))
        if buffer.tell() >= CHUNK_CHARACTERS:
            yield _emptied(buffer)
    buffer.write('\n], "meta": ')
    buffer.write(json.dumps(meta | {"count": count}, ensure_ascii=False))
    buffer.write("}\n")
    yield _emptied(buffer)


def _json_value(value: object, zone: ZoneInfo) -> str | float | None:
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dt.date):
        return _iso(value, zone)
    return clean(str(value))


def write_xlsx(listing: Listing) -> Iterator[bytes]:
    """A workbook made whole in a temporary file, so that a failure is no half download."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the last chunk is read
    with xlsxwriter.Workbook(file, WORKBOOK_OPTIONS) as workbook:
        # A control character from a search would make a workbook that Excel calls broken.
        facts = {"title": clean(str(listing.title)), "company": clean(str(listing.site))}
        workbook.set_properties(facts)
        XlsxSheet(workbook, listing).fill()
        _write_about_sheet(workbook, listing)
    file.seek(0)
    return _file_chunks(file)


def _file_chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_CHARACTERS):
            yield chunk


class XlsxSheet:
    """The sheet of rows: head frozen, filter on, and every text a string whatever it says."""

    def __init__(self, workbook: xlsxwriter.Workbook, listing: Listing) -> None:
        self.listing = listing
        self.sheet = workbook.add_worksheet(listing.sheet)
        self.head = workbook.add_format(
            {"bold": True, "font_color": "#FFFFFF", "bg_color": "#0B5570", "text_wrap": True,
             "valign": "vcenter", "border": 1, "border_color": "#D5D3CC"}
        )  # fmt: skip
        self.day = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})
        # Without it, opening such a cell for editing and leaving it makes it a formula.
        self.guarded = workbook.add_format({"quote_prefix": True})

    def fill(self) -> None:
        columns = self.listing.columns
        for index, column in enumerate(columns):
            self.sheet.set_column(index, index, column.width or WIDTHS[column.kind])
            self.sheet.write_string(0, index, self._header(column), self.head)
        line = 0
        for line, row in enumerate(self.listing.rows, 1):
            for index, column in enumerate(columns):
                self._write(line, index, row.get(column.key))
        self.sheet.freeze_panes(1, 0)
        self.sheet.autofilter(0, 0, line, len(columns) - 1)
        self._set_up_print()

    def _header(self, column: Column) -> str:
        header = clean(str(column.header))
        return f"{header} ({self.listing.zone.key})" if column.kind == "datetime" else header

    def _set_up_print(self) -> None:
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(0)

    def _write(self, line: int, index: int, value: object) -> None:
        if value is None or value == "":
            return
        if isinstance(value, dt.date) and value.year > EXCEL_EPOCH_YEAR:
            self._write_date(line, index, value)
        elif isinstance(value, int | float | Decimal) and len(str(value)) <= XLSX_DIGITS_MAX:
            self.sheet.write_number(line, index, value)
        else:
            self._write_text(line, index, value)

    def _write_date(self, line: int, index: int, value: dt.date) -> None:
        if isinstance(value, dt.datetime):
            local = value.astimezone(self.listing.zone).replace(tzinfo=None)
            self.sheet.write_datetime(line, index, local, self.moment)
        else:
            self.sheet.write_datetime(line, index, value, self.day)

    def _write_text(self, line: int, index: int, value: object) -> None:
        text = clean(str(value))
        if len(text) > XLSX_CELL_MAX:
            text = text[: XLSX_CELL_MAX - 1] + "…"
        style = self.guarded if STARTS_FORMULA.match(text) else None
        self.sheet.write_string(line, index, text, style)


def _write_about_sheet(workbook: xlsxwriter.Workbook, listing: Listing) -> None:
    sheet = workbook.add_worksheet(_("About"))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 72)
    moment = listing.generated_at.astimezone(listing.zone)
    facts = [
        (_("List"), listing.title),
        (_("Site"), listing.site),
        (_("Prepared"), f"{moment:%Y-%m-%d %H:%M} ({listing.zone.key})"),
        *([(_("Licence"), listing.licence)] if listing.licence else []),
        *listing.filters,
    ]
    for line, (name, value) in enumerate(facts):
        sheet.write_string(line, 0, clean(str(name)))
        sheet.write_string(line, 1, clean(str(value)))


FORMATS: dict[str, Format] = {
    "csv": Format("csv", "text/csv; charset=utf-8", write_csv),
    "xlsx": Format(
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        write_xlsx,
    ),
    "json": Format("json", "application/json", write_json),
}
