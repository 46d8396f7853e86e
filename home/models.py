"""What editors write and every page shares: BasePage, the home page, news and standard pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

if TYPE_CHECKING:
    from django.http import HttpRequest


class BasePage(Page):
    """Every page type's base: a share image, and links to the same page in other languages."""

    share_image = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("image for sharing"),
    )

    promote_panels: ClassVar = [*Page.promote_panels, FieldPanel("share_image")]

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from home.chrome import languages_of_page

        context = super().get_context(request, *args, **kwargs)
        context["languages"] = languages_of_page(self, request)
        return context


class HomePage(BasePage):
    """The front page of one language; its words also make every page's head and foot."""

    site_name = models.CharField(_("site name"), max_length=60, default="Amur 100°")
    tagline = models.CharField(_("tagline"), max_length=160, blank=True)
    lead = models.TextField(_("lead"), blank=True)
    address = models.CharField(_("address of the centre"), max_length=160, blank=True)
    hours = models.CharField(_("opening hours"), max_length=120, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)

    content_panels: ClassVar = [
        *Page.content_panels,
        *(
            FieldPanel(name)
            for name in ("site_name", "tagline", "lead", "address", "hours", "contact_email")
        ),
    ]
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    template = "home/home_page.html"

    class Meta:
        verbose_name = _("home page")
