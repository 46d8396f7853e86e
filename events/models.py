"""Event pages and their agenda. The full event system (halls, registration) is not here yet."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import F, Q
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail_localize.fields import SynchronizedField, TranslatableField

from events.agenda import by_day, spans
from events.structured_data import event_data
from home.blocks import BodyBlock
from home.caching import mark_public
from home.chrome import address_of
from home.models import BasePage, IllustratedPage, ShownPageQuerySet
from home.pictures import share_url

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

EVENTS_A_PAGE = 40


class EventPageQuerySet(ShownPageQuerySet):
    """Events in the order they happen."""

    def coming(self, now: datetime | None = None) -> EventPageQuerySet:
        """Those shown that are not over, the next first."""
        return self.shown().filter(ends_at__gt=now or timezone.now()).order_by("starts_at", "pk")

    def past(self, now: datetime | None = None) -> EventPageQuerySet:
        """Those shown that are over, the latest first."""
        return self.shown().filter(ends_at__lte=now or timezone.now()).order_by("-starts_at", "-pk")

    def within(self, starts: datetime, ends: datetime) -> EventPageQuerySet:
        """Those that go on at some moment of the span."""
        return self.filter(starts_at__lt=ends, ends_at__gt=starts)

    def online(self) -> EventPageQuerySet:
        """Those one can take part in from afar."""
        return self.exclude(online_url="")


EventPageManager = PageManager.from_queryset(EventPageQuerySet)


class EventIndexPage(RoutablePageMixin, BasePage):
    """The agenda: coming events by day; past ones apart."""

    intro = models.TextField(_("introduction"), blank=True)

    fields_searched: ClassVar = ["title", "search_description", "intro"]
    content_panels: ClassVar = [*Page.content_panels, FieldPanel("intro")]
    override_translatable_fields: ClassVar = [
        TranslatableField("intro"),
        SynchronizedField("share_image"),
    ]
    parent_page_types: ClassVar = ["home.HomePage"]
    subpage_types: ClassVar = ["events.EventPage"]
    max_count_per_parent = 1
    template = "events/event_index_page.html"

    class Meta:
        verbose_name = _("events")
        verbose_name_plural = _("events")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        now = timezone.now()
        coming = EventPage.objects.child_of(self).coming(now)
        chosen = self._chosen(request)
        since = spans(now)[chosen["when"]].starts if chosen["when"] else now
        page = self._page(request, self._filtered(coming, chosen, now))
        context |= {
            "chosen": chosen,
            "events": page,
            "days": by_day(page, now, max(since, now)),
            "kinds": self._kinds(coming),
            "past": False,
        }
        if not page.object_list:
            context["next_event"] = coming.first()
        return context

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Routable pages do not come by the base's serve.
        return mark_public(request, super().serve(request, *args, **kwargs))

    @path("past/", name="past")
    def past(self, request: HttpRequest) -> HttpResponse:
        """What has been, the latest first."""
        context = super().get_context(request)
        now = timezone.now()
        events = EventPage.objects.child_of(self).past(now)
        chosen = self._chosen(request) | {"when": "", "online": False}
        page = self._page(request, self._filtered(events, chosen, now))
        context |= {
            "chosen": chosen,
            "events": page,
            "days": by_day(page, now),
            "kinds": self._kinds(events),
            "past": True,
            "languages": [language.below("past/") for language in context["languages"]],
        }
        return TemplateResponse(request, self.template, context)

    @staticmethod
    def _chosen(request: HttpRequest) -> dict[str, Any]:
        """What the address asks for; anything we do not know counts as not asked."""
        when, kind = request.GET.get("when", ""), request.GET.get("kind", "")
        return {
            "when": when if when in spans(timezone.now()) else "",
            "kind": kind if kind in EventPage.Kind.values else "",
            "online": request.GET.get("online") == "1",
        }

    @staticmethod
    def _filtered(
        events: EventPageQuerySet, chosen: dict[str, Any], now: datetime
    ) -> EventPageQuerySet:
        if chosen["when"]:
            events = events.within(*spans(now)[chosen["when"]])
        if chosen["kind"]:
            events = events.filter(kind=chosen["kind"])
        return events.online() if chosen["online"] else events

    @staticmethod
    def _page(request: HttpRequest, events: EventPageQuerySet) -> Any:
        return Paginator(events, EVENTS_A_PAGE).get_page(request.GET.get("page"))

    @staticmethod
    def _kinds(events: EventPageQuerySet) -> list[tuple[str, Any]]:
        """The kinds that occur, as value and name. One query."""
        found = set(events.order_by().values_list("kind", flat=True).distinct())
        return [(kind.value, kind.label) for kind in EventPage.Kind if kind.value in found]


class EventPage(IllustratedPage):
    """One event: when, where, who holds it, how to get in and how to take part."""

    class Kind(models.TextChoices):
        LECTURE = "lecture", _("Lecture")
        WORKSHOP = "workshop", _("Workshop")
        SEMINAR = "seminar", _("Seminar")
        CONFERENCE = "conference", _("Conference")
        FORUM = "forum", _("Forum")
        MEETUP = "meetup", _("Meetup")
        STRATEGY_SESSION = "strategy-session", _("Strategy session")
        FORESIGHT = "foresight", _("Foresight session")
        WORKING_GROUP = "working-group", _("Working group meeting")
        PUBLIC_HEARING = "public-hearing", _("Public discussion")
        PITCH = "pitch", _("Project pitch")
        HACKATHON = "hackathon", _("Hackathon")
        ACCELERATOR_DAY = "accelerator-day", _("Accelerator session")
        DEMO_DAY = "demo-day", _("Demo day")
        CHAMPIONSHIP = "championship", _("Championship")
        TRAINING = "training", _("Training")
        NETWORK_EVENT = "network-event", _("Network event (several Points)")

    class Availability(models.TextChoices):
        """What we know about one need of a visitor."""

        YES = "yes", _("yes")
        NO = "no", _("no")
        ASK = "ask", _("ask us")

    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices, default=Kind.MEETUP)
    starts_at = models.DateTimeField(_("starts"), help_text=_("Time of Vladivostok, UTC+10."))
    ends_at = models.DateTimeField(_("ends"))
    cancelled = models.BooleanField(_("cancelled"), default=False)
    notice = models.CharField(
        _("what has changed"),
        max_length=200,
        blank=True,
        help_text=_("Shown on top: why it is cancelled, or where it has moved."),
    )
    language = models.CharField(
        _("language spoken"), max_length=8, choices=settings.LANGUAGES, default="ru"
    )
    organiser = models.CharField(_("organiser"), max_length=160, blank=True)
    intro = models.TextField(_("in two sentences"), blank=True)
    body = StreamField(BodyBlock(), verbose_name=_("what happens"), blank=True)

    place = models.CharField(_("place"), max_length=120, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    entrance = models.CharField(
        _("entrance and floor"), max_length=160, blank=True, help_text=_("How to find the room.")
    )
    online_url = models.URLField(_("link to take part online"), blank=True)
    document_needed = models.BooleanField(_("visitors have to show a document"), default=False)
    step_free = models.CharField(
        _("step-free route"), max_length=3, choices=Availability, default=Availability.ASK
    )
    hearing_loop = models.CharField(
        _("hearing loop"), max_length=3, choices=Availability, default=Availability.ASK
    )
    sign_language = models.CharField(
        _("sign language interpreter"), max_length=3, choices=Availability, default=Availability.ASK
    )
    quiet_room = models.CharField(
        _("quiet room"), max_length=3, choices=Availability, default=Availability.ASK
    )

    objects = EventPageManager()

    fields_searched: ClassVar = [
        "title",
        "search_description",
        "intro",
        "place",
        "address",
        "organiser",
        "body",
    ]
    content_panels: ClassVar = [
        *Page.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("kind"),
                FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
                FieldRowPanel([FieldPanel("language"), FieldPanel("organiser")]),
            ],
            heading=_("When and who"),
        ),
        MultiFieldPanel(
            [FieldPanel("cancelled"), FieldPanel("notice")], heading=_("If plans have changed")
        ),
        FieldPanel("intro"),
        IllustratedPage.picture_panel,
        FieldPanel("body"),
        MultiFieldPanel(
            [
                HelpPanel(_("Leave the place empty if the event is online only.")),
                *(FieldPanel(name) for name in ("place", "address", "entrance", "online_url")),
                FieldPanel("document_needed"),
                FieldRowPanel([FieldPanel("step_free"), FieldPanel("hearing_loop")]),
                FieldRowPanel([FieldPanel("sign_language"), FieldPanel("quiet_room")]),
            ],
            heading=_("Getting in"),
        ),
    ]
    # The words are translated; when it is and what the house offers must not differ.
    override_translatable_fields: ClassVar = [
        *(
            TranslatableField(name)
            for name in ("notice", "organiser", "intro", "body", "place", "address", "entrance")
        ),
        TranslatableField("image_alt"),
        *(
            SynchronizedField(name, overridable=False)
            for name in (
                "kind",
                "starts_at",
                "ends_at",
                "cancelled",
                "language",
                "document_needed",
                "step_free",
                "hearing_loop",
                "sign_language",
                "quiet_room",
            )
        ),
        SynchronizedField("online_url"),
        SynchronizedField("image"),
        SynchronizedField("share_image"),
    ]
    parent_page_types: ClassVar = ["events.EventIndexPage"]
    subpage_types: ClassVar = []
    template = "events/event_page.html"

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="event_ends_after_it_starts",
                violation_error_message=_("An event has to end after it starts."),
            )
        ]
        indexes: ClassVar = [models.Index(fields=["ends_at", "starts_at"], name="event_when")]

    def clean(self) -> None:
        super().clean()
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("An event has to end after it starts.")})

    @property
    def is_over(self) -> bool:
        return self.ends_at is not None and self.ends_at <= timezone.now()

    @property
    def is_one_day(self) -> bool:
        """Whether it ends on the day it starts; an end at midnight sharp still counts."""
        starts, ends = timezone.localtime(self.starts_at), timezone.localtime(self.ends_at)
        last_moment = ends - timedelta(microseconds=1)
        return starts.date() == last_moment.date()

    @property
    def getting_in(self) -> list[tuple[Any, str, Any]]:
        """The fixed list every visitor may rely on: what, answer as value, answer in words."""
        return [
            (self._meta.get_field(name).verbose_name, getattr(self, name), label())
            for name, label in (
                ("step_free", self.get_step_free_display),
                ("hearing_loop", self.get_hearing_loop_display),
                ("sign_language", self.get_sign_language_display),
                ("quiet_room", self.get_quiet_room_display),
            )
        ]

    def structured_data(self, request: HttpRequest) -> dict[str, Any]:
        image = share_url(self.picture_shared, request)
        return event_data(self, address_of(self, request), image)
