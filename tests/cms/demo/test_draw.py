"""The drawn pictures: right size, the same every time, each one different."""

from __future__ import annotations

import pytest

from cms.demo.draw import SCENES, draw_scene

SMALL = (240, 160)


@pytest.mark.parametrize("key", SCENES)
def test_draw_scene_fills_the_size_asked_for(key: str) -> None:
    picture = draw_scene(key, SMALL)
    assert picture.mode == "RGB"
    assert picture.size == SMALL
    assert len(picture.getcolors(maxcolors=SMALL[0] * SMALL[1])) > 100


def test_draw_scene_twice_is_the_same_picture() -> None:
    assert draw_scene("river", SMALL).tobytes() == draw_scene("river", SMALL).tobytes()


def test_draw_scene_of_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        draw_scene("volcano", SMALL)
