"""A dossier as a Word file that officials can edit and quote: real headings, tables with heads.

No field, no macro, no outside picture: text is text, whatever it says.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import docx
import segno
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from government.dossier_blocks import Facts, Note, Picture, Prose, Words
from government.dossier_words import document_of
from home.exports import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docx.document import Document as Paper
    from docx.text.paragraph import Paragraph

    from government.dossier_blocks import Block, Document
    from government.snapshots import Snapshot

# Fonts every office program has or replaces, with Cyrillic and Japanese.
FONT, JAPANESE_FONT = "Arial", "MS Gothic"
PROPERTY_MAX = 255  # characters that a Word file may have in a property
TAGS = {"ru": "ru-RU", "en": "en-GB", "ja": "ja-JP"}


def render_dossier_word(snapshot: Snapshot | dict[str, Any], language: str | None = None) -> bytes:
    """The dossier as DOCX, its labels in `language` (the active one by default)."""
    language = language or translation.get_language() or "ru"
    with translation.override(language):
        return WordFile(document_of(snapshot, language)).content()


class WordFile:
    """One dossier being written."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.paper: Paper = docx.Document()
        self._set_up()
        self._page_one()
        for section in document.sections:
            self.paper.add_heading(clean(section.heading), 2)
            for block in section.blocks:
                self._block(block)

    def content(self) -> bytes:
        file = io.BytesIO()
        self.paper.save(file)
        return file.getvalue()

    def _set_up(self) -> None:
        document, facts = self.document, self.paper.core_properties
        facts.title, facts.author = _property(document.title.text), _property(document.site)
        facts.language, facts.comments = document.language, ""
        facts.created = facts.modified = document.made_at.replace(tzinfo=None)
        normal = self.paper.styles["Normal"]
        normal.font.name, normal.font.size = FONT, Pt(10)
        fonts = normal.element.rPr.rFonts
        fonts.set(qn("w:eastAsia"), JAPANESE_FONT)
        _mark_language(normal.element.rPr, document.language)
        footer = self.paper.sections[0].footer.paragraphs[0]
        footer.text = f"{clean(document.site)} · {document.number}"

    def _page_one(self) -> None:
        document = self.document
        self.paper.add_paragraph(document.kind)
        self._write(self.paper.add_heading("", 1), document.title)
        self._write(self.paper.add_paragraph(), document.summary)
        self._facts(_decision(document))
        self._table(
            (_("Figure"), _("What it counts"), _("Measured by")),
            [tuple(Words(capfirst(text)) for text in row) for row in document.figures],
        )
        self._facts([*document.facts.pairs, (_("On the site"), Words(document.url, kind="url"))])
        self._qr_code()
        if document.recommendation.text:
            self.paper.add_heading(_("Covering note"), 2)
            self._write(self.paper.add_paragraph(), document.recommendation)
        self.paper.add_page_break()

    def _qr_code(self) -> None:
        picture = io.BytesIO()
        segno.make(self.document.url, error="m", micro=False).save(picture, kind="png", scale=8)
        shape = self.paper.add_picture(picture, width=Cm(2.7))
        shape._inline.docPr.set("descr", _("QR code of the proposal's page"))

    def _block(self, block: Block) -> None:
        if isinstance(block, Prose):
            self.paper.add_heading(clean(block.label), 3)
            for part in block.words.text.split("\n\n"):
                self._write(self.paper.add_paragraph(), block.words._replace(text=part))
        elif isinstance(block, Note):
            self.paper.add_paragraph(clean(block.text))
        elif isinstance(block, Facts):
            self._facts(block.pairs)
        elif isinstance(block, Picture):
            self.paper.add_heading(clean(block.chart.title), 3)
            rows = [tuple(map(Words, row)) for row in block.rows]
            self._table(block.chart.heads, rows)
        else:
            self._table(block.head, block.rows)

    def _facts(self, pairs: Iterable[tuple[str, Words]]) -> None:
        for label, words in pairs:
            paragraph = self.paper.add_paragraph()
            paragraph.add_run(f"{clean(label)}: ").bold = True
            self._write(paragraph, words)

    def _table(self, head: Sequence[str], rows: Iterable[Sequence[Words]]) -> None:
        table = self.paper.add_table(rows=1, cols=len(head), style="Light Grid Accent 1")
        for cell, text in zip(table.rows[0].cells, head, strict=True):
            cell.text = clean(str(text))
        _repeat_on_each_page(table.rows[0])
        for row in rows:
            for cell, words in zip(table.add_row().cells, row, strict=True):
                self._write(cell.paragraphs[0], words)
        self.paper.add_paragraph()

    def _write(self, paragraph: Paragraph, words: Words) -> None:
        """A text in its own language; only an address of ours becomes a link."""
        text = clean(words.text)
        if words.kind == "url" and text:
            _link(paragraph, text)
            return
        run = paragraph.add_run(text)
        if words.lang:
            _mark_language(run._element.get_or_add_rPr(), words.lang)


def _property(text: str) -> str:
    return clean(text)[:PROPERTY_MAX]


def _decision(document: Document) -> list[tuple[str, Words]]:
    ask = _("Accept, accept in part or decline, with reasons that residents can read.")
    rows = [(_("Decision wanted"), Words(ask)), (_("Body"), Words(document.body))]
    rows.append((_("Answer due"), Words(document.due)))
    return [(label, words) for label, words in rows if words.text]


def _mark_language(properties: Any, language: str) -> None:
    """So that a screen reader takes the right voice, and the speller the right dictionary."""
    mark = OxmlElement("w:lang")
    tag = TAGS.get(language, language)
    mark.set(qn("w:eastAsia" if language == "ja" else "w:val"), tag)
    properties.append(mark)


def _repeat_on_each_page(row: Any) -> None:
    """Says that the row is the head of its table."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _link(paragraph: Paragraph, url: str) -> None:
    target = paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), target)
    link.append(paragraph.add_run(url)._element)
    paragraph._element.append(link)
