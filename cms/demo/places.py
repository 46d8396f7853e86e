"""Scenes of the river's edge, the port and yards. Streets are in streets.py."""

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
    MOSS,
    OCHRE,
    PALE,
    PAPER,
    PEACH,
    PINE,
    ROSE,
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


def embankment(c: Canvas) -> None:
    """The embankment of Khabarovsk on a summer evening, with a water gauge."""
    c.fade(0, 560, mix(SKY, PALE, 0.35), ROSE)
    c.cloud(900, 130, 420, WHITE, 150)
    c.cloud(240, 230, 260, WHITE, 130)
    c.ridge(560, 120, mix(PALE, AMUR, 0.3), length=800)
    c.ridge(575, 60, mix(PALE, AMUR, 0.5), length=600)
    c.fade(560, 860, mix(SKY, PALE, 0.45), mix(SKY, AMUR, 0.45))
    c.ripples(580, 850, WHITE, 70)
    _cliff(c)
    _pavilion(c, 1400, 322)
    for x, height in ((1250, 110), (1310, 150), (1530, 170), (1590, 130)):
        c.round_tree(x, 470 - (x - 1250) * 0.35, height, mix(PINE, MOSS, 0.2), INK)
    _gauge_post(c, 380, 850)
    _promenade(c)
    for x in (150, 760, 1370):
        _lamp(c, x, 905)
    for x, y, height, coat, hair in (
        (560, 965, 180, AMUR, INK), (622, 970, 122, EMBER, OCHRE),
        (1086, 935, 168, INK, STONE), (1142, 939, 160, VIOLET, OCHRE),
    ):  # fmt: skip
        c.person(x, y, height, coat, hair)


def _cliff(c: Canvas) -> None:
    """The rock above the river, wooded, with bare stone at its foot."""
    edge = curve([(1640, 296), (1420, 320), (1290, 372), (1236, 470), (1180, 560), (1110, 700)])
    c.area([*edge, (1090, 810), (1640, 810)], mix(PINE, DEEP, 0.35))
    foot = curve([(1110, 700), (1200, 650), (1330, 690), (1470, 640), (1640, 680)])
    c.area([*foot, (1640, 810), (1090, 810)], mix(STONE, SUNKEN, 0.25))
    c.area([(1330, 690), (1400, 666), (1390, 810), (1290, 810)], mix(STONE, SUNKEN, 0.1))
    for x, y, radius in (
        (1290, 520, 34), (1350, 470, 44), (1420, 560, 50), (1520, 500, 56), (1590, 600, 60),
        (1250, 620, 32), (1340, 610, 40), (1480, 620, 44),
    ):  # fmt: skip
        c.disc(x, y, radius, mix(PINE, MOSS, 0.14))
        c.disc(x - radius * 0.25, y - radius * 0.3, radius * 0.55, mix(PINE, MOSS, 0.26))


def _promenade(c: Canvas) -> None:
    """Paving that runs towards the railing, with a bench."""
    stone, joint = mix(SUNKEN, STONE, 0.1), mix(SUNKEN, STONE, 0.22)
    c.fade(800, HEIGHT, mix(SUNKEN, STONE, 0.22), stone)
    for x in range(-2400, 4001, 160):
        c.line([(800 + (x - 800) * 0.42, 816), (x, 1080)], 2.5, joint)
    for y in (846, 890, 954, 1040):
        c.line([(-20, y), (WIDTH + 20, y)], 2.5, joint)
    c.box(-20, 798, WIDTH + 40, 18, mix(SUNKEN, STONE, 0.45))
    _railing(c, 690, 806)
    for x in (262, 404):
        c.box(x, 880, 10, 44, INK)
    c.box(240, 872, 196, 12, OCHRE, radius=3)
    c.box(240, 836, 196, 12, OCHRE, radius=3)
    c.box(240, 852, 196, 12, OCHRE, radius=3)


def _pavilion(c: Canvas, x: float, y: float) -> None:
    c.box(x - 60, y - 96, 120, 100, PAPER)
    for column in range(5):
        c.box(x - 52 + column * 24, y - 88, 10, 92, mix(SUNKEN, STONE, 0.35))
    c.box(x - 74, y - 110, 148, 16, WHITE)
    c.area([(x - 46, y - 110), (x, y - 158), (x + 46, y - 110)], AMUR)


