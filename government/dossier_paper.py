"""The dossier of one proposal as a tagged PDF, from a frozen snapshot alone. Reads no models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import segno
from django.utils import translation
from django.utils.translation import gettext as _

from government.dossier_blocks import Facts, Note, Picture, Prose, day
from government.dossier_words import document_of
from home.papers import shared_words, typeset

if TYPE_CHECKING:
    from government.dossier_blocks import Block, Document, Words
    from government.snapshots import Snapshot


def render_dossier_pdf(
    snapshot: Snapshot | dict[str, Any], language: str | None = None, locator: str = ""
) -> bytes:
    """The dossier in PDF/UA-1, its labels in `language` (the active one by default).

    `locator` is an SVG that shows where the municipality lies, if there is one.
    """
    language = language or translation.get_language() or "ru"
    with translation.override(language):
        document = document_of(snapshot, language)
        return typeset("government/dossier", dossier_data(document, locator))


def dossier_data(document: Document, locator: str = "") -> dict[str, Any]:
    """What the template sets: plain JSON."""
    data = shared_words(document.language, document.site, document.made_at)
    data |= {
        "title": document.title.text,
        "running": [document.number, day(document.made_at.isoformat())],
        "dossiers": [printed(document, locator)],
    }
    return data


def printed(document: Document, locator: str = "") -> dict[str, Any]:
    """One dossier as the template sets it, alone or in a packet."""
    return {
        "lang": document.language,
        "title": _words(document.title),
        "summary": _words(document.summary),
        "number": document.number,
        "kind": document.kind,
        "body": document.body,
        "due": document.due,
        "figures": [
            {"value": value, "label": label, "detail": detail}
            for value, label, detail in document.figures
        ],
        "facts": _block(document.facts)["pairs"],
        "note": _words(document.recommendation),
        "url": document.url,
        "qr_svg": qr_code(document.url),
        "locator_svg": locator,
        "sections": [
            {"heading": section.heading, "blocks": [_block(block) for block in section.blocks]}
            for section in document.sections
        ],
        "labels": _labels(),
    }


def qr_code(url: str) -> str:
    """An SVG that a telephone's camera reads as the address."""
    return segno.make(url, error="m", micro=False).svg_inline(border=0, dark="#14212b")


def _words(words: Words) -> dict[str, str]:
    text = "verbatim" if words.kind else "text"  # an address or a hash is not broken into lines
    return {text: words.text, "lang": words.lang, "kind": words.kind}


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Prose):
        return {"kind": block.kind, "label": block.label, "words": _words(block.words)}
    if isinstance(block, Note):
        return {"kind": block.kind, "text": block.text}
    if isinstance(block, Facts):
        pairs = [{"label": label, "words": _words(words)} for label, words in block.pairs]
        return {"kind": block.kind, "pairs": pairs}
    if isinstance(block, Picture):
        chart = block.chart
        alt = f"{chart.title}. {chart.description}"
        return {"kind": block.kind, "title": chart.title, "alt": alt, "chart_svg": str(chart.svg)}
    rows = [[_words(words) for words in row] for row in block.rows]
    return {"kind": block.kind, "title": block.title, "head": list(block.head), "rows": rows}


def _labels() -> dict[str, str]:
    return {
        "decision": _("Decision wanted"),
        "ask": _("Accept, accept in part or decline, with reasons that residents can read."),
        "by": _("Answer due"),
        "note": _("Covering note"),
        "qr": _("QR code of the proposal's page"),
        "address": _("On the site"),
    }
