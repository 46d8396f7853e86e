"""Who writes a proposal together with its author, and who was asked to."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .proposals import Proposal

COAUTHORS_MAX = 5
INVITATION_KEPT = timedelta(days=14)


class CoAuthor(models.Model):
    """A person who writes a proposal with its author; gone with the account."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="coauthors")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="coauthored")
    name = models.CharField(_("name shown"), max_length=80)
    joined_at = models.DateTimeField(_("joined"))

    class Meta:
        verbose_name = _("co-author")
        verbose_name_plural = _("co-authors")
        ordering: ClassVar = ["joined_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "person"], name="coauthor_once")
        ]

    def __str__(self) -> str:
        return self.name


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations to write together."""

    def open(self) -> InvitationQuerySet:
        """Those that can still be answered."""
        return self.filter(
            state=Invitation.State.OPEN, sent_at__gt=timezone.now() - INVITATION_KEPT
        )


class Invitation(models.Model):
    """An invitation by mail to become a co-author. Of its key a hash is kept, as of a draft's.

    The address is emptied with the answer: from then on there is a co-author, or nothing.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Not answered yet")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        REVOKED = "revoked", _("Taken back")

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"), blank=True)
    key_hash = models.CharField(max_length=43, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.OPEN)
    sent_at = models.DateTimeField(_("sent"))

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering: ClassVar = ["sent_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["proposal", "email"],
                condition=Q(state="open"),
                name="one_open_invitation_an_address",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(email=""), name="answered_invitation_has_no_address"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.get_state_display()}"

    @property
    def expires_at(self) -> object:
        return self.sent_at + INVITATION_KEPT

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN and timezone.now() < self.sent_at + INVITATION_KEPT
