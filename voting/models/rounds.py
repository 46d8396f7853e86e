"""Rounds: who may vote on what, until when, counted how. Their rules are data, frozen by a vote.

Triggers (`voting.guards`) refuse to change a round or its options once it has begun, and to reopen
one that closed. Counting is in `voting.tally`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from accounts.models import AssuranceLevel, Municipality
from accounts.rows import columns_of, values_of
from home.words import WordsField, said
from proposals.models import CallPage, Proposal
from voting.rules import hash_of, rules_of

if TYPE_CHECKING:
    from datetime import datetime

HASH_BYTES = 32

# Written out: the ORM has no FOR SHARE, and its annotations took a sixth of a vote's time.
ROUND_FOR_VOTE = """
    SELECT {}, proposal.title, figures.support_count, key.sealed_key
    FROM voting_round round
    JOIN accounts_user person ON person.id = %s
    LEFT JOIN proposals_proposal proposal ON proposal.id = round.proposal_id
    LEFT JOIN proposals_proposalfigures figures ON figures.proposal_id = round.proposal_id
    LEFT JOIN voting_votekey key ON key.person_id = person.id
    WHERE round.{} = %s
"""
LOCK_FOR_VOTE = "FOR SHARE OF round FOR KEY SHARE OF person"


class RoundQuerySet(models.QuerySet["Round"]):
    """Rounds of voting."""

    def open(self, now: datetime | None = None) -> RoundQuerySet:
        """Rounds that take votes now; the closing moment itself is outside."""
        now = now or timezone.now()
        return self.filter(closed_at__isnull=True, opens_at__lte=now, closes_at__gt=now)

    def due_to_close(self, now: datetime | None = None) -> RoundQuerySet:
        """Rounds past their published close that nobody has closed yet."""
        return self.filter(closed_at__isnull=True, closes_at__lte=now or timezone.now())

    def closed_unsealed(self) -> RoundQuerySet:
        """Closed rounds whose votes no seal is known to hold completely yet.

        Not while paper is still typed in, or votes for options are held: the seal draws the lots,
        so nobody may know it before it is settled what counts.
        """
        closed = self.filter(closed_at__isnull=False, closing_seal__isnull=True)
        settled = closed.exclude(paper=True, paper_end__isnull=True)
        return settled.exclude(pk__in=Round.objects.held_up().values("pk"))

    def held_up(self) -> RoundQuerySet:
        """Rounds with options that are closed and not sealed, since votes of theirs are held."""
        votes = self.model._meta.get_field("events").related_model.objects
        held = models.Exists(votes.held().filter(round=models.OuterRef("pk")))
        closed = self.ballots().filter(closed_at__isnull=False, closing_seal__isnull=True)
        return closed.filter(held)

    def take_paper(self) -> RoundQuerySet:
        """Rounds whose paper ballots may still be typed in and cast, the closed ones too."""
        begun = self.filter(paper=True, opens_at__lte=timezone.now())
        return begun.filter(paper_end__isnull=True)

    def unfinished(self) -> RoundQuerySet:
        """Rounds in which a vote may still come to be given, online or on paper."""
        return self.filter(Q(closed_at__isnull=True) | Q(paper=True, paper_end__isnull=True))

    def to_state(self) -> RoundQuerySet:
        """Rounds with options that are closed and sealed, and whose result nobody stated yet."""
        return self.ballots().filter(closing_seal__isnull=False, results__isnull=True)

    def ballots(self) -> RoundQuerySet:
        """Rounds with options to choose from; support rounds belong to one proposal each."""
        return self.exclude(method=Round.Method.SUPPORT)

    def not_begun(self) -> RoundQuerySet:
        """Rounds whose rules are still free to change: no vote, no paper ballots counted."""
        return self.exclude(self._having("events") | self._having("paper_batches"))

    def _having(self, name: str) -> models.Exists:
        rows = self.model._meta.get_field(name).related_model.objects
        return models.Exists(rows.filter(round=models.OuterRef("pk")))

    def lock_for_vote(self, person_id: int, **which: int) -> LockedRound:
        """A round by `proposal_id` or `id`, held open until commit.

        Voters share the lock and do not wait for each other; closing the round takes it alone,
        so no vote lands after the close. Nor does the person's account go meanwhile. SQLite's
        IMMEDIATE transaction already holds more. One query.
        Raises `Round.DoesNotExist`.
        """
        (column, value), *_others = which.items()
        lock = LOCK_FOR_VOTE if connection.vendor == "postgresql" else ""
        columns = columns_of(Round, FOR_VOTE, "round")
        with connection.cursor() as cursor:
            cursor.execute(ROUND_FOR_VOTE.format(columns, column) + lock, [person_id, value])
            row = cursor.fetchone()
        if not row:
            raise Round.DoesNotExist
        return LockedRound(*values_of(Round, row[:-3], FOR_VOTE), *row[-3:])


class Round(ClusterableModel):
    """Who may vote on what, until when, by which method. A closed round never reopens."""

    class Method(models.TextChoices):
        SUPPORT = "support", _("Support")
        APPROVAL = "approval", _("Approval")
        RANKED = "ranked", _("Ranking")
        SCORE = "score", _("Points")
        GREEDY = "greedy", _("Budget, most votes first")
        EQUAL_SHARES = "equal_shares", _("Budget, equal shares")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    proposal = models.OneToOneField(
        Proposal, models.PROTECT, null=True, blank=True, related_name="round"
    )
    call = models.ForeignKey(
        CallPage,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rounds",
        verbose_name=_("call"),
        help_text=_("The call whose proposals are voted on, if there is one."),
    )
    title = WordsField(_("title"), blank=True, text_length=120)
    intro = WordsField(_("what is decided"), blank=True, text_length=2000, long=True)
    method = models.CharField(
        _("method"), max_length=16, choices=Method.choices, default=Method.SUPPORT
    )
    limit = models.PositiveSmallIntegerField(
        _("most options on one ballot"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty means no limit."),
    )
    seats = models.PositiveSmallIntegerField(
        _("how many win"), default=1, validators=[MinValueValidator(1)]
    )
    score_max = models.PositiveSmallIntegerField(
        _("most points for one option"), default=5, validators=[MinValueValidator(1)]
    )
    budget_minor = models.BigIntegerField(
        _("budget in kopecks"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    fits_budget = models.BooleanField(
        _("a ballot has to fit into the budget"),
        default=False,
        help_text=_("The projects chosen on one ballot may together cost no more than the budget."),
    )
    comparison = models.BooleanField(
        _("compared with most votes first"),
        default=False,
        help_text=_(
            "If more voters prefer what most votes first would buy, that is bought instead of the"
            " equal shares."
        ),
    )
    threshold = models.PositiveIntegerField(_("threshold of support"), default=0)
    level = models.PositiveSmallIntegerField(
        _("assurance level needed"), choices=AssuranceLevel.choices, default=AssuranceLevel.EMAIL
    )
    residents_only = models.BooleanField(_("only for residents"), default=False)
    municipalities = models.ManyToManyField(
        Municipality, blank=True, related_name="+", verbose_name=_("municipalities")
    )
    paper = models.BooleanField(
        _("paper ballots too"),
        default=False,
        help_text=_("Then everybody has to show a document once, so that nobody votes twice."),
    )
    hidden = models.BooleanField(_("results hidden until the close"), default=True)
    open_record = models.BooleanField(
        _("ballots are published without names"),
        default=True,
        help_text=_(
            "Published, anybody can recount them, and a voter can show how they voted."
            " Otherwise only sums are published: right for electing people."
        ),
    )
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    # The first seal that holds every vote cast before the close; its root draws the lots.
    closing_seal = models.ForeignKey(
        "voting.Seal", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    # When a recount first found the public figure wrong; None as long as they agree.
    disputed_at = models.DateTimeField(null=True, blank=True, editable=False)
    rules = models.JSONField(default=dict, editable=False)
    rules_hash = models.BinaryField(max_length=HASH_BYTES, default=b"", editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="round_closes_after_it_opens",
                violation_error_message=_("A round has to close after it opens."),
            ),
            # Without a document shown, a paper voter could vote again under an account.
            models.CheckConstraint(
                condition=Q(paper=False) | Q(level__gte=AssuranceLevel.DOCUMENT),
                name="paper_needs_documents",
                violation_error_message=_(
                    "A round with paper ballots needs the assurance level “document seen”."
                ),
            ),
            # Of two sums in a row, of the dumps or of the page, the second gives a ballot away.
            models.CheckConstraint(
                condition=Q(open_record=True) | Q(hidden=True),
                name="sums_stay_hidden",
                violation_error_message=_(
                    "Where only sums are published, results stay hidden until the close."
                ),
            ),
        ]

    def __str__(self) -> str:
        return said(self.title)[0] or f"{self.get_method_display()} {self.proposal_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the rules as the columns now say. One query more for a round with options."""
        self.write_rules()
        super().save(*args, **kwargs)

    def write_rules(self) -> None:
        """Set `rules` and their hash from the columns, options and municipalities."""
        options = self.options.order_by("number") if self.pk else []
        self.rules = rules_of(self, options, self._municipality_slugs())
        self.rules_hash = hash_of(self.rules)

    @property
    def rules_hex(self) -> str:
        """The hash of the rules as text, as forms and files name them."""
        return bytes(self.rules_hash).hex()

    def _municipality_slugs(self) -> list[str]:
        if not self.residents_only:
            return []
        if self.proposal:
            return [row.slug for row in self.proposal.call.municipalities.all()]
        return [row.slug for row in self.municipalities.all()] if self.pk else []

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and self.opens_at <= timezone.now() < self.closes_at

    @property
    def is_coming(self) -> bool:
        return self.closed_at is None and timezone.now() < self.opens_at

    @property
    def is_over(self) -> bool:
        return not self.is_coming and not self.is_open

    @property
    def has_begun(self) -> bool:
        """Whether somebody voted, or typed in paper by the numbers of the options. Two queries."""
        return self.events.exists() or self.paper_batches.exists()

    @property
    def is_frozen(self) -> bool:
        """Whether the rules can no longer change: begun, or closed. Two queries."""
        return self.closed_at is not None or self.has_begun

    @property
    def waits_for_paper(self) -> bool:
        """Whether the round is closed and paper ballots may still come in. One query."""
        return self.paper and self.closed_at is not None and not hasattr(self, "paper_end")

    @property
    def is_budget(self) -> bool:
        return self.method in {self.Method.GREEDY, self.Method.EQUAL_SHARES}

    @property
    def shows_results(self) -> bool:
        """Whether the count may be seen now: at once unless hidden, then after the close."""
        return not self.is_coming and (not self.hidden or self.closed_at is not None)

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("voting:round", args=[self.pk])

    def is_for(self, municipality: Municipality | None) -> bool:
        """Whether people of this municipality may vote in a residents-only round."""
        return municipality is not None and municipality.slug in self.rules["municipalities"]


