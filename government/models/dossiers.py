"""Frozen dossiers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .referrals import Referral


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
