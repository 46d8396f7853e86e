"""What page bodies and the home page are made of: StreamField blocks. No queries at import time."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .layout import AccordionBlock, ButtonBlock, CalloutBlock
from .media import DocumentBlock, GalleryBlock, ImageFigureBlock, VideoLinkBlock
from .participation import CardsBlock, FiguresBlock
from .sections import HomeSections
from .text import HeadingBlock, ParagraphBlock, QuoteBlock, StepsBlock, TableBlock

__all__ = ["BodyBlock", "HomeSections"]

TEXT, MEDIA = _("Text"), _("Media")
PARTICIPATION, LAYOUT = _("Participation"), _("Layout")


class BodyBlock(blocks.StreamBlock):
    """The body of a page: fourteen blocks at most, in four groups, so that the picker stays small.

    Proposals cannot be chosen here: they live above this app. Calls and events are pages, so
    `cards` shows them.
    """

    heading = HeadingBlock(group=TEXT)
    paragraph = ParagraphBlock(group=TEXT)
    quote = QuoteBlock(group=TEXT)
    steps = StepsBlock(group=TEXT)
    table = TableBlock(group=TEXT)

    image = ImageFigureBlock(group=MEDIA)
    gallery = GalleryBlock(group=MEDIA)
    document = DocumentBlock(group=MEDIA)
    video = VideoLinkBlock(group=MEDIA)

    figures = FiguresBlock(group=PARTICIPATION)
    cards = CardsBlock(group=PARTICIPATION)

    callout = CalloutBlock(group=LAYOUT)
    button = ButtonBlock(group=LAYOUT)
    accordion = AccordionBlock(group=LAYOUT)