def _gauge_post(c: Canvas, x: float, y: float) -> None:
    c.box(x - 15, y - 250, 30, 270, WHITE, radius=4)
    for step in range(9):
        c.box(x - 15, y - 236 + step * 28, 15 if step % 2 else 22, 7, INK)
    c.box(x - 24, y - 262, 48, 16, EMBER, radius=4)
    c.line([(x, y - 262), (x, y - 318)], 5, INK)
    c.disc(x, y - 322, 9, EMBER)


def _railing(c: Canvas, top: float, foot: float) -> None:
    for x in range(-10, WIDTH + 20, 40):
        c.box(x, top, 6, foot - top, AMUR)
    for y in (top, top + 56):
        c.box(-20, y, WIDTH + 40, 9, DEEP)


def _lamp(c: Canvas, x: float, y: float) -> None:
    c.glow(x, y - 430, 150, CREAM, 0.9)
    c.box(x - 6, y - 420, 12, 430, INK)
    c.box(x - 18, y - 10, 36, 22, INK, radius=4)
    c.disc(x, y - 430, 24, GOLD)


def port(c: Canvas) -> None:
    """The port of Vanino in winter light: cranes, a fishing boat, cold stores."""
    c.fade(0, 600, mix(SKY, PALE, 0.7), ROSE)
    c.sun(590, 300, 50, PEACH, CREAM)
    c.cloud(1000, 140, 380, WHITE, 150)
    c.ridge(560, 210, mix(PALE, AMUR, 0.32), length=620, roughness=0.35)
    c.ridge(580, 110, mix(PALE, AMUR, 0.55), length=480, roughness=0.3)
    c.fade(570, HEIGHT, mix(SKY, PALE, 0.25), mix(AMUR, SKY, 0.25))
    c.ripples(600, 1060, WHITE, 110, 80)
    c.glitter(590, 590, 1040, CREAM)
    c.area([(760, 660), (1640, 660), (1640, 800), (700, 800)], mix(STONE, PALE, 0.25))
    c.box(700, 700, 940, 100, mix(STONE, INK, 0.3))
    _stores(c, 1120, 700)
    _containers(c, 800, 700)
    for x, size, colour in ((860, 1.0, EMBER), (1260, 1.12, AMUR)):
        _crane(c, x, 704, size, colour)
    _trawler(c, 90, 850)


def _stores(c: Canvas, x: float, y: float) -> None:
    c.box(x, y - 130, 520, 130, PAPER)
    c.box(x, y - 142, 520, 16, AMUR)
    for door in range(4):
        c.box(x + 40 + door * 124, y - 76, 72, 76, mix(PALE, AMUR, 0.35), radius=3)


def _containers(c: Canvas, x: float, y: float) -> None:
    colours = (AMUR, GOLD, PINE, mix(SKY, AMUR, 0.4), EMBER, PALE)
    for number in range(9):
        row, column = divmod(number, 4)
        c.box(x + column * 76 + row * 20, y - 42 - row * 42, 72, 40, colours[number * 5 % 6],
              radius=2)  # fmt: skip


