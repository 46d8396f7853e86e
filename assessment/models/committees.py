"""Standing groups of people who assess and decide: who sits in them, in which role, how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import LocalizedTerm
from assessment.quorum import quorum_of
from home.words import WordsField, said
from proposals.clock import site_day

if TYPE_CHECKING:
    from datetime import date


class Committee(LocalizedTerm):
    """A working group, council or commission; other rows point at its source-language row."""

    class Kind(models.TextChoices):
        WORKING_GROUP = "working_group", _("Working group")
        COUNCIL = "council", _("Council")
        COMMISSION = "commission", _("Commission")

    purpose = models.TextField(
        _("purpose"), blank=True, help_text=_("What it is for, in two or three sentences.")
    )
    kind = models.CharField(
        _("kind"), max_length=16, choices=Kind.choices, default=Kind.WORKING_GROUP
    )
    quorum_percent = models.PositiveSmallIntegerField(
        _("quorum in per cent of the members"),
        default=51,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("This share of the members in office has to take part, rounded up."),
    )
    quorum_count = models.PositiveSmallIntegerField(
        _("quorum as a number"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Takes the place of the share, if it is filled in."),
    )
    chair_casts = models.BooleanField(
        _("casting vote"),
        default=True,
        help_text=_("At equal votes the chair's own vote decides; otherwise nothing is decided."),
    )

    WORDS: ClassVar[tuple[str, ...]] = ("name", "purpose")

    class Meta(LocalizedTerm.Meta):
        verbose_name = _("committee")
        verbose_name_plural = _("committees")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *LocalizedTerm.Meta.constraints,
            models.CheckConstraint(
                condition=Q(quorum_percent__gte=1, quorum_percent__lte=100),
                name="quorum_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(quorum_count__isnull=True) | Q(quorum_count__gte=1),
                name="quorum_is_at_least_one",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("assessment:committee", args=[self.slug])

    def quorum_for(self, member_count: int) -> int:
        """How many of so many members have to take part."""
        return quorum_of(member_count, self.quorum_percent, self.quorum_count)


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Terms of office."""

    def in_office(self, day: date | None = None) -> MembershipQuerySet:
        """Those whose term covers a day, today unless told otherwise."""
        day = day or site_day()
        open_end = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
        return self.filter(open_end, starts_on__lte=day)

    def voting(self) -> MembershipQuerySet:
        """Those who vote and score: all but the secretaries, who write down what others decide."""
        return self.exclude(role="secretary")

    def in_order(self) -> MembershipQuerySet:
        """The chair first, then deputies, secretaries, members, each by name."""
        places = [models.When(role=role, then=place) for place, role in enumerate(Membership.Role)]
        order = models.Case(*places, output_field=models.SmallIntegerField())
        return self.order_by(order, "name", "pk")


class Membership(models.Model):
    """One person's term of office in a committee, under the name that the public reads."""

    class Role(models.TextChoices):
        CHAIR = "chair", pgettext_lazy("of a committee", "Chair")
        DEPUTY = "deputy", pgettext_lazy("of a committee", "Deputy chair")
        SECRETARY = "secretary", pgettext_lazy("of a committee", "Secretary")
        MEMBER = "member", pgettext_lazy("of a committee", "Member")

    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="memberships", verbose_name=_("committee")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("account"),
    )
    name = models.CharField(_("name shown"), max_length=120, blank=True)
    position = WordsField(_("position"), text_length=160, blank=True)
    organisation = models.CharField(_("organisation"), max_length=160, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.MEMBER)
    starts_on = models.DateField(_("in office from"), default=timezone.localdate)
    ends_on = models.DateField(_("in office until"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="term_ends_after_it_starts",
                violation_error_message=_("A term cannot end before it starts."),
            ),
            # Terms with an end are held apart by a trigger, see assessment/guards.py.
            models.UniqueConstraint(
                fields=["committee"],
                condition=Q(role="chair", ends_on__isnull=True),
                name="one_chair_at_a_time",
                violation_error_message=_("The committee has a chair for this time already."),
            ),
            models.UniqueConstraint(
                fields=["committee", "user"],
                condition=Q(ends_on__isnull=True, user__isnull=False),
                name="one_open_term_a_person",
                violation_error_message=_("This person sits in the committee already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Member removed"))

    @property
    def is_over(self) -> bool:
        """Whether the term has ended; its last day belongs to it."""
        return self.ends_on is not None and self.ends_on < site_day()

    @property
    def is_in_office(self) -> bool:
        return self.starts_on <= site_day() and not self.is_over


class CommitteeDocument(models.Model):
    """A paper of a committee: one of the site's documents, or a page elsewhere. Public."""

    committee = models.ForeignKey(
        Committee, models.CASCADE, related_name="documents", verbose_name=_("committee")
    )
    title = WordsField(_("title"), text_length=160)
    document = models.ForeignKey(
        "wagtaildocs.Document",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("document"),
    )
    url = models.URLField(_("link"), blank=True)
    dated_on = models.DateField(_("date"), default=timezone.localdate)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering: ClassVar = ["-dated_on", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(document__isnull=True) ^ Q(url=""),
                name="document_or_link",
                violation_error_message=_("Choose a document or give a link: one of the two."),
            ),
        ]

    def __str__(self) -> str:
        return said(self.title)[0]

    @property
    def address(self) -> str:
        return self.document.url if self.document else self.url
