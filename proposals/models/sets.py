"""Sets of proposals: who sees which, what a list or a page needs, and which resemble a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from modelsearch.queryset import SearchableQuerySetMixin

from accounts.models import Municipality
from home.search_terms import query_terms
from proposals import states
from proposals.keys import hash_of

from .calls import Category
from .similarity import closest, holds_all, keys_with_all, telling_words

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

    from .proposals import Proposal

    Visitor = User | AnonymousUser


def _in_language(model: type[models.Model], path: str, field: str) -> Coalesce:
    """A related row's word in the active language, or in the source language."""
    translated = model._default_manager.filter(
        translation_key=OuterRef(f"{path}__translation_key"),
        locale__language_code=get_language(),
    )
    return Coalesce(Subquery(translated.values(field)[:1]), f"{path}__{field}")


# Written out: the ORM took longer to build this than the three queries it spares most pages.
HAS_MORE = """
    EXISTS (SELECT 1 FROM proposals_proposalimage WHERE proposal_id = proposals_proposal.id)
    OR EXISTS (SELECT 1 FROM proposals_proposaldocument WHERE proposal_id = proposals_proposal.id)
    OR EXISTS (SELECT 1 FROM proposals_taggedproposal
               WHERE content_object_id = proposals_proposal.id)
"""


HAS_STORY = """
    EXISTS (SELECT 1 FROM proposals_historynote WHERE proposal_id = proposals_proposal.id)
    OR EXISTS (SELECT 1 FROM proposals_coauthor WHERE proposal_id = proposals_proposal.id)
"""


