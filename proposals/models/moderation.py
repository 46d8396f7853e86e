"""What moderation leaves behind: the steps of a proposal, and appeals against a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from proposals import states
from proposals.reasons import SENTENCES, Reason

from .proposals import Proposal

if TYPE_CHECKING:
    from datetime import datetime


class StatusChangeQuerySet(models.QuerySet["StatusChange"]):
    """Steps of proposals."""

    def standing(self) -> StatusChangeQuerySet:
        """Those that nobody has undone, and that undo nothing themselves."""
        return self.exclude(mail_state=StatusChange.MailState.UNDONE).exclude(verb="undo")

    def untold(self) -> StatusChangeQuerySet:
        """Decisions of which the author has not got the mail yet, the oldest first."""
        return self.filter(mail_state=StatusChange.MailState.WAITING).order_by("made_at", "pk")


class StatusChange(models.Model):
    """One step of a proposal's history: what was done, when, in which role and why.

    The mail of a decision that can be undone waits; undoing is a step of its own.
    """

    class MailState(models.TextChoices):
        """Nobody reads these words: a step of which mail goes out at once, or never, has none."""

        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        UNDONE = "undone"

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="status_changes")
    verb = models.CharField(_("step"), max_length=24)
    from_status = models.CharField(_("from"), max_length=16, choices=Proposal.Status.choices)
    to_status = models.CharField(_("to"), max_length=16, choices=Proposal.Status.choices)
    role = models.CharField(_("role"), max_length=16)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason_code = models.CharField(
        _("reason from the list"), max_length=16, choices=Reason.choices, blank=True
    )
    reason = models.TextField(_("reason"), blank=True)
    made_at = models.DateTimeField(_("when"))
    # Undoing and sending both begin by changing this, so only one of them goes on.
    mail_state = models.CharField(max_length=8, choices=MailState.choices, blank=True)
    undoes = models.OneToOneField(
        "self", models.CASCADE, null=True, blank=True, related_name="undone_by"
    )

    objects = StatusChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of the history")
        verbose_name_plural = _("history")
        ordering: ClassVar = ["made_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(verb="undo", undoes__isnull=False)
                | ~Q(verb="undo") & Q(undoes__isnull=True),
                name="undo_names_what_it_undoes",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["made_at"],
                condition=Q(mail_state__in=["waiting", "sending"]),
                name="statuschange_untold",
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.made_at:%Y-%m-%d}"

    @property
    def sentence(self) -> str:
        """What the code of the list says to the author, or ""."""
        return str(SENTENCES.get(self.reason_code, ""))

    @property
    def undo_until(self) -> datetime:
        """When its mail goes out, and with it the chance to undo it."""
        return self.made_at + states.UNDO_FOR

    @property
    def is_undone(self) -> bool:
        return self.mail_state == self.MailState.UNDONE


class Appeal(models.Model):
    """An author's request for a second look at a decision: one for each proposal.

    Somebody else than who decided looks at it. Public pages say nothing of it.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("appeal", "waits for an answer")
        UPHELD = "upheld", pgettext_lazy("appeal", "the decision stands")
        OVERTURNED = "overturned", pgettext_lazy("appeal", "the decision was overturned")
        LAPSED = "lapsed", pgettext_lazy("appeal", "ended by the author")

    proposal = models.OneToOneField(Proposal, models.CASCADE, related_name="appeal")
    decision = models.ForeignKey(StatusChange, models.CASCADE, related_name="+")
    against = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    text = models.TextField(_("why the decision is wrong"), max_length=2000)
    made_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField(_("answer due"))
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering: ClassVar = ["pk"]
        default_permissions = ()
        constraints: ClassVar = [
            # The check in the action reads before it writes; this one cannot be slipped past.
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True)
                | Q(against__isnull=True)
                | ~Q(answered_by=F("against")),
                name="appeal_answered_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True)
                | (~Q(state="open") & Q(answered_at__isnull=False)),
                name="appeal_open_until_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN
