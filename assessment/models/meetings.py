"""Meetings of committees: agenda, who was there, what was decided with how many votes."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assessment.models.committees import Committee, Membership
from events.models import EventPage
from home.words import WordsField, said
from proposals.models import Proposal


class Meeting(models.Model):
    """When and where a committee meets; the quorum is fixed with the list of those present."""

    committee = models.ForeignKey(
        Committee, models.PROTECT, related_name="meetings", verbose_name=_("committee")
    )
    held_at = models.DateTimeField(_("begins"))
    place = models.CharField(_("place"), max_length=160)
    event = models.ForeignKey(
        EventPage,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("event"),
        help_text=_("The event on the site that people can register for, if there is one."),
    )
    minutes = models.TextField(
        _("minutes"), blank=True, help_text=_("Only staff read them; the public gets extracts.")
    )
    member_count = models.PositiveSmallIntegerField(null=True, editable=False)
    present_count = models.PositiveSmallIntegerField(null=True, editable=False)
    quorum_count = models.PositiveSmallIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering: ClassVar = ["-held_at", "-pk"]

    def __str__(self) -> str:
        day = date_format(timezone.localtime(self.held_at), "DATE_FORMAT")
        return str(_("Meeting of %(day)s") % {"day": day})

    def get_absolute_url(self) -> str:
        return reverse("assessment:meeting", args=[self.committee.slug, self.pk])

    @property
    def is_counted(self) -> bool:
        """Whether it is written down who was there."""
        return self.present_count is not None

    @property
    def is_quorate(self) -> bool:
        """Whether enough members were there to decide."""
        if self.present_count is None or self.quorum_count is None:
            return False
        return self.present_count >= self.quorum_count


class Attendance(models.Model):
    """A member who was there."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "membership"], name="present_once")
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}: {self.membership_id}"


class AgendaItem(models.Model):
    """One matter that a meeting takes up."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    title = WordsField(_("matter"), text_length=200)
    proposal = models.ForeignKey(
        Proposal,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("number of the proposal"),
    )

    class Meta:
        verbose_name = _("item of the agenda")
        verbose_name_plural = _("agenda")
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "number"], name="one_item_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.number}. {said(self.title)[0]}"


class Decision(models.Model):
    """What a quorate meeting decided on one item, with how many votes, why, and for the public."""

    class Vote(models.TextChoices):
        FOR = "for", pgettext_lazy("vote", "for")
        AGAINST = "against", pgettext_lazy("vote", "against")
        ABSTAIN = "abstain", pgettext_lazy("vote", "abstained")
        ABSENT = "absent", pgettext_lazy("vote", "was not there")

    item = models.OneToOneField(AgendaItem, models.PROTECT, related_name="decision")
    # Taken over from the meeting, so that the database itself can hold them against the votes.
    present_count = models.PositiveSmallIntegerField(editable=False)
    quorum_count = models.PositiveSmallIntegerField(editable=False)
    votes_for = models.PositiveSmallIntegerField(pgettext_lazy("votes", "for"))
    votes_against = models.PositiveSmallIntegerField(pgettext_lazy("votes", "against"))
    votes_abstain = models.PositiveSmallIntegerField(pgettext_lazy("votes", "abstained"))
    chair_vote = models.CharField(
        _("how the chair voted"), max_length=8, choices=Vote.choices, default=Vote.ABSENT
    )
    is_carried = models.BooleanField(_("carried"), editable=False)
    reasons = models.TextField(_("reasons"), help_text=_("For the minutes; only staff read them."))
    extract = WordsField(
        _("public extract"),
        text_length=2000,
        long=True,
        help_text=_("What was decided and why, as the public reads it."),
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(present_count__gte=F("quorum_count")), name="decision_has_a_quorum"
            ),
            models.CheckConstraint(
                condition=Q(
                    present_count__gte=F("votes_for") + F("votes_against") + F("votes_abstain")
                ),
                name="no_more_votes_than_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.votes_for}/{self.votes_against}/{self.votes_abstain}"
