"""What bodies promised in their answers, and every step of it since."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import LocalizedTerm, Municipality
from government import commitment_states
from proposals import states
from proposals.models import Proposal
from proposals.models.proposals import private_storage

from .answers import Answer
from .bodies import Body

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

# From this day of being overdue on, staff are told again and the board shows it first.
ESCALATED_DAYS = 30


def _named(term: type[LocalizedTerm], field: str) -> Combinable:
    """A term's name in the active language, else in the source, as an expression."""
    names = term.objects.filter(
        translation_key=OuterRef(f"{field}__translation_key"),
        locale__language_code=get_language() or settings.LANGUAGE_CODE,
    ).values("name")[:1]
    return Coalesce(Subquery(names), F(f"{field}__name"))


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    """Promises made in answers."""

    def public(self) -> CommitmentQuerySet:
        """Those of proposals that everybody may read."""
        return self.filter(proposal__status__in=states.PUBLIC)

    def open(self) -> CommitmentQuerySet:
        """Those still to be kept."""
        return self.filter(state__in=commitment_states.OPEN)

    def overdue(self) -> CommitmentQuerySet:
        """Those whose day has passed and that are not settled."""
        return self.open().filter(due_on__lt=timezone.localdate())

    def disputed(self) -> CommitmentQuerySet:
        """Those reported done that residents, since then, say are not."""
        doubted = Commitment.objects.filter(
            state=Commitment.State.DONE,
            observations__state="accepted",
            observations__verdict="not_built",
            observations__made_at__gte=F("state_changed_at"),
        )
        return self.filter(pk__in=doubted.values("pk"))

    def for_pages(self) -> CommitmentQuerySet:
        """With what pages and lists show of them. Still one query.

        Adds `body_name` and `place_name` in the active language, else in the source, and the
        counts `built`, `not_built` and `doubts` (“not built” said since it was reported done).
        """
        yes, no = (
            Q(observations__state="accepted", observations__verdict=verdict)
            for verdict in ("built", "not_built")
        )
        since = Q(observations__made_at__gte=F("state_changed_at"))
        return self.select_related("proposal", "body", "municipality").annotate(
            body_name=_named(Body, "body"),
            place_name=_named(Municipality, "municipality"),
            built=Count("observations", filter=yes),
            not_built=Count("observations", filter=no),
            doubts=Count("observations", filter=no & since & Q(state=Commitment.State.DONE)),
        )

    def with_last_change(self) -> CommitmentQuerySet:
        """Adds `changed_at`, the moment of the newest step. Still one query."""
        steps = CommitmentChange.objects.filter(commitment=OuterRef("pk")).order_by("-made_at")
        return self.annotate(changed_at=Subquery(steps.values("made_at")[:1]))


