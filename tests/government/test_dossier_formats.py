"""Dossiers in every format: nothing missing, nothing that executes, readable by machines."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING

import docx
import openpyxl
import pikepdf
import pypdf
import pytest
from django.utils import translation
from openpyxl.utils.escape import unescape

from government.dossier_blocks import Facts, Note, Picture, Prose, Table
from government.dossier_formats import FORMATS, file_name
from government.dossier_paper import render_dossier_pdf
from government.dossier_sheet import render_dossier_sheet
from government.dossier_word import render_dossier_word
from government.dossier_words import document_of
from government.snapshots import changes_between, completed, contents_hash
from home.exports import clean
from tests.factories.listings import HOSTILE
from tests.factories.snapshots import full_snapshot, snapshot, with_each_text, with_texts
from tests.government.test_papers import letters_of, tags_of

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTILE_WORD = "".join(text for text in HOSTILE if text.isprintable() and "\u202e" not in text)


def letters(text: str) -> str:
    return re.sub(r"[\s\u200b]", "", text)


def texts_of(language: str) -> list[str]:
    """Every text that a document in this language holds."""
    with translation.override(language):
        document = document_of(full_snapshot(), language)
        found = [document.title.text, document.summary.text, document.recommendation.text]
        found += [document.body, document.due, *(text for row in document.figures for text in row)]
        for block in (document.facts, *(b for part in document.sections for b in part.blocks)):
            found += list(_texts(block))
        found += [part.heading for part in document.sections]
        return [letters(str(text)) for text in found if text]


def _texts(block: object) -> Iterator[str]:
    if isinstance(block, Prose):
        yield from (block.label, *block.words.text.split("\n\n"))
    elif isinstance(block, Note):
        yield block.text
    elif isinstance(block, Facts):
        for label, words in block.pairs:
            yield from (label, words.text)
    elif isinstance(block, Table):
        yield from block.head
        yield from (words.text for row in block.rows for words in row)
    elif isinstance(block, Picture):
        yield block.chart.title


def word_text(content: bytes) -> str:
    paper = docx.Document(io.BytesIO(content))
    return "\n".join(node.text or "" for node in paper.element.body.iter() if node.text)


def sheet_text(content: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = (cell.value for sheet in book for row in sheet.iter_rows() for cell in row)
    return "\n".join(str(value) for value in cells if value is not None) + " ".join(book.sheetnames)


@pytest.mark.parametrize("language", ["ru", "en", "ja"])
def test_every_text_stands_in_pdf_and_word_file(language: str) -> None:
    paper = letters_of(render_dossier_pdf(full_snapshot(), language))
    word = letters(word_text(render_dossier_word(full_snapshot(), language)))
    for text in texts_of(language):
        assert text in paper, text
        assert text.casefold() in word.casefold(), text  # a label there begins with a capital


def test_every_text_and_figure_stands_in_the_workbook() -> None:
    content = render_dossier_sheet(full_snapshot(), "en")
    text = letters(sheet_text(content))
    book = openpyxl.load_workbook(io.BytesIO(content))
    for part in (
        *("Датчики на реке", "Карта притоков.pdf", "川の水位を知らせる", "ab" * 32, "cd" * 32),
        *("Сорок голосов за минуту", "Соседнее предложение готовее", "4.20", "at least 1,500"),
        *(contents_hash(full_snapshot()), "hello@boiling-point.example"),
    ):
        assert letters(part) in text, part
    numbers = {cell.value for sheet in book for row in sheet for cell in row}
    assert {900, 600, 700, 1512} <= numbers
    assert len(book.sheetnames) == len({name.casefold() for name in book.sheetnames})


def test_json_is_the_snapshot_and_carries_its_hash() -> None:
    content = FORMATS["json"].write(full_snapshot(), "ru")
    assert contents_hash(json.loads(content)) == contents_hash(full_snapshot())


# Other languages, the words of the seal for programs, and the name in foot and properties.
NOT_PRINTED = re.compile(r"\.(en|ja)$|^votes\.seal\.note$|^site\.ru$")


@pytest.mark.parametrize("name", ["pdf", "docx", "xlsx"])
def test_every_field_that_anybody_fills_is_printed(name: str) -> None:
    paths: dict[str, str] = {}
    full = with_each_text(
        full_snapshot(), lambda path: paths.setdefault(path, f"Слово{len(paths)}я")
    )
    content = FORMATS[name].write(full, "ru")
    read = {"pdf": letters_of, "docx": word_text, "xlsx": sheet_text}[name]
    text = letters(read(content))
    missing = [path for path, word in paths.items() if word not in text]
    assert [path for path in missing if not NOT_PRINTED.search(path)] == []


@pytest.mark.parametrize("text", [*HOSTILE, HOSTILE_WORD])
def test_hostile_text_executes_nowhere_and_is_not_lost(text: str) -> None:
    hostile = with_texts(full_snapshot(), text)
    sheet = render_dossier_sheet(hostile, "ru")
    book = openpyxl.load_workbook(io.BytesIO(sheet))
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    word = render_dossier_word(hostile, "ru")
    _word_file_is_harmless(word)
    kept = letters(clean(text))
    assert kept in letters(word_text(word))
    assert kept in letters(unescape(sheet_text(sheet)))


def _word_file_is_harmless(content: bytes) -> None:
    """No field, no macro, no frame, and no address outside but ours."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        names = parts.namelist()
        assert not [name for name in names if "vba" in name.lower() or "embed" in name.lower()]
        assert not [name for name in names if ".." in name or name.startswith("/")]
        body = parts.read("word/document.xml").decode()
        relations = parts.read("word/_rels/document.xml.rels").decode()
    assert not re.search(r"<w:(instrText|fldSimple|altChunk|object|control)\b", body)
    outside = re.findall(r'Target="([^"]+)" TargetMode="External"', relations)
    assert outside
    assert {url.split("/ru/")[0] for url in outside} == {"https://boiling-point.example"}


