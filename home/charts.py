"""Charts as SVG that the server draws: bar list, step line, funnel, map. Pure; no script, no style.

Each says its figures in words on itself and gives them as rows for the table behind it. They look
the same on a page, on paper and in print: colours are attributes, which a stylesheet may change.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.template.loader import render_to_string
from django.utils.formats import date_format, number_format

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from django.utils.safestring import SafeString

WIDTH = 640
BAR_MAX = 480  # leaves room for a figure behind the longest bar
ROW = 46
LINE_TOP, LINE_BOTTOM, LINE_HEIGHT = 24, 200, 232
# From nothing to most; black words can be read on each.
FILLS = ("#f0eee8", "#d3e6ec", "#a9cdd9", "#7cb3c4", "#4f9ab0")
HEATS = len(FILLS) - 1


def figure(value: float) -> str:
    """A number with its digits grouped as the active language does."""
    return number_format(value, force_grouping=True)


def length(value: float, most: float, full: int = BAR_MAX) -> int:
    """How long a bar is; what is more than nothing is never drawn as nothing.

    >>> length(5, 10), length(0, 10), length(1, 100_000), length(3, 0)
    (240, 0, 2, 0)
    """
    if value <= 0 or most <= 0:
        return 0
    return max(2, round(full * value / most))


def heat(value: float, most: float) -> int:
    """One of the steps 0 to 4 that a map's colour has.

    >>> [heat(value, 100) for value in (0, 1, 25, 26, 100)]
    [0, 1, 1, 2, 4]
    """
    if value <= 0 or most <= 0:
        return 0
    return min(HEATS, -int(-HEATS * value // most))


@dataclass(frozen=True)
class Bar:
    """One figure: what it counts, how much, in which words, and where the list behind it is.

    `behind` is how many rows that list has, for a figure that is no count of rows itself.
    """

    label: str
    value: float
    shown: str = ""
    url: str = ""
    lang: str = ""
    behind: int | None = None

    @property
    def words(self) -> str:
        return self.shown or figure(self.value)

    @property
    def listed(self) -> float:
        """How many rows the list behind it has."""
        return self.value if self.behind is None else self.behind

    def cells(self, heads: Sequence[str]) -> tuple[str, ...]:
        """Its line of the table; a third head asks for the length of the list, too."""
        return (self.label, self.words, figure(self.listed))[: len(heads)]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What every chart has: a key unique on its page, a title, a sentence, heads of its table."""

    template: ClassVar[str]
    key: str
    title: str
    description: str = ""
    heads: tuple[str, ...] = ("", "")

    @property
    def rows(self) -> Sequence[tuple[Any, tuple[str, ...]]]:
        """The table behind the chart: what each line is of, and its cells."""
        raise NotImplementedError

    @property
    def svg(self) -> SafeString:
        """The picture, complete in itself."""
        return render_to_string(f"components/charts/{self.template}.svg", {"chart": self})


@dataclass(frozen=True, kw_only=True)
class BarList(Chart):
    """Bars below each other, each under its label, with its figure at its end."""

    template = "bars"
    bars: Sequence[Bar]

    @property
    def height(self) -> int:
        return ROW * len(self.bars)

    @property
    def has_links(self) -> bool:
        return any(bar.url for bar in self.bars)

    @property
    def drawn(self) -> list[tuple[Bar, int, int, int]]:
        """Each bar with its place from the top, its length, and the length it is measured by."""
        most = max((bar.value for bar in self.bars), default=0)
        widths = [length(bar.value, most) for bar in self.bars]
        return [(bar, ROW * n, widths[n], 0) for n, bar in enumerate(self.bars)]

    @property
    def rows(self) -> list[tuple[Bar, tuple[str, ...]]]:
        """The table behind the chart."""
        return [(bar, bar.cells(self.heads)) for bar in self.bars]


