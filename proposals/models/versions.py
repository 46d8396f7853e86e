"""What a proposal said when: versions of its words, amendments, and notes of its history."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .proposals import Proposal

# The words that make up a version, in the order in which a page shows them.
WORDS = ("title", "summary", "problem", "solution", "beneficiaries")


class VersionQuerySet(models.QuerySet["Version"]):
    """Versions of proposals."""

    def public(self) -> VersionQuerySet:
        """Those that everybody may read: as published, and as amended since."""
        return self.filter(is_public=True)


class Version(models.Model):
    """The words of a proposal at one moment. Before it is published they are its authors' own."""

    class Occasion(models.TextChoices):
        SENT = "sent", _("Sent in")
        EDITED = "edited", _("Changed")
        PUBLISHED = "published", _("As it was published")
        AMENDED = "amended", _("Amended")

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("in one sentence"), max_length=90)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    problem = models.TextField(_("what for"), blank=True)
    solution = models.TextField(_("what should be done"), blank=True)
    beneficiaries = models.CharField(_("for whom"), max_length=300, blank=True)
    occasion = models.CharField(_("occasion"), max_length=12, choices=Occasion.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    by_name = models.CharField(_("name shown"), max_length=80, blank=True)
    made_at = models.DateTimeField(_("when"))
    is_public = models.BooleanField(_("public"), default=False)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["proposal", "number"], name="one_version_a_number")
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}/{self.number}"

    @property
    def words(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in WORDS}


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    """Amendments of proposals."""

    def waiting(self) -> AmendmentQuerySet:
        """Sent in and not decided, the oldest first."""
        return self.filter(state=Amendment.State.WAITING).order_by("sent_at", "pk")

    def published(self) -> AmendmentQuerySet:
        """Those that stand on the proposal's page, the oldest first."""
        return self.filter(state=Amendment.State.PUBLISHED).order_by("decided_at", "pk")


class Amendment(models.Model):
    """What authors add once support has begun. The text that people support stays as it was.

    Like the text itself it is read by a moderator before everybody reads it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Being checked")
        PUBLISHED = "published", _("Published")
        DECLINED = "declined", _("Not published")

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="amendments")
    note = models.CharField(
        _("what changed and why"),
        max_length=500,
        help_text=_("One or two sentences for those who support the proposal already."),
    )
    addition = models.TextField(
        _("words added"),
        max_length=3000,
        help_text=_("They are added to “What should be done”. Nothing is taken away."),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    by_name = models.CharField(_("name shown"), max_length=80, blank=True)
    sent_at = models.DateTimeField(_("sent in"))
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.WAITING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    version = models.OneToOneField(
        Version, models.RESTRICT, null=True, blank=True, related_name="amendment"
    )

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering: ClassVar = ["sent_at", "pk"]
        constraints: ClassVar = [
            # Two amendments at once would each be read without the other.
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(state="waiting"),
                name="one_amendment_waits_per_proposal",
            ),
            models.CheckConstraint(
                condition=Q(state="published", version__isnull=False)
                | ~Q(state="published") & Q(version__isnull=True),
                name="published_amendment_has_a_version",
            ),
        ]

    def __str__(self) -> str:
        return self.note


class HistoryNote(models.Model):
    """Something of a proposal's public history that changed no status of its own."""

    class Kind(models.TextChoices):
        AMENDED = "amended", _("Amended by its authors")
        COAUTHOR_JOINED = "coauthor_joined", _("A co-author joined")
        COAUTHOR_LEFT = "coauthor_left", _("A co-author left")
        MERGE_PROPOSED = "merge_proposed", _("Merging was proposed; its author is asked")
        TAKING_PROPOSED = "taking_proposed", _("Taking in another proposal was proposed")
        MERGE_BEGUN = "merge_begun", _("Its author agreed to merge; supporters are asked")
        TAKING_BEGUN = "taking_begun", _("Supporters of another proposal are asked to move here")
        MERGE_ENDED = "merge_ended", _("It is not merged")
        TAKEN_IN = "taken_in", _("Another proposal was merged into this one")

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="history_notes")
    kind = models.CharField(_("what happened"), max_length=16, choices=Kind.choices)
    # The other proposal of a merge.
    other = models.ForeignKey(Proposal, models.SET_NULL, null=True, blank=True, related_name="+")
    words = models.TextField(_("words"), blank=True)
    made_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("note of the history")
        verbose_name_plural = _("notes of the history")
        ordering: ClassVar = ["made_at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.made_at:%Y-%m-%d}"
