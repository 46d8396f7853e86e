"""Cuts the two Onest files the site serves. Run by hand; `cms/static/fonts/README.md` says how.

Needs fonttools and brotli. Not a part of the running site.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

TARGET = Path(__file__).resolve().parent.parent / "static" / "fonts"
FEATURES = ["kern", "liga", "tnum", "pnum", "locl", "ccmp", "mark"]
WEIGHTS = (400, 700)

# Upstream keeps these in slices of 25-28 kB each; one glyph is moved into the file that needs it.
MOVED = {
    "cyrillic": {0x20BD: "latin-ext"},
    "latin": {0x2190: "math", 0x2192: "math", 0x2197: "math"},
}
CODEPOINTS = {
    "latin": [
        *range(0x20, 0x7F),
        *(0xA0, 0xA1, 0xA7, 0xA9, 0xAB, 0xB0, 0xB1, 0xB2, 0xB7, 0xBB, 0xBF, 0xD7),
        *map(ord, "ÁÄÉÍÑÓÖÚÜßáäàâçèéêëíïñóôöúü"),  # names and imported texts
        *(0x2009, 0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x201E, 0x2022, 0x2026, 0x2039),
        *(0x203A, 0x20AC, 0x2190, 0x2191, 0x2192, 0x2193, 0x2197, 0x2212),
    ],
    "cyrillic": [0x0401, *range(0x0410, 0x0450), 0x0451, 0x20BD, 0x2116],
}


def open_slice(package: Path, name: str) -> TTFont:
    """One slice of the package, cut down to the weights the site uses."""
    font = TTFont(package / "files" / f"onest-{name}-wght-normal.woff2")
    return instancer.instantiateVariableFont(font, {"wght": WEIGHTS})


def move_glyph(source: TTFont, target: TTFont, codepoint: int) -> None:
    """Copies a glyph's outline, widths and variations; `target` must have dropped HVAR before."""
    name = source.getBestCmap()[codepoint]
    target["glyf"][name] = source["glyf"][name]
    target["hmtx"][name] = source["hmtx"][name]
    target["gvar"].variations[name] = source["gvar"].variations.get(name, [])
    target.setGlyphOrder(target["glyf"].glyphOrder)
    for table in target["cmap"].tables:
        if table.isUnicode():
            table.cmap[codepoint] = name


def build(package: Path, name: str) -> Path:
    """Writes `onest-<name>.woff2` and returns its path."""
    font = open_slice(package, name)
    # HVAR indexes glyphs by number and would not know the new ones; gvar carries the same widths.
    del font["HVAR"]
    for codepoint, slice_name in MOVED[name].items():
        move_glyph(open_slice(package, slice_name), font, codepoint)
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = FEATURES
    options.hinting = False
    options.drop_tables += ["STAT", "MVAR"]
    options.name_IDs = [0, 1, 2, 13, 14]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=CODEPOINTS[name])
    cutter.subset(font)
    path = TARGET / f"onest-{name}.woff2"
    subset.save_font(font, path, options)
    return path


if __name__ == "__main__":
    for subset_name in CODEPOINTS:
        written = build(Path(sys.argv[1]), subset_name)
        print(f"{written.name}: {written.stat().st_size:,} bytes")
