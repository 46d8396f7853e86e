"""What keeps votes honest: traces that expire, what staff do to votes and why, and appeals.

Nothing here says who a voter is. Interventions change the ledger by rows of their own
(`voting.actions.interventions`); their reasons are public, their notes are not.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import AssuranceLevel
from voting.models.ledger import PSEUDONYM_BYTES, VoteEvent
from voting.models.rounds import Round

SUBNET_BYTES = 16


class VoteTraceQuerySet(models.QuerySet["VoteTrace"]):
    """Traces of votes."""

    def of_standing(self, round_: Round) -> VoteTraceQuerySet:
        """Traces of a round's votes that count and that no document stands behind."""
        events = VoteEvent.objects.filter(round=round_, level__lt=AssuranceLevel.DOCUMENT)
        return self.filter(event__in=events.standing())


class VoteTrace(models.Model):
    """Where an online vote came from, roughly, for a stated time. In no dump and no export."""

    event = models.OneToOneField(VoteEvent, models.CASCADE, primary_key=True, related_name="trace")
    minute = models.DateTimeField()
    # A keyed hash of the network, /24 or /48, different in each round.
    subnet = models.BinaryField(max_length=SUBNET_BYTES)
    mail_domain = models.CharField(max_length=255)

    objects = VoteTraceQuerySet.as_manager()

    class Meta:
        verbose_name = _("trace of a vote")
        verbose_name_plural = _("traces of votes")
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["minute"], name="trace_by_minute")]

    def __str__(self) -> str:
        return f"{self.minute:%Y-%m-%d %H:%M}"


class InterventionQuerySet(models.QuerySet["Intervention"]):
    """What staff did to votes."""

    def public(self) -> InterventionQuerySet:
        """What a round's page tells: holds, finished annulments, what was given back after them."""
        kinds = (Intervention.Kind.HOLD, Intervention.Kind.ANNUL, Intervention.Kind.RESTORE)
        done = self.filter(state=Intervention.State.DONE, kind__in=kinds, vote_count__gt=0)
        return done.order_by("decided_at", "pk")

    def waiting(self) -> InterventionQuerySet:
        """Those that a second person has to look at."""
        return self.filter(state=Intervention.State.ASKED).order_by("pk")


