"""How a round is counted, explained on its own numbers, and its result as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from home.caching import public_page
from home.exports import Column, Listing, write_csv
from home.words import said
from proposals.models import Proposal
from voting.examples import ballots_of, example_of
from voting.models import Round
from voting.results import gives_points, outcome_of
from voting.views.rounds import find_round

if TYPE_CHECKING:
    from django.http import HttpRequest

    from home.exports import Row
    from voting.results import OptionResult, Outcome


@require_safe
@public_page
def method(request: HttpRequest, pk: int) -> HttpResponse:
    """The rule in a resident's words, this round's count by it, and a small example."""
    round_ = find_round(request, pk)
    if round_.method == Round.Method.SUPPORT:
        return render(request, "voting/method.html", _of_support(round_))
    example, outcome = example_of(round_.method, round_.seats), outcome_of(round_)
    context = {
        "round": round_,
        "subject": said(round_.title)[0],
        "back_url": round_.get_absolute_url(),
        "outcome": outcome,
        "gives_points": gives_points(round_, outcome),
        "example": example,
        "example_ballots": ballots_of(example),
    }
    return render(request, "voting/method.html", context)


def _of_support(round_: Round) -> dict[str, Any]:
    public = Proposal.objects.public().select_related("figures")
    proposal = public.filter(pk=round_.proposal_id).first()
    if proposal is None:
        raise Http404
    return {
        "round": round_,
        "subject": proposal.title,
        "back_url": proposal.get_absolute_url(),
        "support_count": proposal.support_count,
        "missing": max(0, round_.threshold - proposal.support_count),
    }


@require_safe
@public_page
def result_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The result's table, one row an option; 404 while there is none to show."""
    round_ = find_round(request, pk)
    outcome = None if round_.method == Round.Method.SUPPORT else outcome_of(round_)
    if outcome is None:
        raise Http404
    content = b"".join(write_csv(_listing(round_, outcome)))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    name = f"round-{round_.pk}-result.csv"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _listing(round_: Round, outcome: Outcome) -> Listing:
    columns = [
        Column("number", _("Number"), "integer"),
        Column("title", _("Option")),
        Column("total", _("Votes or points"), "text"),
        Column("voters", _("Ballots that name it"), "integer"),
        Column("won", _("Result")),
    ]
    if round_.is_budget:
        columns.append(Column("cost_minor", _("Cost in the smallest unit"), "integer"))
    return Listing(
        title=said(round_.title)[0],
        columns=columns,
        rows=[_row(row, is_budget=round_.is_budget) for row in outcome.rows],
        site="",
        language=get_language() or settings.LANGUAGE_CODE,
        generated_at=timezone.now(),
        zone=timezone.get_current_timezone(),
    )


def _row(row: OptionResult, *, is_budget: bool) -> Row:
    won = _("chosen") if is_budget else _("won")
    return {
        "number": row.number,
        "title": said(row.words)[0],
        # A fraction stays exact: "7/3", and not a decimal that ends somewhere.
        "total": str(row.total),
        "voters": row.voters,
        "won": won if row.won else "",
        "cost_minor": row.cost_minor,
    }
