"""The vote ledger: append-only events and the keys behind voters' pseudonyms.

The database keeps the promises (unique and check constraints, triggers in `0002_ledger_guards`):
each voter has at most one standing vote per round whatever the Python does. No counting here.
"""

from __future__ import annotations

import secrets
import uuid
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import AssuranceLevel
from voting.models.rounds import Round

if TYPE_CHECKING:
    from collections.abc import Iterable

PSEUDONYM_BYTES = 16
# Of fewer somebody who knows one of them could learn something about the others.
SMALLEST_GROUP = 10


def shown_count(count: int) -> int | None:
    """A count as everybody may read it: None for a group that is too small."""
    return count if count >= SMALLEST_GROUP else None


def new_nonce() -> bytes:
    """Random bytes that keep a sealed record from being guessed."""
    return secrets.token_bytes(16)


class VoteKey(models.Model):
    """A person's secret for pseudonyms, encrypted; destroying it unlinks every vote they cast."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="vote_key"
    )
    sealed_key = models.BinaryField(_("encrypted key"), max_length=64)

    class Meta:
        verbose_name = _("vote key")
        verbose_name_plural = _("vote keys")

    def __str__(self) -> str:
        return f"key of person {self.person_id}"


class KeptKey(models.Model):
    """The vote key of an erased account whose votes are held or annulled in unfinished rounds.

    It has no person: a new account that confirms the same address gets it as its `VoteKey`, and
    with it the votes as they stand. Of the address only a keyed hash is kept.
    """

    digest = models.BinaryField(_("keyed hash of the address"), max_length=32, unique=True)
    sealed_key = models.BinaryField(_("encrypted key"), max_length=64)
    # In these the votes are held or annulled; once all are finished, nothing needs the key.
    rounds = models.ManyToManyField(Round, related_name="+")

    class Meta:
        verbose_name = _("kept vote key")
        verbose_name_plural = _("kept vote keys")
        default_permissions = ()

    def __str__(self) -> str:
        return f"kept key {self.pk}"


class AnchorKeyQuerySet(models.QuerySet["AnchorKey"]):
    """Documents seen."""

    def people(self) -> AnchorKeyQuerySet:
        """One row for each person: the present document, and with it the key."""
        return self.filter(earlier_of__isnull=True)

    def of_documents(self, digests: Iterable[bytes]) -> dict[bytes, AnchorKey]:
        """The people behind some documents, their earlier ones too. One query."""
        rows = self.filter(digest__in=list(digests)).select_related("earlier_of")
        return {bytes(row.digest): row.earlier_of or row for row in rows}


class AnchorKey(models.Model):
    """The secret of somebody whose document was seen: one person over account, desk and paper.

    Of the document only a keyed hash is kept. Rounds that ask for a document use this key
    instead of the account's, so the same person has the same pseudonym on every channel. A document
    that was replaced stays a row without an account, so that its number names nobody else.
    """

    digest = models.BinaryField(_("keyed hash of the document"), max_length=32, unique=True)
    sealed_key = models.BinaryField(_("encrypted key"), max_length=64)
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="anchor_key",
    )
    earlier_of = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="earlier"
    )

    objects = AnchorKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("document seen")
        verbose_name_plural = _("documents seen")
        default_permissions = ()
        permissions: ClassVar = [
            ("check_document", "Can check documents and take votes at the desk")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(earlier_of__isnull=True) | Q(person__isnull=True),
                name="earlier_document_has_no_account",
            )
        ]

    def __str__(self) -> str:
        return gettext("document no. %(number)d") % {"number": self.pk}


class VoteEventQuerySet(models.QuerySet["VoteEvent"]):
    """Rows of the ledger."""

    def tally(self) -> int:
        """Standing votes among these rows. One query."""
        return self.aggregate(total=models.Sum("kind"))["total"] or 0

    def standing(self) -> VoteEventQuerySet:
        """Rows that still count: they cast, and no later row of the voter takes them back."""
        return self._newest().filter(kind=1)

    def held(self) -> VoteEventQuerySet:
        """Rows that hold a vote for a check, and about which nothing was decided since."""
        return self._newest().filter(kind=-1, reason=VoteEvent.Reason.HOLD)

    def _newest(self) -> VoteEventQuerySet:
        later = VoteEvent.objects.filter(
            round=models.OuterRef("round"),
            voter=models.OuterRef("voter"),
            gen=models.OuterRef("gen") + 1,
        )
        return self.filter(~models.Exists(later))

    def turnout_by_channel(self) -> dict[str, int | None]:
        """Standing votes by the way they were cast; None for fewer than 10. One query."""
        return self._turnout_by("channel")

    def turnout_by_level(self) -> dict[int, int | None]:
        """Standing votes by the assurance level they were cast with; None for fewer than 10.

        One query.
        """
        return self._turnout_by("level")

    def _turnout_by(self, column: str) -> dict[Any, int | None]:
        groups = self.standing().order_by(column).values(column)
        counts = groups.annotate(count=models.Count("pk")).values_list(column, "count")
        return {key: shown_count(count) for key, count in counts}

    def last_of(self, round_id: int, voter: bytes) -> VoteEvent | None:
        """The voter's newest row in a round, which says how they stand. One query."""
        return self.filter(round_id=round_id, voter=voter).order_by("-gen").first()

    def newest_of(self, voters: Iterable[tuple[int, bytes]]) -> list[VoteEvent]:
        """The newest row of each (round id, voter), with its round. One query.

        Pairs, not two lists: an index finds each pair, but would try all rounds for all voters.
        """
        pairs = reduce(or_, (Q(round_id=round_id, voter=voter) for round_id, voter in voters))
        rows = self.filter(pairs).select_related("round").order_by("round_id", "gen")
        return list({row.round_id: row for row in rows}.values())