class Commitment(models.Model):
    """One promise of a body: what, who, by when, for how much; moves as `MOVES` says.

    Proposal and municipality are those of the answer's proposal, kept here so that lists and
    rates need no joins; both are set once and never changed.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        IN_PROGRESS = "in_progress", _("In progress")
        IN_PART = "in_part", _("Delivered in part")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    class Currency(models.TextChoices):
        RUB = "RUB", "₽ RUB"
        JPY = "JPY", "¥ JPY"
        USD = "USD", "$ USD"
        EUR = "EUR", "€ EUR"

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    answer = models.ForeignKey(
        Answer, models.PROTECT, related_name="commitments", verbose_name=_("official answer")
    )
    proposal = models.ForeignKey(
        Proposal, models.PROTECT, related_name="commitments", verbose_name=_("proposal")
    )
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("municipality"),
    )
    what = models.CharField(_("what is promised"), max_length=300)
    body = models.ForeignKey(
        Body, models.PROTECT, related_name="commitments", verbose_name=_("body")
    )
    owner_name = models.CharField(_("person or department"), max_length=160, blank=True)
    first_due_on = models.DateField(_("first promised for"), editable=False)
    due_on = models.DateField(_("due"))
    due_moved_count = models.PositiveSmallIntegerField(_("times moved"), default=0, editable=False)
    amount_minor = models.BigIntegerField(_("amount in minor units"), null=True, blank=True)
    currency = models.CharField(
        _("currency"), max_length=3, choices=Currency.choices, default=Currency.RUB
    )
    budget_line = models.CharField(_("budget line"), max_length=160, blank=True)
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.PLANNED
    )
    state_changed_at = models.DateTimeField(_("in this state since"))
    settled_on = models.DateField(_("settled"), null=True, blank=True)
    made_at = models.DateTimeField(_("promised"))

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering: ClassVar = ["due_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__isnull=True) | Q(amount_minor__gt=0),
                name="commitment_amount_is_positive",
            ),
            # The rates count by this day; a settled one without it would vanish from them.
            models.CheckConstraint(
                condition=Q(state__in=sorted(commitment_states.OPEN), settled_on__isnull=True)
                | (~Q(state__in=sorted(commitment_states.OPEN)) & Q(settled_on__isnull=False)),
                name="commitment_settled_has_a_day",
            ),
            # One click more on "publish" must not promise the same twice.
            models.UniqueConstraint(
                fields=["answer", "what", "first_due_on"], name="commitment_once_per_answer"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_on"], name="commitment_state_due"),
        ]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return reverse("government:commitment", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in commitment_states.OPEN

    @property
    def days_left(self) -> int:
        """Days until it is due where the site is; negative once the day has passed."""
        return (self.due_on - timezone.localdate()).days

    @property
    def days_overdue(self) -> int:
        """Days since it was due; 0 when it is settled or its day is not over."""
        return max(0, -self.days_left) if self.is_open else 0

    @property
    def is_overdue(self) -> bool:
        return self.days_overdue > 0

    @property
    def is_escalated(self) -> bool:
        return self.days_overdue >= ESCALATED_DAYS

    @property
    def days_late(self) -> int:
        """Days from the first promised date to the day it was done; 0 when in time or not done."""
        if self.state != self.State.DONE or self.settled_on is None:
            return 0
        return max(0, (self.settled_on - self.first_due_on).days)

    @property
    def takes_observations(self) -> bool:
        """Whether there is something to see by now: it has begun, or its day has passed."""
        if self.state == self.State.DROPPED:
            return False
        return self.state != self.State.PLANNED or self.is_overdue


def proof_path(instance: CommitmentChange, filename: str) -> str:
    """A random name; what the file was called is kept in the row."""
    return f"commitments/{instance.commitment_id}/{uuid4().hex}{PurePath(filename).suffix[:8]}"


class CommitmentChange(models.Model):
    """One step in the life of a commitment, with its evidence. Triggers let rows only be added.

    `verb` is "promise", "redate" or one of `commitment_states.MOVES`.
    """

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="changes")
    verb = models.CharField(_("step"), max_length=16)
    from_state = models.CharField(_("from"), max_length=16, blank=True)
    to_state = models.CharField(_("to"), max_length=16, choices=Commitment.State.choices)
    from_due_on = models.DateField(_("was due"), null=True, blank=True)
    to_due_on = models.DateField(_("due"))
    text = models.TextField(_("in words"), blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    photo = models.FileField(_("photo"), upload_to=proof_path, storage=private_storage, blank=True)
    photo_alt = models.CharField(_("what the photo shows"), max_length=200, blank=True)
    document = models.FileField(
        _("document"), upload_to=proof_path, storage=private_storage, blank=True
    )
    document_name = models.CharField(_("file name"), max_length=120, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("step of a commitment")
        verbose_name_plural = _("steps of commitments")
        ordering: ClassVar = ["made_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(verb__in=["deliver", "deliver_part"])
                | ~(Q(link="") & Q(photo="") & Q(document="")),
                name="delivery_has_a_proof",
            ),
            models.CheckConstraint(
                condition=Q(verb="promise") | ~Q(text=""), name="step_of_commitment_has_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.made_at:%Y-%m-%d}"


class CommitmentReminder(models.Model):
    """That the owner was reminded of a due date at one step; each step happens once a date."""

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="reminders")
    due_on = models.DateField()
    days_left = models.SmallIntegerField(help_text="The step of `reminders.STEPS`.")
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints: ClassVar = [
            # The command may run twice at once, or again after a crash.
            models.UniqueConstraint(
                fields=["commitment", "due_on", "days_left"], name="reminded_once_a_step"
            )
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.due_on} {self.days_left}"