def _crane(c: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    def at(dx: float, dy: float) -> tuple[float, float]:
        return x + dx * size, y - dy * size

    for start, end in (((0, 0), (50, 230)), ((130, 0), (80, 230)), ((14, 66), (108, 100)),
                       ((116, 66), (30, 130))):  # fmt: skip
        c.line([at(*start), at(*end)], 13 * size, colour)
    c.box(*at(30, 290), 84 * size, 64 * size, colour, radius=5)
    c.box(*at(38, 280), 30 * size, 28 * size, CREAM, radius=3)
    for start, end in (((50, 290), (-190, 520)), ((90, 300), (-190, 520)), ((100, 290), (130, 400)),
                       ((130, 400), (-190, 520))):  # fmt: skip
        c.line([at(*start), at(*end)], 9 * size, colour)
    c.line([at(-190, 520), at(-190, 210)], 4 * size, INK)
    c.box(*at(-214, 214), 48 * size, 30 * size, INK, radius=3)


def _trawler(c: Canvas, x: float, y: float) -> None:
    c.box(x + 190, y - 190, 150, 110, WHITE, radius=8)
    c.box(x + 206, y - 172, 118, 30, DEEP, radius=4)
    c.box(x + 60, y - 118, 280, 50, WHITE)
    c.line([(x + 130, y - 100), (x + 130, y - 320), (x + 30, y - 90)], 7, INK)
    c.line([(x + 130, y - 310), (x + 260, y - 190)], 4, INK)
    hull = curve([(x - 30, y - 96), (x + 20, y), (x + 60, y + 26), (x + 400, y + 26)])
    c.area([*hull, (x + 440, y - 70), (x + 360, y - 78)], AMUR)
    c.area(
        [(x + 40, y + 14), (x + 408, y + 14), (x + 404, y + 34), (x + 60, y + 34)],
        EMBER,
    )
    c.ripples(y + 26, y + 60, WHITE, 16, 160)


def rink(c: Canvas) -> None:
    """A courtyard rink at dusk between lit houses, with a warm changing room."""
    c.fade(0, 640, mix(TINT, VIOLET, 0.3), mix(ROSE, VIOLET, 0.22))
    for x, width, top, share in (
        (-30, 400, 210, 0.5), (400, 330, 290, 0.35), (1210, 430, 180, 0.55), (900, 300, 330, 0.35),
    ):  # fmt: skip
        _block(c, x, top, width, mix(mix(ROSE, VIOLET, 0.3), TINT, share))
    c.fade(640, HEIGHT, mix(PALE, VIOLET, 0.22), mix(WHITE, PALE, 0.7))
    for x, height in ((430, 200), (1170, 230), (60, 190)):
        _snowy_fir(c, x, 690, height)
    c.oval(760, 850, 560, 152, mix(PALE, AMUR, 0.35))
    c.oval(760, 842, 548, 142, WHITE)
    c.oval(760, 850, 530, 132, mix(SKY, PALE, 0.5))
    for y, x0, x1 in (
        (810, 470, 660),
        (880, 560, 830),
        (846, 900, 1130),
        (920, 690, 900),
    ):
        c.line(curve([(x0, y), ((x0 + x1) / 2, y - 16), (x1, y + 6)]), 4, WHITE)
    _changing_room(c, 1250, 900)
    _garland(c, [(150, 330), (480, 420), (800, 440), (1120, 420), (1420, 320)])
    for x, y, height, coat, hair in (
        (560, 850, 130, EMBER, INK), (610, 856, 92, GOLD, OCHRE), (820, 900, 140, AMUR, INK),
        (960, 838, 118, VIOLET, INK), (710, 812, 108, PINE, STONE),
    ):  # fmt: skip
        c.oval(x + 8, y + 2, height * 0.2, 6, mix(SKY, AMUR, 0.25))
        c.person(x, y, height, coat, hair)


def _block(c: Canvas, x: float, top: float, width: float, wall: Colour) -> None:
    c.box(x, top, width, 660 - top, wall)
    c.box(x - 6, top - 12, width + 12, 14, mix(WHITE, VIOLET, 0.12))
    columns, rows = int((width - 30) // 62), int((640 - top) // 74)
    c.windows(
        x + 26,
        top + 30,
        columns,
        rows,
        (34, 42),
        (28, 32),
        mix(wall, INK, 0.35),
        GOLD,
        0.45,
    )


def _snowy_fir(c: Canvas, x: float, y: float, height: float) -> None:
    c.conifer(x, y, height, mix(TINT, PINE, 0.4))
    for top, drop in ((1.0, 0.13), (0.72, 0.12), (0.46, 0.12)):
        rim = y - height * (top - drop)
        c.area([(x, y - height * top), (x + height * 0.07, rim), (x, rim - height * 0.04),
                (x - height * 0.07, rim)], WHITE)  # fmt: skip


def _changing_room(c: Canvas, x: float, y: float) -> None:
    c.glow(x + 110, y - 30, 420, mix(GOLD, CREAM, 0.4), 0.5)
    c.house(x, y, 260, mix(OCHRE, SUNKEN, 0.25), WHITE, GOLD)
    c.box(x + 186, y - 76, 44, 76, EMBER, radius=3)
    c.box(x + 190, y - 220, 22, 44, mix(OCHRE, INK, 0.4))
    for step in range(6):
        c.disc(
            x + 204 + step * 9,
            y - 232 - step * 18,
            9 + step * 3,
            WHITE,
            130 - step * 18,
        )


def _garland(c: Canvas, points: list[tuple[float, float]]) -> None:
    wire = curve(points, 8)
    c.line(wire, 3, TINT)
    for x, y in wire[::2]:
        c.glow(x, y + 9, 46, GOLD, 0.5)
        c.disc(x, y + 9, 7, CREAM)


def greenhouse(c: Canvas) -> None:
    """A lit greenhouse in the snow beside the power plant that warms it."""
    c.fade(0, 620, mix(SKY, PALE, 0.45), mix(ROSE, PEACH, 0.2))
    c.sun(240, 420, 54, PEACH, CREAM)
    c.ridge(620, 100, mix(PALE, AMUR, 0.28), length=700)
    for x, height in ((1130, 450), (1290, 500), (1440, 420)):
        _stack(c, x, 640, height)
    c.box(1010, 500, 640, 150, mix(PALE, AMUR, 0.42))
    c.windows(1040, 530, 10, 2, (34, 30), (22, 22), mix(PALE, AMUR, 0.6), CREAM, 0.4)
    c.fade(640, HEIGHT, mix(PALE, SKY, 0.12), WHITE)
    c.forest(660, 90, mix(PALE, mix(AMUR, PINE, 0.4), 0.65), 9, x0=-20, x1=300)
    c.line(curve([(1180, 640), (1180, 740), (1120, 800), (1040, 800)]), 22, EMBER)
    _glasshouse(c, 130, 930, 940, 330)
    drift = curve([(-20, 950), (300, 930), (700, 962), (1100, 930), (1640, 960)])
    c.area([*drift, (1640, 1090), (-20, 1090)], WHITE)
    c.person(1210, 990, 170, AMUR, INK)
    for step in range(3):
        c.box(
            1260 + step * 8,
            960 - step * 34,
            96 - step * 16,
            32,
            mix(OCHRE, SUNKEN, 0.3),
            radius=3,
        )
        c.disc(1290 + step * 18, 960 - step * 34, 16, PINE)
        c.disc(1320 - step * 6, 958 - step * 34, 14, mix(PINE, MOSS, 0.5))


def _stack(c: Canvas, x: float, y: float, height: float) -> None:
    for step in range(9):
        c.disc(
            x + 16 + step * 26,
            y - height - 16 - step * 15,
            22 + step * 8,
            WHITE,
            150 - step * 14,
        )
    c.area(
        [(x, y), (x + 12, y - height), (x + 46, y - height), (x + 58, y)],
        mix(SUNKEN, STONE, 0.25),
    )
    c.box(x + 11, y - height, 36, 28, EMBER)
    c.box(x + 9, y - height + 58, 40, 28, EMBER)


def _glasshouse(c: Canvas, x: float, y: float, width: float, height: float) -> None:
    """A glass hall with an arched roof; rows of green stand inside in warm light."""
    c.glow(x + width / 2, y - height / 2, width * 0.75, GOLD, 0.55)
    roof = [(x + width * (0.5 - 0.5 * math.cos(math.pi * step / 24)),
             y - height * 0.55 - height * 0.5 * math.sin(math.pi * step / 24))
            for step in range(25)]  # fmt: skip
    c.area([(x, y), *roof, (x + width, y)], mix(CREAM, GOLD, 0.3))
    for row, shade in ((0, 0.75), (1, 0.4), (2, 0.1)):
        level = y - 150 + row * 62
        for number in range(26):
            left = x + 40 + number * (width - 80) / 25
            c.disc(left, level - 12 * (number % 2), 24 + 4 * row, mix(PINE, MOSS, shade))
        c.box(x + 10, level + 14, width - 20, 20, mix(OCHRE, SUNKEN, 0.35 - 0.1 * row))
    for step in range(0, 25, 2):
        c.line([roof[step], (roof[step][0], y)], 5, WHITE)
    for share in (0.3, 0.55):
        c.line([(x, y - height * share), (x + width, y - height * share)], 5, WHITE)
    c.line([(x, y), *roof, (x + width, y)], 12, WHITE)
