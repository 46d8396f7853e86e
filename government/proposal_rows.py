"""Proposals as officials get them: the public rows, and what staff know besides.

The admin's export and `manage.py export_proposals` both start here. Reads only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _

from government.models import Answer, Body
from home.exports import Column
from proposals.models import CoAuthor, Proposal
from proposals.rows import BATCH, ProposalRows, public_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from home.exports import Listing, Row
    from proposals.models.sets import ProposalQuerySet


def proposal_columns() -> list[Column]:
    """What officials get of each proposal, its words in the active language."""
    *public, address = public_columns()
    beside = [column.key for column in public].index("author_name") + 1
    return [
        *public[:beside],
        Column("coauthors", _("Co-authors")),
        *public[beside:],
        Column("threshold", _("Threshold of support"), "integer"),
        Column("tags", _("Tags")),
        Column("problem", _("What for"), width=60),
        Column("solution", _("What should be done"), width=60),
        Column("beneficiaries", _("For whom"), width=40),
        Column("language", _("Language"), width=10),
        Column("latitude", _("Latitude"), "decimal"),
        Column("longitude", _("Longitude"), "decimal"),
        Column("body", _("Referred to"), width=32),
        Column("answer_due_on", _("Answer due"), "date"),
        Column("answer", _("Answer"), width=18),
        Column("answered_on", _("Answered"), "date"),
        address,
    ]


def proposal_listing(
    proposals: ProposalQuerySet,
    *,
    title: str = "",
    filters: Sequence[tuple[str, str]] = (),
) -> Listing:
    """These proposals, in their order, in the active language; the queryset may be a slice.

    Six queries, then three for each 500 rows while they are written.
    """
    numbers = proposals.values_list("pk", flat=True).iterator(chunk_size=BATCH)
    return StaffRows().listing(numbers, proposal_columns(), title=title, filters=filters)


class StaffRows(ProposalRows):
    """Of any proposal, with its full texts, its tags, and what became of it."""

    terms: ClassVar[tuple[Any, ...]] = (*ProposalRows.terms, Body)
    fields: ClassVar[tuple[str, ...]] = (
        *ProposalRows.fields,
        *("problem", "solution", "beneficiaries", "language", "latitude", "longitude"),
        *("call__threshold", "referral__body__translation_key", "referral__due_on"),
        *("referral__answer__outcome", "referral__answer__answered_on"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.outcomes = {value: str(label) for value, label in Answer.Outcome.choices}

    def proposals(self) -> ProposalQuerySet:
        return Proposal.objects.all()

    def read(self, batch: Sequence[int]) -> dict[int, Row]:
        """Rows by number, of those that are there. Three queries."""
        tags, coauthors = _tags(batch), _coauthors(batch)
        return {
            pk: row
            | {"tags": ", ".join(tags.get(pk, [])), "coauthors": ", ".join(coauthors.get(pk, []))}
            for pk, row in super().read(batch).items()
        }

    def words(self, line: dict[str, Any]) -> Row:
        return super().words(line) | {
            "threshold": line["call__threshold"],
            "body": self.names.get(line["referral__body__translation_key"], ""),
            "answer_due_on": line["referral__due_on"],
            "answer": self.outcomes.get(line["referral__answer__outcome"], ""),
            "answered_on": line["referral__answer__answered_on"],
        }


def _tags(batch: Sequence[int]) -> dict[int, list[str]]:
    """Tags of the given proposals, by proposal. One query."""
    through = Proposal.tags.through.objects.filter(content_object__in=batch)
    return _by_number(through.order_by("tag__name").values_list("content_object_id", "tag__name"))


def _coauthors(batch: Sequence[int]) -> dict[int, list[str]]:
    """The names that co-authors go by on the proposals, the first to join in front. One query."""
    return _by_number(
        CoAuthor.objects.filter(proposal__in=batch).values_list("proposal_id", "name")
    )


def _by_number(pairs: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    words: dict[int, list[str]] = {}
    for number, word in pairs:
        words.setdefault(number, []).append(word)
    return words
