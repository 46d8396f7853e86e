"""Paper ballots on their way into the ledger: batches, each ballot typed in by two people.

What was typed is gone once its batch is cast: the paper remains, the link from a document to a
choice does not. After `PaperEnd` a trigger refuses paper votes for the round.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from voting.models.rounds import Round

# A batch is cast within one request; 5,000 ballots took 14 s on two cores with much else to do.
BALLOTS_MAX = 5000


class PaperBatch(models.Model):
    """Paper ballots of one place and day, with what was counted by hand before any was typed."""

    class State(models.TextChoices):
        ENTERING = "entering", pgettext_lazy("batch of paper ballots", "being typed in")
        CASTING = "casting", pgettext_lazy("batch of paper ballots", "being cast")
        CAST = "cast", pgettext_lazy("batch of paper ballots", "cast")

    round = models.ForeignKey(
        Round, models.PROTECT, related_name="paper_batches", verbose_name=_("round")
    )
    place = models.CharField(
        _("place"),
        max_length=120,
        help_text=_("Where the ballots were put in, such as “Library, box 2”."),
    )
    voted_on = models.DateField(_("day on which they were put in"))
    ballot_count = models.PositiveIntegerField(
        _("ballots, counted by hand"),
        validators=[MinValueValidator(1), MaxValueValidator(BALLOTS_MAX)],
        help_text=_("Blank ones too. Number the ballots from 1 on before typing them in."),
    )
    # Option number (as text: JSON has no other keys) to votes, points or first places.
    totals = models.JSONField(_("totals, counted by hand"), default=dict)
    state = models.CharField(
        _("state"), max_length=8, choices=State.choices, default=State.ENTERING
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    cast_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    cast_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("batch of paper ballots")
        verbose_name_plural = _("batches of paper ballots")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        permissions: ClassVar = [("enter_paper", "Can type in and cast paper ballots")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ballot_count__gte=1, ballot_count__lte=BALLOTS_MAX),
                name="paper_batch_is_no_box_of_all",
            )
        ]

    def __str__(self) -> str:
        return f"{self.place}, {self.voted_on:%Y-%m-%d}"

    @property
    def totals_by_number(self) -> dict[int, int]:
        return {int(number): count for number, count in self.totals.items()}


class PaperBallot(models.Model):
    """One sheet of paper, by the number written on it, and what became of it."""

    class Outcome(models.TextChoices):
        WAITING = "", pgettext_lazy("paper ballot", "not cast yet")
        COUNTED = "counted", pgettext_lazy("paper ballot", "counted")
        VOTED = "voted", pgettext_lazy("paper ballot", "not counted: the person had voted already")
        TAKEN = "taken", pgettext_lazy("paper ballot", "not counted: the vote is held or annulled")

    batch = models.ForeignKey(PaperBatch, models.CASCADE, related_name="ballots")
    line = models.PositiveIntegerField(_("number on the paper"))
    outcome = models.CharField(
        max_length=8, choices=Outcome.choices, default=Outcome.WAITING, blank=True
    )
    # How the person had voted, where that is why this ballot does not count.
    channel = models.CharField(max_length=8, blank=True)

    class Meta:
        verbose_name = _("paper ballot")
        verbose_name_plural = _("paper ballots")
        ordering: ClassVar = ["line"]
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "line"], name="one_paper_ballot_per_line"),
            models.CheckConstraint(condition=Q(line__gte=1), name="paper_lines_begin_at_one"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} № {self.line}"


class PaperEntry(models.Model):
    """What one member of staff read on a paper ballot, typed in without seeing the other's."""

    ballot = models.ForeignKey(PaperBallot, models.CASCADE, related_name="entries")
    slot = models.PositiveSmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    digest = models.BinaryField(max_length=32)
    choice = models.JSONField(null=True)
    typed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("entry of a paper ballot")
        verbose_name_plural = _("entries of paper ballots")
        ordering: ClassVar = ["slot"]
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(slot__in=(1, 2)), name="paper_is_entered_twice"),
            models.UniqueConstraint(fields=["ballot", "slot"], name="one_entry_per_slot"),
            # The same eyes twice would make the same mistake twice.
            models.UniqueConstraint(fields=["ballot", "by"], name="entries_are_by_two_people"),
        ]

    def __str__(self) -> str:
        return f"{self.ballot_id}/{self.slot}"


class PaperEnd(models.Model):
    """All paper ballots of a round are in: from now on none is taken, and the result is final."""

    round = models.OneToOneField(Round, models.PROTECT, primary_key=True, related_name="paper_end")
    ended_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("end of the paper ballots")
        verbose_name_plural = _("ends of the paper ballots")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.round_id}: {self.ended_at:%Y-%m-%d}"
