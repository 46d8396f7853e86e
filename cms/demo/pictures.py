"""Draws the demo's pictures and puts them into the image library, each once."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from wagtail.images import get_image_model

from cms.demo.content import SOURCE, Step, read
from cms.demo.draw import draw_scene
from home.pictures import CARD, SHARE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wagtail.images.models import Image

WIDTH = 1600
JPEG_QUALITY = 88
SHARED_PICTURE = "river"  # what the home page shows where people share it
FRONT_PAGE_NEWS = 3


def steps(width: int) -> Iterator[Step]:
    """One step a picture, which is as wide as said and two thirds as high."""
    for row in read("images")["image"]:
        yield Step("images", partial(_make, row, width))


def crop_steps() -> Iterator[Step]:
    """One step: the crops of the front page, which its first visitor would else wait for."""
    yield Step("crops", _crop)


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


def _crop() -> bool:
    latest = sorted(read("news")["news"], key=lambda news: news["day"])[-FRONT_PAGE_NEWS:]
    shown = [picture(news["image"]) for news in latest]
    specs = [(image, CARD) for image in shown] + [(picture(SHARED_PICTURE), [SHARE])]
    missing = [(image, crops) for image, crops in specs if image.renditions.count() < len(crops)]
    for image, crops in missing:
        image.get_renditions(*crops)
    return bool(missing)


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
