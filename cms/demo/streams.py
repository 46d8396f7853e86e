"""Turns the segments of the TOML files into what StreamFields hold.

Blocks of the same place have the same id in every language: by it wagtail-localize knows which
translation belongs where.
"""

from __future__ import annotations

import re
from typing import Any

from django.utils.html import escape

from cms.demo.content import stable_uuid
from cms.demo.pictures import picture, picture_alt


def block(kind: str, value: Any, *place: object) -> dict[str, Any]:
    """One block as a StreamField keeps it; `place` names it among all blocks of the demo."""
    return {"type": kind, "value": value, "id": str(stable_uuid("block", *place))}


def items(values: list[Any], *place: object) -> list[dict[str, Any]]:
    """The items of a ListBlock."""
    return [block("item", value, *place, number) for number, value in enumerate(values)]


def body(segments: list[dict[str, Any]], language: str, *place: object) -> list[dict[str, Any]]:
    """The body of a page in a language."""
    return [
        block(*_block(segment, language, *place, number), *place, number)
        for number, segment in enumerate(segments)
    ]


def _block(segment: dict[str, Any], language: str, *place: object) -> tuple[str, Any]:
    if segment["type"] == "steps":
        return "steps", {"steps": items([_step(row) for row in segment[language]], *place)}
    return _BLOCKS[segment["type"]](segment, language)


def _step(row: str) -> dict[str, str]:
    title, text = re.split(r"\. |。", row, maxsplit=1)
    return {"title": title, "text": text}


def _heading(segment: dict[str, Any], language: str) -> tuple[str, Any]:
    return "heading", {"text": segment[language], "level": "h2", "anchor": ""}


def _paragraph(segment: dict[str, Any], language: str) -> tuple[str, Any]:
    return "paragraph", f"<p>{escape(segment[language].strip())}</p>"


def _quote(segment: dict[str, Any], language: str) -> tuple[str, Any]:
    return "quote", {"text": segment[language], "author": segment["source"][language], "role": ""}


def _list(segment: dict[str, Any], language: str) -> tuple[str, Any]:
    tag = "ol" if segment["type"] == "numbers" else "ul"
    rows = "".join(f"<li>{escape(row)}</li>" for row in segment[language])
    return "paragraph", f"<{tag}>{rows}</{tag}>"


def _image(segment: dict[str, Any], language: str) -> tuple[str, Any]:
    shown = {
        "image": picture(segment["key"]).pk,
        "alt_text": picture_alt(segment["key"], language),
        "decorative": False,
    }
    return "image", {"image": shown, "caption": segment[language], "credit": "", "width": "text"}


_BLOCKS = {
    "heading": _heading,
    "paragraph": _paragraph,
    "quote": _quote,
    "list": _list,
    "numbers": _list,
    "image": _image,
}