class ProposalQuerySet(SearchableQuerySetMixin, models.QuerySet["Proposal"]):
    """Proposals; start from `public()` or `visible_to()` for anything people see."""

    def public(self) -> ProposalQuerySet:
        """Those that everybody may read.

        Said by exclusion: SQLite would otherwise look the statuses up in an index and then sort
        all that it found, 90 ms for 35,000 rows, where walking the list's order takes 2.
        """
        return self.exclude(status__in=states.HIDDEN)

    def visible_to(self, user: User) -> ProposalQuerySet:
        """Public ones, the person's own, and all of them for moderators."""
        if user.has_perm("proposals.moderate_proposal"):
            return self.exclude(status="draft") | self.written_by(user)
        if not user.is_authenticated:
            return self.public()
        return self.filter(Q(status__in=states.PUBLIC)) | self.written_by(user)

    def written_by(self, user: User) -> ProposalQuerySet:
        """Those of which the person is the author or a co-author."""
        coauthored = user.coauthored.values("proposal")
        return self.filter(Q(author=user) | Q(pk__in=coauthored))

    def opened_by(self, *keys: str) -> ProposalQuerySet:
        """The drafts without an author that these keys open."""
        return self.filter(draft_key__in=[hash_of(key) for key in keys])

    def in_hands_of(self, user: Visitor, *keys: str) -> ProposalQuerySet:
        """What somebody may write at: their own, and the drafts that their keys open."""
        opened = self.opened_by(*keys)
        return opened | self.written_by(user) if user.is_authenticated else opened

    def for_staff(self, user: User) -> ProposalQuerySet:
        """What the admin shows: never drafts, and unpublished ones only to moderators."""
        if user.has_perm("proposals.moderate_proposal"):
            return self.exclude(status="draft")
        return self.public()

    def for_list(self) -> ProposalQuerySet:
        """With what a row of a list shows, and without the long texts. Still one query."""
        return self.select_related("figures", "category", "municipality").defer(
            "problem", "solution", "beneficiaries"
        )

    def for_rows(self) -> ProposalQuerySet:
        """With the figures and without the long texts, for long lists. Still one query.

        Names of themes and places come from elsewhere, since they differ by language.
        """
        return self.select_related("figures").defer("problem", "solution", "beneficiaries")

    def with_figures(self) -> ProposalQuerySet:
        """The same rows by an inner join, so that the index of figures can sort them.

        Only for the order by support: in any other the database would start from the figures.
        """
        return self.filter(figures__support_count__gte=0)

    def for_page(self) -> ProposalQuerySet:
        """With what a proposal's own page shows. One query, and one each for files and steps."""
        return self.select_related(
            "figures", "category", "municipality", "author", "call__locale"
        ).prefetch_related(  # type: ignore[misc]  # taggit's manager prefetches and tells no type
            "images", "documents", "tags", "status_changes", "call__phases", "coauthors"
        )

    def for_reading(self) -> ProposalQuerySet:
        """With the figures, the steps, `has_more`: whether there are pictures, files or tags, and
        `has_story`: whether co-authors, amendments or merges are to be told of.

        Two queries. Call, theme and place come from elsewhere, since they differ by language.
        """
        more = RawSQL(HAS_MORE, [], output_field=models.BooleanField())  # noqa: S611 - no value in it
        rows = self.select_related("figures").prefetch_related("status_changes")
        story = RawSQL(HAS_STORY, [], output_field=models.BooleanField())  # noqa: S611 - as above
        return rows.annotate(has_more=more, has_story=story)

    def named(self) -> ProposalQuerySet:
        """With the names of theme and place in the active language; still one query."""
        return self.annotate(
            category_name=_in_language(Category, "category", "name"),
            place_name=_in_language(Municipality, "municipality", "name"),
        )

    def waiting(self) -> ProposalQuerySet:
        """The moderation queue: sent in and not decided, what is due first in front."""
        due = F("moderation_due_on").asc(nulls_last=True)
        return self.filter(status="submitted").order_by(due, "submitted_at", "pk")

    def due_soon(self, today: date, next_day: date) -> ProposalQuerySet:
        """Waiting ones that are due today or on the next working day."""
        return self.filter(status="submitted", moderation_due_on__range=(today, next_day))

    def overdue(self, today: date) -> ProposalQuerySet:
        """Waiting ones whose day is over."""
        return self.filter(status="submitted", moderation_due_on__lt=today)

    def reached(self, stage: str) -> ProposalQuerySet:
        """Those that came as far as a stage of `states.STAGES`, wherever they are now."""
        return self._with_step(verb__in=states.STAGES[stage])

    def decided_by(self, person_id: int) -> ProposalQuerySet:
        """Those that a moderator accepted, returned or rejected."""
        return self._with_step(verb__in=states.DECISIONS, by=person_id)

    def _with_step(self, **which: object) -> ProposalQuerySet:
        steps: Any = self.model._meta.get_field("status_changes").related_model._default_manager
        return self.filter(pk__in=steps.standing().filter(**which).values("proposal"))

    def appealed(self) -> ProposalQuerySet:
        """Those with an appeal that waits for an answer."""
        return self.filter(appeal__state="open")

    def comparable(self) -> ProposalQuerySet:
        """Those that a new one may repeat: public ones, and what waits to be checked."""
        return self.exclude(status__in=states.HIDDEN - {"submitted"})

    def matching(self, text: str, *, many: bool = False) -> ProposalQuerySet:
        """Those in which every word of `text` occurs, in any form; all of them for no words.

        With `many` for a page of what many rows hold: the same rows, each asked as it comes up.
        """
        words = query_terms(text).split()
        if not words:
            return self
        if many:
            return self.filter(holds_all(self.model, words))
        return self.filter(pk__in=keys_with_all(self.model, words))

    def similar_to(self, text: str) -> list[Proposal]:
        """Up to three that share the most telling words with `text`. Two queries."""
        words = telling_words(text)
        places = {int(key): place for place, key in enumerate(closest(self.model, words))}
        found = [row for row in self.for_list().filter(pk__in=places) if row.shares(words)]
        return sorted(found, key=lambda row: places[row.pk])[:3]
