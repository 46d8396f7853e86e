"""Draws the demo's pictures and puts them into the image library, each once."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from wagtail.images import get_image_model

from cms.demo.content import SOURCE, Step, read
from cms.demo.draw import draw_scene

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wagtail.images.models import Image

WIDTH = 1600
JPEG_QUALITY = 88


def steps(width: int) -> Iterator[Step]:
    """One step a picture, which is as wide as said and two thirds as high."""
    for row in read("images")["image"]:
        yield Step("images", partial(_make, row, width))


def picture(key: str) -> Image:
    """A picture of the library by its key."""
    return get_image_model().objects.get(title=_row(key)["title"])


def picture_alt(key: str, language: str) -> str:
    """What a picture shows, in words."""
    return _row(key)["alt"][language]


def picture_file(key: str) -> ContentFile:
    """A copy of a picture's file, for what has files of its own."""
    with picture(key).open_file() as file:
        return ContentFile(file.read(), name=f"{key}.jpg")


def _row(key: str) -> dict[str, Any]:
    return next(row for row in read("images")["image"] if row["key"] == key)


def _make(row: dict[str, Any], width: int) -> bool:
    model = get_image_model()
    if model.objects.filter(title=row["title"]).exists():
        return False
    scene = draw_scene(row["key"], (width, width * 2 // 3))
    buffer = BytesIO()
    scene.save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True)
    file = ContentFile(buffer.getvalue(), name=f"demo-{row['key']}.jpg")
    model.objects.create(title=row["title"], description=row["alt"][SOURCE], file=file)
    return True
