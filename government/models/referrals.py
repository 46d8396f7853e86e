"""Referrals of proposals to bodies of government."""

from __future__ import annotations

from datetime import datetime, time
from operator import attrgetter
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from proposals import states
from proposals.models import Proposal

from .bodies import Body, Department, Official

if TYPE_CHECKING:
    from .dossiers import Dossier

LONG_OVERDUE_DAYS = 14


class ReferralQuerySet(models.QuerySet["Referral"]):
    """Promotions to government."""

    def unanswered(self) -> ReferralQuerySet:
        """Those still waiting for an answer, the longest waiting first."""
        return self.filter(answer__isnull=True).order_by("due_on", "pk")

    def overdue(self) -> ReferralQuerySet:
        """Those whose answer should have come before today."""
        return self.unanswered().filter(due_on__lt=timezone.localdate())

    def public(self) -> ReferralQuerySet:
        """Those of proposals that everybody may read."""
        return self.filter(proposal__status__in=states.PUBLIC)

    def for_pages(self) -> ReferralQuerySet:
        """With what a page shows of them. Still one query.

        Adds `body_name`, the body's name in the active language, else in the source.
        """
        names = Body.objects.filter(
            translation_key=OuterRef("body__translation_key"),
            locale__language_code=get_language() or settings.LANGUAGE_CODE,
        ).values("name")[:1]
        people = ("official", "department")
        return self.select_related("proposal", "body", "answer", *people).annotate(
            body_name=Coalesce(Subquery(names), F("body__name"))
        )

    def figures(self) -> dict[str, int]:
        """How many there are, answered, on time, late, and overdue now. One query."""
        answered, today = Q(answer__isnull=False), timezone.localdate()
        on_time = Q(answer__answered_on__lte=F("due_on"))
        return self.aggregate(
            total=models.Count("pk"),
            answered=models.Count("pk", filter=answered),
            on_time=models.Count("pk", filter=answered & on_time),
            late=models.Count("pk", filter=answered & ~on_time),
            overdue=models.Count("pk", filter=~answered & Q(due_on__lt=today)),
        )


class Referral(models.Model):
    """A proposal put before a body of government: to whom, why, and by when it answers."""

    proposal = models.OneToOneField(
        Proposal, models.PROTECT, related_name="referral", verbose_name=_("proposal")
    )
    body = models.ForeignKey(Body, models.PROTECT, related_name="referrals", verbose_name=_("body"))
    note = models.TextField(
        _("covering note"), help_text=_("Goes into the dossier; residents can read it too.")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(_("referred"))
    due_on = models.DateField(_("answer due"))
    # Before more time was given; null as long as the first date holds.
    first_due_on = models.DateField(_("answer due at first"), null=True, blank=True)
    # For which date the body has asked and staff have not decided yet.
    asked_due_on = models.DateField(_("more time asked for until"), null=True, blank=True)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("department"),
    )
    official = models.ForeignKey(
        Official,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="referrals",
        verbose_name=_("person in charge"),
    )
    returned_at = models.DateTimeField(_("came back as not the body's"), null=True, blank=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering: ClassVar = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.proposal_id} → {self.body}"

    @property
    def dossier(self) -> Dossier:
        """The newest of its frozen dossiers. One query, none if they are prefetched."""
        return max(self.dossiers.all(), key=attrgetter("number"))

    @property
    def is_answered(self) -> bool:
        return hasattr(self, "answer")

    @property
    def is_returned(self) -> bool:
        """Whether the body says it is not in charge, and staff have not decided yet."""
        return self.returned_at is not None

    @property
    def is_extended(self) -> bool:
        return self.first_due_on is not None

    @property
    def is_long_overdue(self) -> bool:
        """Overdue for as long as makes staff take it up; lists mark it."""
        return self.days_overdue >= LONG_OVERDUE_DAYS

    @property
    def due_at(self) -> datetime:
        """The end of the day that the answer is due on, where the site is."""
        return timezone.make_aware(datetime.combine(self.due_on, time.max))

    @property
    def days_left(self) -> int:
        """Days until the answer is due; negative once it is overdue."""
        return (self.due_on - timezone.localdate()).days

    @property
    def days_overdue(self) -> int:
        """Days since the answer was due and did not come; 0 when it came or is not due."""
        return 0 if self.is_answered else max(0, -self.days_left)
