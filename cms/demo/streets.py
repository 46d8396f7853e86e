"""Scenes of streets. The river's edge, the port and yards are in places.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cms.demo.brush import WIDTH, Canvas
from cms.demo.palette import (
    AMUR,
    CREAM,
    DEEP,
    EMBER,
    GOLD,
    INK,
    LILAC,
    MINT,
    OCHRE,
    PALE,
    PAPER,
    PEACH,
    ROSE,
    SKY,
    STONE,
    SUNKEN,
    VIOLET,
    WHITE,
    mix,
)

if TYPE_CHECKING:
    from cms.demo.palette import Colour


def tram(c: Canvas) -> None:
    """A tram at a stop whose board speaks, on an autumn morning in Khabarovsk."""
    c.fade(0, 775, mix(SKY, PALE, 0.5), CREAM)
    c.cloud(180, 120, 340, WHITE, 160)
    facades = ((-20, 330, 300, ROSE), (300, 260, 250, PALE), (640, 300, 340, CREAM),
               (1010, 240, 280, LILAC), (1330, 320, 320, MINT))  # fmt: skip
    for x, top, width, tint in facades:
        _facade(c, x, top, width, mix(tint, STONE, 0.16))
    for x, height in ((90, 300), (600, 330), (960, 300), (1500, 330)):
        c.round_tree(
            x,
            780,
            height,
            mix(GOLD, EMBER, 0.12 if x % 200 else 0.35),
            mix(OCHRE, INK, 0.5),
        )
    c.box(-20, 770, WIDTH + 40, 300, mix(SUNKEN, STONE, 0.2))
    c.box(-20, 770, WIDTH + 40, 10, mix(SUNKEN, STONE, 0.45))
    for y in (896, 930):
        c.box(-20, y, WIDTH + 40, 7, STONE)
    c.box(-20, 410, WIDTH + 40, 4, STONE)
    _tramcar(c, 190, 900)
    c.box(-20, 970, WIDTH + 40, 110, mix(SUNKEN, STONE, 0.05))
    c.box(-20, 962, WIDTH + 40, 12, mix(SUNKEN, STONE, 0.4))
    _stop(c, 1180, 1000)
    c.person(1150, 1030, 196, VIOLET, OCHRE)
    c.person(1062, 1036, 200, INK, STONE)
    c.line([(1094, 950), (1112, 1036)], 6, WHITE)


def _facade(c: Canvas, x: float, top: float, width: float, wall: Colour) -> None:
    c.box(x, top, width, 780 - top, wall)
    c.box(x - 6, top - 14, width + 12, 18, mix(wall, INK, 0.25))
    c.windows(x + 30, top + 44, int((width - 30) // 66), 5, (36, 54), (30, 34),
              mix(wall, AMUR, 0.5), CREAM, 0.2)  # fmt: skip


def _tramcar(c: Canvas, x: float, y: float) -> None:
    for left in (130, 560):
        c.line(
            [
                (x + left + 40, y - 320),
                (x + left + 100, y - 400),
                (x + left + 30, y - 486),
            ],
            6,
            INK,
        )
    c.oval(x + 380, y + 14, 420, 12, mix(SUNKEN, STONE, 0.5))
    c.box(x, y - 316, 760, 296, PAPER, radius=34)
    c.box(x + 30, y - 330, 700, 24, mix(PALE, STONE, 0.3), radius=10)
    c.box(x, y - 128, 760, 46, EMBER)
    c.box(x + 8, y - 34, 744, 24, INK, radius=8)
    for number in range(6):
        c.box(x + 30 + number * 120, y - 280, 100, 118, mix(SKY, AMUR, 0.35), radius=10)
    for left in (152, 512):
        c.box(x + left, y - 284, 96, 252, mix(PALE, STONE, 0.25), radius=8)
        for leaf in (8, 52):
            c.box(x + left + leaf, y - 272, 36, 190, mix(SKY, AMUR, 0.45), radius=6)
    for left in (90, 180, 560, 650):
        c.disc(x + left, y - 10, 20, INK)
        c.disc(x + left, y - 10, 8, STONE)
    c.disc(x + 744, y - 66, 10, GOLD)


def _stop(c: Canvas, x: float, y: float) -> None:
    for left in (30, 330):
        c.box(x + left, y - 330, 12, 330, DEEP)
    c.box(x + 42, y - 300, 288, 210, mix(SKY, PALE, 0.5), alpha=120)
    c.box(x, y - 350, 372, 24, DEEP, radius=6)
    c.box(x + 80, y - 84, 210, 16, OCHRE, radius=4)
    c.box(x + 66, y - 308, 200, 96, INK, radius=8)
    for row, width in enumerate((104, 128, 86)):
        c.box(x + 82, y - 292 + row * 26, width, 9, GOLD, radius=4)
        c.box(x + 230, y - 292 + row * 26, 20, 9, PEACH, radius=4)
    for ring in (14, 24, 34):
        box = c.px([(x + 282 - ring, y - 260 - ring), (x + 282 + ring, y - 260 + ring)])
        c.pen.arc(box, -45, 45, fill=EMBER, width=round(5 * c.scale))
