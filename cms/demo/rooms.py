"""Scenes indoors: the meeting hall, the craft workshop, the aircraft hangar."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cms.demo.brush import HEIGHT, WIDTH, Canvas, curve
from cms.demo.palette import (
    AMUR,
    CREAM,
    DEEP,
    EMBER,
    GOLD,
    INK,
    OCHRE,
    PALE,
    PAPER,
    PEACH,
    PINE,
    ROSE,
    SKIN,
    SKY,
    STONE,
    SUNKEN,
    TINT,
    VIOLET,
    WHITE,
    mix,
)

if TYPE_CHECKING:
    from cms.demo.palette import Colour


def hall(c: Canvas) -> None:
    """The hall of the centre: people before a screen, the river in the windows."""
    c.fade(0, HEIGHT, mix(SUNKEN, CREAM, 0.5), mix(SUNKEN, OCHRE, 0.12))
    for x in (60, 1240):
        _river_window(c, x, 130, 300, 470)
    c.area(
        [(-20, 700), (WIDTH + 20, 700), (WIDTH + 20, 1090), (-20, 1090)],
        mix(OCHRE, SUNKEN, 0.55),
    )
    for x in range(-1600, 3201, 200):
        c.line([(800 + (x - 800) * 0.45, 700), (x, 1080)], 3, mix(OCHRE, SUNKEN, 0.45))
    c.box(-20, 690, WIDTH + 40, 14, mix(OCHRE, SUNKEN, 0.3))
    _screen(c, 440, 120, 720, 400)
    c.person(1190, 712, 250, EMBER, INK)
    c.disc(1190, 488, 16, SKIN)  # the speaker faces us
    c.box(1236, 560, 90, 156, mix(OCHRE, INK, 0.25), radius=6)
    for row, (y, height, count) in enumerate(((800, 150, 9), (900, 178, 8), (1040, 216, 7))):
        _audience(c, y, height, count, row)


def _river_window(c: Canvas, x: float, y: float, width: float, height: float) -> None:
    c.box(x - 14, y - 14, width + 28, height + 28, WHITE, radius=6)
    c.box(x, y, width, height, mix(SKY, PALE, 0.55))
    hills = curve([(x, y + 250), (x + 80, y + 190), (x + 170, y + 236), (x + width, y + 180)])
    c.area([*hills, (x + width, y + height), (x, y + height)], mix(PALE, AMUR, 0.45))
    c.box(x, y + 300, width, height - 300, mix(SKY, PALE, 0.25))
    bank = curve([(x, y + 400), (x + 110, y + 376), (x + 220, y + 420), (x + width, y + 404)])
    c.area([*bank, (x + width, y + height), (x, y + height)], mix(AMUR, PINE, 0.5))
    c.box(x + width / 2 - 5, y, 10, height, WHITE)
    c.box(x, y + height * 0.36, width, 10, WHITE)


def _screen(c: Canvas, x: float, y: float, width: float, height: float) -> None:
    """A slide: a rising line that meets a threshold."""
    c.box(x - 12, y - 12, width + 24, height + 24, INK, radius=8)
    c.box(x, y, width, height, PAPER)
    c.box(x + 50, y + 46, 330, 24, AMUR, radius=6)
    c.box(x + 50, y + 88, 220, 14, mix(STONE, PALE, 0.4), radius=6)
    for step in range(14):
        c.box(x + 50 + step * 45, y + 176, 26, 5, STONE, radius=2)
    line = curve([(x + 50, y + 350), (x + 170, y + 326), (x + 290, y + 296), (x + 410, y + 226),
                  (x + 530, y + 186), (x + 660, y + 132)])  # fmt: skip
    c.area([*line, (x + 660, y + 360), (x + 50, y + 360)], mix(PALE, SKY, 0.2))
    c.line(line, 9, AMUR)
    c.disc(x + 660, y + 132, 15, EMBER)
    c.box(x + 50, y + 358, 620, 6, INK)


def _audience(c: Canvas, y: float, height: float, count: int, row: int) -> None:
    """People on chairs seen from behind; an empty chair here and there."""
    coats = (
        AMUR,
        DEEP,
        VIOLET,
        PINE,
        mix(AMUR, SKY, 0.5),
        OCHRE,
        mix(STONE, PALE, 0.3),
    )
    hairs = (INK, OCHRE, mix(OCHRE, INK, 0.6), STONE, INK)
    step = 1500 / count
    for seat in range(count):
        x = 60 + step * (seat + 0.5) + (row % 2) * step * 0.25 - 20
        if (seat * 3 + row * 4) % 8 != 5:
            pick = seat * 2 + row * 3
            c.box(
                x - height * 0.03,
                y - height * 0.64,
                height * 0.06,
                height * 0.12,
                SUNKEN,
            )
            c.box(x - height * 0.22, y - height * 0.56, height * 0.44, height * 0.6,
                  coats[pick % 7], radius=height * 0.14)  # fmt: skip
            c.disc(x, y - height * 0.76, height * 0.14, hairs[pick % 5])
        c.box(
            x - height * 0.27,
            y - height * 0.32,
            height * 0.54,
            height * 0.42,
            TINT,
            radius=10,
        )
        for side in (-0.24, 0.2):
            c.box(x + side * height, y + height * 0.05, height * 0.04, height * 0.3, INK)


def workshop(c: Canvas) -> None:
    """A craft workshop by the river: a fish-skin robe with curls, a mistress at her table."""
    c.fade(0, HEIGHT, mix(CREAM, SUNKEN, 0.4), mix(CREAM, OCHRE, 0.2))
    for y in range(-40, 860, 92):
        c.box(-20, y, WIDTH + 40, 3, mix(CREAM, OCHRE, 0.22))
    _river_window(c, 640, 150, 400, 470)
    _shelf(c, 1130, 300)
    _robe(c, 320, 190)
    c.box(-20, 860, WIDTH + 40, 34, mix(OCHRE, SUNKEN, 0.25))
    c.fade(894, HEIGHT, mix(OCHRE, INK, 0.2), mix(OCHRE, INK, 0.42))
    for x in (40, 430, 1180):
        c.box(x, 926, 350, 200, mix(OCHRE, SUNKEN, 0.12), radius=8)
        c.box(x + 135, 962, 80, 14, mix(OCHRE, INK, 0.45), radius=7)
    _tools(c, 860)
    for number, colour in enumerate((EMBER, AMUR, GOLD, PINE)):
        _spool(c, 1190 + number * 90, 860, colour)
    _mistress(c, 860, 1180)


def _mistress(c: Canvas, x: float, y: float) -> None:
    c.person(x, y, 640, AMUR, INK)
    c.disc(x, y - 652, 30, INK)
    for row in range(3):
        _curl(c, x, y - 470 + row * 62, 22, PEACH)


def _shelf(c: Canvas, x: float, y: float) -> None:
    for level in (0, 190):
        c.box(x, y + level, 400, 16, mix(OCHRE, SUNKEN, 0.2))
    for number, (width, height, colour) in enumerate(
        (
            (70, 96, AMUR),
            (54, 70, GOLD),
            (80, 110, mix(EMBER, SUNKEN, 0.2)),
            (60, 84, PINE),
        )
    ):
        c.box(x + 24 + number * 94, y - height, width, height, colour, radius=14)
        c.box(
            x + 34 + number * 94,
            y - height - 10,
            width - 20,
            14,
            mix(colour, INK, 0.3),
            radius=4,
        )
    for number, colour in enumerate((EMBER, CREAM, AMUR, PEACH, VIOLET)):
        c.box(x + 20 + number * 74, y + 134, 62, 56, colour, radius=28)
        c.disc(x + 51 + number * 74, y + 162, 10, mix(colour, INK, 0.35))


def _robe(c: Canvas, x: float, y: float) -> None:
    """The robe hangs on a rod; scales in rows, curled borders in two colours."""
    skin, dark = mix(PALE, GOLD, 0.22), mix(PALE, OCHRE, 0.35)
    c.box(x - 240, y - 8, 480, 14, mix(OCHRE, INK, 0.3), radius=6)
    c.line([(x, y - 60), (x, y)], 5, INK)
    outline = [(x - 70, y + 6), (x + 70, y + 6), (x + 232, y + 92), (x + 214, y + 210),
               (x + 118, y + 172), (x + 168, y + 560), (x - 168, y + 560), (x - 118, y + 172),
               (x - 214, y + 210), (x - 232, y + 92)]  # fmt: skip
    c.area(outline, skin)
    for row in range(12):
        half = 96 + row * 4
        for column in range(-4, 5):
            box = c.px([(x + column * half / 4.6 - 14, y + 170 + row * 25),
                        (x + column * half / 4.6 + 14, y + 198 + row * 25)])  # fmt: skip
            c.pen.arc(box, 20, 160, fill=dark, width=round(3 * c.scale))
    c.area(
        [
            (x - 156, y + 480),
            (x + 156, y + 480),
            (x + 168, y + 560),
            (x - 168, y + 560),
        ],
        AMUR,
    )
    for column in range(4):
        _curl(c, x - 116 + column * 78, y + 520, 24, CREAM)
    c.area([(x - 30, y + 6), (x + 30, y + 6), (x + 26, y + 480), (x - 26, y + 480)], EMBER)
    for row in range(6):
        _curl(c, x, y + 60 + row * 74, 18, CREAM)
    for side in (-1, 1):
        c.line([(x + side * 232, y + 92), (x + side * 214, y + 210)], 22, AMUR)


def _curl(c: Canvas, x: float, y: float, radius: float, colour: Colour) -> None:
    """A pair of spirals that meet, the figure of Amur ornament."""
    for side in (-1, 1):
        turns = [step / 60 for step in range(61)]
        spiral = [
            (x + side * (radius * 0.62 - radius * 0.6 * (1 - t * 0.75) * math.cos(t * 8.2)),
             y - radius * 0.6 * (1 - t * 0.75) * math.sin(t * 8.2))
            for t in turns
        ]  # fmt: skip
        c.line(spiral, radius * 0.17, colour)


def _tools(c: Canvas, y: float) -> None:
    c.box(110, y - 34, 420, 34, mix(PALE, GOLD, 0.2), radius=10)
    c.box(150, y - 60, 340, 28, mix(ROSE, OCHRE, 0.15), radius=10)
    c.area([(620, y), (640, y - 70), (820, y - 70), (840, y)], mix(OCHRE, SUNKEN, 0.5))
    c.line([(690, y - 66), (660, y - 150)], 14, mix(OCHRE, INK, 0.3))
    c.line([(730, y - 66), (744, y - 170)], 12, EMBER)
    c.line([(778, y - 66), (820, y - 148)], 12, AMUR)
    c.box(900, y - 26, 150, 26, STONE, radius=6)
    c.box(1040, y - 30, 90, 30, mix(OCHRE, INK, 0.35), radius=8)


def _spool(c: Canvas, x: float, y: float, colour: Colour) -> None:
    c.box(x + 6, y - 70, 48, 60, colour, radius=4)
    for top in (-82, -14):
        c.box(x, y + top, 60, 14, mix(OCHRE, SUNKEN, 0.35), radius=4)
    for line in range(4):
        c.box(x + 6, y - 62 + line * 13, 48, 2, mix(colour, INK, 0.25))


def hangar(c: Canvas) -> None:
    """An assembly hall in Komsomolsk: an airliner, a gantry, trainees with their master."""
    c.fade(0, HEIGHT, mix(PALE, STONE, 0.18), mix(PALE, SUNKEN, 0.6))
    for x in range(-100, WIDTH + 101, 200):
        c.line([(x, -10), (x, 740)], 10, mix(PALE, STONE, 0.35))
    for x in range(40, WIDTH, 400):
        c.box(x, 150, 240, 150, mix(SKY, PALE, 0.65), radius=6)
    c.box(-20, 40, WIDTH + 40, 26, GOLD)
    c.box(980, 30, 150, 60, EMBER, radius=6)
    c.line([(1055, 90), (1055, 250)], 5, INK)
    c.fade(740, HEIGHT, mix(SUNKEN, STONE, 0.28), mix(SUNKEN, STONE, 0.12))
    c.box(-20, 980, WIDTH + 40, 12, GOLD)
    _airliner(c, 190, 600)
    _scaffold(c, 250, 800)
    for x, y, height, coat in (
        (1120, 960, 200, EMBER), (1200, 950, 186, AMUR), (1268, 958, 190, AMUR),
        (1340, 950, 180, AMUR),
    ):  # fmt: skip
        c.person(x, y, height, coat, GOLD)


def _airliner(c: Canvas, x: float, y: float) -> None:
    body = curve([(x, y), (x + 40, y - 66), (x + 160, y - 104), (x + 420, y - 112),
                  (x + 900, y - 112), (x + 1220, y - 60)])  # fmt: skip
    belly = curve(
        [
            (x + 1220, y - 40),
            (x + 960, y + 66),
            (x + 420, y + 84),
            (x + 110, y + 66),
            (x, y),
        ]
    )
    c.oval(x + 560, 800, 560, 26, mix(SUNKEN, STONE, 0.5))
    c.area(
        [
            (x + 1010, y - 90),
            (x + 1150, y - 300),
            (x + 1236, y - 300),
            (x + 1210, y - 60),
        ],
        AMUR,
    )
    c.area([*body, *belly], WHITE)
    c.area(
        [*belly, (x + 110, y + 30), (x + 420, y + 46), (x + 960, y + 40)],
        mix(PALE, STONE, 0.22),
    )
    c.area([(x + 46, y - 62), (x + 100, y - 86), (x + 116, y - 50), (x + 60, y - 40)], DEEP)
    for number in range(17):
        c.box(x + 220 + number * 42, y - 58, 20, 28, mix(SKY, AMUR, 0.5), radius=8)
    for left in (168, 946):
        c.box(x + left, y - 66, 34, 74, mix(PALE, STONE, 0.3), radius=6)
    c.area([(x + 430, y + 40), (x + 660, y + 40), (x + 880, y + 150), (x + 800, y + 158)],
           mix(PALE, STONE, 0.4))  # fmt: skip
    c.box(x + 470, y + 76, 190, 82, AMUR, radius=40)
    c.disc(x + 496, y + 117, 32, INK)
    for left in (150, 640):
        c.box(x + left, y + 76, 14, 100, STONE)
        c.disc(x + left + 7, y + 184, 26, INK)


def _scaffold(c: Canvas, x: float, y: float) -> None:
    for left in (0, 110):
        c.box(x + left, y - 210, 10, 220, EMBER)
    for step in range(5):
        c.box(x, y - 200 + step * 44, 120, 8, EMBER)
    c.box(x - 20, y - 214, 160, 14, OCHRE)
