"""News: the list with its tags and feeds, and the single piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail_localize.fields import SynchronizedField, TranslatableField

from accounts.models import LocalizedTerm
from home.blocks import BodyBlock
from home.chrome import address_of
from home.pictures import share_url, with_card_pictures
from home.structured_data import news_article

from .base import BasePage, IllustratedPage, ShownPageQuerySet

if TYPE_CHECKING:
    from django.http import HttpRequest

NEWS_A_PAGE = 12


class NewsTag(LocalizedTerm):
    """What a piece of news is about. A term in every language, so that filters read right."""

    class Meta(LocalizedTerm.Meta):
        verbose_name = _("news tag")
        verbose_name_plural = _("news tags")


class NewsPageQuerySet(ShownPageQuerySet):
    """News; the newest by the date readers see."""

    def newest(self) -> NewsPageQuerySet:
        """Those shown, the newest first. `with_card_pictures` adds the pictures of a list."""
        return self.shown().order_by("-date", "-pk")


NewsPageManager = PageManager.from_queryset(NewsPageQuerySet)


class NewsIndexPage(BasePage):
    """The news of one language: pages of twelve, a filter by tag, RSS and Atom."""

    intro = models.TextField(_("introduction"), blank=True)

    fields_searched: ClassVar = ["title", "search_description", "intro"]
    content_panels: ClassVar = [*Page.content_panels, FieldPanel("intro")]
    override_translatable_fields: ClassVar = [
        TranslatableField("intro"),
        SynchronizedField("share_image"),
    ]
    parent_page_types: ClassVar = ["home.HomePage"]
    subpage_types: ClassVar = ["home.NewsPage"]
    max_count_per_parent = 1
    template = "home/news_index_page.html"

    class Meta:
        verbose_name = _("news")
        verbose_name_plural = _("news")

    def news(self) -> NewsPageQuerySet:
        """The news under this page, newest first."""
        return NewsPage.objects.child_of(self).newest()

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        names = NewsTag.objects.localized_names()
        tags = [
            {"slug": tag.slug, "name": names.get(tag.translation_key, tag.name)}
            for tag in NewsTag.objects.sources().filter(news__in=self.news().order_by()).distinct()
        ]
        chosen = next((tag for tag in tags if tag["slug"] == request.GET.get("tag")), None)
        news = self.news().filter(tags__slug=chosen["slug"]) if chosen else self.news()
        context["tags"], context["tag"] = tags, chosen
        context["news"] = Paginator(news, NEWS_A_PAGE).get_page(request.GET.get("page"))
        with_card_pictures(context["news"].object_list)
        return context


class NewsPage(IllustratedPage):
    """One piece of news."""

    date = models.DateTimeField(
        _("date"),
        default=timezone.now,
        help_text=_("Shown to readers, and decides the order of the list."),
    )
    byline = models.CharField(
        _("who writes"), max_length=120, blank=True, help_text=_("A person or an office.")
    )
    intro = models.TextField(
        _("in two sentences"), blank=True, help_text=_("Shown in lists and where it is shared.")
    )
    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True)
    tags = ParentalManyToManyField(
        NewsTag,
        blank=True,
        related_name="news",
        verbose_name=_("tags"),
        limit_choices_to={"locale__language_code": settings.LANGUAGE_CODE},
    )

    objects = NewsPageManager()

    fields_searched: ClassVar = ["title", "search_description", "intro", "body", "byline"]
    content_panels: ClassVar = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("date"), FieldPanel("byline")]),
        FieldPanel("intro"),
        IllustratedPage.picture_panel,
        FieldPanel("body"),
        FieldPanel("tags", widget=forms.CheckboxSelectMultiple),
    ]
    # The words are translated; date and tags are the same news in every language.
    override_translatable_fields: ClassVar = [
        TranslatableField("intro"),
        TranslatableField("byline"),
        TranslatableField("image_alt"),
        TranslatableField("body"),
        SynchronizedField("date", overridable=False),
        SynchronizedField("tags", overridable=False),
        SynchronizedField("image"),
        SynchronizedField("share_image"),
    ]
    og_type = "article"
    parent_page_types: ClassVar = ["home.NewsIndexPage"]
    subpage_types: ClassVar = []
    template = "home/news_page.html"

    class Meta:
        verbose_name = _("piece of news")
        verbose_name_plural = _("pieces of news")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["tags"] = self.tags_named()
        return context

    def tags_named(self) -> list[dict[str, str]]:
        """This piece's tags in the active language. Two queries."""
        names = NewsTag.objects.localized_names()
        return [
            {"slug": tag.slug, "name": names.get(tag.translation_key, tag.name)}
            for tag in self.tags.all()
        ]

    def structured_data(self, request: HttpRequest) -> dict[str, Any]:
        image = share_url(self.picture_shared, request)
        return news_article(self, address_of(self, request), image)
