"""Sections of the home page, which editors put in the order they want.

What a section shows is fetched in its template by tags of the app that owns it, since this app
may not import them (`next_events`, `open_calls` and the like).
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup

from .layout import ButtonBlock, CalloutBlock
from .participation import CardsBlock, FiguresBlock
from .text import RICH_TEXT


class Section(blocks.StructBlock):
    """A part of the home page under a heading of its own."""

    heading = blocks.CharBlock(
        label=_("Heading"),
        max_length=120,
        required=False,
        default="",
        help_text=_("The usual heading stands if this is left empty."),
    )

    class Meta:
        icon = "list-ul"
        preview_value = {"heading": ""}


class OpenCallsSection(Section):
    """Calls that take proposals or support now."""

    class Meta:
        label = _("Open calls")
        template = "home/sections/open_calls.html"
        description = _("Calls for proposals that are going on, with the time left.")


class NeedsYourVoiceSection(Section):
    """Proposals few people have seen."""

    class Meta:
        label = _("Needs your voice")
        template = "home/sections/needs_your_voice.html"
        description = _("Proposals that few have seen yet, so that everybody gets a fair look.")


class MovingProposalsSection(Section):
    """Proposals whose support grows."""

    class Meta:
        label = _("Proposals moving")
        template = "home/sections/moving_proposals.html"
        description = _("Proposals that gained most support lately.")


class OutcomesSection(Section):
    """What became of proposals that went to the authorities."""

    class Meta:
        label = _("What became of it")
        template = "home/sections/outcomes.html"
        description = _("Proposals with the Government, and the latest answers.")


class DistrictMapSection(Section):
    """The tile map with counts."""

    class Meta:
        label = _("Map of the Territory")
        template = "home/sections/district_map.html"
        description = _("The nineteen municipalities as tiles, each with its proposals.")


class EventsSection(Section):
    """The next events."""

    count = blocks.IntegerBlock(label=_("How many"), min_value=1, max_value=8, default=4)

    class Meta:
        label = _("Coming events")
        icon = "calendar"
        template = "home/sections/events.html"
        form_layout = BlockGroup(children=["heading"], settings=["count"])
        description = _("The next events as lines of an agenda.")
        preview_value = {"heading": "", "count": 4}


class NewsSection(Section):
    """The latest news."""

    count = blocks.IntegerBlock(label=_("How many"), min_value=1, max_value=6, default=3)

    class Meta:
        label = _("Latest news")
        icon = "doc-full-inverse"
        template = "home/sections/news.html"
        form_layout = BlockGroup(children=["heading"], settings=["count"])
        description = _("The latest news, the newest first.")
        preview_value = {"heading": "", "count": 3}


class JourneyStepBlock(blocks.StructBlock):
    """One step of a proposal's way, with the days it may take."""

    title = blocks.CharBlock(label=_("Step"), max_length=80)
    text = blocks.TextBlock(label=_("What happens"), rows=2)
    days = blocks.CharBlock(
        label=_("How long"),
        max_length=40,
        required=False,
        default="",
        help_text=_("For example: 3 days"),
    )

    class Meta:
        label = _("Step")
        icon = "arrow-right"


class JourneySection(Section):
    """How a proposal moves, and how many days each step may take."""

    steps = blocks.ListBlock(JourneyStepBlock(), label=_("Steps"), min_num=2, max_num=7)

    class Meta:
        label = _("How a proposal moves")
        icon = "list-ol"
        template = "home/sections/journey.html"
        description = _("The steps of a proposal with the time each may take.")
        preview_value = {
            "heading": "",
            "steps": [
                {
                    "title": _("Check"),
                    "text": _("A moderator reads it."),
                    "days": _("up to 3 days"),
                },
                {
                    "title": _("Support"),
                    "text": _("Residents support it."),
                    "days": _("30 days"),
                },
            ],
        }


class TextSection(Section):
    """A few paragraphs of the editors' own."""

    text = blocks.RichTextBlock(label=_("Text"), features=RICH_TEXT)

    def get_preview_value(self) -> Any:
        words = gettext("A room by the Amur where residents, businesses and officials meet.")
        return self.normalize({"heading": gettext("About the place"), "text": f"<p>{words}</p>"})

    class Meta:
        label = _("Text")
        icon = "pilcrow"
        template = "home/sections/text.html"
        description = _("A few paragraphs of your own.")


class HomeSections(blocks.StreamBlock):
    """The home page below its first screen. A section with nothing to show is left out."""

    open_calls = OpenCallsSection(group=_("Proposals"))
    needs_your_voice = NeedsYourVoiceSection(group=_("Proposals"))
    moving_proposals = MovingProposalsSection(group=_("Proposals"))
    outcomes = OutcomesSection(group=_("Proposals"))
    district_map = DistrictMapSection(group=_("Proposals"))
    events = EventsSection(group=_("Site"))
    news = NewsSection(group=_("Site"))
    journey = JourneySection(group=_("Words"))
    text = TextSection(group=_("Words"))
    figures = FiguresBlock(group=_("Words"))
    cards = CardsBlock(group=_("Words"))
    callout = CalloutBlock(group=_("Words"))
    button = ButtonBlock(group=_("Words"))

    class Meta:
        # Twice the same list would be twice the same links, and twice the queries.
        block_counts = {
            name: {"max_num": 1}
            for name in (
                "open_calls",
                "needs_your_voice",
                "moving_proposals",
                "outcomes",
                "district_map",
                "events",
                "news",
                "journey",
            )
        }
