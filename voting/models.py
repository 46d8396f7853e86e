"""The vote ledger: rounds, append-only events and the keys behind voters' pseudonyms.

The database keeps the promises (unique and check constraints, triggers in `0002_ledger_guards`):
each voter has at most one standing vote per round whatever the Python does. No counting here.
"""

from __future__ import annotations

import secrets
import uuid
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AssuranceLevel
from proposals.models import CallPage, Proposal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

PSEUDONYM_BYTES = 16


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


# Written out: the ORM has no FOR SHARE, and its annotations took a sixth of a vote's time.
ROUND_FOR_VOTE = """
    SELECT round.*, proposal.title, figures.support_count, key.sealed_key
    FROM voting_round round
    JOIN proposals_proposal proposal ON proposal.id = round.proposal_id
    JOIN proposals_proposalfigures figures ON figures.proposal_id = round.proposal_id
    JOIN accounts_user person ON person.id = %s
    LEFT JOIN voting_votekey key ON key.person_id = person.id
    WHERE round.proposal_id = %s
"""
LOCK_FOR_VOTE = "FOR SHARE OF round FOR KEY SHARE OF person"


class RoundQuerySet(models.QuerySet["Round"]):
    """Rounds of voting."""

    def open(self, now: datetime | None = None) -> RoundQuerySet:
        """Rounds that take votes now; the closing moment itself is outside."""
        now = now or timezone.now()
        return self.filter(closed_at__isnull=True, opens_at__lte=now, closes_at__gt=now)

    def lock_for_vote(self, proposal_id: int, person_id: int) -> Round:
        """The proposal's round, held open until commit, with what a vote needs. One query.

        Voters share the lock and do not wait for each other; closing the round takes it alone,
        so no vote lands after the close. Nor does the person's account go meanwhile. SQLite's
        IMMEDIATE transaction already holds more.
        Adds `title`, `support_count` and `sealed_key`. Raises `Round.DoesNotExist`.
        """
        lock = LOCK_FOR_VOTE if connection.vendor == "postgresql" else ""
        found = list(self.raw(f"{ROUND_FOR_VOTE} {lock}", [person_id, proposal_id]))
        if not found:
            raise Round.DoesNotExist
        return found[0]


class Round(models.Model):
    """Who may vote on what, until when, by which method. A closed round never reopens."""

    # Only on rounds that `lock_for_vote` gave.
    title: str
    support_count: int
    sealed_key: bytes | None

    class Method(models.TextChoices):
        SUPPORT = "support", _("Support")

    proposal = models.OneToOneField(
        Proposal, models.PROTECT, null=True, blank=True, related_name="round"
    )
    method = models.CharField(max_length=16, choices=Method.choices, default=Method.SUPPORT)
    threshold = models.PositiveIntegerField(_("threshold of support"), default=0)
    level = models.PositiveSmallIntegerField(
        _("assurance level needed"), choices=AssuranceLevel.choices, default=AssuranceLevel.EMAIL
    )
    residents_only = models.BooleanField(_("only for residents"), default=False)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    closed_at = models.DateTimeField(_("closed early"), null=True, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")

    def __str__(self) -> str:
        return f"{self.get_method_display()} {self.proposal_id}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and self.opens_at <= timezone.now() < self.closes_at

    @property
    def is_coming(self) -> bool:
        return self.closed_at is None and timezone.now() < self.opens_at

    def is_for(self, municipality_id: int | None) -> bool:
        """Whether people of this municipality may vote in a residents-only round. One query."""
        return CallPage.objects.filter(
            proposals=self.proposal_id, municipalities=municipality_id
        ).exists()


class VoteEventQuerySet(models.QuerySet["VoteEvent"]):
    """Rows of the ledger."""

    def tally(self) -> int:
        """Standing votes among these rows. One query."""
        return self.aggregate(total=models.Sum("kind"))["total"] or 0

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
    """One row of the ledger; never changed, never deleted. Casting again is generation 3, 5, …"""

    class Reason(models.TextChoices):
        CAST = "cast", _("cast")
        WITHDRAW = "withdraw", _("withdrawn")
        ANNUL = "annul", _("annulled")
        ERASE = "erase", _("account erased")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="events")
    voter = models.BinaryField(max_length=PSEUDONYM_BYTES)
    gen = models.PositiveSmallIntegerField()
    kind = models.SmallIntegerField()
    choice = models.JSONField(null=True, blank=True)
    reason = models.CharField(max_length=16, choices=Reason.choices)
    level = models.PositiveSmallIntegerField(choices=AssuranceLevel.choices)
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
        ]
        indexes: ClassVar = [models.Index(fields=["round", "kind"], name="event_tally")]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def stands(self) -> bool:
        return self.kind == 1
