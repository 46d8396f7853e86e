"""What a round reads and finds: proposals, who reads which, scores, the frozen protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessment.models.committees import Membership
from assessment.models.rounds import SCALE_MAX, AssessmentRound, Criterion
from proposals.models import Proposal

if TYPE_CHECKING:
    from accounts.models import User


class AssessedProposal(models.Model):
    """A proposal in a round; a place given by hand needs a reason that everybody can read."""

    round = models.ForeignKey(AssessmentRound, models.CASCADE, related_name="assessed")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="assessed")
    place_by_hand = models.PositiveSmallIntegerField(_("place given by hand"), null=True)
    place_reason = models.TextField(_("reason"), blank=True)
    place_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    discussed_at = models.DateTimeField(_("discussed"), null=True)

    class Meta:
        verbose_name = _("proposal in a round")
        verbose_name_plural = _("proposals in a round")
        ordering: ClassVar = ["proposal_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "proposal"], name="assessed_once_a_round"),
            models.CheckConstraint(
                condition=Q(place_by_hand__isnull=True, place_reason="")
                | (Q(place_by_hand__gte=1) & ~Q(place_reason="")),
                name="place_by_hand_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.proposal_id}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Who reads what."""

    def counted(self) -> AssignmentQuerySet:
        """Those whose reviewer may score: not recused."""
        return self.filter(recusal="")

    def of(self, user: User) -> AssignmentQuerySet:
        """Those of one person."""
        return self.filter(membership__user=user)


class Assignment(models.Model):
    """One member reads one proposal: declaration first, then the sheet, then perhaps a recusal."""

    class Recusal(models.TextChoices):
        OWN = "own", pgettext_lazy("recusal", "wrote the proposal")
        ORGANISATION = "organisation", pgettext_lazy("recusal", "same organisation as the author")
        DECLARED = "declared", pgettext_lazy("recusal", "declared a conflict of interest")

    assessed = models.ForeignKey(AssessedProposal, models.CASCADE, related_name="assignments")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="assignments")
    declared_at = models.DateTimeField(_("declared"), null=True)
    recusal = models.CharField(max_length=16, choices=Recusal.choices, blank=True)
    recusal_note = models.TextField(_("what the conflict is"), blank=True)
    draft = models.JSONField(default=dict)
    submitted_at = models.DateTimeField(_("sent in"), null=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assessed", "membership"], name="assigned_once"),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(declared_at__isnull=False),
                name="declares_before_scoring",
            ),
            models.CheckConstraint(
                condition=Q(recusal="") | Q(submitted_at__isnull=True),
                name="who_is_recused_scores_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessed_id}: {self.membership_id}"

    @property
    def is_recused(self) -> bool:
        return bool(self.recusal)

    @property
    def is_submitted(self) -> bool:
        return self.submitted_at is not None


class Score(models.Model):
    """One reviewer's points on one criterion; a change is a new row with its reason, both stay."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="scores")
    version = models.PositiveSmallIntegerField(default=1)
    value = models.PositiveSmallIntegerField(_("points"), null=True)
    stops = models.BooleanField(_("hard stop applies"), null=True)
    comment = models.TextField(_("reason"), blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assignment", "criterion", "version"], name="one_score_a_version"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False, value__lte=SCALE_MAX, stops__isnull=True)
                | Q(value__isnull=True, stops__isnull=False),
                name="score_on_the_scale",
            ),
            models.CheckConstraint(
                condition=(Q(version=1) & (Q(stops__isnull=True) | Q(stops=False)))
                | ~Q(comment=""),
                name="changes_and_stops_have_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id}/{self.criterion_id}: {self.value}"


class Protocol(models.Model):
    """What came of a round, frozen and public: a trigger refuses every change."""

    round = models.OneToOneField(AssessmentRound, models.PROTECT, related_name="protocol")
    contents = models.JSONField(_("contents"))
    contents_hash = models.CharField(_("SHA-256 of the contents"), max_length=64)
    # Without it the hash of all sheets, which is public, could be guessed back to the scores.
    salt = models.CharField(max_length=64)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("protocol")
        verbose_name_plural = _("protocols")

    def __str__(self) -> str:
        return f"{self.round_id} {self.contents_hash[:12]}"
