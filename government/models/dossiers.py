"""Frozen dossiers, numbered by referral."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from .referrals import Referral


class Dossier(models.Model):
    """What a body was given, frozen: later edits of the proposal do not change it.

    Number 1 goes with the referral; staff may freeze later ones, which say what changed.
    """

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="dossiers")
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    snapshot = models.JSONField(_("contents"))
    contents_hash = models.CharField(_("SHA-256 of the contents"), max_length=64)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        ordering: ClassVar = ["referral", "number"]
        constraints: ClassVar = [
            # Of two who freeze at once the second is refused.
            models.UniqueConstraint(fields=["referral", "number"], name="one_dossier_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.referral_id}.{self.number} {self.contents_hash[:12]}"