@dataclass(frozen=True, kw_only=True)
class Funnel(BarList):
    """Stages that fewer and fewer reach; behind each bar the one before shows what was lost."""

    template = "bars"

    @property
    def drawn(self) -> list[tuple[Bar, int, int, int]]:
        rows = super().drawn
        before = [0, *(width for _bar, _top, width, _before in rows)]
        return [(bar, top, width, before[n]) for n, (bar, top, width, _no) in enumerate(rows)]


@dataclass(frozen=True, kw_only=True)
class StepLine(Chart):
    """A count over days, which stays as it is until the next; and a threshold to reach, if any."""

    template = "steps"
    points: Sequence[tuple[dt.date, int]]
    urls: Sequence[str] = ()  # of the list behind each point, if there are lists
    behind: Sequence[int | None] = ()  # how many rows each of them has
    threshold: int = 0
    threshold_label: str = ""
    height = LINE_HEIGHT

    @property
    def has_links(self) -> bool:
        return False

    def _x(self, day: dt.date) -> int:
        first, last = self.points[0][0], self.points[-1][0]
        return round(WIDTH * (day - first).days / max(1, (last - first).days))

    def _y(self, value: float) -> int:
        most = max(self.threshold, *(value for _day, value in self.points), 1)
        return round(LINE_BOTTOM - (LINE_BOTTOM - LINE_TOP) * max(0, value) / most)

    @property
    def path(self) -> str:
        """The line: level to the next day, then up or down."""
        (_day, first), *rest = self.points
        steps = [f"H{self._x(day)}V{self._y(value)}" for day, value in rest]
        return f"M0 {self._y(first)}{''.join(steps) or f'H{WIDTH}'}"

    @property
    def threshold_at(self) -> int | None:
        """How far down the threshold's line is."""
        return self._y(self.threshold) if self.threshold else None

    @property
    def ends(self) -> tuple[str, str]:
        """The first and the last day in words."""
        first, last = (date_format(day, "SHORT_DATE_FORMAT") for day, _n in self._outer)
        return first, last

    @property
    def last(self) -> tuple[str, int]:
        """The last figure in words, and how far down it is written."""
        value = self.points[-1][1]
        return figure(value), max(14, self._y(value) - 6)

    @property
    def peak(self) -> tuple[str, int, int] | None:
        """The highest figure and where it is written, unless it is the last one."""
        day, value = max(self.points, key=lambda point: point[1])
        if value <= self.points[-1][1]:
            return None
        return figure(value), max(12, min(self._x(day), WIDTH - 60)), max(14, self._y(value) - 6)

    @property
    def _outer(self) -> tuple[tuple[dt.date, int], tuple[dt.date, int]]:
        return self.points[0], self.points[-1]

    @property
    def rows(self) -> list[tuple[Bar, tuple[str, ...]]]:
        """The table behind the chart."""
        urls = self.urls or [""] * len(self.points)
        behind = self.behind or [None] * len(self.points)
        bars = [
            Bar(date_format(day, "SHORT_DATE_FORMAT"), value, url=url, behind=rows)
            for (day, value), url, rows in zip(self.points, urls, behind, strict=True)
        ]
        return [(bar, bar.cells(self.heads)) for bar in bars]


@dataclass(frozen=True)
class Shape:
    """A municipality on a map: an SVG path, its figure, and a short name where one fits."""

    path: str
    bar: Bar
    short_name: str = ""
    at: tuple[int, int] = (0, 0)
    heat: int = 0

    @property
    def fill(self) -> str:
        return FILLS[self.heat]


@dataclass(frozen=True, kw_only=True)
class ShapeMap(Chart):
    """A map in which darker is more. Read it in its table: colour alone tells nobody a figure."""

    template = "map"
    shapes: Sequence[Shape]
    size: tuple[int, int] = (WIDTH, WIDTH)
    note: str = field(default="")  # whose outlines they are

    @property
    def has_links(self) -> bool:
        return any(shape.bar.url for shape in self.shapes)

    @property
    def rows(self) -> list[tuple[Bar, tuple[str, ...]]]:
        """The table behind the chart."""
        bars = sorted((shape.bar for shape in self.shapes), key=lambda bar: bar.label.casefold())
        return [(bar, bar.cells(self.heads)) for bar in bars]
