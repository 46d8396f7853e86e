"""What a round came to, each time it was stated, and ballots that are not cast yet."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from voting.models.rounds import Round
from voting.models.seals import Seal


class Result(models.Model):
    """A stated result; a later one restates it with a reason, and none is ever changed."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="results")
    stated_at = models.DateTimeField(_("stated"), default=timezone.now)
    reason = models.TextField(_("why it was stated anew"), blank=True)
    tally = models.JSONField(_("tally"))
    # Its root breaks ties by lot: nobody could choose it, everybody can repeat it.
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.round} · {self.stated_at:%Y-%m-%d}"


class BallotDraft(models.Model):
    """A ballot somebody began and has not cast; gone once it is cast."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="ballot_drafts"
    )
    round = models.ForeignKey(Round, models.CASCADE, related_name="drafts")
    choice = models.JSONField(default=list)
    # The hash of the rules it was begun under. Under others its numbers may name other options:
    # then only the titles still say what was marked.
    rules = models.CharField(max_length=64, default="")
    titles = models.JSONField(default=list)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("ballot not cast yet")
        verbose_name_plural = _("ballots not cast yet")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "round"], name="one_draft_per_round")
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"
