"""What supporters answer when proposals are to be merged: under a pseudonym, like their votes.

The offer itself is `proposals.models.Merge`. No row here says who somebody is.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from proposals.models import Merge
from voting.models.ledger import PSEUDONYM_BYTES


class MergeLetters(models.Model):
    """How far the present mails of a merge have come: one a person, in the order of their numbers.

    Supporters are asked; again if new ones came; and told if the merge is called off.
    """

    merge = models.OneToOneField(Merge, models.CASCADE, primary_key=True, related_name="letters")
    asked_count = models.PositiveIntegerField(_("supporters asked"), default=0)
    mailed_up_to = models.PositiveBigIntegerField(default=0)
    mailed_at = models.DateTimeField(_("all were written to"), null=True, blank=True)
    # How often support had been given to those to be merged when this round of mails began.
    given_count = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("letters of a merge")
        verbose_name_plural = _("letters of merges")

    def __str__(self) -> str:
        return f"{self.merge_id}: {self.asked_count}"


class MergeAnswer(models.Model):
    """One supporter who was asked, and what they chose; without a choice the support stays."""

    class Choice(models.TextChoices):
        MOVE = "move", pgettext_lazy("support", "Move it")
        KEEP = "keep", pgettext_lazy("support", "Leave it where it is")
        WITHDRAW = "withdraw", pgettext_lazy("support", "Take it back")

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="answers")
    # The voter's name in this merge; their names in the rounds are others.
    voter = models.BinaryField(max_length=PSEUDONYM_BYTES)
    choice = models.CharField(
        _("choice"), max_length=8, choices=Choice.choices, blank=True, default=""
    )
    # Numbers of the proposals whose support is meant: a later change of mind gives it to no other.
    sources = models.JSONField(default=list)
    # Whether the vote for the target came by this choice, and so goes with it.
    gave = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("answer to a merge")
        verbose_name_plural = _("answers to merges")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["merge", "voter"], name="one_answer_a_voter_and_merge")
        ]

    def __str__(self) -> str:
        return self.get_choice_display()
