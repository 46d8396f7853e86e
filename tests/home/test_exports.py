"""Spreadsheets and JSON: all is there, nothing executes, and memory does not grow with rows."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import tracemalloc
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from home.exports import (
    FORMATS,
    XLSX_CELL_MAX,
    Column,
    clean,
    defused,
    write_csv,
    write_json,
    write_xlsx,
)
from tests.factories.listings import COLUMNS, HOSTILE, hostile_rows, listing, many_rows, row

if TYPE_CHECKING:
    from collections.abc import Callable

    from openpyxl.worksheet.worksheet import Worksheet

FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")
MEMORY_GROWTH_MAX_BYTES = 512 * 1024  # zlib and the chunks; 35,000 rows are 15 MB of text


def read_csv(rows: list[dict]) -> list[dict[str, str]]:
    text = b"".join(write_csv(listing(rows))).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def read_xlsx(rows: list[dict], **fields: object) -> Worksheet:
    content = b"".join(write_xlsx(listing(rows, **fields)))
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


def column(sheet: Worksheet, key: str) -> list:
    index = [item.key for item in COLUMNS].index(key) + 1
    return [cells[0] for cells in sheet.iter_rows(min_row=2, min_col=index, max_col=index)]


def test_csv_begins_with_byte_order_mark_and_headers() -> None:
    content = b"".join(write_csv(listing([row()])))
    assert content.startswith(b"\xef\xbb\xbf" + "Номер,Название".encode())


def test_csv_keeps_numbers_dates_and_cyrillic() -> None:
    (only,) = read_csv([row(support_count=-3, latitude=Decimal("50.54987"))])
    assert only["Название"] == "Раннее предупреждение о паводке на Амуре"
    assert only["Поддержка"] == "-3"
    assert only["Широта"] == "50.54987"
    assert only["Ответ до"] == "2026-12-24"
    assert only["Подано"] == "2026-11-04T09:05:00+10:00"


def test_csv_formula_starts_no_cell_whatever_the_separator() -> None:
    text = b"".join(write_csv(listing(hostile_rows()))).decode("utf-8-sig")
    for separators in (r"[,\r\n]", r"[;\r\n]", r"[\t\r\n]"):
        cells = [cell.strip(' "\u00a0\u200b\ufeff') for cell in re.split(separators, text)]
        assert [cell for cell in cells if cell.startswith(FORMULA_STARTS)] == []


def test_csv_loses_nothing_of_hostile_texts() -> None:
    titles = [line["Название"] for line in read_csv(hostile_rows())]
    assert [title.replace("'", "") for title in titles] == [
        clean(text).replace("'", "") for text in HOSTILE
    ]


def test_csv_text_in_a_column_of_numbers_is_defused() -> None:
    (only,) = read_csv([row(support_count="=1+1")])
    assert only["Поддержка"] == "'=1+1"


@given(st.text())
def test_defused_text_starts_no_formula_after_any_separator(text: str) -> None:
    for part in re.split(r"[;\t\n]", defused(clean(text))):
        assert not part.strip(' "\u200b\ufeff\n').startswith(("=", "+", "-", "@", "＝", "＋"))


@given(st.text())
def test_clean_text_is_unicode_that_xml_can_hold(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert clean(cleaned) == cleaned
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", cleaned)


def test_xlsx_has_no_formula_and_no_link() -> None:
    content = b"".join(write_xlsx(listing(hostile_rows())))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "/sheet" in name]
    assert sheets
    assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)
    assert not any(b"hyperlink" in sheet.lower() for sheet in sheets if b"evil" not in sheet)
    for cells in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows():
        assert [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink] == []


def test_xlsx_keeps_hostile_texts_as_they_are() -> None:
    cells = column(read_xlsx(hostile_rows()), "title")
    assert [unescape(cell.value) for cell in cells] == [clean(text) for text in HOSTILE]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}


def test_xlsx_text_that_looks_like_formula_stays_text_when_edited() -> None:
    cells = column(read_xlsx([row(title="=1+1"), row(title="Мост")]), "title")
    assert [bool(cell.quotePrefix) for cell in cells] == [True, False]


def test_xlsx_numbers_and_dates_are_real() -> None:
    sheet = read_xlsx([row(latitude=Decimal("50.54987"))])
    assert column(sheet, "support_count")[0].value == 1512
    assert column(sheet, "latitude")[0].value == pytest.approx(50.54987)
    assert column(sheet, "answer_due_on")[0].value == dt.datetime(2026, 12, 24)  # noqa: DTZ001
    moment = column(sheet, "submitted_at")[0]
    assert moment.value == dt.datetime(2026, 11, 4, 9, 5)  # noqa: DTZ001 - as Excel has it
    assert moment.is_date
    assert sheet.cell(1, 13).value == "Подано (Asia/Vladivostok)"


def test_xlsx_head_is_frozen_and_filtered() -> None:
    sheet = read_xlsx(list(many_rows(3)))
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:N4"
    assert sheet.column_dimensions["B"].width > 50


def test_xlsx_without_rows_opens() -> None:
    assert read_xlsx([]).max_row == 1


def test_xlsx_whose_title_holds_a_control_character_opens() -> None:
    content = b"".join(write_xlsx(listing([row()], title="Мост\x1b[31m", sheet="Мосты")))
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    assert workbook.properties.title == "Мост[31m"
    assert workbook.sheetnames[0] == "Мосты"


def test_xlsx_cuts_a_text_that_excel_would_refuse() -> None:
    (cell,) = column(read_xlsx([row(problem="я" * 40_000)]), "problem")
    assert len(cell.value) == XLSX_CELL_MAX
    assert cell.value.endswith("…")


def test_xlsx_number_too_long_for_excel_is_text() -> None:
    (cell,) = column(read_xlsx([row(support_count=12345678901234567890)]), "support_count")
    assert cell.value == "12345678901234567890"


def test_xlsx_says_what_it_is_on_a_second_sheet() -> None:
    content = b"".join(write_xlsx(listing([row()])))
    about = openpyxl.load_workbook(io.BytesIO(content)).worksheets[1]
    values = {cells[0].value: cells[1].value for cells in about.iter_rows()}
    assert values["Статус"] == "У правительства"
    assert "2026-11-24 15:00 (Asia/Vladivostok)" in values.values()


def test_json_is_valid_and_whole() -> None:
    data = json.loads(b"".join(write_json(listing(hostile_rows()))))
    assert [line["title"] for line in data["rows"]] == [clean(text) for text in HOSTILE]
    assert data["meta"]["count"] == len(HOSTILE)
    assert data["meta"]["generated_at"] == "2026-11-24T15:00:00+10:00"
    assert data["meta"]["filters"] == {"Статус": "У правительства"}
    assert data["meta"]["columns"][0] == {"key": "id", "header": "Номер", "kind": "integer"}
    assert data["rows"][0]["submitted_at"] == "2026-11-04T09:05:00+10:00"
    assert data["rows"][0]["latitude"] is None


@pytest.mark.parametrize("count", [0, 1, 2])
def test_json_is_valid_for_few_rows(count: int) -> None:
    data = json.loads(b"".join(write_json(listing(many_rows(count)))))
    assert (len(data["rows"]), data["meta"]["count"]) == (count, count)


@pytest.mark.parametrize("write", [write_csv, write_json])
def test_streams_keep_the_language_they_were_asked_in(write: Callable) -> None:
    with translation.override("ja"):
        header = translation.gettext_lazy("Yes")
        chunks = write(listing([row()], columns=[Column("id", header)]))
        expected = str(header)
    with translation.override("ru"):
        content = b"".join(chunks).decode()
    assert expected in content
    assert "Да" not in content


def peak_of(write: Callable, count: int) -> int:
    """Most Python memory held at once while a listing of `count` rows is written and let go."""
    tracemalloc.start()
    try:
        for _chunk in write(listing(many_rows(count))):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["csv", "xlsx", "json"])
def test_memory_does_not_grow_with_rows(name: str) -> None:
    write = FORMATS[name].write
    peak_of(write, 1)  # what is loaded once is no growth
    assert peak_of(write, 10_000) - peak_of(write, 100) < MEMORY_GROWTH_MAX_BYTES
