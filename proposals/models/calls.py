"""Calls for proposals: the page editors open, its phases with dates, and the categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page, PageManager
from wagtail.query import PageQuerySet
from wagtail_localize.fields import SynchronizedField, TranslatableField

from accounts.models import AssuranceLevel, LocalizedTerm, Municipality
from home.blocks import BodyBlock
from home.models import BasePage

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from django.http import HttpRequest


class Category(LocalizedTerm):
    """What a proposal is about, with its icon's name in the sprite."""

    icon = models.CharField(_("icon"), max_length=40, blank=True)

    class Meta(LocalizedTerm.Meta):
        verbose_name = _("category")
        verbose_name_plural = _("categories")


class CallIndexPage(BasePage):
    """The list of calls, open ones first."""

    intro = models.TextField(_("introduction"), blank=True)

    fields_searched: ClassVar = ["title", "search_description", "intro"]
    content_panels: ClassVar = [*Page.content_panels, FieldPanel("intro")]
    parent_page_types: ClassVar = ["home.HomePage"]
    subpage_types: ClassVar = ["proposals.CallPage"]
    template = "proposals/call_index_page.html"

    class Meta:
        verbose_name = _("calls")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["calls"] = CallPage.objects.live().child_of(self).with_phases()
        return context


class CallPageQuerySet(PageQuerySet):
    """Calls; the source-language page of each is the one that proposals belong to."""

    def sources(self) -> CallPageQuerySet:
        """Live calls in the source language, one for each call whatever its translations."""
        return self.live().filter(locale__language_code=settings.LANGUAGE_CODE)

    def localized_titles(self) -> dict[uuid.UUID, str]:
        """Map translation key to title in the active language, else the source. One query."""
        languages = {settings.LANGUAGE_CODE, get_language()}
        rows = self.filter(locale__language_code__in=languages).values_list(
            "translation_key", "title", "locale__language_code"
        )
        # The source language comes first, so a translation overwrites it.
        ordered = sorted(rows, key=lambda row: row[2] != settings.LANGUAGE_CODE)
        return {key: title for key, title, _language in ordered}

    def in_phase(self, kind: str, now: datetime | None = None) -> CallPageQuerySet:
        """Calls whose phase of this kind is going on; the end is exclusive."""
        now = now or timezone.now()
        return self.filter(phases__kind=kind, phases__opens_at__lte=now, phases__closes_at__gt=now)

    def with_phases(self) -> list[CallPage]:
        """These calls with their phases and `source_slug`, the most urgent in front. One query.

        Read from the phases' side, since a prefetch would be a second query on every front page.
        """
        sources = CallPage.objects.sources().filter(
            translation_key=models.OuterRef("call__translation_key")
        )
        rows = CallPhase.objects.filter(call__in=self).annotate(
            source_slug=models.Subquery(sources.values("slug")[:1])
        )
        calls: dict[int, CallPage] = {}
        for phase in rows.select_related("call").order_by("sort_order", "pk"):
            call = calls.setdefault(phase.call_id, phase.call)
            call.source_slug = phase.source_slug or call.slug
            call.__dict__.setdefault("_prefetched_objects_cache", {})
            call._prefetched_objects_cache.setdefault("phases", []).append(phase)
        return sorted(calls.values(), key=CallPage.urgency)


CallPageManager = PageManager.from_queryset(CallPageQuerySet)


