"""Blocks of words: heading, paragraph, quote, steps, table."""

from __future__ import annotations

from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup
from wagtail.contrib.typed_table_block.blocks import TypedTable, TypedTableBlock
from wagtail_localize.segments import StringSegmentValue

# Headings are a block of their own, so that their order can be checked and linked to.
RICH_TEXT = ["bold", "italic", "ol", "ul", "link", "document-link"]


class HeadingValue(blocks.StructValue):
    """A heading that knows the address of its place on the page."""

    @property
    def id(self) -> str:
        """The anchor: what the editor gave, else made of the words, in any script."""
        return slugify(self.get("anchor") or self.get("text", ""), allow_unicode=True)


class HeadingBlock(blocks.StructBlock):
    """A heading inside the text."""

    text = blocks.CharBlock(label=_("Heading"), max_length=120)
    level = blocks.ChoiceBlock(
        label=_("Level"),
        choices=[("h2", _("Section")), ("h3", _("Part of a section"))],
        default="h2",
    )
    anchor = blocks.CharBlock(
        label=_("Anchor"),
        max_length=60,
        required=False,
        default="",
        help_text=_("The end of this heading's own address. Made of its words if left empty."),
    )

    class Meta:
        label = _("Heading")
        icon = "title"
        template = "blocks/heading.html"
        value_class = HeadingValue
        form_layout = BlockGroup(children=["text"], settings=["level", "anchor"])
        description = _("Opens a new section. Readers can link to it.")
        preview_value = {"text": _("Why the river needs its own alarm"), "level": "h2"}


class ParagraphBlock(blocks.RichTextBlock):
    """Running text with lists and links; no colours, sizes or headings."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"features": RICH_TEXT, **kwargs})

    def get_preview_value(self) -> Any:
        words = gettext(
            "In August the Amur rose by <b>two metres in three days</b>. Whoever lives by the "
            "embankment learned of it from neighbours."
        )
        return self.normalize(f"<p>{words}</p>")

    class Meta:
        label = _("Text")
        icon = "pilcrow"
        template = "blocks/paragraph.html"
        description = _("Paragraphs, lists and links.")


class QuoteBlock(blocks.StructBlock):
    """Somebody's own words, and whose they are."""

    text = blocks.TextBlock(label=_("Words"), rows=3)
    author = blocks.CharBlock(label=_("Who says it"), max_length=120, required=False, default="")
    role = blocks.CharBlock(label=_("In which role"), max_length=160, required=False, default="")

    class Meta:
        label = _("Quote")
        icon = "openquote"
        template = "blocks/quote.html"
        description = _("Somebody's own words, with their name and role.")
        preview_value = {
            "text": _("Six hours are enough to move the cars and to fetch the old people."),
            "author": _("Anna K."),
            "role": _("lives by the embankment"),
        }


class StepBlock(blocks.StructBlock):
    """One step."""

    title = blocks.CharBlock(label=_("Step"), max_length=120)
    text = blocks.TextBlock(label=_("What happens"), rows=2, required=False, default="")

    class Meta:
        label = _("Step")
        icon = "arrow-right"


class StepsBlock(blocks.StructBlock):
    """Steps one after the other."""

    steps = blocks.ListBlock(StepBlock(), label=_("Steps"), min_num=2, max_num=12)

    class Meta:
        label = _("Steps")
        icon = "list-ol"
        template = "blocks/steps.html"
        description = _("Numbered steps, each with a line of explanation.")
        preview_value = {
            "steps": [
                {"title": _("Write down what should change"), "text": _("Two sentences will do.")},
                {"title": _("Gather support"), "text": _("Neighbours support it in one click.")},
            ]
        }


class TableBlock(TypedTableBlock):
    """A table that wagtail-localize can translate, which Wagtail's own cannot be."""

    text = blocks.CharBlock(label=_("Text"), required=False, default="")
    number = blocks.CharBlock(label=_("Number"), required=False, default="", max_length=40)

    def get_translatable_segments(self, value: TypedTable) -> list[StringSegmentValue]:
        """The words of the table, each under the path of its place."""
        words = {"caption": value.caption}
        for column, definition in enumerate(value.columns):
            words[f"heading-{column}"] = definition["heading"]
        for row, cells in enumerate(value.row_data):
            for column, cell in enumerate(cells["values"]):
                words[f"cell-{row}-{column}"] = cell
        return [StringSegmentValue(path, str(text)) for path, text in words.items() if text]

    def restore_translated_segments(
        self, value: TypedTable, segments: list[StringSegmentValue]
    ) -> TypedTable:
        """The table with the translated words in their places."""
        data = self.get_prep_value(value)
        for segment in segments:
            kind, *place = segment.path.split("-")
            words = segment.render_text()
            if kind == "caption":
                data["caption"] = words
            elif kind == "heading":
                data["columns"][int(place[0])]["heading"] = words
            else:
                data["rows"][int(place[0])]["values"][int(place[1])] = words
        return self.to_python(data)

    class Meta:
        label = _("Table")
        icon = "table"
        template = "blocks/table.html"
        description = _("Rows and columns, with a caption. The first column names the row.")
        preview_value = {
            "caption": _("Water level at Khabarovsk"),
            "columns": [
                {"type": "text", "heading": _("Year")},
                {"type": "number", "heading": _("Highest level, cm")},
            ],
            "rows": [{"values": ["2013", "808"]}, {"values": ["2019", "644"]}],
        }
