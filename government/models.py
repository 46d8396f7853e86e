"""Bodies of government, referrals to them, frozen dossiers, and their public answers."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import LocalizedTerm, Municipality
from proposals.models import Proposal


class Body(LocalizedTerm):
    """A ministry or a municipality's administration that proposals are referred to."""

    class Kind(models.TextChoices):
        MINISTRY = "ministry", _("Government of the Territory")
        MUNICIPALITY = "municipality", _("Municipality")

    kind = models.CharField(
        _("kind"), max_length=16, choices=Kind.choices, default=Kind.MINISTRY
    )
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("municipality"),
    )
    email = models.EmailField(_("e-mail for referrals"), blank=True)
    answer_days = models.PositiveSmallIntegerField(_("days to answer"), default=30)

    class Meta(LocalizedTerm.Meta):
        verbose_name = _("body")
        verbose_name_plural = _("bodies")


class ReferralQuerySet(models.QuerySet):
    """Promotions to government."""

    def unanswered(self) -> ReferralQuerySet:
        """Those still waiting for an answer, the longest waiting first."""
        return self.filter(answer__isnull=True).order_by("due_on", "pk")


class Referral(models.Model):
    """A proposal put before a body of government: to whom, why, and by when it answers."""

    proposal = models.OneToOneField(
        Proposal, models.PROTECT, related_name="referral", verbose_name=_("proposal")
    )
    body = models.ForeignKey(
        Body, models.PROTECT, related_name="referrals", verbose_name=_("body")
    )
    note = models.TextField(
        _("covering note"), help_text=_("Goes into the dossier; residents can read it too.")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(_("referred"))
    due_on = models.DateField(_("answer due"))

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering: ClassVar = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.proposal_id} → {self.body}"


class Dossier(models.Model):
    """What a body was given, frozen: later edits of the proposal do not change it."""

    referral = models.OneToOneField(Referral, models.PROTECT, related_name="dossier")
    snapshot = models.JSONField(_("contents"))
    contents_hash = models.CharField(_("SHA-256 of the contents"), max_length=64)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")

    def __str__(self) -> str:
        return f"{self.referral_id} {self.contents_hash[:12]}"


class Answer(models.Model):
    """A body's public answer to a referral, as entered by staff."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        PARTLY = "partly", _("Accepted in part")
        DECLINED = "declined", _("Declined")

    referral = models.OneToOneField(Referral, models.PROTECT, related_name="answer")
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices)
    text = models.TextField(_("answer"))
    official_name = models.CharField(_("who answers"), max_length=120)
    official_position = models.CharField(_("position"), max_length=160, blank=True)
    answered_on = models.DateField(_("date of the answer"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    entered_at = models.DateTimeField(_("entered"))
    notified_up_to = models.BigIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("official answer")
        verbose_name_plural = _("official answers")

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.answered_on}"

    @property
    def days_late(self) -> int:
        """Days after the date it was due; 0 when on time."""
        return max(0, (self.answered_on - self.referral.due_on).days)
