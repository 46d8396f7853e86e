"""Links by which officials without an account open one case each; only a hash of a key is kept."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from proposals.keys import hash_of, is_key, new_key

from .bodies import Official
from .referrals import Referral

# Stated in the mails and on the pages.
LINK_KEPT = timedelta(days=30)
CODE_KEPT = timedelta(minutes=15)
CODE_TRIES = 5


def hash_of_no_ones_key() -> str:
    return hash_of(new_key())


def in_thirty_days() -> datetime:
    return timezone.now() + LINK_KEPT


class CaseLinkQuerySet(models.QuerySet["CaseLink"]):
    """Links to cases."""

    def alive(self) -> CaseLinkQuerySet:
        """Those that open their case now."""
        return self.filter(ended_at__isnull=True, expires_at__gt=timezone.now())

    def opened_by(self, key: str) -> CaseLink | None:
        """The link that the key is of, whether it still opens anything or not. One query."""
        rows = self.select_related("official", "referral") if is_key(key) else self.none()
        return rows.filter(key_hash=hash_of(key)).first()

    def end(self, ending: str) -> int:
        """End those that have not ended; returns how many."""
        return self.filter(ended_at__isnull=True).update(ended_at=timezone.now(), ending=ending)


class CaseLink(models.Model):
    """One person's way into one case; a newer one takes its place."""

    class Ending(models.TextChoices):
        REPLACED = "replaced", _("a newer link was sent")
        REVOKED = "revoked", _("revoked by staff")

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="links")
    official = models.ForeignKey(Official, models.PROTECT, related_name="links")
    # Of a key that nobody has, until the mail with the link is written.
    key_hash = models.CharField(
        max_length=43, unique=True, editable=False, default=hash_of_no_ones_key
    )
    made_at = models.DateTimeField(_("sent"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"), default=in_thirty_days)
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

    def take_key(self) -> str:
        """Give the link a new key and return it: only the hash stays here. For the mail alone."""
        key = new_key()
        CaseLink.objects.filter(pk=self.pk).update(key_hash=hash_of(key))
        return key

    def take_code(self) -> str:
        """Six new digits, good for `CODE_KEPT` and `CODE_TRIES`; those before open nothing."""
        code = f"{secrets.randbelow(10**6):06}"
        CaseLink.objects.filter(pk=self.pk).update(
            code_hash=self._code_hash(code),
            code_expires_at=timezone.now() + CODE_KEPT,
            code_tries=0,
        )
        return code

    def use_code(self, code: str) -> bool:
        """Whether these are the digits; right ones are used up.

        The try is counted before anybody looks, so that tries at the same moment count too.
        """
        waiting = CaseLink.objects.filter(
            pk=self.pk, code_expires_at__gt=timezone.now(), code_tries__lt=CODE_TRIES
        ).exclude(code_hash="")
        counted = waiting.update(code_tries=F("code_tries") + 1)
        self.refresh_from_db(fields=["code_hash", "code_tries", "code_expires_at"])
        if not counted or not constant_time_compare(self.code_hash, self._code_hash(code)):
            return False
        same = CaseLink.objects.filter(pk=self.pk, code_hash=self.code_hash)
        return bool(same.update(code_hash=""))

    @property
    def takes_code(self) -> bool:
        """Whether a code that was sent can still be typed in."""
        is_fresh = self.code_expires_at is not None and self.code_expires_at > timezone.now()
        return bool(self.code_hash) and is_fresh and self.code_tries < CODE_TRIES

    @property
    def tries_left(self) -> int:
        return max(0, CODE_TRIES - self.code_tries)

    def _code_hash(self, code: str) -> str:
        # Keyed: a million plain hashes are tried in a second by whoever reads the database.
        return salted_hmac("government.code", f"{self.pk}:{code}", algorithm="sha256").hexdigest()
