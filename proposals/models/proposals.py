"""What residents write: proposals, their files, their public history, and figures about them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from functools import cache
from pathlib import PurePath
from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelsearch import index
from taggit.managers import TaggableManager

from accounts.models import Municipality
from home.search_terms import index_terms
from proposals import states
from proposals.clock import site_day
from proposals.working_days import working_days_between

from .calls import CallPage, Category
from .sets import ProposalQuerySet
from .tags import TaggedProposal

SHUFFLE_MAX = 2**31 - 1
# How long a draft without an author is kept after its last change.
DRAFT_KEPT = timedelta(days=30)


def path_of_proposal(number: int) -> str:
    """Address of a proposal's page in the active language."""
    return f"{_path_of_list(get_language())}{number}/"


@cache
def _path_of_list(_language: str | None) -> str:
    # Kept because a list asks for it forty times, a twentieth of what the page costs.
    return reverse("proposals:list")


def new_shuffle() -> int:
    """A proposal's lasting place on the circle that random order walks along."""
    return random.randint(0, SHUFFLE_MAX)  # noqa: S311 - fairness, not secrecy


class Proposal(index.Indexed, models.Model):
    """What a resident asks the region to do, from draft to done; moves as `states.MOVES` says."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Being checked")
        RETURNED = "returned", _("Returned to the author")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        SUPPORTING = "supporting", _("Gathering support")
        SHORTLISTED = "shortlisted", _("Expert review")
        PROMOTED = "promoted", _("With the Government")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        IN_PROGRESS = "in_progress", _("In progress")
        DONE = "done", _("Done")
        ARCHIVED = "archived", _("Archived")
        MERGED = "merged", _("Merged into another")

    call = models.ForeignKey(
        CallPage, models.PROTECT, related_name="proposals", verbose_name=_("call")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("author"),
    )
    author_name = models.CharField(_("name shown"), max_length=80, blank=True)
    title = models.CharField(
        _("in one sentence"),
        max_length=90,
        blank=True,
        help_text=_("What should be done? 10 to 90 characters."),
    )
    summary = models.CharField(
        _("summary"),
        max_length=300,
        blank=True,
        help_text=_("One or two sentences for the list of proposals."),
    )
    problem = models.TextField(
        _("what for"),
        max_length=5000,
        blank=True,
        help_text=_("What is wrong today, and how do you know?"),
    )
    solution = models.TextField(
        _("what should be done"),
        max_length=5000,
        blank=True,
        help_text=_("What exactly do you propose?"),
    )
    beneficiaries = models.CharField(
        _("for whom"), max_length=300, blank=True, help_text=_("Who gains from it, and how many?")
    )
    language = models.CharField(
        _("written in"), max_length=8, choices=settings.LANGUAGES, default="ru"
    )
    category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("category"),
    )
    municipality = models.ForeignKey(
        Municipality,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals",
        verbose_name=_("municipality"),
        help_text=_("Leave empty if it concerns the whole Territory."),
    )
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    tags = TaggableManager(through=TaggedProposal, blank=True, verbose_name=_("tags"))

    status = models.CharField(
        _("status"), max_length=16, choices=Status.choices, default=Status.DRAFT
    )
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    changed_at = models.DateTimeField(_("last changed"), auto_now=True)
    submitted_at = models.DateTimeField(_("sent in"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    moderation_due_on = models.DateField(_("to be checked by"), null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who checks it"),
    )
    shuffle = models.PositiveIntegerField(default=new_shuffle, editable=False)
    draft_key = models.CharField(
        max_length=43,
        blank=True,
        editable=False,
        help_text=_("Hash of the key to a draft that has no author yet; empty once it has one."),
    )
    external_id = models.CharField(  # noqa: DJ001 - many rows have none, and it is unique
        _("number in the source"), max_length=64, null=True, blank=True, editable=False
    )

    objects = ProposalQuerySet.as_manager()
    search_fields: ClassVar = [
        index.SearchField("title_terms"),
        index.SearchField("body_terms"),
        index.FilterField("status"),
        index.FilterField("call_id"),
    ]

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering: ClassVar = ["-published_at", "-pk"]
        permissions: ClassVar = [
            ("moderate_proposal", _("Can accept, return and reject proposals")),
            ("promote_proposal", _("Can shortlist, promote and archive proposals")),
            ("export_proposal", _("Can export proposals")),
            ("import_proposal", _("Can import proposals")),
        ]
        constraints: ClassVar = [
            # The newest-first list pages by this date; a row without one would never be reached.
            models.CheckConstraint(
                condition=Q(status__in=sorted(states.HIDDEN)) | Q(published_at__isnull=False),
                name="public_has_a_date",
            ),
            # An import that is run twice must find its own rows again.
            models.UniqueConstraint(fields=["call", "external_id"], name="imported_once_per_call"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="point_has_both_coordinates",
                violation_error_message=_("Give both latitude and longitude, or neither."),
            ),
            # A key that outlived the claim, or the draft, would open somebody's own words.
            models.CheckConstraint(
                condition=Q(draft_key="") | Q(author__isnull=True, status="draft"),
                name="key_opens_only_drafts_without_author",
            ),
            models.UniqueConstraint(
                fields=["draft_key"], condition=~Q(draft_key=""), name="one_draft_a_key"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["shuffle"], name="proposal_shuffle"),
            models.Index(F("published_at").desc(), F("id").desc(), name="proposal_newest"),
            models.Index(fields=["call", "shuffle"], name="proposal_call_shuffle"),
            models.Index(fields=["status", "category", "municipality"], name="proposal_facets"),
            models.Index(
                fields=["call", "status", "category", "municipality"], name="proposal_call_facets"
            ),
            models.Index(fields=["author", "status"], name="proposal_author"),
            models.Index(fields=["status", "moderation_due_on"], name="proposal_moderation"),
        ]

    def __str__(self) -> str:
        return self.title or str(_("Untitled draft"))

    @classmethod
    def get_indexed_objects(cls) -> ProposalQuerySet:
        """What searches may find: not the drafts of people without an account.

        They could be many, and would push out what is similar to a title and public.
        """
        return super().get_indexed_objects().filter(draft_key="")

    def get_absolute_url(self) -> str:
        return path_of_proposal(self.pk)

    @property
    def title_terms(self) -> str:
        return index_terms(self.title)

    @property
    def body_terms(self) -> str:
        return index_terms(f"{self.summary} {self.problem} {self.solution} {self.beneficiaries}")

    def shares(self, words: list[str]) -> bool:
        """Whether title and summary have a third of these words; fewer would be chance."""
        own = set(index_terms(f"{self.title} {self.summary}").split())
        return 3 * len(own.intersection(words)) >= len(words) > 0

    @property
    def is_public(self) -> bool:
        return self.status in states.PUBLIC

    @property
    def is_editable(self) -> bool:
        return self.status in states.EDITABLE

    @property
    def moderation_days(self) -> int:
        """How many working days the promise gives, from the day it was last sent in."""
        if self.submitted_at is None or self.moderation_due_on is None:
            return 0
        return working_days_between(site_day(self.submitted_at), self.moderation_due_on)

    @property
    def is_moderation_late(self) -> bool:
        """Whether it still waits after the day it was to be checked by."""
        due = self.moderation_due_on
        return self.status == self.Status.SUBMITTED and due is not None and due < site_day()

    @property
    def kept_until(self) -> datetime:
        """When it is erased, if it has no author and nobody changes it until then."""
        return self.changed_at + DRAFT_KEPT

    @property
    def support_count(self) -> int:
        """Supports cast here; the row of figures is made together with the proposal."""
        return self.figures.support_count

    @property
    def imported_support_count(self) -> int:
        """Supports that came with an import, never added to those cast here."""
        return self.figures.imported_support_count


class ProposalFigures(models.Model):
    """Counts about a proposal, apart from its text so that a busy count rewrites a small row.

    `support_count` is a cache: the ledger in `voting` is the truth and can make it again.
    """

    proposal = models.OneToOneField(
        Proposal, models.CASCADE, primary_key=True, related_name="figures"
    )
    support_count = models.PositiveIntegerField(_("supports"), default=0)
    imported_support_count = models.PositiveIntegerField(_("imported supports"), default=0)
    similar_count = models.PositiveSmallIntegerField(
        _("similar"), default=0, help_text=_("Likely duplicates when it was last sent in.")
    )

    class Meta:
        verbose_name = _("figures")
        verbose_name_plural = _("figures")
        indexes: ClassVar = [
            models.Index(
                F("support_count").desc(), F("proposal_id").desc(), name="figures_most_supported"
            )
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id}: {self.support_count}"


def private_storage() -> FileSystemStorage:
    """Where residents' files lie: no address leads there, so each goes out through a view."""
    return FileSystemStorage(location=settings.PRIVATE_MEDIA_ROOT, base_url=None)


def upload_path(instance: ProposalImage | ProposalDocument, filename: str) -> str:
    """A random name: the person's own may hold a path, a script or their name."""
    suffix = PurePath(filename).suffix.lower()[:8]
    return f"proposals/{instance.proposal_id}/{uuid4().hex}{suffix}"


class ProposalImage(models.Model):
    """A picture, encoded anew on upload: no GPS position, no script rides along."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="images")
    file = models.ImageField(
        _("image"),
        upload_to=upload_path,
        storage=private_storage,
        width_field="width",
        height_field="height",
    )
    alt = models.CharField(_("what the picture shows"), max_length=200)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.alt


class ProposalDocument(models.Model):
    """A file for download, under the name its author gave it."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="documents")
    file = models.FileField(_("document"), upload_to=upload_path, storage=private_storage)
    name = models.CharField(_("file name"), max_length=120)
    size_bytes = models.PositiveIntegerField(_("size"), default=0)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def extension(self) -> str:
        return PurePath(self.name).suffix.lstrip(".").upper()
