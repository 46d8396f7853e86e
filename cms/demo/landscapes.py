"""Scenes of river, forest and coast. Towns, ports and rooms are in places.py."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PIL import Image, ImageFilter, ImageOps

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


def river_bend(c: Canvas) -> None:
    """The Amur winding between hills at sunrise, seen from a high bank."""
    c.fade(0, 470, mix(SKY, PALE, 0.5), ROSE)
    c.sun(1120, 340, 54, PEACH, CREAM)
    c.cloud(180, 150, 330, WHITE, 150)
    c.cloud(1260, 120, 220, WHITE, 120)
    for y, height, share in ((440, 150, 0.24), (475, 110, 0.4), (510, 80, 0.55)):
        crest = c.ridge(y, height, mix(PALE, AMUR, share), length=700)
    c.forest(crest, 16, mix(PALE, AMUR, 0.55), 90)
    plain = [
        (-20, 520),
        *curve([(-20, 506), (500, 512), (1000, 504), (1640, 512)]),
        (1640, 1090),
    ]
    c.area_fade([*plain, (-20, 1090)], mix(AMUR, MOSS, 0.42), mix(DEEP, PINE, 0.45))
    left = curve([(800, 509), (960, 520), (1140, 546), (1030, 588), (700, 640), (420, 720),
                  (470, 830), (720, 960), (800, 1100)])  # fmt: skip
    right = curve([(930, 509), (1090, 518), (1330, 548), (1270, 610), (960, 672), (800, 740),
                   (960, 830), (1420, 940), (1640, 1100)])  # fmt: skip
    c.area_fade([*left, *reversed(right)], mix(ROSE, PEACH, 0.16), mix(SKY, AMUR, 0.12))
    c.glitter(1190, 524, 600, CREAM, 70)
    _bank_woods(c)
    _boat(c, 660, 762, 92)
    bank = curve([(-20, 900), (200, 860), (420, 930), (560, 1010), (760, 1090)])
    c.area([*bank, (-20, 1090)], mix(INK, DEEP, 0.5))
    c.forest(960, 230, mix(INK, DEEP, 0.35), 6, x0=-20, x1=330)
    c.birch(452, 965, 300, GOLD)


def _bank_woods(c: Canvas) -> None:
    """Woods on both banks, darker and taller towards the viewer."""
    for y, height, count, x0, x1, share in (
        (548, 20, 60, -20, 900, 0.3), (552, 20, 26, 1370, 1640, 0.3),
        (612, 34, 30, -20, 640, 0.5), (640, 38, 20, 1330, 1640, 0.5),
        (690, 54, 14, -20, 330, 0.65), (720, 60, 18, 1010, 1640, 0.65),
        (800, 92, 9, -30, 350, 0.8), (820, 96, 13, 1120, 1660, 0.8),
    ):  # fmt: skip
        c.forest(y, height, mix(mix(AMUR, MOSS, 0.3), mix(DEEP, PINE, 0.4), share), count,
                 x0=x0, x1=x1)  # fmt: skip


def _boat(c: Canvas, x: float, y: float, length: float) -> None:
    c.area([(x - length * 1.9, y + 26), (x, y + 2), (x - length * 1.6, y - 4)], WHITE, 120)
    c.area(
        [
            (x - 10, y - 12),
            (x + length, y - 12),
            (x + length * 0.86, y + 8),
            (x, y + 8),
        ],
        WHITE,
    )
    c.box(x + 18, y - 30, length * 0.42, 20, EMBER, radius=4)


def taiga(c: Canvas) -> None:
    """Ridges of larch and fir in morning mist, one tree already red."""
    c.fade(0, 640, CREAM, PALE)
    c.sun(420, 250, 66, GOLD, CREAM)
    for step in range(5):
        share, y = 0.2 + step * 0.16, 440 + step * 100
        colour = mix(PALE, mix(DEEP, PINE, 0.4), share)
        crest = c.ridge(y, 170 - step * 18, colour, length=620 + 90 * step)
        c.forest(crest, 40 + step * 26, colour, 74 - step * 11)
        if step < 4:
            c.mist(y - 40, y + 330, PALE, 0.5 - step * 0.06)
    stream = curve([(1010, 850), (1050, 880), (920, 920), (960, 980), (780, 1090)])
    c.area([*stream, (1190, 1090), (1130, 985), (1050, 922), (1105, 880), (1036, 850)],
           mix(SKY, PALE, 0.6))  # fmt: skip
    c.forest(1075, 250, mix(INK, DEEP, 0.45), 6, x1=560)
    c.forest(1075, 270, mix(INK, DEEP, 0.45), 4, x0=1300)
    c.round_tree(1215, 1030, 300, EMBER, INK)
    c.birch(640, 1030, 330, GOLD)


def aurora(c: Canvas) -> None:
    """Northern lights over the Okhotsk coast and a small school with a dish."""
    c.fade(0, 640, INK, mix(TINT, AMUR, 0.75))
    for _ in range(150):
        c.disc(c.random.uniform(0, WIDTH), c.random.uniform(0, 520), c.random.uniform(0.8, 2.4),
               CREAM, 190)  # fmt: skip
    _curtain(c, [(-60, 430), (260, 330), (560, 420), (900, 300), (1300, 380), (1700, 240)], 330,
             mix(MOSS, SKY, 0.3), 0.75)  # fmt: skip
    _curtain(c, [(200, 300), (600, 250), (1000, 330), (1350, 220), (1700, 300)], 240,
             mix(VIOLET, SKY, 0.4), 0.5)  # fmt: skip
    c.ridge(620, 170, mix(TINT, SKY, 0.12), length=640, roughness=0.3)
    c.ridge(640, 90, mix(TINT, SKY, 0.04), length=520, roughness=0.3)
    c.fade(630, 900, mix(AMUR, MOSS, 0.25), mix(TINT, INK, 0.3))
    c.ripples(640, 880, mix(MOSS, PALE, 0.4), 90, 70)
    snow = curve([(-20, 850), (260, 800), (640, 822), (1000, 780), (1320, 800), (1640, 762)])
    c.area_fade([*snow, (1640, 1090), (-20, 1090)], mix(PALE, AMUR, 0.35), mix(PALE, AMUR, 0.12))
    _school(c, 560, 900)
    for x, y, width in ((120, 880, 130), (330, 905, 110), (1330, 872, 140)):
        c.house(x, y, width, mix(TINT, OCHRE, 0.3), mix(PALE, AMUR, 0.2), GOLD)
        c.glow(x + width / 2, y - 20, width * 1.1, GOLD, 0.25)
    c.forest(1010, 150, INK, 5, x0=-30, x1=210)
    c.forest(1020, 170, INK, 4, x0=1420, x1=1640)


def _curtain(
    c: Canvas,
    points: list[tuple[float, float]],
    height: float,
    colour: Colour,
    strength: float,
) -> None:
    """A band of northern light that hangs above the line through the points."""
    mask = Image.new("L", c.image.size)
    ray = ImageOps.flip(Image.linear_gradient("L")).transpose(Image.Transpose.ROTATE_180)
    width = round(10 * c.scale)
    for x, y in c.px(curve(points, 40)):
        tall = round(height * c.scale * c.random.uniform(0.7, 1.1))
        force = strength * (0.75 + 0.25 * math.sin(x / (90 * c.scale)))
        light = ray.resize((width, tall)).point(lambda v, f=force: round(v * v / 255 * f))
        mask.paste(light, (round(x), round(y) - tall))
    mask = mask.filter(ImageFilter.GaussianBlur(9 * c.scale))
    c.image.paste(colour, mask=mask)


def _school(c: Canvas, x: float, y: float) -> None:
    wall = mix(TINT, SUNKEN, 0.55)
    c.glow(x + 260, y + 10, 520, GOLD, 0.3)
    c.box(x, y - 150, 520, 150, wall)
    c.box(x - 14, y - 168, 548, 22, mix(PALE, AMUR, 0.1), radius=4)
    for left in (30, 300):
        c.windows(x + left, y - 124, 3, 1, (50, 56), (14, 0), AMUR, GOLD, 0.8)
    c.box(x + 234, y - 96, 52, 96, EMBER, radius=3)
    c.line([(x + 440, y - 168), (x + 440, y - 226)], 8, STONE)
    c.line([(x + 440, y - 240), (x + 484, y - 292)], 4, WHITE)
    dish = c.px([(x + 388, y - 304), (x + 492, y - 200)])
    c.pen.chord(dish, 38, 218, fill=WHITE)
    c.disc(x + 484, y - 294, 8, EMBER)


def bridge(c: Canvas) -> None:
    """The long bridge over the Amur at ice drift, a train on it."""
    c.fade(0, 640, mix(SKY, PALE, 0.5), mix(ROSE, PEACH, 0.25))
    c.sun(1240, 470, 60, PEACH, CREAM)
    c.cloud(300, 160, 400, WHITE, 160)
    c.cloud(980, 240, 260, WHITE, 130)
    c.ridge(610, 90, mix(PALE, AMUR, 0.3), length=820)
    crest = c.ridge(625, 40, mix(PALE, AMUR, 0.48), length=560)
    c.forest(crest, 18, mix(PALE, AMUR, 0.48), 90)
    c.fade(620, HEIGHT, mix(ROSE, SKY, 0.35), mix(AMUR, SKY, 0.2))
    c.glitter(1240, 640, 1040, CREAM, 90)
    for number in range(46):
        depth = (number / 46) ** 1.3
        _floe(c, c.random.uniform(-60, WIDTH), 660 + 390 * depth, 26 + 90 * depth)
    for span in range(5):
        _span(c, -170 + span * 372, 560, 372)
    _train(c, 330, 548)


def _floe(c: Canvas, x: float, y: float, width: float) -> None:
    rim = mix(PALE, AMUR, 0.3)
    edge = [(0, 0.1), (0.3, -0.06), (0.72, 0), (1, 0.12), (0.8, 0.26), (0.28, 0.24)]
    shape = [(x + dx * width * c.random.uniform(0.9, 1.1), y + dy * width) for dx, dy in edge]
    c.area([(px, py + width * 0.05) for px, py in shape], rim)
    c.area(shape, mix(WHITE, PALE, 0.3))


def _span(c: Canvas, x: float, y: float, width: float) -> None:
    """One span of the truss with the pier at its left end."""
    arch = [(x + width * step / 12, y - 40 - 120 * math.sin(math.pi * step / 12))
            for step in range(13)]  # fmt: skip
    for step, (px, py) in enumerate(arch[:-1]):
        c.line([(px, py), (px, y)], 6, DEEP)
        after = arch[step + 1]
        ends = [(px, y), after] if step < 6 else [(px, py), (after[0], y)]
        c.line(ends, 5, DEEP)
    c.line(arch, 13, DEEP)
    c.box(x - 4, y - 6, width + 8, 26, DEEP)
    stone = mix(SUNKEN, STONE, 0.45)
    c.area(
        [(x - 26, y + 20), (x + 26, y + 20), (x + 36, y + 210), (x - 36, y + 210)],
        stone,
    )
    c.box(x - 34, y + 18, 68, 16, mix(SUNKEN, STONE, 0.7))
    c.area([(x - 36, y + 210), (x + 36, y + 210), (x, y + 240)], mix(AMUR, SKY, 0.3))


def _train(c: Canvas, x: float, y: float) -> None:
    for wagon in range(6):
        left = x + 148 * wagon
        body = EMBER if wagon == 5 else mix(SKY, PALE, 0.45)
        c.box(left, y - 44, 140, 44, body, radius=7)
        c.box(left + 10, y - 34, 120, 14, DEEP, radius=3)
        c.box(left + 138, y - 14, 14, 6, INK)


def drone(c: Canvas) -> None:
    """A school club's drone over the hills of Bikin; far off a thread of smoke."""
    c.fade(0, 600, mix(SKY, PALE, 0.3), CREAM)
    c.cloud(1120, 180, 330, WHITE, 150)
    tints = [mix(PALE, mix(AMUR, PINE, 0.55), 0.25 + 0.15 * step) for step in range(5)]
    for step, colour in enumerate(tints):
        crest = c.ridge(500 + step * 105, 160 - step * 10, colour, length=700 + 60 * step)
        if step == 1:
            _smoke(c, 1180, crest(1180) + 8)
        c.forest(crest, 34 + 24 * step, colour, 80 - 13 * step)
        if step < 4:
            c.mist(480 + step * 105, 760 + step * 105, PALE, 0.3)
    c.forest(1085, 240, mix(INK, DEEP, 0.5), 5, x1=420)
    c.forest(1085, 220, mix(INK, DEEP, 0.5), 5, x0=1240)
    _quadcopter(c, 560, 330, 1.25)


