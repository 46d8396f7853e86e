"""Reading rounds that are ballots: the list of them, and one before, while and after it is open."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from home.caching import mark_public, public_page
from proposals.models.proposals import path_of_proposal
from voting.ballots import Ballot, last_ballot
from voting.models import Round
from voting.permissions import may_see_round
from voting.results import outcome_of
from voting.round_lists import RoundLists
from voting.uncast import marks_kept

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from voting.forms import BallotForm

ORDER_COOKIE = "ballot_order"
YEAR = 365 * 24 * 60 * 60


@require_safe
@public_page
def rounds(request: HttpRequest) -> HttpResponse:
    """All rounds of ballots: open, coming, over."""
    return render(request, "voting/round_list.html", {"lists": RoundLists(request.GET.get("page"))})


@require_safe
def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One round: its rules, its ballot while it is open, its result afterwards."""
    round_ = find_round(request, pk)
    if round_.method == Round.Method.SUPPORT:
        return redirect(path_of_proposal(round_.proposal_id))
    return draw_ballot(request, round_) if round_.is_open else draw_round(request, round_)


def find_round(request: HttpRequest, pk: int) -> Round:
    """The round, if it is announced; staff who prepare it see it before."""
    round_ = Round.objects.filter(pk=pk).first()
    if round_ is None or not may_see_round(request.user, round_):
        raise Http404
    return round_


def draw_ballot(
    request: HttpRequest,
    round_: Round,
    form: BallotForm | None = None,
    status: int = 200,
    *,
    changed: bool = False,
) -> HttpResponse:
    """The page of an open round: everybody's own, in their own order and with their own marks."""
    last = last_ballot(request.user, round_)
    kept = marks_kept(request, round_, last)
    seed, marks = _order_of(request), form.marks if form else kept.marks
    ballot = Ballot(round_, request.user, seed=seed, last=last, marks=marks)
    ballot.faults = form.faults if form else {}
    context = {"round": round_, "ballot": ballot, "form": form, "kept": kept}
    context |= {"changed": changed or kept.dropped, "stale": status == 409 and not changed}
    context |= {"is_kept": kept.marks is not None, "outcome": outcome_of(round_)}
    response = render(request, "voting/round.html", context, status=status)
    add_never_cache_headers(response)
    return _with_order(request, response, seed)


def draw_round(
    request: HttpRequest, round_: Round, status: int = 200, **context: Any
) -> HttpResponse:
    """The page of a round that takes no votes now."""
    last = last_ballot(request.user, round_)
    context |= {"round": round_, "ballot": Ballot(round_, request.user, last=last)}
    context["outcome"] = outcome_of(round_)
    return mark_public(request, render(request, "voting/round.html", context, status=status))


def _order_of(request: HttpRequest) -> str:
    """What the options are shuffled by: this browser's own order, else the person's, else a new.

    The browser first: somebody who chose before they signed in finds all where it was.
    """
    if kept := request.COOKIES.get(ORDER_COOKIE, "")[:32]:
        return kept
    return f"person {request.user.pk}" if request.user.is_authenticated else secrets.token_hex(8)


def _with_order(request: HttpRequest, response: HttpResponse, seed: str) -> HttpResponse:
    if not request.user.is_authenticated and ORDER_COOKIE not in request.COOKIES:
        options = {"max_age": YEAR, "secure": request.is_secure(), "samesite": "Lax"}
        response.set_cookie(ORDER_COOKIE, seed, httponly=True, **options)
    return response
