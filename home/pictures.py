"""The few crops pictures come in, and how to fetch them for a list. No other crop is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Prefetch
from wagtail.images import get_image_model
from wagtail.images.models import Filter
from wagtail.images.shortcuts import get_rendition_or_not_found

if TYPE_CHECKING:
    from django.http import HttpRequest
    from wagtail.images.models import AbstractRendition, Image

# The crop of lists, as `templates/components/card_picture.html` writes it; were they different,
# every row of a list would cost a query of its own.
CARD = Filter.expand_spec("format-{avif,webp,jpeg}|fill-{360x240,720x480}")
SHARE = "fill-1200x630|format-jpeg|jpegquality-80"


def card_images() -> Prefetch:
    """Fetches the pictures of a list with their crops: two queries for any number of rows."""
    return Prefetch("image", get_image_model().objects.prefetch_renditions(*CARD))


def share_picture(image: Image | None) -> AbstractRendition | None:
    """The crop that other sites show beside a link to us. One query, or none once it is cached."""
    return get_rendition_or_not_found(image, SHARE) if image else None


def share_url(image: Image | None, request: HttpRequest) -> str:
    """Whole address of the shared crop, or "" without a picture."""
    picture = share_picture(image)
    return request.build_absolute_uri(picture.url) if picture else ""
