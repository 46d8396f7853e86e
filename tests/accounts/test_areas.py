"""Outlines of municipalities: what a file may hold, what is kept, and what is said of it."""

from __future__ import annotations

import json
import math
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import ModelLogEntry

from accounts.models import Area, AreaMap, Municipality
from accounts.outlines import NoAreas, douglas_peucker, drawing_of, simplified
from cms.demo.content import read
from home.charts import Bar, Shape, ShapeMap
from home.territory import locator
from tests.factories.accounts import MunicipalityFactory

REAL = Path("/work/shared/data/areas/khabarovsk.geojson")
WEST = [[130, 50], [132, 50], [132, 51], [132.001, 51.5], [132, 52], [130, 52], [130, 50]]
EAST = [[132, 50], [134, 50], [134, 52], [132, 52], [132.001, 51.5], [132, 51], [132, 50]]


def feature(name: Any, *rings: list[Any], kind: str = "Polygon") -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": list(rings)}
    return {"type": "Feature", "properties": {"district": name}, "geometry": geometry}


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


TWO = collection(feature("Западный район", WEST), feature("город Восточный", EAST))


def load(tmp_path: Path, data: Any = TWO, *more: str) -> tuple[int, str]:
    """Exit status and what was printed."""
    file = tmp_path / "areas.geojson"
    file.write_text(data if isinstance(data, str) else json.dumps(data))
    out = StringIO()
    try:
        call_command("load_areas", str(file), "--name-field", "district", *more, stdout=out)
    except SystemExit as stopped:
        return int(stopped.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def places(db: None) -> list[Municipality]:
    Municipality.objects.all().delete()
    return [MunicipalityFactory(name="Западный район"), MunicipalityFactory(name="Восточный")]


def test_load_areas_keeps_path_box_and_attribution(
    places: list[Municipality], tmp_path: Path
) -> None:
    code, said = load(tmp_path, TWO, "--attribution", "© OpenStreetMap contributors")
    assert (code, said) == (0, "map created: 2 outlines, 0 refused\n")
    area_map = AreaMap.objects.get()
    assert area_map.attribution == "© OpenStreetMap contributors"
    west, east = Area.objects.order_by("left")
    assert west.municipality == places[0]
    assert (west.left, east.right) == (0, area_map.width)
    assert max(area_map.width, area_map.height) == 1000
    entry = ModelLogEntry.objects.get(action="accounts.load_areas")
    assert entry.data["areas"] == 2


def test_shared_border_is_simplified_once_for_both() -> None:
    border = [[132 + 0.4 * math.sin(n) + n / 200, 50 + n / 30] for n in range(61)]
    west = [[130, 50], *border, [130, 52], [130, 50]]
    east = [[134, 52], *border[::-1], [134, 50], [134, 52]]
    outlines = drawing_of(collection(feature("А", west), feature("Б", east)), "district").outlines
    of_west, of_east = (set(one.path.strip("MZ").split("L")) for one in outlines)
    assert len(of_west & of_east) > 10
    assert len(of_west - of_east) == len(of_east - of_west) == 2  # the outer corners


def test_point_where_three_areas_meet_stays_in_each() -> None:
    left = [[130, 50], [132, 50], [132.001, 51], [132, 52], [130, 52], [130, 50]]
    above = [[132.001, 51], [134, 51], [134, 52], [132, 52], [132.001, 51]]
    below = [[132, 50], [134, 50], [134, 51], [132.001, 51], [132, 50]]
    features = [feature(name, ring) for name, ring in zip("АБВ", (left, above, below), strict=True)]
    outlines = drawing_of(collection(*features), "district").outlines
    points = [set(one.path.strip("MZ").split("L")) for one in outlines]
    assert len(points[0] & points[1] & points[2]) == 1


def test_load_areas_twice_changes_nothing(places: list[Municipality], tmp_path: Path) -> None:
    load(tmp_path)
    before = list(Area.objects.values())
    assert load(tmp_path, TWO, "--valid-from", "2999-01-01")[1].startswith("map unchanged")
    assert list(Area.objects.values()) == before


def test_new_borders_hold_from_their_day_on(places: list[Municipality], tmp_path: Path) -> None:
    load(tmp_path, TWO, "--valid-from", "2020-01-01")
    merged = collection(feature("Западный", WEST))
    code, said = load(tmp_path, merged, "--valid-from", "2024-01-01")
    assert code == 0
    assert f"without an outline: {places[1].name}" in said
    counts = [
        AreaMap.objects.on(date(year, 6, 1)).areas.count() for year in (2021, 2023, 2024, 2030)
    ]
    assert counts == [2, 2, 1, 1]
    assert AreaMap.objects.on(date(2019, 1, 1)) is None


def test_unknown_and_doubled_names_are_listed(places: list[Municipality], tmp_path: Path) -> None:
    data = collection(*TWO["features"], feature("Северный", WEST), feature("Западный", EAST))
    code, said = load(tmp_path, data, "--json")
    report = json.loads(said)
    assert code == 1
    assert report["matched"] == 2
    assert [(row["line"], row["value"]) for row in report["refused"]] == [
        (3, "Северный"),
        (4, "Западный"),
    ]
    assert Area.objects.count() == 2


def test_dry_run_writes_nothing(places: list[Municipality], tmp_path: Path) -> None:
    code, said = load(tmp_path, TWO, "--dry-run", "--json")
    assert (code, json.loads(said)["outcome"]) == (0, "created")
    assert not AreaMap.objects.exists()
    assert not ModelLogEntry.objects.exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("{not json", "no JSON"),
        ("[" * 200_000, "no JSON"),
        ([1, 2], "no GeoJSON FeatureCollection"),
        (collection(), "no GeoJSON FeatureCollection"),
        (collection("x"), "feature 1 has no text in 'district'; its fields: none"),
        (collection({"properties": {"name": "A"}}), "its fields: name"),
        (collection(feature(7, WEST)), "no text in 'district'"),
        (collection(feature("А", WEST[:-1])), "feature 1 (А): a ring is not closed"),
        (collection(feature("А", [[1, 1], [1, 1]])), "a ring is not closed"),
        (collection(feature("А", [[500, 1], [2, 2], [3, 3], [500, 1]])), "not in degrees"),
        (collection(feature("А", [["x", 1], [2, 2], [3, 3], ["x", 1]])), "feature 1 (А)"),
        (collection(feature("А", [[1.5e7, 6e6], [2, 2], [3, 3], [1, 1]])), "ring is not closed"),
        (
            collection(feature("А", [[1.5e7, 6e6], [2, 2], [3, 3], [1.5e7, 6e6]])),
            "(1.5e+07, 6e+06)",
        ),
        (collection(feature("А", [[48, 135], [49, 135], [49, 136], [48, 135]])), "(48, 135)"),
        (
            TWO | {"crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}},
            "EPSG::3857; convert",
        ),
        (collection(TWO["features"][0], feature("Б", WEST[:-1])), "feature 2 (Б)"),
        ({"type": "Topology", "objects": {}}, "no GeoJSON FeatureCollection"),
        (TWO["features"][0], "no GeoJSON FeatureCollection"),
        (collection(feature("А")), "it has no ring"),
        (collection(feature("А", WEST, kind="Point")), "is Point, not Polygon"),
        (collection({"properties": {"district": "А"}, "geometry": None}), "no geometry"),
        (collection(feature("А", [[1, 1], [1, 1], [1, 1], [1, 1]])), "all its points are one"),
    ],
)
def test_unreadable_file_is_refused_in_one_sentence(
    data: Any, said: str, places: list[Municipality], tmp_path: Path
) -> None:
    with pytest.raises(CommandError) as refusal:
        load(tmp_path, data)
    assert refusal.value.returncode == 2
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_file_that_names_its_degrees_is_read(places: list[Municipality], tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert load(tmp_path, TWO | {"crs": crs})[0] == 0


def test_file_beyond_all_measure_is_refused_unread(db: None, tmp_path: Path) -> None:
    file = tmp_path / "huge.geojson"
    with file.open("wb") as huge:
        huge.truncate(50 * 1024**2 + 1)
    with pytest.raises(CommandError, match="larger than 50 MB; simplify it first"):
        call_command("load_areas", str(file), "--name-field", "x")


def points_of(path: str) -> list[list[tuple[float, float]]]:
    """The rings of an SVG path."""
    return [
        [tuple(map(float, at.split())) for at in ring.split("L")]
        for ring in path.strip("MZ").replace("Z", "").split("M")
    ]


def test_area_on_both_sides_of_the_meridian_is_one_piece() -> None:
    """Chukotka as RFC 7946 cuts it, beside a neighbour in the west."""
    west = [[170, 62], [180, 62], [180, 69], [170, 69], [170, 62]]
    east = [[-180, 62], [-170, 62], [-170, 69], [-180, 69], [-180, 62]]
    near = [[160, 62], [170, 62], [170, 69], [160, 69], [160, 62]]
    data = collection(
        feature("Чукотка", [west], [east], kind="MultiPolygon"), feature("Магадан", near)
    )
    chukotka, magadan = drawing_of(data, "district").outlines
    assert len(points_of(chukotka.path)) == 1  # the cut is sewn up
    assert magadan.box[2] <= chukotka.box[0] + 100  # its neighbour is in the west of it
    assert chukotka.box[2] == 1000
    wide = chukotka.box[2] - chukotka.box[0]
    assert 1.5 < wide / (magadan.box[2] - magadan.box[0]) < 2.5


def test_ring_across_the_meridian_is_drawn_without_a_leap() -> None:
    ring = [[170, 62], [-170, 62], [-170, 69], [170, 69], [170, 62]]
    drawing = drawing_of(collection(feature("Чукотка", ring)), "district")
    assert drawing.height > drawing.width * 0.6  # a leap round the Earth would be a thin band


def test_hole_stays_open_whichever_way_it_is_drawn(places: list[Municipality]) -> None:
    hole = [[130.5, 50.5], [131.5, 50.5], [131.5, 51.5], [130.5, 51.5], [130.5, 50.5]]
    for inner in (hole, hole[::-1]):
        [outline] = drawing_of(collection(feature("А", WEST, inner)), "district").outlines
        assert len(points_of(outline.path)) == 2
    map_ = ShapeMap(key="x", title="x", shapes=[Shape(outline.path, Bar("А", 1))])
    assert 'fill-rule="evenodd"' in map_.svg
    assert 'fill-rule="evenodd"' in locator(places[0].pk)


def test_tiny_island_can_be_seen_beside_a_continent() -> None:
    islet = [[140, 45], [140.001, 45], [140.001, 45.001], [140, 45]]
    land = [[130, 50], [140, 50], [140, 60], [130, 60], [130, 50]]
    whole = feature("Край", [land], [islet], kind="MultiPolygon")
    outlines = drawing_of(collection(whole, feature("Остров", islet)), "district").outlines
    assert len(points_of(outlines[0].path)) == 1  # an islet of a larger whole is left out
    xs, ys = zip(*points_of(outlines[1].path)[0], strict=True)
    assert (max(xs) - min(xs), max(ys) - min(ys)) == pytest.approx((8, 8), abs=0.2)
    assert min(outlines[1].box) >= 0


def test_missing_file_is_refused(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_areas", str(tmp_path / "nothing"), "--name-field", "x")


@pytest.mark.parametrize("south", [-60, -1, 0.5, 60])
def test_any_latitude_can_be_drawn_the_north_above(south: float) -> None:
    ring = [[10, south], [14, south], [14, south + 2], [12, south + 1], [10, south + 2]]
    drawing = drawing_of(collection(feature("А", [*ring, ring[0]])), "district")
    points = [tuple(map(float, at.split())) for at in drawing.outlines[0].path[1:-1].split("L")]
    assert points[0][1] > points[2][1]


def test_simplified_keeps_every_border_within_tolerance() -> None:
    wave = [(float(x), 3.0 * (x % 2)) for x in range(200)]
    assert douglas_peucker(wave, 3.5) == [wave[0], wave[-1]]
    ring = [*wave, (100.0, 400.0), wave[0]]
    [simple] = simplified([ring], 3.5)
    assert (simple[0], simple[0]) == (simple[-1], simple[0])
    assert len(simple) < 10


def test_areas_that_cross_no_name_field_are_refused() -> None:
    with pytest.raises(NoAreas, match="its fields: district"):
        drawing_of(TWO, "name")


def test_real_outlines_match_the_demos_municipalities(db: None, tmp_path: Path) -> None:
    if not REAL.exists():
        print(f"skipped: {REAL} is not there")  # noqa: T201 - with -s it is read
        pytest.skip(f"{REAL} is not there")
    Municipality.objects.all().delete()
    for row in read("municipalities")["municipality"]:
        MunicipalityFactory(slug=row["slug"], name=row["name"]["ru"])
    code, said = load(tmp_path, REAL.read_text(), "--json")
    report = json.loads(said)
    assert (code, report["matched"], report["without_outline"]) == (0, 19, [])
    assert sum(len(area.path) for area in Area.objects.all()) < 15_000
