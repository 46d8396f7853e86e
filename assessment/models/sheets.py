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
from proposals.clock import site_day
from proposals.models import Proposal

if TYPE_CHECKING:
    from accounts.models import User


# A proposal that its author took back, or that became part of another one, is ranked no more.
GONE = ("withdrawn", "merged", "archived")


class AssessedProposalQuerySet(models.QuerySet["AssessedProposal"]):
    """Proposals in rounds."""

    def gone(self) -> AssessedProposalQuerySet:
        """Those that left while they were read."""
        return self.filter(proposal__status__in=GONE)

    def in_unpublished_rounds(self) -> AssessedProposalQuerySet:
        """Those of rounds that have begun and have no protocol yet."""
        return self.filter(round__opened_at__isnull=False, round__protocol__isnull=True)


class AssessedProposal(models.Model):
    """A proposal in a round; a place or choice by hand needs a reason that everybody can read."""

    round = models.ForeignKey(AssessmentRound, models.CASCADE, related_name="assessed")
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="assessed")
    place_by_hand = models.PositiveSmallIntegerField(_("place given by hand"), null=True)
    selected_by_hand = models.BooleanField(_("selected by hand"), null=True)
    place_reason = models.TextField(_("reason"), blank=True)
    place_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    discussed_at = models.DateTimeField(_("discussed"), null=True)

    objects = AssessedProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal in a round")
        verbose_name_plural = _("proposals in a round")
        ordering: ClassVar = ["proposal_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "proposal"], name="assessed_once_a_round"),
            models.CheckConstraint(
                condition=Q(place_by_hand__isnull=True) | Q(place_by_hand__gte=1),
                name="places_begin_at_one",
            ),
            models.CheckConstraint(
                condition=Q(
                    place_by_hand__isnull=True, selected_by_hand__isnull=True, place_reason=""
                )
                | (
                    (Q(place_by_hand__isnull=False) | Q(selected_by_hand__isnull=False))
                    & ~Q(place_reason="")
                ),
                name="place_by_hand_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.proposal_id}"

    @property
    def is_gone(self) -> bool:
        return self.proposal.status in GONE


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Who reads what."""

    def counted(self) -> AssignmentQuerySet:
        """Those whose reviewer may score: not recused."""
        return self.filter(recusal="")

    def waiting(self) -> AssignmentQuerySet:
        """Those that can be sent in now: not recused, not sent, in office, the round being read."""
        today = site_day()
        term = Q(membership__ends_on__isnull=True) | Q(membership__ends_on__gte=today)
        reading = Q(assessed__round__opened_at__isnull=False, assessed__round__ended_at=None)
        return self.counted().filter(term, reading, submitted_at=None).exclude(
            assessed__proposal__status__in=GONE
        )  # fmt: skip

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

    @property
    def is_lost(self) -> bool:
        """Whether no sheet comes of it any more: recused, or the term ended before it was sent."""
        return self.is_recused or (not self.is_submitted and self.membership.is_over)


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
