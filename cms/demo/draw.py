"""The demo's pictures by key. Drawn by code, so that nothing is borrowed and nothing is shipped.

The scenes are in landscapes.py, places.py, rooms.py and streets.py; seed_demo saves the pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cms.demo import landscapes, places, rooms, streets
from cms.demo.brush import HEIGHT, WIDTH, Canvas

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

SCENES: dict[str, Callable[[Canvas], None]] = {
    "aurora": landscapes.aurora,
    "bridge": landscapes.bridge,
    "drone": landscapes.drone,
    "embankment": places.embankment,
    "greenhouse": places.greenhouse,
    "hall": rooms.hall,
    "hangar": rooms.hangar,
    "port": places.port,
    "rink": places.rink,
    "river": landscapes.river_bend,
    "taiga": landscapes.taiga,
    "tram": streets.tram,
    "village": landscapes.village,
    "workshop": rooms.workshop,
}


def draw_scene(key: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    """The scene of that key as an RGB picture, the same every time. About half a second.

    Raises KeyError for an unknown key.
    """
    canvas = Canvas(key, size)
    SCENES[key](canvas)
    return canvas.finish()
