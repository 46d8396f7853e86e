"""The site's colours as the demo's pictures use them: warm paper, dark water, one hot colour."""

from __future__ import annotations

from PIL import ImageColor

Colour = tuple[int, int, int]


def rgb(value: str) -> Colour:
    """A hex colour as a triple."""
    return ImageColor.getrgb(value)[:3]


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The colour `share` (0..1) of the way from the first to the second.

    >>> mix((0, 0, 0), (200, 100, 0), 0.5)
    (100, 50, 0)
    """
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


INK, AMUR, DEEP = rgb("#14212B"), rgb("#0B5570"), rgb("#073D52")
SKY, PALE, TINT = rgb("#7CCBE3"), rgb("#E3F0F4"), rgb("#123340")
PAPER, SUNKEN, WHITE = rgb("#FAF9F6"), rgb("#F0EEE8"), rgb("#FFFFFF")
EMBER, PEACH, ROSE = rgb("#B93A14"), rgb("#FF9A73"), rgb("#FCEBE4")
PINE, MOSS, MINT = rgb("#17663A"), rgb("#7FD3A0"), rgb("#E4F3E9")
OCHRE, GOLD, CREAM = rgb("#7A5200"), rgb("#F2C35B"), rgb("#FDF1D6")
VIOLET, LILAC = rgb("#5A3A8C"), rgb("#EFE9F8")
STONE = rgb("#6E7B84")
SKIN = rgb("#E8B796")
