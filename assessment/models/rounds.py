"""Rounds of assessment: which committee reads what, by which criteria, from when until when."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from assessment.models.committees import Committee
from home.words import WordsField, said
from proposals.models import CallPage

SCALE_MAX = 10


class AssessmentRoundQuerySet(models.QuerySet["AssessmentRound"]):
    """Rounds of assessment."""

    def reading(self) -> AssessmentRoundQuerySet:
        """Those that take scores now."""
        return self.filter(opened_at__isnull=False, ended_at__isnull=True)

    def published(self) -> AssessmentRoundQuerySet:
        """Those with a protocol, the newest first."""
        return self.filter(protocol__isnull=False).order_by("-ended_at", "-pk")

    def public(self) -> AssessmentRoundQuerySet:
        """Those whose criteria are fixed: from then on everybody may know of them."""
        return self.filter(opened_at__isnull=False).order_by("-opened_at", "-pk")


class AssessmentRound(ClusterableModel):
    """A committee assesses proposals of a call; its criteria are frozen when reading begins."""

    class State(models.TextChoices):
        PREPARING = "preparing", pgettext_lazy("round of assessment", "being prepared")
        READING = "reading", pgettext_lazy("round of assessment", "being read")
        ENDED = "ended", pgettext_lazy("round of assessment", "read, without a protocol yet")
        PUBLISHED = "published", pgettext_lazy("round of assessment", "protocol published")

    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="rounds", verbose_name=_("committee")
    )
    call = models.ForeignKey(
        CallPage, models.PROTECT, related_name="assessment_rounds", verbose_name=_("call")
    )
    title = WordsField(_("title"), text_length=160)
    intro = WordsField(_("what it is about"), text_length=2000, long=True, blank=True)
    per_proposal = models.PositiveSmallIntegerField(
        _("reviewers for each proposal"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Leave empty if all members read every proposal."),
    )
    spread_max = models.DecimalField(
        _("points apart"),
        max_digits=3,
        decimal_places=1,
        default=Decimal(4),
        validators=[MinValueValidator(Decimal("0.5")), MaxValueValidator(SCALE_MAX)],
        help_text=_("From so many points between two reviewers on, a proposal is discussed again."),
    )
    selected_count = models.PositiveSmallIntegerField(
        _("proposals to be selected"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("The best so many by their places. Leave empty if the round only ranks."),
    )
    by_theme = models.BooleanField(
        _("places for each theme"),
        default=False,
        help_text=_(
            "Each theme is given its part of them, in proportion to the proposals sent in to the"
            " call."
        ),
    )
    due_at = models.DateTimeField(_("scores due"))
    opened_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    # The criteria as they were when reading began; the rows are frozen by triggers too.
    sheet = models.JSONField(default=dict, editable=False)
    sheet_hash = models.CharField(max_length=64, blank=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AssessmentRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round of assessment")
        verbose_name_plural = _("rounds of assessment")
        ordering: ClassVar = ["-made_at", "-pk"]
        permissions: ClassVar = [
            ("run_assessment", _("Can run committees and rounds of assessment")),
            ("score_proposal", _("Can score proposals as a member of a committee")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, sheet_hash="")
                | (Q(opened_at__isnull=False) & ~Q(sheet_hash="")),
                name="criteria_are_hashed_when_reading_begins",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(opened_at__isnull=False),
                name="reading_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(spread_max__gt=0, spread_max__lte=SCALE_MAX), name="spread_on_the_scale"
            ),
            models.CheckConstraint(
                condition=Q(selected_count__isnull=True, by_theme=False)
                | Q(selected_count__isnull=False, selected_count__gte=1),
                name="themes_share_what_is_selected",
                violation_error_message=_("Say how many proposals are selected."),
            ),
        ]

    def __str__(self) -> str:
        return said(self.title)[0]

    def get_absolute_url(self) -> str:
        return reverse("assessment:round", args=[self.pk])

    @property
    def state(self) -> AssessmentRound.State:
        """Where it is. One query for a round that has ended."""
        if self.opened_at is None:
            return self.State.PREPARING
        if self.ended_at is None:
            return self.State.READING
        return self.State.PUBLISHED if hasattr(self, "protocol") else self.State.ENDED

    @property
    def is_reading(self) -> bool:
        return self.opened_at is not None and self.ended_at is None

    def criteria_as_data(self) -> list[dict[str, Any]]:
        """The criteria as they are frozen and hashed, in their order. One query."""
        return [criterion.as_data() for criterion in self.criteria.order_by("sort_order", "pk")]


class Criterion(Orderable):
    """What a proposal is held against: a scale of 0 to 10 with words, or a hard stop."""

    class Kind(models.TextChoices):
        SCALE = "scale", pgettext_lazy("criterion", "scale of 0 to 10")
        STOP = "stop", pgettext_lazy("criterion", "hard stop, yes or no")

    round = ParentalKey(AssessmentRound, on_delete=models.CASCADE, related_name="criteria")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.SCALE)
    name = WordsField(_("criterion"), text_length=160)
    weight = models.DecimalField(
        _("weight"),
        max_digits=4,
        decimal_places=3,
        default=Decimal(0),
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("Weights of all scales add up to 1; a hard stop has none."),
    )
    low = WordsField(_("0 means"), text_length=200, blank=True)
    middle = WordsField(_("5 means"), text_length=200, blank=True)
    high = WordsField(_("10 means"), text_length=200, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(weight__gte=0, weight__lte=1), name="weight_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(kind="scale", weight__gt=0) | Q(kind="stop", weight=0),
                name="only_scales_have_weight",
                violation_error_message=_("A scale needs a weight, and a hard stop has none."),
            ),
        ]

    def __str__(self) -> str:
        return said(self.name)[0]

    @property
    def is_stop(self) -> bool:
        return self.kind == self.Kind.STOP

    def as_data(self) -> dict[str, Any]:
        """Plain data with the weight as text: a float would not hash alike everywhere."""
        words = {name: getattr(self, name) for name in ("name", "low", "middle", "high")}
        weight = f"{Decimal(self.weight):.3f}"
        return {"number": self.pk, "kind": self.kind, "weight": weight, **words}