def _smoke(c: Canvas, x: float, y: float) -> None:
    c.glow(x, y + 10, 150, EMBER, 0.75)
    c.glow(x, y + 10, 70, GOLD, 0.9)
    for step in range(26):
        drift = step * step * 0.36
        c.disc(x + drift + 8 * math.sin(step), y - 12 * step, 9 + 1.5 * step,
               mix(SUNKEN, STONE, 0.35), max(20, 170 - 6 * step))  # fmt: skip


def _quadcopter(c: Canvas, x: float, y: float, size: float) -> None:
    def at(dx: float, dy: float) -> tuple[float, float]:
        return x + dx * size, y + dy * size

    for side in (-1, 1):
        for reach, height, wide in ((205, -34, 92), (120, -62, 66)):
            c.line([at(0, 0), at(side * reach, height)], 13 * size, DEEP)
            c.box(*at(side * reach - 9, height - 22), 18 * size, 34 * size, INK, radius=5)
            c.oval(
                *at(side * reach, height - 26),
                wide * size,
                7 * size,
                mix(PALE, STONE, 0.3),
            )
        c.line([at(side * 44, 20), at(side * 84, 92), at(side * 120, 92)], 8 * size, INK)
    c.box(*at(-74, -36), 148 * size, 66 * size, WHITE, radius=30 * size)
    c.box(*at(-74, -10), 148 * size, 14 * size, AMUR)
    c.box(*at(-26, 26), 52 * size, 44 * size, INK, radius=14 * size)
    c.disc(*at(0, 48), 15 * size, SKY)
    c.disc(*at(54, -22), 6 * size, EMBER)


