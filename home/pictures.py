"""The few crops pictures come in, and how to fetch them for a list. No other crop is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wagtail.images import get_image_model
from wagtail.images.models import Filter
from wagtail.images.shortcuts import get_rendition_or_not_found

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest
    from wagtail.images.models import AbstractRendition, Image

# The crop of lists, as `templates/components/card_picture.html` writes it; were they different,
# every row of a list would cost a query of its own.
CARD = Filter.expand_spec("format-{avif,webp,jpeg}|fill-{360x240,720x480}")
SHARE = "fill-1200x630|format-jpeg|jpegquality-80"


def with_card_pictures(pages: Iterable[Any]) -> None:
    """Give pages their image with the crops of a list: one query, however many pages.

    An image without all of its crops is left to the template, which then makes them.
    """
    wanted = {page.image_id for page in pages if page.image_id}
    crops = (
        get_image_model()
        .get_rendition_model()
        .objects.filter(image__in=wanted, filter_spec__in=CARD)
    )
    images: dict[int, Image] = {}
    for crop in crops.select_related("image"):
        image = images.setdefault(crop.image_id, crop.image)
        image.prefetched_renditions = [*getattr(image, "prefetched_renditions", []), crop]
    for page in pages:
        if page.image_id in images:
            page.image = images[page.image_id]


def share_picture(image: Image | None) -> AbstractRendition | None:
    """The crop that other sites show beside a link to us. One query, or none once it is cached."""
    return get_rendition_or_not_found(image, SHARE) if image else None


def share_url(image: Image | None, request: HttpRequest) -> str:
    """Whole address of the shared crop, or "" without a picture."""
    picture = share_picture(image)
    return request.build_absolute_uri(picture.url) if picture else ""
