"""One view of the list of proposals: what an address asks for, turned into rows, counts and links.

The address is the whole state: shareable, the same for everybody, without a session.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Case, IntegerField, Q, Value, When
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from proposals import choices, states
from proposals.facets import Facets, facets_of, random_start
from proposals.filters import ORDERS, WHOLE_TERRITORY, ListForm
from proposals.models import Proposal
from proposals.models.proposals import new_shuffle, path_of_proposal
from proposals.paging import Circle, Order, Page, TimeOrder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from proposals.choices import CallChoice, Term
    from proposals.models.calls import CallPhase
    from proposals.models.sets import ProposalQuerySet

ROWS_A_PAGE = 20
MANY = 1000  # rows from which on counting is dear, and a page is found by walking along them
STATUS_LABELS = {value: label for value, label in Proposal.Status.choices if value in states.PUBLIC}
SORTS: dict[str, Order] = {
    "newest": TimeOrder("published_at"),
    "supported": Order("figures__support_count", "figures__proposal_id"),
    "closing": Order("closing_rank", descending=False),
}


COLUMNS = (
    *("pk", "status", "title", "summary", "author_name", "language", "published_at", "changed_at"),
    *("category_id", "municipality_id", "figures__support_count"),
)


class Row(NamedTuple):
    """A proposal as the list shows it: `COLUMNS`, and words in the visitor's language.

    Twenty proposals with all their columns took twice as long to read.
    """

    pk: int
    status: str
    title: str
    summary: str
    author_name: str
    language: str
    published_at: datetime
    changed_at: datetime
    category_id: int | None
    municipality_id: int | None
    support_count: int
    theme: Term | None
    place_name: str
    status_label: str
    day: tuple[str, str]  # as machines read it, and in words

    def get_absolute_url(self) -> str:
        return path_of_proposal(self.pk)


@lru_cache(maxsize=1000)
def _day(day: date, _language: str | None) -> tuple[str, str]:
    # Kept because the format costs more than the rest of a row, and days are few.
    return day.isoformat(), date_format(day, "DATE_FORMAT")


@dataclass(frozen=True)
class Option:
    """One value of a filter, as its checkbox shows it."""

    value: str
    label: str
    count: int
    chosen: bool
    icon: str = ""


@dataclass(frozen=True)
class Link:
    """A link that changes one thing about the list and keeps the rest."""

    label: str
    url: str
    current: bool = False


def _without_blanks(data: QueryDict) -> QueryDict:
    """Only what says something: a form sends all its fields, the empty ones too."""
    told = QueryDict(mutable=True)
    for name, values in data.lists():
        if said := [value for value in values if value.strip()]:
            told.setlist(name, said)
    return told


class Listing:
    """The list that one address asks for. At most eight queries with all that a page shows."""

    def __init__(self, data: QueryDict) -> None:
        self.data = _without_blanks(data)
        self.is_tidy = self.data == data
        self._read_choices()
        if not self.is_valid:
            # A call opened a moment ago must not be refused because the old choices are kept.
            choices.forget()
            self._read_choices()

    def _read_choices(self) -> None:
        self.calls, self.categories, self.municipalities = choices.read()
        self.form = ListForm(
            self.data, calls=self.calls, categories=self.categories, places=self.municipalities
        )
        self.is_valid = self.form.is_valid()

    # What was asked --------------------------------------------------------------------------

    def asked(self, name: str) -> Any:
        return self.form.cleaned_data.get(name)

    @cached_property
    def call(self) -> CallChoice | None:
        return next((call for call in self.calls if call.slug == self.asked("call")), None)

    @cached_property
    def support_phase(self) -> CallPhase | None:
        """The phase of support that is going on: of the chosen call, else the first to end."""
        wanted = [self.call] if self.call else self.calls
        return next((c.phases["support"] for c in wanted if c.is_open_for("support")), None)

    @property
    def order(self) -> str:
        """Random while support is open, so that nobody is first for having come first."""
        return self.asked("order") or ("random" if self.support_phase else "supported")

    @property
    def needs_start(self) -> bool:
        """Whether the list is in random order and the address does not say from where."""
        return self.order == "random" and self.asked("seed") is None

    @cached_property
    def category_ids(self) -> list[int]:
        return [row.pk for row in self.categories if row.slug in self.asked("category")]

    @cached_property
    def place_ids(self) -> list[int | None]:
        wanted = self.asked("place")
        found: list[int | None] = [row.pk for row in self.municipalities if row.slug in wanted]
        return [*found, None] if WHOLE_TERRITORY in wanted else found

    # Rows and counts -------------------------------------------------------------------------

    @cached_property
    def within(self) -> ProposalQuerySet:
        """What the counts beside the filters are about: this call, this search, this tag."""
        return self._within(many=False)

    def _within(self, *, many: bool) -> ProposalQuerySet:
        rows = Proposal.objects.all()
        if text := self.asked("q"):
            rows = rows.matching(text, many=many)
        if self.call:
            rows = rows.filter(call=self.call.pk)
        if tag := self.asked("tag"):
            rows = rows.filter(tags__slug=tag)
        return rows.public()

    @cached_property
    def rows(self) -> ProposalQuerySet:
        """All the rows of this list, in no order."""
        return self._narrowed(self.within)

    def _narrowed(self, rows: ProposalQuerySet) -> ProposalQuerySet:
        if statuses := self.asked("status"):
            rows = rows.filter(status__in=statuses)
        if self.category_ids:
            rows = rows.filter(category__in=self.category_ids)
        if self.place_ids:
            named = [pk for pk in self.place_ids if pk is not None]
            whole = Q(municipality__isnull=True) if None in self.place_ids else Q()
            rows = rows.filter(Q(municipality__in=named) | whole if named else whole)
        return rows

    @cached_property
    def page(self) -> Page:
        """The rows of this page with what a row shows. One query, two where the circle closes."""
        columns = dict.fromkeys([*COLUMNS, self._order.key])
        found = self._narrowed(self._within(many=True)) if self.total >= MANY else self.rows
        rows = self._sortable(found).values_list(*columns, named=True)
        page = self._order.page(rows, self.asked("after"), ROWS_A_PAGE)
        return Page(self._named(page.rows), page.after)

    def numbers(self) -> Iterator[int]:
        """Primary keys of all the rows, in this list's order. As many queries as `page`."""
        return self._order.numbers(self._sortable(self.rows))

    @property
    def _order(self) -> Order:
        if self.order == "random":
            return Circle("shuffle", start=self.asked("seed") or 0)
        return SORTS[self.order]

    def _sortable(self, rows: ProposalQuerySet) -> ProposalQuerySet:
        """The rows with what their order goes by."""
        if self.order == "supported":
            return rows.with_figures()
        if self.order == "closing":
            return rows.annotate(closing_rank=self._closing_rank())
        return rows

    def _closing_rank(self) -> Case:
        """0 for proposals of the call whose support ends first, and so on; the rest comes last."""
        open_calls = [call.pk for call in self.calls if call.is_open_for("support")]
        supportable = sorted(states.SUPPORTABLE)
        return Case(
            *(
                When(call=pk, status__in=supportable, then=Value(rank))
                for rank, pk in enumerate(open_calls)
            ),
            default=Value(len(open_calls)),
            output_field=IntegerField(),
        )

    def _named(self, rows: list[Any]) -> list[Row]:
        """With theme and place in the visitor's language, from the lists at hand."""
        themes = {row.pk: row for row in self.categories}
        places = {row.pk: row.name for row in self.municipalities}
        labels = {value: str(label) for value, label in STATUS_LABELS.items()}
        return [
            Row(
                *row[: len(COLUMNS)],
                theme=themes.get(row.category_id),
                place_name=places.get(row.municipality_id, ""),
                status_label=labels[row.status],
                day=_day(timezone.localdate(row.published_at), get_language()),
            )
            for row in rows
        ]

    @cached_property
    def facets(self) -> Facets:
        searched = urlencode(
            [(name, self.asked(name)) for name in ("q", "tag") if self.asked(name)]
        )
        return facets_of(self.within, self.call.pk if self.call else None, searched)

    @cached_property
    def total(self) -> int:
        return self.facets.total(self.asked("status"), self.category_ids, self.place_ids)

    def random_start(self) -> int:
        """A start on the circle, each proposal equally likely. At most two queries."""
        total = self.facets.total()
        start = random_start(self.within, secrets.randbelow(total)) if total else None
        return new_shuffle() if start is None else start

    # Links -----------------------------------------------------------------------------------

    @property
    def query(self) -> str:
        """What follows the path in this list's own address, blanks left out."""
        return f"?{self.data.urlencode()}" if self.data else ""

    def url(self, **changes: Any) -> str:
        """This list with something changed: a list of values, one value, or "" for none."""
        values = {name: found for name, found in self.data.lists() if name != "after"}
        for name, value in changes.items():
            values[name] = value if isinstance(value, list) else [value] if value else []
        return f"?{urlencode(values, doseq=True)}"

    @property
    def filters_key(self) -> str:
        """Names the form of filters as it looks with these choices, for keeping it a minute."""
        return self.url(order="", seed="")

    @property
    def feed_query(self) -> str:
        """The filters alone: a feed has one order of its own."""
        return self.url(order="", seed="")

    @property
    def title(self) -> str:
        """What a feed or a file of this list is called."""
        return " · ".join([_("Proposals"), *(chip.label for chip in self.chips)])

    @property
    def more_url(self) -> str:
        return self.url(after=self.page.after) if self.page.after else ""

    @property
    def sorts(self) -> list[Link]:
        """The orders on offer. Leaving the random one forgets where it began."""
        return [
            Link(str(label), self.url(order=name, seed=""), name == self.order)
            for name, label in ORDERS
            if name != "closing" or self.support_phase
        ]

    @cached_property
    def chips(self) -> list[Link]:
        """Each active filter as a link to the list without it."""
        found = []
        if text := self.asked("q"):
            found.append(Link(_("“%(text)s”") % {"text": text}, self.url(q="")))
        if self.call:
            found.append(Link(self.call.title, self.url(call="")))
        for name in ("status", "category", "place"):
            if chosen := self.asked(name):
                found += self._chips_of(name, chosen)
        if tag := self.asked("tag"):
            found.append(Link(f"#{tag}", self.url(tag="")))
        return found

    def _chips_of(self, name: str, chosen: list[str]) -> list[Link]:
        labels = {option.value: option.label for option in getattr(self, f"{name}_options")}
        return [
            Link(labels[value], self.url(**{name: [other for other in chosen if other != value]}))
            for value in chosen
        ]

    # Filters ---------------------------------------------------------------------------------

    @cached_property
    def status_options(self) -> list[Option]:
        return [
            Option(value, str(label), self.facets.statuses[value], value in self.asked("status"))
            for value, label in STATUS_LABELS.items()
        ]

    @cached_property
    def category_options(self) -> list[Option]:
        chosen, counts = self.asked("category"), self.facets.categories
        return [
            Option(row.slug, row.name, counts[row.pk], row.slug in chosen, row.icon)
            for row in self.categories
        ]

    @cached_property
    def place_options(self) -> list[Option]:
        chosen, counts = self.asked("place"), self.facets.places
        whole = Option(
            WHOLE_TERRITORY, _("The whole Territory"), counts[None], WHOLE_TERRITORY in chosen
        )
        return [whole] + [
            Option(row.slug, row.name, counts[row.pk], row.slug in chosen)
            for row in self.municipalities
        ]

    @cached_property
    def tiles(self) -> list[dict[str, Any]]:
        """The municipalities for the tile map, as checkboxes of the form."""
        chosen, counts = self.asked("place"), self.facets.places
        return [
            {
                "name": row.name,
                "short_name": row.short_name,
                "row": row.tile_row,
                "column": row.tile_column,
                "count": counts[row.pk],
                "value": row.slug,
                "current": row.slug in chosen,
            }
            for row in self.municipalities
        ]
