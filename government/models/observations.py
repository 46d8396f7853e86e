"""What residents report of commitments: whether it is there, in words and a photo."""

from __future__ import annotations

from pathlib import PurePath
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from proposals.models.proposals import private_storage

from .commitments import Commitment


def observation_path(instance: Observation, filename: str) -> str:
    """A random name: the person's own may hold a path, a script or their name."""
    suffix = PurePath(filename).suffix.lower()[:8]
    return f"observations/{instance.commitment_id}/{uuid4().hex}{suffix}"


class ObservationQuerySet(models.QuerySet["Observation"]):
    """What residents report of commitments."""

    def waiting(self) -> ObservationQuerySet:
        """Those that staff have not read, the oldest first."""
        return self.filter(state=Observation.State.WAITING).order_by("made_at", "pk")

    def accepted(self) -> ObservationQuerySet:
        """Those that everybody may read, the newest first."""
        return self.filter(state=Observation.State.ACCEPTED).order_by("-made_at", "-pk")

    def standing(self) -> ObservationQuerySet:
        """Those that wait or are shown: what their authors can still take back."""
        return self.filter(state__in=(Observation.State.WAITING, Observation.State.ACCEPTED))


class Observation(models.Model):
    """What a resident saw of a commitment: built or not, in words, perhaps with a photo.

    Public once staff accepted it. A person has one that counts: the latest accepted.
    """

    class Verdict(models.TextChoices):
        BUILT = "built", _("Built")
        NOT_BUILT = "not_built", _("Not built")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting to be checked")
        ACCEPTED = "accepted", _("Shown")
        REFUSED = "refused", _("Refused")
        REPLACED = "replaced", _("Replaced by a later one")
        TAKEN_BACK = "taken_back", _("Taken back by its author")

    commitment = models.ForeignKey(
        Commitment, models.CASCADE, related_name="observations", verbose_name=_("commitment")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="observations",
    )
    author_name = models.CharField(_("name shown"), max_length=80, blank=True)
    verdict = models.CharField(_("what is there"), max_length=16, choices=Verdict.choices)
    text = models.TextField(_("in your words"), max_length=2000)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, default="ru")
    photo = models.FileField(
        _("photo"), upload_to=observation_path, storage=private_storage, blank=True
    )
    photo_alt = models.CharField(_("what the photo shows"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.WAITING
    )
    reason = models.TextField(_("reason"), blank=True)
    made_at = models.DateTimeField(_("sent"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering: ClassVar = ["-made_at", "-pk"]
        constraints: ClassVar = [
            # Whoever clicks twice, or has two accepted at once, still counts once.
            models.UniqueConstraint(
                fields=["commitment", "author"],
                condition=Q(state="waiting"),
                name="one_observation_waits",
            ),
            models.UniqueConstraint(
                fields=["commitment", "author"],
                condition=Q(state="accepted"),
                name="one_observation_counts",
            ),
            models.CheckConstraint(
                condition=~Q(state="taken_back") | Q(text="", author_name="", photo="", reason=""),
                name="taken_back_keeps_no_words",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "made_at"], name="observation_queue")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_verdict_display()}"

    @property
    def is_standing(self) -> bool:
        """Whether it waits or is shown, so that its author can take it back."""
        return self.state in (self.State.WAITING, self.State.ACCEPTED)

    @property
    def is_public(self) -> bool:
        return self.state == self.State.ACCEPTED and self.commitment.proposal.is_public
