"""The public board of commitments: what its address asks for, the rows, and how promises are kept.

The page, the calendar and the files are all made from one `Board`, so that they never differ.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils import timezone
from django.utils.http import urlencode

from accounts.models import Municipality
from government.commitment_forms import BoardForm
from government.commitment_rates import Rates, fate, total
from government.models import Body, Commitment, CommitmentQuerySet
from home.kept import kept

if TYPE_CHECKING:
    from django.http import QueryDict


@dataclass(frozen=True)
class Line:
    """One line of a table of rates: whose, where its list is, and the figures."""

    name: str
    query: str
    rates: Rates


class Board:
    """Commitments as an address narrows them down. Two queries for what can be chosen."""

    def __init__(self, data: QueryDict) -> None:
        self.form = BoardForm(data)
        self.is_valid = self.form.is_valid()

    @cached_property
    def asked(self) -> dict[str, str]:
        """What was chosen, by the names that the address uses."""
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def query(self) -> str:
        """The same as a query string with its question mark; empty if all are shown."""
        return f"?{urlencode(self.asked)}" if self.asked else ""

    @property
    def filters(self) -> list[tuple[str, str]]:
        """What was chosen, as people read it."""
        fields = self.form.fields
        return [
            (str(fields[name].label), str(dict(fields[name].choices)[value]))
            for name, value in self.asked.items()
        ]

    @cached_property
    def rows(self) -> CommitmentQuerySet:
        """What is still open first, by its day; then what is settled, the latest first."""
        found = self._in_state(Commitment.objects.public(), self.asked.get("state", ""))
        if body := self.asked.get("body"):
            found = found.filter(body__slug=body)
        if place := self.asked.get("place"):
            found = found.filter(municipality__slug=place)
        return found.order_by(F("settled_on").desc(nulls_first=True), "due_on", "pk")

    def _in_state(self, rows: CommitmentQuerySet, state: str) -> CommitmentQuerySet:
        if state == "overdue":
            return rows.overdue()
        if state == "disputed":
            return rows.disputed()
        return rows.filter(state=state) if state else rows

    # How promises are kept, whatever is chosen -------------------------------------------------

    @cached_property
    def rates(self) -> Rates:
        """Of all public commitments."""
        return total(rates_by_owner().values())

    @property
    def bodies(self) -> list[Line]:
        return self._lines("body", Body, 0)

    @property
    def places(self) -> list[Line]:
        return self._lines("place", Municipality, 1)

    def _lines(self, name: str, model: type[Body | Municipality], place: int) -> list[Line]:
        """One line for each body or municipality with something due, most due first."""
        groups: dict[int | None, Rates] = defaultdict(Rates)
        for key, rates in rates_by_owner().items():
            groups[key[place]] += rates
        names = dict(self.form.fields[name].choices)
        slugs = kept(f"slugs:{model.__name__}", lambda: _slugs(model))
        lines = [
            Line(names.get(slugs[pk], slugs[pk]), f"?{name}={slugs[pk]}", rates)
            for pk, rates in groups.items()
            if pk in slugs and rates.due
        ]
        return sorted(lines, key=lambda line: (-line.rates.due, line.name))


def _slugs(model: type[Body | Municipality]) -> dict[int, str]:
    return dict(model.objects.sources().values_list("pk", "slug"))


def rates_by_owner() -> dict[tuple[int, int | None], Rates]:
    """Rates by body and municipality. At most one query a minute."""
    return kept("commitment-rates", _count)


def _count() -> dict[tuple[int, int | None], Rates]:
    today = timezone.localdate()
    groups: dict[tuple[int, int | None], Rates] = defaultdict(Rates)
    columns = ("body", "municipality", "state", "first_due_on", "due_on", "settled_on")
    for body, place, state, first, due, settled in (
        Commitment.objects.public().order_by().values_list(*columns)
    ):
        ended = fate(state=state, first_due_on=first, due_on=due, settled_on=settled, today=today)
        if ended:
            groups[body, place] += Rates(**{ended: 1})
    return dict(groups)
