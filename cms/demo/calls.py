"""The demo's two calls: one that is open and one that is over."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.models import Municipality
from cms.demo.content import Calendar, Step, read
from cms.demo.pages import illustration, index_page
from cms.demo.publishing import publish
from cms.demo.streams import body
from cms.demo.terms import source_term
from proposals.models import CallPage, CallPhase

if TYPE_CHECKING:
    from collections.abc import Iterator


def steps(calendar: Calendar) -> Iterator[Step]:
    """One step a call."""
    for row in read("calls")["call"]:
        yield Step("pages", partial(_publish, row, calendar))


def call_page(slug: str) -> CallPage:
    """The call that proposals belong to."""
    return CallPage.objects.sources().get(slug=slug)


def first_calendar() -> Calendar:
    """The calendar of the day the demo was loaded first: today if it is not there yet.

    Read off a call's first phase, so that a second run on another day finds every date again.
    """
    row = read("calls")["call"][0]
    phase = CallPhase.objects.filter(
        call__in=CallPage.objects.sources().filter(slug=row["slug"]), kind=row["phase"][0]["kind"]
    ).first()
    if phase is None:
        return Calendar(timezone.localdate())
    opens_on = timezone.localdate(phase.opens_at)
    return Calendar(opens_on - timezone.timedelta(days=row["phase"][0]["opens_day"]))


def _publish(row: dict[str, Any], calendar: Calendar) -> bool:
    return publish(
        parent=index_page("calls"),
        make=partial(_call, row, calendar),
        when=calendar.moment(row["phase"][0]["opens_day"] - 1, "16:00"),
    )


def _call(row: dict[str, Any], calendar: Calendar, language: str) -> CallPage:
    page = CallPage(
        slug=row["slug"],
        title=row["title"][language],
        intro=row["intro"][language],
        body=body(row["body"], language, "call", row["slug"]),
        threshold=row["threshold"],
        audience=row["audience"],
        image=illustration(row, language)["image"],
    )
    page.municipalities = [source_term(Municipality, slug) for slug in row["municipalities"]]
    page.phases = [
        CallPhase(
            kind=phase["kind"],
            opens_at=calendar.moment(phase["opens_day"]),
            closes_at=calendar.moment(phase["closes_day"]),
            sort_order=number,
        )
        for number, phase in enumerate(row["phase"])
    ]
    return page
