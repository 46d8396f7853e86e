"""The Territory as shapes: outlines where they are loaded, tiles where not."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from django.urls import reverse
from django.utils import timezone

from accounts.models import AreaMap
from home.charts import Bar
from home.territory import territory
from tests.factories.accounts import MunicipalityFactory
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from django.test import Client

    from home.models import HomePage
    from proposals.models import CallPage

OSM = "© OpenStreetMap contributors"


def load_map(**paths: object) -> AreaMap:
    area_map = AreaMap.objects.create(
        valid_from=timezone.localdate(), width=594, height=1000, attribution=OSM
    )
    for path, place in paths.items():
        area_map.areas.create(municipality=place, path=path, left=0, top=0, right=9, bottom=9)
    return area_map


def test_tiles_stand_in_for_outlines(db: None) -> None:
    place = MunicipalityFactory(tile_row=2, tile_column=3)
    land = territory()
    assert land.paths[place.pk] == "M324 72h154v64h-154Z"
    [shape] = land.shapes({place.pk: Bar("А", 5)}, {place.pk: "А."})
    assert (shape.short_name, shape.heat) == ("А.", 4)


def test_outlines_take_the_place_of_tiles(db: None) -> None:
    place = MunicipalityFactory()
    load_map(M1=place)
    land = territory()
    assert (land.size, land.paths, land.places) == ((594, 1000), {place.pk: "M1"}, {})
    assert land.attribution == OSM


def test_town_lies_above_the_district_around_it(db: None) -> None:
    town, district = MunicipalityFactory(), MunicipalityFactory()
    area_map = load_map()
    area_map.areas.create(municipality=town, path="M5", left=5, top=5, right=6, bottom=6)
    area_map.areas.create(municipality=district, path="M0", left=0, top=0, right=9, bottom=9)
    assert list(territory().paths.values()) == ["M0", "M5"]


def test_locator_marks_one_municipality(home: HomePage, stranger: Client) -> None:
    here, there = MunicipalityFactory(), MunicipalityFactory(tile_row=2)
    response = stranger.get(reverse("area", args=[here.slug]))
    assert response["Content-Type"] == "image/svg+xml"
    assert "max-age=86400" in response["Cache-Control"]
    fills = [path.get("fill") for path in ET.fromstring(response.content)]  # noqa: S314 - our own
    assert fills.count("#d9541e") == 1
    assert len(fills) >= 2
    assert there.slug != here.slug


def test_locator_of_nowhere_does_not_exist(home: HomePage, stranger: Client) -> None:
    assert stranger.get("/areas/nowhere.svg").status_code == 404


def test_page_of_a_proposal_shows_where_and_whose_outlines(
    call: CallPage, stranger: Client
) -> None:
    place = MunicipalityFactory()
    load_map(M1=place)
    page = stranger.get(ProposalFactory(municipality=place).get_absolute_url()).content.decode()
    assert f'<img src="/areas/{place.slug}.svg"' in page
    assert OSM in page
    assert "/areas/" not in stranger.get(ProposalFactory().get_absolute_url()).content.decode()
