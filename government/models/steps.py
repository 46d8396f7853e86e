"""What happened to a referral between being made and being answered, one row a step."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from home.words import WordsField, said

from .bodies import Body, Official
from .referrals import Referral

# Made by the clock, each once for one due date.
RUNGS = ("week_before", "day_before", "due", "head_told", "staff_told")


class ReferralStepQuerySet(models.QuerySet["ReferralStep"]):
    """Steps of referrals, the first first."""

    def public(self) -> ReferralStepQuerySet:
        """What everybody may read; staff's notes and what staff have hidden stay out."""
        return self.filter(is_public=True)


class ReferralStep(models.Model):
    """One step: what, when, by whom as everybody may read it, and in which words."""

    class Kind(models.TextChoices):
        FORWARDED = "forwarded", _("Passed on inside the body")
        QUESTION = "question", _("The body asks a question")
        REPLY = "reply", _("Reply to the body")
        EXTENDED = "extended", _("More time for the answer")
        EXTENSION_ASKED = "extension_asked", _("The body asks for more time")
        EXTENSION_REFUSED = "extension_refused", _("No more time was given")
        NOT_OURS = "not_ours", _("The body says that it is not in charge")
        REFERRED_AGAIN = "referred_again", _("Put before another body")
        DOSSIER = "dossier", _("The body was given a new version of the dossier")
        ASSIGNED = "assigned", _("Given to a person in charge")
        WEEK_BEFORE = "week_before", _("The body was reminded: a week is left")
        DAY_BEFORE = "day_before", _("The body was reminded: a day is left")
        DUE = "due", _("The answer is due")
        HEAD_TOLD = "head_told", _("A week overdue: the head of the body was told")
        STAFF_TOLD = "staff_told", _("Two weeks overdue: our staff take it up")
        NOTE = "note", _("Note among staff")

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="steps")
    kind = models.CharField(_("step"), max_length=24, choices=Kind.choices)
    made_at = models.DateTimeField(_("when"))
    # As they were called then, in each language.
    shown_as = WordsField(_("by whom"), blank=True)
    whom = WordsField(_("to whom"), blank=True)
    words = models.TextField(_("words"), blank=True)
    due_on = models.DateField(_("answer due"), null=True, blank=True)
    is_public = models.BooleanField(_("everybody can read it"), default=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    official = models.ForeignKey(
        Official, models.PROTECT, null=True, blank=True, related_name="steps"
    )
    # The body a step points at: whose it is, or to whom it went.
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReferralStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of a referral")
        verbose_name_plural = _("steps of referrals")
        ordering: ClassVar = ["made_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["referral", "kind", "due_on"],
                condition=Q(kind__in=RUNGS),
                name="one_rung_for_a_due_date",
            ),
            models.CheckConstraint(
                condition=~Q(kind="note") | Q(is_public=False), name="notes_stay_among_staff"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.kind}"

    @property
    def by_whom(self) -> str:
        return said(self.shown_as)[0]

    @property
    def to_whom(self) -> str:
        return said(self.whom)[0]