class VoteEvent(models.Model):
    """One row of the ledger; never changed, never deleted. Casting again is generation 3, 5, …

    A changed ballot is two rows: one takes the old back, the next casts the new.
    """

    class Reason(models.TextChoices):
        CAST = "cast", _("cast")
        RELEASE = "release", _("released after a check")
        RESTORE = "restore", _("restored on appeal")
        WITHDRAW = "withdraw", _("withdrawn")
        CHANGE = "change", _("changed")
        HOLD = "hold", _("held for a check")
        ANNUL = "annul", _("annulled")
        ERASE = "erase", _("account erased")

    class Channel(models.TextChoices):
        ONLINE = "online", _("online")
        DESK = "desk", _("at the desk")
        PAPER = "paper", _("on paper")
        IMPORTED = "imported", _("imported")

    # Odd generations give a vote for one of these reasons; all others take it back.
    GIVING = (Reason.CAST, Reason.RELEASE, Reason.RESTORE)
    # Taken by staff: only staff give it again.
    TAKEN = (Reason.HOLD, Reason.ANNUL)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="events")
    voter = models.BinaryField(max_length=PSEUDONYM_BYTES)
    gen = models.PositiveSmallIntegerField()
    kind = models.SmallIntegerField()
    choice = models.JSONField(null=True, blank=True)
    reason = models.CharField(max_length=16, choices=Reason.choices)
    level = models.PositiveSmallIntegerField(choices=AssuranceLevel.choices)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.ONLINE)
    day = models.DateField()
    nonce = models.BinaryField(max_length=16, default=new_nonce)
    leaf = models.BinaryField(max_length=32)

    objects = VoteEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("vote event")
        verbose_name_plural = _("vote events")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "voter", "gen"], name="one_event_per_gen"),
            # Odd generations stand, even ones take back: sums to 0 or 1 for every voter.
            models.CheckConstraint(
                condition=Q(kind=1, gen__gte=1) | Q(kind=-1, gen__gte=2), name="kind_is_one"
            ),
            models.CheckConstraint(condition=Q(kind=F("gen") % 2 * 2 - 1), name="kind_follows_gen"),
            models.CheckConstraint(
                condition=Q(kind=1, reason__in=("cast", "release", "restore"))
                | Q(kind=-1, reason__in=("withdraw", "change", "hold", "annul", "erase")),
                name="reason_follows_kind",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["round", "kind"], name="event_tally")]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def stands(self) -> bool:
        return self.kind == 1

    @property
    def is_taken(self) -> bool:
        """Whether staff hold or annulled it, so that its voter cannot simply cast again."""
        return self.reason in self.TAKEN