class CallPage(BasePage):
    """A call: what is asked, of whom, until when, and how much support a proposal needs."""

    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("everyone with a confirmed e-mail")
        RESIDENTS = "residents", _("people who live in the municipalities below")

    intro = models.TextField(_("what is asked, in two sentences"), blank=True)
    image = models.ForeignKey(
        "wagtailimages.Image",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("image"),
    )
    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True)
    threshold = models.PositiveIntegerField(
        _("threshold of support"),
        default=500,
        help_text=_("From this many supports on, the body in charge has to look at a proposal."),
    )
    audience = models.CharField(
        _("who may take part"), max_length=16, choices=Audience.choices, default=Audience.EVERYONE
    )
    municipalities = ParentalManyToManyField(
        Municipality,
        blank=True,
        related_name="+",
        verbose_name=_("municipalities"),
        help_text=_("Where proposals may lie. None chosen means the whole Territory."),
    )
    level = models.PositiveSmallIntegerField(
        _("assurance level needed"), choices=AssuranceLevel.choices, default=AssuranceLevel.EMAIL
    )

    moderation_days = models.PositiveSmallIntegerField(
        _("working days until a proposal is checked"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("A promise to residents. A change holds for what is sent in after it."),
    )
    appeal_days = models.PositiveSmallIntegerField(
        _("days in which an author may ask for a second look"),
        default=14,
        validators=[MaxValueValidator(365)],
        help_text=_("After a rejection, or a second return. A different moderator decides."),
    )

    objects = CallPageManager()

    fields_searched: ClassVar = ["title", "search_description", "intro", "body"]
    content_panels: ClassVar = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("image"),
        FieldPanel("body"),
        InlinePanel("phases", label=_("Phase"), heading=_("Phases"), min_num=1),
        FieldPanel("threshold"),
        FieldPanel("audience"),
        FieldPanel("municipalities"),
        FieldPanel("level"),
        FieldPanel("moderation_days"),
        FieldPanel("appeal_days"),
    ]
    # The words are translated; the rules must be the same in every language.
    override_translatable_fields: ClassVar = [
        TranslatableField("title"),
        TranslatableField("intro"),
        TranslatableField("body"),
        SynchronizedField("image", overridable=False),
        SynchronizedField("phases", overridable=False),
        SynchronizedField("threshold", overridable=False),
        SynchronizedField("audience", overridable=False),
        SynchronizedField("municipalities", overridable=False),
        SynchronizedField("level", overridable=False),
        SynchronizedField("moderation_days", overridable=False),
        SynchronizedField("appeal_days", overridable=False),
    ]
    parent_page_types: ClassVar = ["proposals.CallIndexPage"]
    subpage_types: ClassVar = []
    template = "proposals/call_page.html"

    class Meta:
        verbose_name = _("call for proposals")
        verbose_name_plural = _("calls for proposals")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        # The page asks for its phases again and again; unsaved ones in a preview stand as they are.
        if self.pk:
            models.prefetch_related_objects([self], "phases")
        return super().get_context(request, *args, **kwargs)

    @cached_property
    def source_slug(self) -> str:
        """The call's name in addresses, the same in every language. At most one query."""
        return self.source.slug

    @cached_property
    def source(self) -> CallPage:
        """The source-language page of this call: the one proposals point at. At most one query."""
        if self.locale.language_code == settings.LANGUAGE_CODE:
            return self
        return (
            CallPage.objects.sources().filter(translation_key=self.translation_key).first() or self
        )

    def phase(self, kind: str) -> CallPhase | None:
        """This call's phase of one kind, from its (prefetched) phases."""
        return next((phase for phase in self.phases.all() if phase.kind == kind), None)

    def is_open_for(self, kind: str) -> bool:
        """Whether the phase of this kind is going on now."""
        phase = self.phase(kind)
        return phase is not None and phase.is_open

    @property
    def current_phases(self) -> list[CallPhase]:
        """Phases going on now, the one that ends first in front."""
        return sorted(
            (phase for phase in self.phases.all() if phase.is_open), key=lambda p: p.closes_at
        )

    @property
    def next_phase(self) -> CallPhase | None:
        """The phase that opens next."""
        now = timezone.now()
        coming = [phase for phase in self.phases.all() if phase.opens_at > now]
        return min(coming, key=lambda phase: phase.opens_at, default=None)

    @property
    def takes_proposals(self) -> bool:
        return self.is_open_for(CallPhase.Kind.SUBMISSION)

    def urgency(self) -> tuple[int, float]:
        """Sort key for lists: going on (first to end first), then coming, then over."""
        if self.current_phases:
            return (0, self.current_phases[0].closes_at.timestamp())
        if coming := self.next_phase:
            return (1, coming.opens_at.timestamp())
        return (2, -max((p.closes_at.timestamp() for p in self.phases.all()), default=0))


class CallPhase(Orderable):
    """One span of a call. From `opens_at` on, until just before `closes_at`."""

    class Kind(models.TextChoices):
        SUBMISSION = "submission", _("Submitting proposals")
        SUPPORT = "support", _("Gathering support")
        ASSESSMENT = "assessment", _("Assessment")
        ANSWER = "answer", _("Answer of the authorities")

    call = ParentalKey(CallPage, on_delete=models.CASCADE, related_name="phases")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))

    panels: ClassVar = [FieldPanel("kind"), FieldPanel("opens_at"), FieldPanel("closes_at")]

    class Meta(Orderable.Meta):
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="phase_closes_after_it_opens",
                violation_error_message=_("A phase has to close after it opens."),
            ),
            models.UniqueConstraint(
                fields=["call", "kind"],
                name="unique_phase_kind_per_call",
                violation_error_message=_("This call already has a phase of this kind."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    def clean(self) -> None:
        # Inline forms leave out the parent, so the check constraint is not validated there.
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            raise ValidationError({"closes_at": _("A phase has to close after it opens.")})

    @property
    def is_open(self) -> bool:
        return self.opens_at <= timezone.now() < self.closes_at

    @property
    def is_over(self) -> bool:
        return timezone.now() >= self.closes_at
