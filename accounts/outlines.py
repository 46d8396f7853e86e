"""Outlines of areas from GeoJSON: read, simplified, projected, written as SVG paths. Pure.

Borders that two areas share stay shared: they are cut where more than two meet, and each piece is
simplified once (Douglas and Peucker 1973) for both. The projection is Albers' equal-area conic
(Snyder, Map Projections, USGS 1987, pp. 98-103) on a sphere, with its standard parallels a sixth
from the north and from the south of what is drawn. What lies on both sides of the 180th meridian is
drawn in one piece: beyond it longitudes go on, and the cut that GeoJSON makes there is sewn up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Point = tuple[float, float]
Ring = list[Point]

LONGEST_SIDE = 1000  # units of the drawing
TOLERANCE = 2.5  # how many units a border may move
DECIMALS = 1
RING_MIN = 4  # a triangle that ends where it began
SPECK = 4.0  # half a side of the square that an area too small to be drawn becomes
MERIDIAN = 180.0
DEGREES = ("CRS84", "EPSG::4326", "EPSG:4326")  # how files of degrees end their `crs`, if any
FLAT_CONE = 0.01  # near the equator the cone is a cylinder


class NoAreas(ValueError):
    """The file holds no areas; the message says what is wrong, and where."""


@dataclass(frozen=True)
class Outline:
    """One area as it is drawn: the name the file gives it, an SVG path, and its box."""

    name: str
    path: str
    box: tuple[int, int, int, int]


@dataclass(frozen=True)
class Drawing:
    """All areas of a file in one frame, `width` by `height` units."""

    outlines: list[Outline]
    width: int
    height: int


def drawing_of(data: Any, name_field: str, tolerance: float = TOLERANCE) -> Drawing:
    """The areas of a GeoJSON object; raises NoAreas for one that cannot be drawn."""
    areas = one_sided(read_areas(data, name_field))
    rings = [ring for _name, own in areas for ring in own]
    project = albers([point for ring in rings for point in ring])
    fit, width, height = frame([project(point) for ring in rings for point in ring])
    drawn = [[fit(project(point)) for point in ring] for ring in rings]
    simple = iter(simplified(drawn, tolerance))
    outlines = [_outline(name, [next(simple) for _ring in own]) for name, own in areas]
    return Drawing(outlines, width, height)


def read_areas(data: Any, name_field: str) -> list[tuple[str, list[Ring]]]:
    """Name and rings of each feature, checked: polygons, every ring closed, points on Earth."""
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list) or not features:
        raise NoAreas("it is no GeoJSON FeatureCollection with features in it")
    _check_system(data.get("crs"))
    return [_area(place, feature, name_field) for place, feature in enumerate(features, 1)]


def _check_system(crs: Any) -> None:
    """Old files may name a system of coordinates; metres would be drawn as nonsense."""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name")) if isinstance(properties, dict) else ""
    if name and not name.endswith(DEGREES):
        raise NoAreas(f"its coordinates are in {name}; convert them to degrees (EPSG:4326) first")


def _area(place: int, feature: Any, name_field: str) -> tuple[str, list[Ring]]:
    properties = (feature.get("properties") if isinstance(feature, dict) else None) or {}
    name = properties.get(name_field)
    if not isinstance(name, str) or not name.strip():
        known = ", ".join(sorted(map(str, properties))) or "none"
        raise NoAreas(f"feature {place} has no text in {name_field!r}; its fields: {known}")
    geometry = feature.get("geometry")
    geometry = geometry if isinstance(geometry, dict) else {}
    polygons = geometry.get("coordinates")
    if geometry.get("type") == "Polygon":
        polygons = [polygons]
    elif geometry.get("type") != "MultiPolygon":
        kind = geometry.get("type") or "no geometry"
        raise NoAreas(f"feature {place} ({name}) is {kind}, not Polygon or MultiPolygon")
    try:
        if rings := [_ring(ring) for polygon in polygons or [] for ring in polygon]:
            return name.strip(), rings
        raise ValueError("it has no ring")
    except (TypeError, ValueError, IndexError) as error:
        raise NoAreas(f"feature {place} ({name}): {error}") from None


def _ring(positions: Any) -> Ring:
    ring = [(float(position[0]), float(position[1])) for position in positions]
    if len(ring) < RING_MIN or ring[0] != ring[-1]:
        raise ValueError("a ring is not closed: its last point has to be its first")
    for x, y in ring:
        if not (-MERIDIAN <= x <= MERIDIAN and -90 < y < 90):
            where = f"({x:g}, {y:g})"
            raise ValueError(f"a point is not in degrees of longitude and latitude: {where}")
    return ring


def one_sided(areas: list[tuple[str, list[Ring]]]) -> list[tuple[str, list[Ring]]]:
    """The areas without a leap at the 180th meridian: from the widest gap on, to the east.

    >>> one_sided([("Chukotka", [[(170, 60), (-170, 60), (-170, 70), (170, 60)]])])
    [('Chukotka', [[(170, 60), (190, 60), (190, 70), (170, 60)]])]
    """
    xs = sorted({x for _name, rings in areas for ring in rings for x, _y in ring})
    gap, west = max((there - here, there) for here, there in pairwise([*xs, xs[0] + 360]))
    if gap <= xs[0] + 360 - xs[-1]:
        return areas  # nothing is nearer across the meridian
    moved = [
        (name, [[(x if x >= west else x + 360, y) for x, y in ring] for ring in rings])
        for name, rings in areas
    ]
    return [(name, sewn(rings)) for name, rings in moved]


def sewn(rings: list[Ring]) -> list[Ring]:
    """Rings of one area joined where they meet along the meridian, so that no border is there.

    >>> sewn([[(170, 0), (180, 0), (180, 9), (170, 0)], [(190, 0), (180, 9), (180, 0), (190, 0)]])
    [[(170, 0), (180, 0), (190, 0), (180, 9), (170, 0)]]
    """
    edges = [edge for ring in rings for edge in pairwise(ring)]
    seam = {(a, b) for a, b in edges if a[0] == b[0] == MERIDIAN}
    both = {(a, b) for a, b in seam if (b, a) in seam}
    if not both:
        return rings
    after: dict[Point, list[Point]] = {}
    for start, end in edges:
        if (start, end) not in both:
            after.setdefault(start, []).append(end)
    return list(_walked(after))


def _walked(after: dict[Point, list[Point]]) -> Iterator[Ring]:
    """Every ring that can be walked from point to point; uses up what it is given."""
    while after:
        ring = [next(iter(after))]
        while ring[-1] in after:
            here = ring[-1]
            ring.append(after[here].pop(0))
            if not after[here]:
                del after[here]
        yield ring


def albers(points: Iterable[Point]) -> Callable[[Point], Point]:
    """The projection that fits these points, from degrees to a plane whose y grows southwards."""
    xs, ys = zip(*points, strict=True)
    south, north = math.radians(min(ys)), math.radians(max(ys))
    sixth, middle = (north - south) / 6, math.radians((min(xs) + max(xs)) / 2)
    first, second = math.sin(south + sixth), math.sin(north - sixth)
    cone = (first + second) / 2
    if abs(cone) < FLAT_CONE:
        return lambda point: (math.radians(point[0]) - middle, -math.sin(math.radians(point[1])))
    constant = 1 + first * second

    def project(point: Point) -> Point:
        angle = cone * (math.radians(point[0]) - middle)
        reach = math.sqrt(constant - 2 * cone * math.sin(math.radians(point[1]))) / cone
        return reach * math.sin(angle), reach * math.cos(angle)

    return project


def frame(points: Sequence[Point]) -> tuple[Callable[[Point], Point], int, int]:
    """What moves points into a box from 0 on whose longer side is LONGEST_SIDE; the box's sides.

    >>> fit, width, height = frame([(1, 1), (2, 3)])
    >>> fit((2, 3)), width, height
    ((500.0, 1000.0), 500, 1000)
    """
    xs, ys = zip(*points, strict=True)
    left, top, side = min(xs), min(ys), max(max(xs) - min(xs), max(ys) - min(ys))
    if side <= 0:
        raise NoAreas("all its points are one")
    scale = LONGEST_SIDE / side

    def fit(point: Point) -> Point:
        return (point[0] - left) * scale, (point[1] - top) * scale

    return fit, _up((max(xs) - left) * scale), _up((max(ys) - top) * scale)


def _up(value: float) -> int:
    return math.ceil(round(value, 6))  # a side of 1000.0000000001 is 1000


def simplified(rings: list[Ring], tolerance: float) -> list[Ring]:
    """The rings with fewer points, none further than `tolerance` from where a border was."""
    joints = _joints(rings)
    done: dict[tuple[Point, ...], list[Point]] = {}
    simple = []
    for ring in rings:
        pieces = [_once(piece, tolerance, done) for piece in _pieces(ring, joints)]
        simple.append([pieces[0][0], *(point for piece in pieces for point in piece[1:])])
    return simple


def _joints(rings: list[Ring]) -> set[Point]:
    """Points where borders meet: whose neighbours are not just the one before and the one after."""
    beside: dict[Point, set[Point]] = {}
    for ring in rings:
        for here, there in pairwise(ring):
            beside.setdefault(here, set()).add(there)
            beside.setdefault(there, set()).add(here)
    return {point for point, others in beside.items() if len(others) != 2}


def _pieces(ring: Ring, joints: set[Point]) -> list[list[Point]]:
    """A ring cut at its joints; one without any at two points that are the same for each ring."""
    open_ring = ring[:-1]
    cuts = [place for place, point in enumerate(open_ring) if point in joints]
    if len(cuts) < 2:
        first = open_ring[cuts[0]] if cuts else min(open_ring)
        far = max(open_ring, key=lambda point: (math.dist(point, first), point))
        cuts = sorted({open_ring.index(first), open_ring.index(far)})
    turned = open_ring[cuts[0] :] + open_ring[: cuts[0]] + [open_ring[cuts[0]]]
    ends = [cut - cuts[0] for cut in cuts] + [len(turned) - 1]
    return [turned[start : end + 1] for start, end in pairwise(ends)]


def _once(
    piece: list[Point], tolerance: float, done: dict[tuple[Point, ...], list[Point]]
) -> list[Point]:
    """A piece simplified, the same whichever way round it is walked."""
    forward = piece <= piece[::-1]
    key = tuple(piece if forward else piece[::-1])
    if key not in done:
        done[key] = douglas_peucker(list(key), tolerance)
    return done[key] if forward else done[key][::-1]


def douglas_peucker(line: list[Point], tolerance: float) -> list[Point]:
    """The line without points that lie within `tolerance` of it; both ends stay.

    >>> douglas_peucker([(0, 0), (1, 0.1), (2, 0), (3, 5), (4, 0)], 0.5)
    [(0, 0), (2, 0), (3, 5), (4, 0)]
    """
    kept = {0, len(line) - 1}
    spans = [(0, len(line) - 1)]
    while spans:
        start, end = spans.pop()
        away, place = max(
            ((_away(line[n], line[start], line[end]), n) for n in range(start + 1, end)),
            default=(0.0, 0),
        )
        if away > tolerance:
            kept.add(place)
            spans += [(start, place), (place, end)]
    return [line[place] for place in sorted(kept)]


def _away(point: Point, start: Point, end: Point) -> float:
    """How far a point is from the span between two others."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    long = dx * dx + dy * dy
    if not long:
        return math.dist(point, start)
    part = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / long
    part = min(1.0, max(0.0, part))
    return math.hypot(point[0] - start[0] - part * dx, point[1] - start[1] - part * dy)


def _outline(name: str, rings: list[Ring]) -> Outline:
    # Of an islet a speck may be left; a ring of two points would draw nothing.
    shown = [ring for ring in rings if len(ring) >= RING_MIN] or [_speck(rings[0])]
    points = [point for ring in shown for point in ring]
    xs, ys = zip(*points, strict=True)
    box = (max(0, math.floor(min(xs))), max(0, math.floor(min(ys))), _up(max(xs)), _up(max(ys)))
    return Outline(name, "".join(map(path_of, shown)), box)


def _speck(ring: Ring) -> Ring:
    """A square where an area lies of which simplifying left nothing: it can be seen and pressed."""
    (x, y), r = ring[0], SPECK
    return [(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r), (x - r, y - r)]


def path_of(ring: Ring) -> str:
    """A closed ring as an SVG path.

    >>> path_of([(0, 0), (10, 0), (10.25, 5), (0, 0)])
    'M0 0L10 0L10.2 5Z'
    """
    return "M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in ring[:-1]) + "Z"


def _short(value: float) -> str:
    return f"{round(value, DECIMALS):g}" if abs(value) < LONGEST_SIDE else f"{round(value)}"
