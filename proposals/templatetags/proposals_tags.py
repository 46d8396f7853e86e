"""Tags with which any page shows calls and proposals. Reads only."""

from __future__ import annotations

import random
from functools import reduce
from itertools import islice
from operator import or_
from typing import TYPE_CHECKING, Any

from django import template
from django.conf import settings
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, npgettext

from accounts.models import Municipality
from home.chrome import chrome_of
from proposals import choices
from proposals.models import CallIndexPage, CallPage, CallPhase, Proposal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from proposals.models.sets import ProposalQuerySet

register = template.Library()

# So many of the least supported take turns in the few places there are.
QUIET_ONES = 30
DAY, HOUR, MINUTE = 86_400, 3_600, 60


# Calls --------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def open_calls(context: template.Context) -> list[CallPage]:
    """Calls in the active language that go on, the one that ends first in front. One query."""
    return [call for call in _calls(context.get("request")) if call.current_phases]


@register.simple_tag(takes_context=True)
def leading_call(context: template.Context) -> CallPage | None:
    """The call that the front page speaks of: going on, else coming, else the last one."""
    return next(iter(_calls(context.get("request"))), None)


def _calls(request: HttpRequest | None) -> list[CallPage]:
    """All calls in the active language with their phases; read once for each request."""
    found = getattr(request, "_calls_shown", None)
    if found is None:
        calls = CallPage.objects.live().filter(locale__language_code=get_language())
        found = calls.with_phases()
        if request is not None:
            request._calls_shown = found  # type: ignore[attr-defined]  # for the next section
    return found


@register.simple_tag(takes_context=True)
def calls_url(context: template.Context) -> str:
    """Address of the list of calls in the active language, or "". No query of its own."""
    request = context.get("request")
    index = chrome_of(request).page_of(CallIndexPage) if request else None
    return index.url if index else ""


@register.simple_tag
def proposals_of_call(call: CallPage) -> str:
    """Address of the list of a call's proposals."""
    return f"{reverse('proposals:list')}?{urlencode({'call': call.source_slug})}"


@register.simple_tag
def call_places(call: CallPage) -> list[str]:
    """Names of the municipalities a call is for, in the active language. Two queries at most."""
    wanted = {place.pk for place in call.municipalities.all()}
    return [place.name for place in choices.places() if place.pk in wanted] if wanted else []


@register.simple_tag
def countdown(phase: CallPhase) -> dict[str, Any]:
    """How long a phase still goes on: a number, its unit, and the share of it that is over."""
    now = timezone.now()
    left = max(int((phase.closes_at - now).total_seconds()), 0)
    whole = (phase.closes_at - phase.opens_at).total_seconds()
    units = ((DAY, _days), (HOUR, _hours), (MINUTE, _minutes))
    size, words = next((pair for pair in units if left >= pair[0]), (MINUTE, _minutes))
    number = max(left // size, 1)
    passed = round(100 * (now - phase.opens_at).total_seconds() / whole)
    return {"number": number, "unit": words(number), "passed": min(max(passed, 0), 100)}


def _days(number: int) -> str:
    return npgettext("after a big number", "day left", "days left", number)


def _hours(number: int) -> str:
    return npgettext("after a big number", "hour left", "hours left", number)


def _minutes(number: int) -> str:
    return npgettext("after a big number", "minute left", "minutes left", number)


# Proposals ----------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def needs_your_voice(context: template.Context | dict[str, Any], count: int = 3) -> list[Proposal]:
    """Some of those that gather support and have least of it, drawn by lot. One query.

    Not the most supported: those on top would stay there for having been there.
    """
    calls = [call for call in choices.calls() if call.is_open_for("support")]
    if not calls:
        return []
    # The thresholds as numbers: compared with a column of the call, all proposals would be sorted.
    asking = Proposal.objects.filter(status=Proposal.Status.SUPPORTING).filter(
        reduce(or_, (_is_quiet(call) for call in calls))
    )
    quiet = _for_rows(asking).order_by("figures__support_count", "figures__proposal_id")
    found = list(quiet[:QUIET_ONES])
    return once_on_a_page(context, random.sample(found, len(found)), count)


def once_on_a_page(
    context: template.Context | dict[str, Any], rows: Iterable[Proposal], count: int
) -> list[Proposal]:
    """The first `count` of these that stand nowhere else on this page yet."""
    request = context.get("request")
    shown: set[int] = getattr(request, "_proposals_shown", set())
    chosen = list(islice((row for row in rows if row.pk not in shown), count))
    if request is not None:
        request._proposals_shown = shown | {row.pk for row in chosen}
    return chosen


def _is_quiet(call: choices.CallChoice) -> Q:
    """One that is half way there was heard, even if there are few others to show."""
    return Q(call=call.pk, figures__support_count__lt=call.threshold / 2)


@register.simple_tag
def most_supported(call: CallPage, count: int = 5) -> list[Proposal]:
    """The proposals of a call that have most support. One query."""
    rows = Proposal.objects.public().filter(call__translation_key=call.translation_key)
    ordered = _for_rows(rows).order_by("-figures__support_count", "-figures__proposal_id")
    return list(ordered[:count])


def _for_rows(rows: ProposalQuerySet) -> ProposalQuerySet:
    """With what a row shows, names in the active language."""
    named = rows.for_rows().named().select_related("figures", "category")
    return named.annotate(threshold=F("call__threshold"))


@register.simple_tag
def territory_tiles() -> list[dict[str, Any]]:
    """The municipalities as tiles, each with its number of proposals. One query."""
    language = get_language() or settings.LANGUAGE_CODE
    return [
        {
            "name": place.shown_name,
            "short_name": place.shown_short_name,
            "row": place.tile_row,
            "column": place.tile_column,
            "count": place.proposal_count,
            "url": f"{reverse('proposals:list')}?{urlencode({'place': place.slug})}",
        }
        for place in _places_with_counts(language)
    ]


def _places_with_counts(language: str) -> QuerySet[Municipality]:
    own = Proposal.objects.public().filter(municipality=OuterRef("pk")).order_by()
    counted = own.values("municipality").annotate(count=Count("*")).values("count")
    words = Municipality.objects.filter(
        translation_key=OuterRef("translation_key"), locale__language_code=language
    )
    return Municipality.objects.sources().annotate(
        proposal_count=Coalesce(Subquery(counted), 0),
        shown_name=Coalesce(Subquery(words.values("name")[:1]), "name"),
        shown_short_name=Coalesce(Subquery(words.values("short_name")[:1]), "short_name"),
    )
