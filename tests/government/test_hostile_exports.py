"""No text in any column of our exports executes, and none is lost. No database.

Columns are those of the exports themselves: one that is added is tried here too.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from government.commitment_rows import commitment_columns
from government.exports import write_detailed_pdf
from government.proposal_rows import proposal_columns
from home.exports import clean, write_csv, write_json, write_xlsx
from tests.factories.listings import HOSTILE, listing
from tests.government.test_papers import letters_of
from tests.home.test_exports import FORMULA_STARTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from home.exports import Column, Listing

LISTS = [proposal_columns, commitment_columns]


def hostile(columns: list[Column]) -> Listing:
    """A row for each hostile text, with it in every column of text."""
    keys = [column.key for column in columns if column.kind == "text"]
    assert len(keys) > 5
    return listing([dict.fromkeys(keys, text) for text in HOSTILE], columns=columns)


@pytest.mark.parametrize("columns_of", LISTS)
def test_no_column_of_a_csv_starts_a_formula(columns_of: Callable[[], list[Column]]) -> None:
    columns = columns_of()
    text = b"".join(write_csv(hostile(columns))).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == len(HOSTILE) + 1
    for place, column in enumerate(columns):
        if column.kind == "text":
            values = [row[place] for row in rows[1:]]
            assert not [value for value in values if value.startswith(FORMULA_STARTS)]
            kept = [value.replace("'", "") for value in values]
            assert kept == [clean(one).replace("'", "") for one in HOSTILE], column.key


@pytest.mark.parametrize("columns_of", LISTS)
def test_no_column_of_a_workbook_executes_or_loses(
    columns_of: Callable[[], list[Column]],
) -> None:
    columns = columns_of()
    book = openpyxl.load_workbook(io.BytesIO(b"".join(write_xlsx(hostile(columns)))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    for place, column in enumerate(columns, 1):
        if column.kind == "text":
            rows = book.worksheets[0].iter_rows(min_row=2, min_col=place, max_col=place)
            values = [unescape(cell.value) for (cell,) in rows]
            assert values == [clean(one) for one in HOSTILE], column.key


@pytest.mark.parametrize("columns_of", LISTS)
def test_every_column_of_the_json_is_whole(columns_of: Callable[[], list[Column]]) -> None:
    columns = columns_of()
    rows = json.loads(b"".join(write_json(hostile(columns))))["rows"]
    for column in columns:
        if column.kind == "text":
            assert [row[column.key] for row in rows] == [clean(one) for one in HOSTILE]


def test_every_column_of_proposals_is_printed() -> None:
    columns = proposal_columns()
    words = {column.key: f"Слово{place}я" for place, column in enumerate(columns)}
    row = {column.key: words[column.key] for column in columns if column.kind == "text"}
    paper = b"".join(write_detailed_pdf(listing([row | {"language": "ru"}], columns=columns)))
    text = letters_of(paper)
    missing = [key for key in row if key != "language" and words[key] not in text]
    assert missing == []
