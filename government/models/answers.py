"""Public answers to referrals."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from home.words import WordsField, said

from .bodies import Official
from .referrals import Referral


class Answer(models.Model):
    """A body's public answer to a referral, entered by staff or by the official in charge."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        PARTLY = "partly", _("Accepted in part")
        DECLINED = "declined", _("Declined")

    referral = models.OneToOneField(Referral, models.PROTECT, related_name="answer")
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices)
    text = models.TextField(_("answer"))
    official_name = models.CharField(_("who answers"), max_length=120)
    official_position = WordsField(_("position"), text_length=160, blank=True)
    answered_on = models.DateField(_("date of the answer"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Who published it by their link; empty for what staff entered.
    official = models.ForeignKey(
        Official, models.PROTECT, null=True, blank=True, related_name="answers"
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
    def signed(self) -> str:
        """Name and position of who answers."""
        return ", ".join(filter(None, (self.official_name, said(self.official_position)[0])))

    @property
    def days_late(self) -> int:
        """Days after the date it was due; 0 when on time."""
        return max(0, (self.answered_on - self.referral.due_on).days)


class AnswerPart(models.Model):
    """What a body says to one part of a proposal."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        PARTLY = "partly", _("Accepted in part")
        DECLINED = "declined", _("Declined")
        NOT_OURS = "not_ours", _("Not ours to decide")

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField(_("place"))
    what = models.CharField(_("which part"), max_length=200)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices)
    reasons = models.TextField(_("reasons"), max_length=5000)

    class Meta:
        verbose_name = _("part of an answer")
        verbose_name_plural = _("parts of answers")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["answer", "position"], name="one_part_at_a_place_of_an_answer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.what}"
