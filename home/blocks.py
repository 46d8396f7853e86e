"""StreamField blocks that every page's body is made of."""

from __future__ import annotations

from wagtail import blocks


class BodyBlock(blocks.StreamBlock):
    """The body of a page."""

    paragraph = blocks.RichTextBlock()