def village(c: Canvas) -> None:
    """A village on the lower Amur: houses, boats, a first-aid post with an antenna."""
    c.fade(0, 520, mix(SKY, PALE, 0.45), CREAM)
    c.cloud(260, 150, 360, WHITE, 170)
    c.cloud(1150, 110, 300, WHITE, 150)
    c.ridge(520, 190, mix(PALE, AMUR, 0.3), length=760)
    crest = c.ridge(560, 110, mix(PALE, mix(AMUR, PINE, 0.5), 0.55), length=600)
    c.forest(crest, 40, mix(PALE, mix(AMUR, PINE, 0.5), 0.55), 60)
    slope = curve([(-20, 560), (400, 600), (860, 570), (1240, 610), (1640, 572)])
    c.area_fade([*slope, (1640, 900), (-20, 900)], mix(MOSS, GOLD, 0.35), mix(MOSS, PINE, 0.45))
    wood = mix(OCHRE, SUNKEN, 0.3)
    for x, y, width in (
        (90, 640, 150),
        (320, 668, 170),
        (1090, 650, 150),
        (1370, 672, 180),
    ):
        _chimney(c, x + width * 0.7, y - width * 0.6)
        c.house(x, y, width, wood, mix(AMUR, STONE, 0.4), PALE)
    _first_aid_post(c, 640, 740)
    shore = curve([(-20, 850), (300, 812), (700, 836), (1100, 800), (1640, 850)])
    c.area_fade(
        [*shore, (1640, HEIGHT), (-20, HEIGHT)],
        mix(SKY, PALE, 0.4),
        mix(SKY, AMUR, 0.5),
    )
    c.ripples(870, 1060, WHITE, 60, 110)
    c.birch(1290, 800, 330, mix(MOSS, GOLD, 0.45))
    c.birch(240, 800, 280, mix(MOSS, GOLD, 0.35))
    for x, y, colour in ((380, 880, EMBER), (960, 900, AMUR)):
        _rowing_boat(c, x, y, colour)


