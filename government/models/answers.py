"""Public answers to referrals."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .referrals import Referral


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
    # How far telling people has come: it goes on from here if it was cut short.
    notified_up_to = models.BigIntegerField(default=0, editable=False)
    notified_at = models.DateTimeField(_("everybody told"), null=True, editable=False)

    class Meta:
        verbose_name = _("official answer")
        verbose_name_plural = _("official answers")

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.answered_on}"

    def check_day(self) -> None:
        """Raises `ValidationError` for a day that no answer can have come on."""
        if self.answered_on > timezone.localdate():
            raise ValidationError({"answered_on": _("An answer cannot come from the future.")})
        if self.answered_on < timezone.localdate(self.referral.made_at):
            raise ValidationError(
                {"answered_on": _("An answer cannot be older than the question.")}
            )

    @property
    def verb(self) -> str:
        """The step in `states.MOVES` that this answer makes with the proposal."""
        is_no = self.outcome == self.Outcome.DECLINED
        return "answer_decline" if is_no else "answer_accept"

    @property
    def days_late(self) -> int:
        """Days after the date it was due; 0 when on time."""
        return max(0, (self.answered_on - self.referral.due_on).days)
