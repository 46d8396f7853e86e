"""Blocks of pictures, files and links to videos. Nothing is fetched from another site."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup
from wagtail.documents import get_document_model
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images import get_image_model
from wagtail.images.blocks import ImageBlock


def newest_images(count: int) -> list[Any]:
    """Pictures of the library for previews, with their own descriptions. One query."""
    images = list(get_image_model().objects.order_by("-pk")[:count])
    for image in images:
        image.contextual_alt_text, image.decorative = image.default_alt_text, False
    return images


class ImageFigureBlock(blocks.StructBlock):
    """A picture with its description for those who do not see it."""

    image = ImageBlock(label=_("Image"))
    caption = blocks.CharBlock(label=_("Caption"), max_length=240, required=False, default="")
    credit = blocks.CharBlock(
        label=_("Whose picture it is"), max_length=120, required=False, default=""
    )
    width = blocks.ChoiceBlock(
        label=_("Width"),
        choices=[("text", _("As wide as the text")), ("wide", _("Wider than the text"))],
        default="text",
    )

    def get_preview_value(self) -> Any:
        image = next(iter(newest_images(1)), None)
        caption = gettext("The embankment in September")
        return self.normalize({"image": image, "caption": caption, "width": "text"})

    class Meta:
        label = _("Image")
        icon = "image"
        template = "blocks/image.html"
        form_layout = BlockGroup(children=["image", "caption", "credit"], settings=["width"])
        description = _("One picture. Its description is read out to those who do not see it.")


class GalleryImageBlock(blocks.StructBlock):
    """One picture of a gallery."""

    image = ImageBlock(label=_("Image"))
    caption = blocks.CharBlock(label=_("Caption"), max_length=160, required=False, default="")

    class Meta:
        label = _("Image")
        icon = "image"


class GalleryBlock(blocks.StructBlock):
    """Several pictures side by side; nothing slides."""

    images = blocks.ListBlock(GalleryImageBlock(), label=_("Images"), min_num=2, max_num=12)

    def get_preview_value(self) -> Any:
        return self.normalize({"images": [{"image": image} for image in newest_images(3)]})

    class Meta:
        label = _("Gallery")
        icon = "grip"
        template = "blocks/gallery.html"
        description = _("Two to twelve pictures side by side.")


class DocumentBlock(blocks.StructBlock):
    """A file to download."""

    document = DocumentChooserBlock(label=_("Document"))
    title = blocks.CharBlock(
        label=_("Text of the link"),
        max_length=160,
        required=False,
        default="",
        help_text=_("The document's own title if left empty."),
    )

    def get_preview_value(self) -> Any:
        document = get_document_model().objects.order_by("-pk").first()
        title = gettext("Rules of the call for proposals")
        return self.normalize({"document": document, "title": title})

    class Meta:
        label = _("Document")
        icon = "doc-full"
        template = "blocks/document.html"
        description = _("A file to download, with its type and size.")


class VideoLinkValue(blocks.StructValue):
    """A link to a video that can say where it leads."""

    @property
    def host(self) -> str:
        """The site that opens, so that nobody is led away unasked."""
        return urlsplit(self.get("url", "")).hostname or ""


class VideoLinkBlock(blocks.StructBlock):
    """A link to a video. Not a player: that would tell a third party who reads our pages."""

    title = blocks.CharBlock(label=_("Title"), max_length=160)
    url = blocks.URLBlock(label=_("Address of the video"))
    length = blocks.CharBlock(
        label=_("Length"),
        max_length=40,
        required=False,
        default="",
        help_text=_("For example: 12 minutes"),
    )
    note = blocks.TextBlock(
        label=_("What is in it"),
        rows=2,
        required=False,
        default="",
        help_text=_("For those who cannot watch or hear it. Say whether it has captions."),
    )

    class Meta:
        label = _("Link to a video")
        icon = "media"
        template = "blocks/video.html"
        value_class = VideoLinkValue
        description = _("A link to a video elsewhere. The page itself asks no other site.")
        preview_value = {
            "title": _("How the water gauges were put up"),
            "url": "https://video.example.org/gauges",
            "length": _("12 minutes"),
            "note": _("With captions in Russian."),
        }
