"""The Territory as shapes: loaded outlines, or tiles if there are none. For locators and maps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from accounts.models import AreaMap, Municipality
from home.charts import Bar, Shape, heat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.safestring import SafeString

TILE_WIDTH, TILE_HEIGHT, GAP = 154, 64, 8


@dataclass(frozen=True)
class Territory:
    """A path for each municipality by its key, in a frame of `size`; `places` of words on tiles."""

    size: tuple[int, int]
    paths: dict[int, str]
    places: dict[int, tuple[int, int]]
    attribution: str = ""

    def shapes(self, figures: Mapping[int, Bar], short_names: Mapping[int, str]) -> list[Shape]:
        """The municipalities with a figure each, for a map."""
        most = max((bar.value for bar in figures.values()), default=0)
        return [
            Shape(
                path=path,
                bar=figures[key],
                short_name=short_names[key] if key in self.places else "",
                at=self.places.get(key, (0, 0)),
                heat=heat(figures[key].value, most),
            )
            for key, path in self.paths.items()
            if key in figures
        ]


def territory() -> Territory:
    """As it is today. Two queries."""
    if area_map := AreaMap.objects.on():
        rows = area_map.areas.all()
        # The small ones last: a town inside its district must not lie below it.
        paths = {row.municipality_id: row.path for row in sorted(rows, key=lambda row: -row.extent)}
        return Territory((area_map.width, area_map.height), paths, {}, area_map.attribution)
    tiles = Municipality.objects.sources().values_list("pk", "tile_row", "tile_column")
    return _tiles({pk: (row, column) for pk, row, column in tiles})


def _tiles(tiles: dict[int, tuple[int, int]]) -> Territory:
    """Equal tiles that keep north and south, coast and river (LOOK.md, section 7).

    >>> _tiles({7: (1, 2)}).paths
    {7: 'M162 0h154v64h-154Z'}
    """
    corners = {
        pk: ((column - 1) * (TILE_WIDTH + GAP), (row - 1) * (TILE_HEIGHT + GAP))
        for pk, (row, column) in tiles.items()
    }
    box = f"h{TILE_WIDTH}v{TILE_HEIGHT}h-{TILE_WIDTH}Z"
    rows = max((row for row, _column in tiles.values()), default=1)
    columns = max((column for _row, column in tiles.values()), default=1)
    return Territory(
        (columns * (TILE_WIDTH + GAP), rows * (TILE_HEIGHT + GAP)),
        {pk: f"M{x} {y}{box}" for pk, (x, y) in corners.items()},
        {pk: (x + TILE_WIDTH // 2, y + 26) for pk, (x, y) in corners.items()},
    )


def _ring(path: str, height: int) -> tuple[float, float, float] | None:
    """A circle round a place that is too small to be seen; its outline has straight lines only.

    >>> _ring("M10 10L14 10L14 14L10 14Z", 1000)
    (12.0, 12.0, 30.0)
    >>> _ring("M10 10L140 10L140 140Z", 1000), _ring("M162 0h154v64h-154Z", 600)
    (None, None)
    """
    found = re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path)
    if len(found) < 3:
        return None
    spans = [[float(number) for number in numbers] for numbers in zip(*found, strict=True)]
    if max(max(span) - min(span) for span in spans) > height / 25:
        return None
    x, y = ((max(span) + min(span)) / 2 for span in spans)
    return x, y, height * 0.03


def locator(key: int) -> SafeString:
    """An SVG that shows where in the Territory a municipality lies. Two queries."""
    land = territory()
    shapes = [(path, pk == key) for pk, path in land.paths.items()]
    context = {
        "size": land.size,
        "shapes": sorted(shapes, key=lambda shape: shape[1]),
        "ring": _ring(land.paths.get(key, ""), land.size[1]),
    }
    return render_to_string("components/charts/locator.svg", context)
