"""The front page of one language. Its words also make every page's head and foot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageViewRestriction
from wagtail_localize.fields import SynchronizedField, TranslatableField

from home.blocks import HomeSections
from home.chrome import address_of
from home.pictures import share_url
from home.structured_data import organization

from .base import BasePage, Crumb

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class HomePage(BasePage):
    """The front page of one language; its words also make every page's head and foot.

    Its title is the sentence visitors read first, such as “What should we do next?”.
    """

    lead = models.TextField(_("lead"), blank=True)
    sections = StreamField(HomeSections(), verbose_name=_("sections"), blank=True)

    site_name = models.CharField(_("site name"), max_length=60, default="Amur 100°")
    tagline = models.CharField(_("tagline"), max_length=160, blank=True)
    address = models.CharField(_("address of the centre"), max_length=160, blank=True)
    hours = models.CharField(_("opening hours"), max_length=120, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)

    fields_searched: ClassVar = ["title", "search_description", "lead"]
    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("lead"),
        FieldPanel("sections"),
        MultiFieldPanel(
            [
                FieldPanel(name)
                for name in ("site_name", "tagline", "address", "hours", "contact_email")
            ],
            heading=_("Head and foot of every page"),
        ),
    ]
    override_translatable_fields: ClassVar = [
        TranslatableField("lead"),
        TranslatableField("sections"),
        TranslatableField("site_name"),
        TranslatableField("tagline"),
        TranslatableField("address"),
        TranslatableField("hours"),
        SynchronizedField("contact_email"),
        SynchronizedField("share_image"),
    ]
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    max_count = len(settings.LANGUAGES)
    # A front page for a few would leave all others before a wall.
    private_page_options: ClassVar = []
    template = "home/home_page.html"

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        return PageViewRestriction.objects.none()

    @property
    def summary(self) -> str:
        return self.search_description or self.lead or self.tagline

    def breadcrumbs(self, request: HttpRequest) -> list[Crumb]:
        return []

    def structured_data(self, request: HttpRequest) -> dict[str, Any]:
        image = share_url(self.picture_shared, request)
        return organization(self, address_of(self, request), image)