@dataclass(frozen=True, slots=True)
class RoundShown:
    """What somebody signed out is shown of a round; twenty whole rounds took a tenth of a list."""

    pk: int
    proposal_id: int | None
    threshold: int
    opens_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    disputed_at: datetime | None

    # The same rules, of the same columns.
    is_open: ClassVar[Any] = Round.is_open
    is_coming: ClassVar[Any] = Round.is_coming


@dataclass(frozen=True, slots=True)
class LockedRound(RoundShown):
    """What a vote needs of its round, from `lock_for_vote`; a whole one would slow every vote."""

    level: int
    residents_only: bool
    rules: dict[str, Any]
    rules_hash: bytes
    # Of its proposal and of the voter.
    proposal_title: str | None
    support_count: int | None
    sealed_key: bytes | None

    is_for: ClassVar[Any] = Round.is_for


FOR_VOTE = tuple(field.name for field in fields(LockedRound))[:-3]


class Option(Orderable):
    """What a ballot offers: a project with its cost, a proposal, a person."""

    round = ParentalKey(Round, on_delete=models.CASCADE, related_name="options")
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    title = WordsField(_("title"), text_length=160)
    text = WordsField(_("text"), blank=True, text_length=2000, long=True)
    cost_minor = models.BigIntegerField(
        _("cost in kopecks"), default=0, validators=[MinValueValidator(0)]
    )
    proposal = models.ForeignKey(
        Proposal,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="options",
        verbose_name=_("proposal"),
    )
    code = models.CharField(
        _("number in an imported file"), max_length=40, blank=True, editable=False
    )

    class Meta(Orderable.Meta):
        verbose_name = _("option")
        verbose_name_plural = _("options")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "number"],
                name="one_option_per_number",
                violation_error_message=_("Two options have the same number."),
            ),
            models.CheckConstraint(condition=Q(cost_minor__gte=0), name="cost_is_not_negative"),
        ]

    def __str__(self) -> str:
        return said(self.title)[0]
