"""Blocks that arrange or stress: callout, button, accordion."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup, StructBlockValidationError

from .text import RICH_TEXT


class CalloutBlock(blocks.StructBlock):
    """A few sentences that stand out."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120, required=False, default="")
    text = blocks.RichTextBlock(label=_("Text"), features=RICH_TEXT)
    tone = blocks.ChoiceBlock(
        label=_("Tone"),
        choices=[
            ("info", _("Good to know")),
            ("success", _("Good news")),
            ("warning", _("Beware")),
            ("ember", _("A deadline is near")),
        ],
        default="info",
    )

    def get_preview_value(self) -> Any:
        words = gettext("Bring a document: the guard at the entrance asks for it.")
        return self.normalize(
            {"heading": gettext("Before you come"), "text": f"<p>{words}</p>", "tone": "info"}
        )

    class Meta:
        label = _("Callout")
        icon = "warning"
        template = "blocks/callout.html"
        form_layout = BlockGroup(children=["heading", "text"], settings=["tone"])
        description = _("A few sentences nobody should miss. One or two a page.")


class ButtonValue(blocks.StructValue):
    """A button that knows where it leads."""

    @property
    def href(self) -> str:
        """The chosen page in the reader's language, else the address."""
        page = self.get("page")
        return (page.localized.url if page else self.get("url")) or ""


class ButtonBlock(blocks.StructBlock):
    """One link that looks like a button."""

    text = blocks.CharBlock(
        label=_("Text"), max_length=60, help_text=_("Say what happens: “Submit a proposal”.")
    )
    page = blocks.PageChooserBlock(label=_("Page of this site"), required=False)
    url = blocks.URLBlock(label=_("or another address"), required=False, default="")
    look = blocks.ChoiceBlock(
        label=_("Look"),
        choices=[("primary", _("Main action")), ("quiet", _("Quiet"))],
        default="primary",
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not self.is_deferred_validation and bool(cleaned["page"]) == bool(cleaned["url"]):
            message = ValidationError(_("Give either a page or an address."))
            raise StructBlockValidationError(block_errors={"url": message})
        return cleaned

    class Meta:
        label = _("Button")
        icon = "link"
        template = "blocks/button.html"
        value_class = ButtonValue
        form_layout = BlockGroup(children=["text", "page", "url"], settings=["look"])
        description = _("One link that stands out. Its text says what happens.")
        preview_value = {
            "text": _("Read the rules"),
            "url": "https://example.org/",
            "look": "primary",
        }


class AccordionItemBlock(blocks.StructBlock):
    """One question with its answer."""

    question = blocks.CharBlock(label=_("Question"), max_length=160)
    answer = blocks.RichTextBlock(label=_("Answer"), features=RICH_TEXT)

    class Meta:
        label = _("Question")
        icon = "help"


class AccordionBlock(blocks.StructBlock):
    """Questions that open one by one."""

    questions = blocks.ListBlock(AccordionItemBlock(), label=_("Questions"), min_num=1, max_num=30)

    def get_preview_value(self) -> Any:
        pairs = [
            (gettext("Who may take part?"), gettext("Everybody with a confirmed e-mail.")),
            (gettext("What does it cost?"), gettext("Nothing.")),
        ]
        questions = [{"question": q, "answer": f"<p>{a}</p>"} for q, a in pairs]
        return self.normalize({"questions": questions})

    class Meta:
        label = _("Questions and answers")
        icon = "help"
        template = "blocks/accordion.html"
        description = _("Questions that open to show their answers. Works without JavaScript.")
