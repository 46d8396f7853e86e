"""Packets of dossiers for a meeting, made in the background and kept for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from proposals.models.proposals import private_storage

PACKET_MAX = 200
KEPT = timedelta(days=14)
PARTS_KEPT = timedelta(days=1)  # of a packet whose worker was killed
# A sign of life comes with every ten dossiers; after so long without one the worker is gone.
STALE = timedelta(minutes=10)


def packet_path(instance: Packet, filename: str) -> str:
    """A name nobody can guess; the folder is private all the same."""
    return f"packets/{uuid4().hex}.pdf"


class PacketQuerySet(models.QuerySet["Packet"]):
    """Packets."""

    def to_erase(self) -> PacketQuerySet:
        """Those whose time is over."""
        return self.filter(asked_at__lt=timezone.now() - KEPT)

    def startable(self) -> PacketQuerySet:
        """Those nobody is making: asked for, failed, or left by a worker that is gone."""
        stale = Q(state=Packet.State.MAKING, touched_at__lt=timezone.now() - STALE)
        return self.filter(Q(state__in=[Packet.State.ASKED, Packet.State.FAILED]) | stale)


class Packet(models.Model):
    """Dossiers of some proposals as one PDF: what was asked for, how far it is, and the file."""

    class State(models.TextChoices):
        ASKED = "asked", _("Asked for")
        MAKING = "making", _("Being made")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    title = models.CharField(_("title"), max_length=120, help_text=_("For example the meeting."))
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    proposals = models.JSONField(_("numbers of the proposals"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked for"))
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    done_count = models.PositiveSmallIntegerField(_("dossiers done"), default=0)
    touched_at = models.DateTimeField(null=True, blank=True)
    left_out = models.JSONField(_("left out"), default=list)
    page_count = models.PositiveIntegerField(_("pages"), default=0)
    file = models.FileField(upload_to=packet_path, storage=private_storage, blank=True)

    objects = PacketQuerySet.as_manager()

    class Meta:
        verbose_name = _("packet")
        verbose_name_plural = _("packets")
        ordering: ClassVar = ["-asked_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="ready") | ~Q(file=""), name="ready_packet_has_a_file"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    @property
    def is_under_way(self) -> bool:
        return self.state in {self.State.ASKED, self.State.MAKING} and not self.is_stale

    @property
    def is_stale(self) -> bool:
        """Whether nothing was heard of it for so long that nobody makes it any more."""
        last = self.touched_at or self.asked_at
        return not self.is_ready and last < timezone.now() - STALE

    @property
    def kept_until(self) -> datetime:
        return self.asked_at + KEPT