def test_hostile_texts_make_a_pdf_with_links_to_us_only() -> None:
    hostile = with_texts(full_snapshot(), HOSTILE_WORD)
    content = render_dossier_pdf(hostile, "ru")
    assert letters("<script>alert(1)</script>") in letters_of(content)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        notes = [note for page in pdf.pages for note in page.get("/Annots", []) if "/A" in note]
        links = {str(note.A.URI) for note in notes if "/URI" in note.A}
        assert {link.split("/ru/")[0] for link in links} == {"https://boiling-point.example"}
        assert "/JavaScript" not in str(pdf.Root.get("/Names", ""))
        assert "/OpenAction" not in pdf.Root


def test_pdf_has_tags_language_title_and_outline() -> None:
    content = render_dossier_pdf(full_snapshot(), "ru")
    tags = [tag for tag, _language in tags_of(content)]
    assert tags.count("/H1") == 1
    assert tags.count("/Figure") >= 4  # the QR code and three charts, each with words for it
    languages = {language for _tag, language in tags_of(content)}
    assert "ja" in languages
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert str(pdf.Root.Lang) == "ru"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadata:
            assert metadata["dc:title"] == full_snapshot()["proposal"]["title"]
            assert metadata["pdfuaid:part"] == "1"
    headings = _flat(pypdf.PdfReader(io.BytesIO(content)).outline)
    assert "Предложение полностью" in headings
    assert len(headings) >= 10


def _flat(outline: list) -> list[str]:
    return [
        title
        for item in outline
        for title in (_flat(item) if isinstance(item, list) else [str(item.title)])
    ]


def test_charts_stand_in_the_pdf_as_words_and_vectors() -> None:
    content = render_dossier_pdf(full_snapshot(), "ja")
    with pikepdf.open(io.BytesIO(content)) as pdf:
        kinds = [
            str(thing.get("/Subtype"))
            for page in pdf.pages
            for thing in page.Resources.get("/XObject", {}).values()
        ]
    assert "/Image" not in kinds
    assert "ハバロフスク市" in letters_of(content)


def test_word_file_has_headings_heads_of_tables_and_languages() -> None:
    paper = docx.Document(io.BytesIO(render_dossier_word(full_snapshot(), "ru")))
    styles = [paragraph.style.name for paragraph in paper.paragraphs]
    assert styles.count("Heading 1") == 1
    assert styles.count("Heading 2") >= 9
    assert len(paper.tables) >= 9
    for table in paper.tables:
        assert table.rows[0]._tr.trPr.xpath("./w:tblHeader")
    assert paper.core_properties.title == full_snapshot()["proposal"]["title"]
    body = paper.element.body.xml
    assert 'w:eastAsia="ja-JP"' in body
    assert 'w:val="ru-RU"' in paper.styles["Normal"].element.xml
    assert 'descr="QR' in body


def test_arguments_have_no_heading_until_there_are_any() -> None:
    with translation.override("en"):
        headings = [part.heading for part in document_of(full_snapshot(), "en").sections]
        assert "Arguments for" not in headings
        one = full_snapshot() | {"arguments": {"for": [{"text": "x", "language": "en"}]}}
        one["arguments"]["against"] = []
        headings = [part.heading for part in document_of(one, "en").sections]
    assert "Arguments for" in headings
    assert "Arguments against" not in headings


def test_old_snapshot_can_still_be_read_in_every_format() -> None:
    old = snapshot()
    assert completed(old)["votes"]["by_day"] == []
    for name, kind in FORMATS.items():
        assert kind.write(old, "en"), name
    assert contents_hash(old).encode() in FORMATS["docx"].write(old, "en") or contents_hash(
        old
    ) in word_text(FORMATS["docx"].write(old, "en"))


def test_dossier_that_was_not_handed_over_has_no_body() -> None:
    loose = full_snapshot() | {"referral": None, "changes": None}
    for name, kind in FORMATS.items():
        assert kind.write(loose, "ja"), name


def test_file_names_tell_proposal_and_version() -> None:
    assert file_name(full_snapshot(), "docx") == "dossier-12-2.docx"
    assert file_name(snapshot(), "pdf") == "dossier-12.pdf"


def test_changes_are_told_in_words() -> None:
    with translation.override("en"):
        document = document_of(full_snapshot(), "en")
    part = next(part for part in document.sections if "version 1" in part.heading)
    table, facts = part.blocks
    assert isinstance(table, Table)
    assert ("Supports cast here", "1,400", "1,512") in [
        tuple(words.text for words in row) for row in table.rows
    ]
    assert isinstance(facts, Facts)
    assert facts.pairs[0][1].text == "ef" * 32


def test_changes_leave_out_what_is_the_same() -> None:
    assert changes_between(full_snapshot(), full_snapshot()) == []
    later = full_snapshot()
    later["figures"]["as_of"] = "2027-01-01T00:00:00+10:00"
    later["votes"]["seal"] = {**later["votes"]["seal"], "size": 9999}
    assert changes_between(full_snapshot(), later) == []
    later["attachments"] = later["attachments"][:1]
    later["integrity"]["is_disputed"] = True
    assert [change["key"] for change in changes_between(full_snapshot(), later)] == [
        "is_disputed",
        "attachments",
    ]
