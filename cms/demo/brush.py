"""A canvas and the things that demo scenes share: hills, trees, water, houses, people.

Coordinates are those of a 1600 x 1067 picture whatever size is asked for. No scene lives here.
"""

from __future__ import annotations

import math
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageOps

from cms.demo.palette import CREAM, INK, PAPER, SKIN, STONE, WHITE, mix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cms.demo.palette import Colour

    Point = tuple[float, float]

WIDTH, HEIGHT = 1600, 1067
OVERSAMPLING = 2  # Pillow draws without antialiasing; we draw larger and shrink.


def curve(points: Sequence[Point], steps: int = 12) -> list[Point]:
    """A smooth open line through the points (Catmull-Rom)."""
    padded = [points[0], *points, points[-1]]
    line = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        line += [_between(p0, p1, p2, p3, step / steps) for step in range(steps)]
    return [*line, points[-1]]


def _between(p0: Point, p1: Point, p2: Point, p3: Point, t: float) -> Point:
    x, y = (
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
               + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(p0, p1, p2, p3, strict=True)
    )  # fmt: skip
    return x, y


class Canvas:
    """A picture in the making; `finish` gives it in the size asked for."""

    def __init__(self, seed: str, size: tuple[int, int]) -> None:
        self.size = size
        self.scale = size[0] * OVERSAMPLING / WIDTH
        full = (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING)
        self.image = Image.new("RGB", full, PAPER)
        self.pen = ImageDraw.Draw(self.image, "RGBA")
        self.random = Random(seed)  # seeded: the same picture every time

    def finish(self) -> Image.Image:
        return self.image.resize(self.size, Image.Resampling.LANCZOS)

    def px(self, points: Iterable[Point]) -> list[Point]:
        return [(x * self.scale, y * self.scale) for x, y in points]

    # Marks

    def area(self, points: Iterable[Point], colour: Colour, alpha: int = 255) -> None:
        self.pen.polygon(self.px(points), fill=(*colour, alpha))

    def box(
        self, x: float, y: float, width: float, height: float, colour: Colour,
        *, radius: float = 0, alpha: int = 255,
    ) -> None:  # fmt: skip
        corners = self.px([(x, y), (x + width, y + height)])
        self.pen.rounded_rectangle(corners, radius * self.scale, fill=(*colour, alpha))

    def disc(self, x: float, y: float, radius: float, colour: Colour, alpha: int = 255) -> None:
        corners = self.px([(x - radius, y - radius), (x + radius, y + radius)])
        self.pen.ellipse(corners, fill=(*colour, alpha))

    def oval(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        self.pen.ellipse(self.px([(x - rx, y - ry), (x + rx, y + ry)]), fill=colour)

    def line(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """A line with round joints and ends. Pillow's own wide lines have ragged edges."""
        half = width / 2
        for (x0, y0), (x1, y1) in pairwise(points):
            length = math.hypot(x1 - x0, y1 - y0) or 1
            dx, dy = (y0 - y1) / length * half, (x1 - x0) / length * half
            self.area([(x0 + dx, y0 + dy), (x1 + dx, y1 + dy), (x1 - dx, y1 - dy),
                       (x0 - dx, y0 - dy)], colour)  # fmt: skip
        for x, y in points:
            self.disc(x, y, half, colour)

    def fade(self, y0: float, y1: float, top: Colour, bottom: Colour) -> None:
        """An even change of colour between two heights, over the whole width."""
        first, last = round(y0 * self.scale), round(y1 * self.scale) + 1
        mask = Image.linear_gradient("L").resize((self.image.width, last - first))
        band = Image.new("RGB", mask.size, top)
        band.paste(bottom, mask=mask)
        self.image.paste(band, (0, first))

    def area_fade(self, points: Sequence[Point], top: Colour, bottom: Colour) -> None:
        """A shape whose colour changes evenly from its upper to its lower end."""
        corners = self.px(points)
        y0, y1 = (round(edge(y for _x, y in corners)) for edge in (min, max))
        mask = Image.new("L", (self.image.width, y1 - y0))
        ImageDraw.Draw(mask).polygon([(x, y - y0) for x, y in corners], fill=255)
        band = Image.new("RGB", mask.size, top)
        band.paste(bottom, mask=Image.linear_gradient("L").resize(mask.size))
        self.image.paste(band, (0, y0), mask)

    def mist(self, y0: float, y1: float, colour: Colour, strength: float) -> None:
        """A veil that is clear at the first height and `strength` (0..1) thick at the second."""
        first, last = sorted((round(y0 * self.scale), round(y1 * self.scale)))
        mask = Image.linear_gradient("L").resize((self.image.width, last - first))
        mask = ImageOps.flip(mask) if y0 > y1 else mask
        self.image.paste(colour, (0, first), mask.point(lambda value: round(value * strength)))

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Light around a point that fades to nothing at the radius."""
        side = round(2 * radius * self.scale)
        light = ImageOps.invert(Image.radial_gradient("L")).resize((side, side))
        mask = light.point(lambda value: round(max(0, (value - 76) / 179) ** 1.6 * 255 * strength))
        corner = (round((x - radius) * self.scale), round((y - radius) * self.scale))
        self.image.paste(colour, corner, mask)

    # Land and water

    def ridge(
        self, y: float, height: float, colour: Colour, *, roughness: float = 0.25,
        length: float = 900,
    ) -> Callable[[float], float]:  # fmt: skip
        """A line of hills across the picture, filled down to the lower edge; gives y at any x."""
        turn = [self.random.uniform(0, math.tau) for _ in range(4)]

        def crest(x: float) -> float:
            return y - height * _hill(x / length, turn, roughness)

        outline = [(x, crest(x)) for x in range(-20, WIDTH + 21, 8)]
        self.area([*outline, (WIDTH + 20, HEIGHT), (-20, HEIGHT)], colour)
        return crest

    def ripples(self, y0: float, y1: float, colour: Colour, count: int, alpha: int = 90) -> None:
        """Short level strokes on water, longer towards the viewer."""
        for _ in range(count):
            depth = self.random.random() ** 1.4
            y, length = (
                y0 + (y1 - y0) * depth,
                self.random.uniform(30, 90) * (0.4 + 1.6 * depth),
            )
            x = self.random.uniform(-60, WIDTH)
            self.box(x, y, length, 2 + 3 * depth, colour, radius=2, alpha=alpha)

    def sun(self, x: float, y: float, radius: float, colour: Colour, halo: Colour) -> None:
        self.glow(x, y, radius * 5, halo, 0.75)
        self.disc(x, y, radius, colour)

    def glitter(self, x: float, y0: float, y1: float, colour: Colour, spread: float = 60) -> None:
        """The broken reflection of a light on water."""
        y = y0
        while y < y1:
            depth = (y - y0) / (y1 - y0)
            width = spread * (0.5 + depth) * self.random.uniform(0.6, 1.2)
            shift = self.random.uniform(-0.25, 0.25) * spread
            self.box(
                x - width / 2 + shift,
                y,
                width,
                3 + 4 * depth,
                colour,
                radius=3,
                alpha=190,
            )
            y += 10 + 16 * depth

    def cloud(self, x: float, y: float, width: float, colour: Colour, alpha: int = 255) -> None:
        """A flat cloud of three rounded bars."""
        for dx, dy, share in ((0.12, -26, 0.5), (0, 0, 1), (0.3, 24, 0.55)):
            self.box(
                x + dx * width,
                y + dy,
                share * width,
                30,
                colour,
                radius=15,
                alpha=alpha,
            )

    # Growing things

    def conifer(self, x: float, y: float, height: float, colour: Colour) -> None:
        """A fir that stands with its foot at (x, y)."""
        self.box(x - height * 0.02, y - height * 0.12, height * 0.04, height * 0.14, colour)
        for tier, (top, foot) in enumerate(((1.0, 0.62), (0.8, 0.36), (0.58, 0.08))):
            half = height * (0.11 + 0.055 * tier)
            self.area(
                [(x, y - height * top), (x + half, y - height * foot),
                 (x, y - height * (foot + 0.035)), (x - half, y - height * foot)],
                colour,
            )  # fmt: skip

    def forest(
        self, foot: float | Callable[[float], float], height: float, colour: Colour, count: int,
        *, x0: float = -40, x1: float = WIDTH + 40,
    ) -> None:  # fmt: skip
        """A row of firs of uneven height; `foot` is their level, or the ground's y at each x."""
        for number in range(count):
            x = x0 + (x1 - x0) * (number + self.random.random()) / count
            y = foot(x) if callable(foot) else foot
            self.conifer(x, y + 0.2 * height, height * self.random.uniform(0.55, 1.15), colour)

    def round_tree(self, x: float, y: float, height: float, crown: Colour, trunk: Colour) -> None:
        """A broad-leaved tree: a crown of balls, lighter towards the sun at the upper left."""
        self.line([(x, y), (x, y - height * 0.6)], height * 0.05, trunk)
        self.line([(x, y - height * 0.36), (x + height * 0.15, y - height * 0.56)],
                  height * 0.03, trunk)  # fmt: skip
        balls = ((-0.2, 0.5, 0.15), (0.21, 0.51, 0.15), (0.02, 0.5, 0.18), (0.17, 0.68, 0.17),
                 (-0.15, 0.67, 0.18), (0.02, 0.8, 0.18))  # fmt: skip
        for dx, dy, size in balls:
            self.disc(x + dx * height, y - dy * height, size * height, crown)
        light = mix(crown, CREAM, 0.16)
        for dx, dy, size in (
            (-0.18, 0.7, 0.1),
            (-0.02, 0.83, 0.11),
            (-0.22, 0.52, 0.08),
        ):
            self.disc(x + dx * height, y - dy * height, size * height, light)

    def birch(self, x: float, y: float, height: float, crown: Colour) -> None:
        """A slender birch; the crown hangs to both sides of the white stem."""
        light = mix(crown, WHITE, 0.22)
        for dx, dy, rx, ry in ((0.07, 0.5, 0.1, 0.16), (-0.08, 0.56, 0.1, 0.17),
                               (0.05, 0.7, 0.11, 0.2), (-0.02, 0.84, 0.09, 0.18)):  # fmt: skip
            self.oval(x + dx * height, y - dy * height, rx * height, ry * height, crown)
        self.oval(x - 0.07 * height, y - 0.6 * height, 0.05 * height, 0.1 * height, light)
        self.oval(x - 0.02 * height, y - 0.86 * height, 0.05 * height, 0.1 * height, light)
        stem = height * 0.022
        self.area([(x - stem, y), (x + stem, y), (x + stem * 0.3, y - height * 0.8),
                   (x - stem * 0.3, y - height * 0.8)], PAPER)  # fmt: skip
        for share in (0.1, 0.2, 0.3, 0.42, 0.55):
            self.box(x - stem * 0.8, y - height * share, stem, height * 0.01, STONE)

    # People and their things

    def person(self, x: float, y: float, height: float, coat: Colour, hair: Colour) -> None:
        """A standing figure seen from behind, feet at (x, y)."""
        legs, unit = mix(coat, INK, 0.65), height / 100
        for dx in (-7.5, 1):
            self.box(x + dx * unit, y - 42 * unit, 6.5 * unit, 42 * unit, legs, radius=2)
        shade = mix(coat, INK, 0.2)
        for dx in (-14.5, 9.5):
            self.box(
                x + dx * unit,
                y - 78 * unit,
                5 * unit,
                36 * unit,
                shade,
                radius=3 * unit,
            )
        self.area(
            [(x - 10 * unit, y - 76 * unit), (x + 10 * unit, y - 76 * unit),
             (x + 12 * unit, y - 34 * unit), (x - 12 * unit, y - 34 * unit)], coat,
        )  # fmt: skip
        self.box(x - 10.5 * unit, y - 81 * unit, 21 * unit, 16 * unit, coat, radius=6 * unit)
        self.box(x - 3 * unit, y - 85 * unit, 6 * unit, 6 * unit, SKIN)
        self.disc(x, y - 91 * unit, 8 * unit, hair)

    def house(
        self,
        x: float,
        y: float,
        width: float,
        wall: Colour,
        roof: Colour,
        light: Colour,
    ) -> None:
        """A village house seen from its long side, standing on y."""
        height = width * 0.38
        self.box(x, y - height, width, height, wall)
        self.area(
            [(x - width * 0.08, y - height), (x + width * 0.12, y - height * 1.85),
             (x + width * 0.88, y - height * 1.85), (x + width * 1.08, y - height)],
            roof,
        )  # fmt: skip
        for share in (0.14, 0.43, 0.72):
            self.box(x + width * share, y - height * 0.72, width * 0.14, height * 0.42, light)

    def windows(
        self, x: float, y: float, columns: int, rows: int, pane: Point, gap: Point,
        dark: Colour, lit: Colour, share: float,
    ) -> None:  # fmt: skip
        """A facade's windows, a share (0..1) of them lit."""
        for row in range(rows):
            for column in range(columns):
                colour = lit if self.random.random() < share else dark
                left, top = (
                    x + column * (pane[0] + gap[0]),
                    y + row * (pane[1] + gap[1]),
                )
                self.box(left, top, *pane, colour, radius=2)


def _hill(x: float, turn: Sequence[float], roughness: float) -> float:
    """Height 0..1 of the hills at x: four waves, the finer ones as strong as the roughness."""
    strength = [1.0, 0.55, roughness * 0.5, roughness * 0.22]
    waves = zip(strength, (1.0, 2.3, 6.1, 15.7), turn, strict=True)
    total = sum(share * math.sin(x * pace * math.tau + phase) for share, pace, phase in waves)
    return 0.5 + total / (2 * sum(strength))
