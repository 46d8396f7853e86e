"""Merging proposals with the consent of their authors and supporters: the offer and its parts.

What supporters answered is in `voting`, since it concerns votes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .proposals import Proposal

if TYPE_CHECKING:
    from datetime import datetime

DAYS = 14
DAYS_MIN, DAYS_MAX = 3, 60
SOURCES_MAX = 10


class MergeQuerySet(models.QuerySet["Merge"]):
    """Merges of proposals."""

    def under_way(self) -> MergeQuerySet:
        """Authors or supporters are being asked."""
        return self.filter(state__in=[Merge.State.ASKING, Merge.State.OPEN])

    def due(self, now: datetime | None = None) -> MergeQuerySet:
        """Under way, and the time for answers is over."""
        return self.under_way().filter(due_at__lte=now or timezone.now())

    def with_parts(self) -> MergeQuerySet:
        """With the proposals concerned. Two queries."""
        return self.prefetch_related("parts__proposal")


class Merge(models.Model):
    """One or more proposals (A, B) are to become part of another of the same call (C).

    First the authors are asked, each for their own; then everybody whose support stands for A or
    B: to move it to C, to leave it where it is, or to take it back. Who does not answer has not
    moved. `due_at` is when the present question ends.
    """

    class State(models.TextChoices):
        ASKING = "asking", _("Authors are asked")
        OPEN = "open", _("Supporters choose")
        DONE = "done", _("Merged")
        CANCELLED = "cancelled", _("Called off")

    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.ASKING)
    reason = models.TextField(
        _("why"), max_length=1000, help_text=_("Authors and supporters read it in their mail.")
    )
    days = models.PositiveSmallIntegerField(
        _("days to answer"),
        default=DAYS,
        validators=[MinValueValidator(DAYS_MIN), MaxValueValidator(DAYS_MAX)],
        help_text=_("So long authors have, and then supporters."),
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField(_("proposed"))
    begun_at = models.DateTimeField(_("supporters asked"), null=True, blank=True)
    due_at = models.DateTimeField(_("answers until"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Why it was called off, for its page and the mail.
    ended_words = models.TextField(blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering: ClassVar = ["-proposed_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=["asking", "open"], ended_at__isnull=True)
                | Q(state__in=["done", "cancelled"], ended_at__isnull=False),
                name="merge_ends_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["open", "done"]) | Q(begun_at__isnull=False),
                name="merge_asks_supporters_before_it_is_done",
            ),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("proposed_at")), name="merge_leaves_time_to_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"

    @property
    def is_under_way(self) -> bool:
        return self.state in {self.State.ASKING, self.State.OPEN}

    @property
    def takes_answers(self) -> bool:
        """Whether supporters may answer now."""
        return self.state == self.State.OPEN and timezone.now() < self.due_at

    @property
    def target(self) -> Proposal:
        """The proposal that takes the others in; of the prefetched parts."""
        return next(part.proposal for part in self.parts.all() if part.is_target)

    @property
    def sources(self) -> list[Proposal]:
        """Those to be taken in, without the ones that fell out."""
        return [
            part.proposal for part in self.parts.all() if not part.is_target and not part.dropped_at
        ]


class MergePart(models.Model):
    """A proposal in a merge, and what its author answered."""

    class Answer(models.TextChoices):
        NONE = "", _("Not answered")
        YES = "yes", _("Agreed")
        NO = "no", _("Did not agree")

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="parts")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="merge_parts")
    is_target = models.BooleanField(default=False)
    # False once the merge is over or the proposal fell out of it.
    is_active = models.BooleanField(default=True)
    asked = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    key_hash = models.CharField(max_length=43, blank=True, editable=False)
    answer = models.CharField(
        _("answer"), max_length=3, choices=Answer.choices, blank=True, default=Answer.NONE
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    dropped_at = models.DateTimeField(_("fell out"), null=True, blank=True)

    class Meta:
        verbose_name = _("part of a merge")
        verbose_name_plural = _("parts of merges")
        ordering: ClassVar = ["-is_target", "pk"]
        constraints: ClassVar = [
            # As source or as target: a chain of merges would ask people to move twice.
            models.UniqueConstraint(
                fields=["proposal"], condition=Q(is_active=True), name="one_merge_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["merge"], condition=Q(is_target=True), name="one_target_a_merge"
            ),
            models.UniqueConstraint(fields=["merge", "proposal"], name="part_once_a_merge"),
            models.UniqueConstraint(
                fields=["key_hash"], condition=~Q(key_hash=""), name="one_part_a_key"
            ),
        ]

    def __str__(self) -> str:
        return str(self.proposal)
