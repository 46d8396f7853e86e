"""Blocks that show what people do here: figures, and cards of calls, events and other pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.models import Page


class FigureBlock(blocks.StructBlock):
    """A number, its unit and what it counts."""

    number = blocks.CharBlock(label=_("Number"), max_length=16)
    unit = blocks.CharBlock(label=_("Unit"), max_length=24, required=False, default="")
    label = blocks.CharBlock(label=_("What it counts"), max_length=120)

    class Meta:
        label = _("Figure")
        icon = "order"


class FiguresBlock(blocks.StructBlock):
    """Two to four figures in a row."""

    figures = blocks.ListBlock(FigureBlock(), label=_("Figures"), min_num=1, max_num=4)
    source = blocks.CharBlock(
        label=_("Source and date"),
        max_length=160,
        required=False,
        default="",
        help_text=_("Whose figures these are, and of which day."),
    )

    class Meta:
        label = _("Figures")
        icon = "order"
        template = "blocks/figures.html"
        description = _("Up to four numbers, each with its unit and what it counts.")
        preview_value = {
            "figures": [
                {
                    "number": "318",
                    "unit": pgettext_lazy("after a number", "supports"),
                    "label": _("for the water gauges"),
                },
                {"number": "12", "unit": _("gauges"), "label": _("on four tributaries")},
            ],
            "source": _("Own count, 24 November 2026"),
        }


class CardsValue(blocks.StructValue):
    """Chosen pages, in the reader's language where there is a translation."""

    @property
    def cards(self) -> list[Page]:
        """The pages to show, in the editor's order. One query, and one for each type of page."""
        chosen = [page for page in self["pages"] if page]
        translated = (
            Page.objects.live()
            .public()
            .filter(translation_key__in=[page.translation_key for page in chosen])
            .select_related("locale")
            .specific()
        )
        wanted = {(page.translation_key, page.locale.language_code): page for page in translated}
        found = [
            wanted.get((page.translation_key, get_language()))
            or next((p for p in wanted.values() if p.pk == page.pk), None)
            for page in chosen
        ]
        return [page for page in found if page]


class CardsBlock(blocks.StructBlock):
    """Cards that lead to other pages: calls, events, news."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120, required=False, default="")
    pages = blocks.ListBlock(blocks.PageChooserBlock(), label=_("Pages"), min_num=1, max_num=6)

    def get_preview_value(self) -> Any:
        pages = Page.objects.live().filter(depth__gt=2).order_by("-last_published_at")[:3]
        return self.normalize({"heading": "", "pages": list(pages)})

    class Meta:
        label = _("Cards of pages")
        icon = "link"
        template = "blocks/cards.html"
        value_class = CardsValue
        description = _("Up to six cards: calls for proposals, events, news or other pages.")
