"""The ledger's seals: which event stands where in the Merkle tree, and its signed heads.

Filled by the sealer alone (`voting.sealing`); append-only by triggers like the ledger itself.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from voting.models.ledger import VoteEvent


class Seal(models.Model):
    """One signed head of the tree (C2SP tlog-checkpoint): its size, its root, the signed note."""

    size = models.BigIntegerField(_("records"))
    root = models.BinaryField(_("root"), max_length=32)
    note = models.TextField(_("signed note"))
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.pk}: {self.size}"


class VoteLeaf(models.Model):
    """The place of an event in the tree, counted from 0 without a gap."""

    seq = models.BigIntegerField(primary_key=True)
    # The unique constraint makes sealing an event twice impossible, whatever crashed when.
    event = models.OneToOneField(VoteEvent, models.PROTECT, related_name="place")
    seal = models.ForeignKey(Seal, models.PROTECT, related_name="leaves")

    class Meta:
        verbose_name = _("leaf")
        verbose_name_plural = _("leaves")

    def __str__(self) -> str:
        return str(self.seq)


class Block(models.Model):
    """The root over 256 leaves in a row, so that no head or proof reads all leaves again."""

    number = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("block of leaves")
        verbose_name_plural = _("blocks of leaves")

    def __str__(self) -> str:
        return str(self.number)
