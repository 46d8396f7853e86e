"""Work at the desk and with paper: what no colleague has looked at yet, and who took which vote.

Nothing here says who a voter is. What was done when stands in the audit log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from voting.models.ledger import VoteEvent

if TYPE_CHECKING:
    from voting.models.rounds import Round

# Entries that one person may make before a colleague looks at them.
UNSEEN_MAX = 10


class DeskTally(models.Model):
    """How many entries of a member of staff at the desk no colleague has looked at yet."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="desk_tally"
    )
    unseen_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("tally of the desk")
        verbose_name_plural = _("tallies of the desk")
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(unseen_count__lte=UNSEEN_MAX), name="desk_is_looked_over"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.unseen_count}"


class TakenVoteQuerySet(models.QuerySet["TakenVote"]):
    """Votes that staff took."""

    def of_standing(self, round_: Round) -> TakenVoteQuerySet:
        """Those of a round that still count: perhaps held meanwhile, but not cast anew."""
        same = VoteEvent.objects.filter(round=round_, voter=OuterRef("event__voter"))
        anew = same.filter(gen__gt=OuterRef("event__gen"), reason=VoteEvent.Reason.CAST)
        return self.filter(Exists(same.standing()), ~Exists(anew), event__round=round_)


class TakenVote(models.Model):
    """Who took a vote at the desk, or cast it from paper, and on which day. In no dump."""

    event = models.OneToOneField(VoteEvent, models.CASCADE, primary_key=True, related_name="taken")
    # The number stays when the account goes, or whoever stuffed would erase the way to it.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    day = models.DateField()

    objects = TakenVoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("vote taken by staff")
        verbose_name_plural = _("votes taken by staff")
        default_permissions = ()
        indexes: ClassVar = [models.Index(fields=["day"], name="taken_by_day")]

    def __str__(self) -> str:
        return f"{self.by_id}, {self.day}"
