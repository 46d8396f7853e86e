"""What every page shares: search words, sharing, languages, breadcrumbs, and its picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Length, Substr
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelsearch import index
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageViewRestriction
from wagtail.query import PageQuerySet
from wagtail_localize.fields import SynchronizedField

from home.caching import mark_public
from home.chrome import languages_of_page, path_of
from home.search_terms import index_terms

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class ShownPageQuerySet(PageQuerySet):
    """Pages that lists may name."""

    def shown(self) -> ShownPageQuerySet:
        """Live ones that nobody has made private, or put below a private page.

        Wagtail's `public()` says the same and costs a query of its own for each list.
        """
        path = OuterRef("path")
        above = Substr(path, 1, Length("page__path"))
        return self.live().filter(~Exists(PageViewRestriction.objects.filter(page__path=above)))


class Crumb(NamedTuple):
    """One step of the way to a page."""

    title: str
    url: str


class BasePage(Page):
    """Every page type's base: a share image, and links to the same page in other languages."""

    share_image = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("image for sharing"),
        help_text=_("Shown where people share this page. The page's own image if left empty."),
    )

    # Fields whose words lead to the page in a search.
    fields_searched: ClassVar = ["title", "search_description"]

    promote_panels: ClassVar = [*Page.promote_panels, FieldPanel("share_image")]
    search_fields: ClassVar = [*Page.search_fields, index.SearchField("search_terms")]

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["languages"] = languages_of_page(self, request)
        context["breadcrumbs"] = SimpleLazyObject(lambda: self.breadcrumbs(request))
        return context

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return mark_public(request, super().serve(request, *args, **kwargs))

    def breadcrumbs(self, request: HttpRequest) -> list[Crumb]:
        """The pages above this one, from the home page down. One query."""
        above = self.get_ancestors().filter(depth__gt=1).order_by("depth")
        return [
            Crumb(page.title if page.depth > 2 else gettext("Home page"), path_of(page, request))
            for page in above
        ]

    @property
    def summary(self) -> str:
        """What the page is about, for lists, search engines and shared links."""
        return self.search_description or getattr(self, "intro", "")

    @property
    def picture_shared(self) -> Any:
        """The picture that stands for the page elsewhere, or None."""
        return self.share_image or getattr(self, "image", None)

    @property
    def search_terms(self) -> str:
        """The words of the page as written, for editors, and cut to stems, for readers."""
        words = " ".join(self._words())
        return f"{words} {index_terms(words)}"

    def _words(self) -> list[str]:
        found: list[str] = []
        for name in self.fields_searched:
            field, value = self._meta.get_field(name), getattr(self, name)
            if isinstance(field, StreamField):
                found += [str(text) for text in field.get_searchable_content(value)]
            else:
                found.append(value or "")
        return found

    def structured_data(self, request: HttpRequest) -> dict[str, Any] | None:
        """What the page is, in schema.org's words, or None where there is nothing to say."""
        return None


class IllustratedPageForm(WagtailAdminPageForm):
    """Asks for the picture's description. Drafts may still lack it, or autosave would stop."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        described = cleaned.get("image_alt", "").strip()
        if cleaned.get("image") and not described and not self.is_deferred_validation:
            self.add_error("image_alt", _("Say what the picture shows."))
        return cleaned


class IllustratedPage(BasePage):
    """A page with a picture of its own, described for those who do not see it."""

    image = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("image"),
    )
    image_alt = models.CharField(
        _("what the picture shows"),
        max_length=200,
        blank=True,
        help_text=_("Read out to those who do not see it. Needed before the page is published."),
    )

    base_form_class = IllustratedPageForm
    picture_panel: ClassVar = MultiFieldPanel(
        [FieldPanel("image"), FieldPanel("image_alt")], heading=_("Image")
    )
    # A translator may show another picture: words in pictures do not translate themselves.
    override_translatable_fields: ClassVar = [SynchronizedField("image")]

    class Meta:
        abstract = True
