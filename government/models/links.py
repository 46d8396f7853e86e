"""Links by which officials without an account open one case each; only a hash of a key is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .bodies import Official
from .referrals import Referral

# Stated in the mails and on the pages.
LINK_KEPT = timedelta(days=30)
CODE_KEPT = timedelta(minutes=15)
CODE_TRIES = 5


class CaseLinkQuerySet(models.QuerySet["CaseLink"]):
    """Links to cases."""

    def alive(self) -> CaseLinkQuerySet:
        """Those that open their case now."""
        return self.filter(ended_at__isnull=True, expires_at__gt=timezone.now())


class CaseLink(models.Model):
    """One person's way into one case; a newer one takes its place."""

    class Ending(models.TextChoices):
        REPLACED = "replaced", _("a newer link was sent")
        REVOKED = "revoked", _("revoked by staff")

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="links")
    official = models.ForeignKey(Official, models.PROTECT, related_name="links")
    key_hash = models.CharField(max_length=43, unique=True, editable=False)
    made_at = models.DateTimeField(_("sent"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    opened_at = models.DateTimeField(_("first opened"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    ending = models.CharField(_("why it ended"), max_length=16, choices=Ending.choices, blank=True)
    code_hash = models.CharField(max_length=64, blank=True, editable=False)
    code_expires_at = models.DateTimeField(null=True, editable=False)
    code_tries = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = CaseLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link to a case")
        verbose_name_plural = _("links to cases")
        ordering: ClassVar = ["-made_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["referral", "official"],
                condition=Q(ended_at__isnull=True),
                name="one_link_to_a_case_for_an_official",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="")
                | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="ended_link_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.official_id}"  # never anything that opens it

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def is_alive(self) -> bool:
        return self.ended_at is None and not self.is_expired

    @property
    def is_revoked(self) -> bool:
        return self.ending == self.Ending.REVOKED

    @property
    def state(self) -> str:
        """A word for pages: "alive", "expired", "replaced" or "revoked"."""
        return self.ending or ("expired" if self.is_expired else "alive")