def _chimney(c: Canvas, x: float, y: float) -> None:
    c.box(x, y - 30, 18, 40, mix(EMBER, SUNKEN, 0.3))
    for step in range(7):
        c.disc(x + 9 + step * 9, y - 44 - step * 17, 9 + step * 2.5, WHITE, 150 - step * 18)


def _first_aid_post(c: Canvas, x: float, y: float) -> None:
    c.line([(x + 370, y), (x + 370, y - 330)], 7, STONE)
    for step in range(3):
        c.line([(x + 340, y - 250 - step * 30), (x + 400, y - 250 - step * 30)], 5, STONE)
    c.disc(x + 370, y - 334, 8, EMBER)
    c.house(x, y, 330, WHITE, AMUR, mix(SKY, PALE, 0.5))
    c.box(x + 276, y - 92, 40, 92, mix(SKY, AMUR, 0.5), radius=3)
    c.box(x + 136, y - 206, 58, 58, WHITE, radius=8)
    c.box(x + 159, y - 200, 12, 46, PINE)
    c.box(x + 142, y - 183, 46, 12, PINE)


def _rowing_boat(c: Canvas, x: float, y: float, colour: Colour) -> None:
    hull = curve([(x, y - 30), (x + 30, y + 8), (x + 90, y + 16), (x + 200, y + 10)])
    c.area([*hull, (x + 236, y - 40), (x + 150, y - 26)], colour)
    c.line([(x, y - 30), (x + 90, y - 25), (x + 150, y - 26), (x + 236, y - 40)], 7, CREAM)
