"""Pages of plain text: about the place, rules, privacy, accessibility."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail_localize.fields import SynchronizedField, TranslatableField

from home.blocks import BodyBlock

from .base import IllustratedPage


class StandardPage(IllustratedPage):
    """A page of text, with pages below it where a matter needs several."""

    intro = models.TextField(_("in two sentences"), blank=True)
    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True)

    fields_searched: ClassVar = ["title", "search_description", "intro", "body"]
    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("intro"),
        IllustratedPage.picture_panel,
        FieldPanel("body"),
    ]
    override_translatable_fields: ClassVar = [
        TranslatableField("intro"),
        TranslatableField("image_alt"),
        TranslatableField("body"),
        SynchronizedField("image"),
        SynchronizedField("share_image"),
    ]
    parent_page_types: ClassVar = ["home.HomePage", "home.StandardPage"]
    subpage_types: ClassVar = ["home.StandardPage"]
    template = "home/standard_page.html"

    class Meta:
        verbose_name = _("page of text")
        verbose_name_plural = _("pages of text")

    @property
    def pages_below(self) -> list[Page]:
        """Live pages under this one, in the editors' order. One query."""
        return list(self.get_children().live().public().specific())