class Intervention(models.Model):
    """Staff hold votes back, give them back, annul or restore them; annulling takes two people."""

    class Kind(models.TextChoices):
        HOLD = "hold", pgettext_lazy("votes", "hold for a check")
        RELEASE = "release", pgettext_lazy("votes", "give back after a check")
        ANNUL = "annul", pgettext_lazy("votes", "annul")
        RESTORE = "restore", pgettext_lazy("votes", "restore")

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("intervention", "waits for a second person")
        DONE = "done", pgettext_lazy("intervention", "done")
        REFUSED = "refused", pgettext_lazy("intervention", "refused")

    class Reason(models.TextChoices):
        NETWORK = "network", _("many votes from one network in a short time")
        DOMAIN = "domain", _("addresses of a throw-away mail provider")
        BURST = "burst", _("many votes at one moment")
        ONE_PERSON = "one_person", _("one person with several accounts")
        PRESSURE = "pressure", _("votes that were bought or forced")
        DESK = "desk", _("votes that staff entered without a voter")
        DOCUMENT = "document", _("a document was shown")
        CHECKED = "checked", _("the check found nothing")
        APPEAL = "appeal", _("an appeal was granted")
        MISTAKE = "mistake", _("our own mistake")

    # Annulling and restoring change what is counted for good, so nobody does it alone.
    FOUR_EYES = (Kind.ANNUL, Kind.RESTORE)
    TAKING = (Kind.HOLD, Kind.ANNUL)
    # Everybody reads why a vote was taken, or given back; neither is a reason for the other.
    TAKING_REASONS = (
        Reason.NETWORK,
        Reason.DOMAIN,
        Reason.BURST,
        Reason.ONE_PERSON,
        Reason.PRESSURE,
        Reason.DESK,
    )
    GIVING_REASONS = (Reason.CHECKED, Reason.APPEAL, Reason.MISTAKE, Reason.DOCUMENT)

    round = models.ForeignKey(Round, models.PROTECT, related_name="interventions")
    kind = models.CharField(_("what is done"), max_length=8, choices=Kind.choices)
    reason = models.CharField(_("reason, public"), max_length=16, choices=Reason.choices)
    words = models.TextField(
        _("explanation, public"),
        max_length=500,
        blank=True,
        help_text=_("Stands beside the reason on the public page. No names."),
    )
    note = models.TextField(
        _("note for colleagues"),
        max_length=2000,
        blank=True,
        help_text=_("What you saw. It stays inside the admin."),
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    # The one whose votes it is about, if it was asked for there.
    follows = models.ForeignKey(
        "self", models.RESTRICT, null=True, blank=True, related_name="followers"
    )
    # How many votes it changed, and how many stood in the round right after it.
    vote_count = models.PositiveIntegerField(_("votes"), default=0)
    tally_after = models.PositiveIntegerField(null=True, blank=True)
    # Their numbers stay when the accounts go, or the constraints could not hold what they hold.
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="+",
    )
    requested_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # The statement of the result that took it in; None while there is none, or none was needed.
    result = models.ForeignKey(
        "voting.Result", models.PROTECT, null=True, blank=True, related_name="interventions"
    )
    # How far the mails about it have come: the last person's id, and when all were told.
    notified_up_to = models.BigIntegerField(default=0)
    notified_at = models.DateTimeField(null=True, blank=True)

    objects = InterventionQuerySet.as_manager()

    class Meta:
        verbose_name = _("intervention")
        verbose_name_plural = _("interventions")
        ordering: ClassVar = ["-pk"]
        default_permissions = ()
        permissions: ClassVar = [("guard_votes", "Can hold, annul and restore votes")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("requested_by")),
                name="intervention_by_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state="done")
                | Q(kind__in=("hold", "release"))
                | Q(confirmed_by__isnull=False, requested_by__isnull=False),
                name="annulling_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True)
                | Q(state__in=("done", "refused"), decided_at__isnull=False),
                name="intervention_decided_once",
            ),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}: {self.get_kind_display()}"

    @property
    def needs_two(self) -> bool:
        return self.kind in self.FOUR_EYES

    @classmethod
    def reasons_for(cls, kind: str) -> tuple[Intervention.Reason, ...]:
        """The reasons that fit a kind."""
        return cls.TAKING_REASONS if kind in cls.TAKING else cls.GIVING_REASONS


class InterventionVote(models.Model):
    """One voter whom an intervention is about, by pseudonym, and what it changed."""

    intervention = models.ForeignKey(Intervention, models.CASCADE, related_name="votes")
    voter = models.BinaryField(max_length=PSEUDONYM_BYTES)
    changed = models.BooleanField(default=False)
    # Why the vote was left alone though the rest of its group was taken; see `voting.spared`.
    left_out = models.CharField(
        max_length=16, choices=Intervention.Reason.choices, blank=True, default=""
    )

    class Meta:
        verbose_name = _("vote of an intervention")
        verbose_name_plural = _("votes of interventions")
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["intervention", "voter"], name="one_vote_per_intervention"
            )
        ]

    def __str__(self) -> str:
        return f"{self.intervention_id}: {bytes(self.voter).hex()[:8]}"


class Appeal(models.Model):
    """What a voter says against a vote being held or annulled: one for each time it was taken.

    Whose it is only the voter's key tells; the text is deleted with the account.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("appeal", "waits for an answer")
        PROPOSED = "proposed", pgettext_lazy("appeal", "waits for a second person")
        GRANTED = "granted", pgettext_lazy("appeal", "granted")
        DECLINED = "declined", pgettext_lazy("appeal", "declined")

    # The row that took the vote.
    event = models.OneToOneField(VoteEvent, models.PROTECT, related_name="appeal")
    text = models.TextField(_("why your vote should count"), max_length=2000)
    made_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    intervention = models.ForeignKey(
        Intervention, models.SET_NULL, null=True, blank=True, related_name="appeals"
    )

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering: ClassVar = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"№ {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.OPEN, self.State.PROPOSED}
