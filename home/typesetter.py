"""Turns a typst template and JSON into a tagged PDF, as a process of its own: no Django here.

Run by `papers`, because typst keeps what it has set: fifteen listings of 500 rows left 960 MB in
the process that made them. This one ends, and takes the memory with it.
"""

from __future__ import annotations

import json
import re
import resource
import struct
import sys
import unicodedata
from pathlib import Path
from typing import Any

import fontpkg_noto_sans
import pylopdf_fonts_jp
import typst

ROOT = Path(__file__).parent.parent
LATIN_AND_CYRILLIC = Path(fontpkg_noto_sans.ROOT) / "files"
JAPANESE = pylopdf_fonts_jp.sans_path()
MEMORY_MAX_BYTES = 1024**3

BOX = "\u25a1"
LONG_WORD = re.compile(r"[^\s\u2e80-\u9fff\uff00-\uffef]{33,}")
COMBINED = re.compile(r".[\u0300-\u036f\u3099\u309a]+", re.DOTALL)
LINE_ENDS = re.compile("\r\n|[\r\u000b\u000c\u0085\u2028\u2029]")
# Marks that reorder the text after them, or that no glyph stands for.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
VERBATIM = frozenset({"url", "contents_hash", "verbatim", "qr_svg", "locator_svg", "chart_svg"})


def covered_characters(font: bytes) -> set[int]:
    """Code points that an OpenType font has a glyph for (`cmap` formats 4 and 12)."""
    count = struct.unpack_from(">H", font, 4)[0]
    tables = [struct.unpack_from(">4sLLL", font, 12 + 16 * index) for index in range(count)]
    cmap = next(offset for tag, _checksum, offset, _length in tables if tag == b"cmap")
    covered: set[int] = set()
    for index in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        table = cmap + struct.unpack_from(">L", font, cmap + 4 + 8 * index + 4)[0]
        layout = struct.unpack_from(">H", font, table)[0]
        if layout == 4:
            covered |= _segments(font, table)
        elif layout == 12:
            for group in range(struct.unpack_from(">L", font, table + 12)[0]):
                first, last, _glyph = struct.unpack_from(">LLL", font, table + 16 + 12 * group)
                covered.update(range(first, last + 1))
    return covered


def _segments(font: bytes, table: int) -> set[int]:
    """What a format 4 table maps, taken at its word: our fonts have no holes in segments."""
    size = struct.unpack_from(">H", font, table + 6)[0]
    lasts = struct.unpack_from(f">{size // 2}H", font, table + 14)
    firsts = struct.unpack_from(f">{size // 2}H", font, table + 16 + size)
    return {
        code
        for first, last in zip(firsts, lasts, strict=True)
        for code in range(first, last + 1)
        if code != 0xFFFF
    }


def character_class(codes: set[int]) -> str:
    r"""The inside of a regular expression's brackets for these code points, controls left out.

    >>> print(character_class({0x41, 0x42, 0x43, 0x58}))
    \U00000041-\U00000043\U00000058-\U00000058
    """
    ranges: list[list[int]] = []
    for code in sorted(codes):
        if code <= 0x20 or 0x7F <= code < 0xA0:
            continue
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(rf"\U{first:08x}-\U{last:08x}" for first, last in ranges)


class Printable:
    """Makes text fit to set: PDF/UA forbids a character without a glyph, and refuses the whole
    document for one emoji. `missing` tells whether a box took the place of anything.
    """

    def __init__(self, covered: set[int]) -> None:
        self.missing = False
        self._uncovered = re.compile(f"[^ \n{character_class(covered)}]+")

    def __call__(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: self(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [self(item, key) for item in value]
        return self._text(value, key) if isinstance(value, str) else value

    def _text(self, text: str, key: str) -> str:
        text = COMBINED.sub(self._composed, text)
        text = INVISIBLE.sub("", LINE_ENDS.sub("\n", text).replace("\t", " "))
        text = self._uncovered.sub(self._box, text)
        return text if key in VERBATIM else LONG_WORD.sub(_breakable, text)

    def _composed(self, found: re.Match[str]) -> str:
        """A letter and its marks as one character, where the fonts have that one."""
        composed = unicodedata.normalize("NFC", found[0])
        return found[0] if self._uncovered.search(composed) else composed

    def _box(self, found: re.Match[str]) -> str:
        self.missing = True
        return BOX


def _breakable(found: re.Match[str]) -> str:
    """Lets a word without an end break, so that it cannot run off the paper."""
    return re.sub(r"(.{16})(?=.)", "\\1\u200b", found[0])


def typeset(template: str, data: dict[str, Any]) -> bytes:
    """The PDF/UA-1 of a template such as `government/listing` and its data.

    Data stays data: no template evaluates it.
    """
    app, _slash, name = template.partition("/")
    regular = next(LATIN_AND_CYRILLIC.glob("NotoSans[[]*.ttf"))
    covered = covered_characters(regular.read_bytes())
    printable = Printable(covered | covered_characters(JAPANESE.read_bytes()))
    fit = printable(data)
    fit["has_boxes"] = printable.missing
    return typst.compile(
        ROOT / app / "typst" / f"{name}.typ",
        root=ROOT,  # so that each app's templates can start from home/typst/paper.typ
        font_paths=typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(LATIN_AND_CYRILLIC), str(JAPANESE.parent)],
        ),
        ignore_system_fonts=True,
        pdf_standards="ua-1",
        sys_inputs={"data": json.dumps(fit, ensure_ascii=False)},
        timestamp=data["timestamp"],
    )


def main() -> None:
    """Reads `{"template": …, "data": …}` from standard input, writes the PDF to standard output."""
    # A document that somebody made to grow without end must fail, not take the server along.
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_MAX_BYTES, MEMORY_MAX_BYTES))
    order = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(typeset(order["template"], order["data"]))


if __name__ == "__main__":
    main()
