"""What voters can do about a vote that was taken, and what everybody reads of removed votes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.ratelimit import rate_limit
from home.caching import public_page
from voting.actions.appeals import AppealThere, NothingToAppeal, make_appeal, taken_vote
from voting.forms import AppealForm
from voting.models import Appeal, Intervention
from voting.removals import removals_of
from voting.statements import statements_of
from voting.views.rounds import find_round

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from voting.models import Round, VoteEvent


@never_cache
@login_required
@rate_limit("appeal", "10/h")
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Why one's vote does not count, and the form to write against it, once."""
    round_ = find_round(request, pk)
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _send(request, round_, form.cleaned_data["text"])
    taken = taken_vote(request.user, round_)
    if taken is None:
        return redirect(_about(round_)["back"])
    context = {"form": form, "taken": taken, "why": _why(taken), **_about(round_)}
    context["appeal"] = Appeal.objects.filter(event=taken).first()
    status = 422 if form.errors and not context["appeal"] else 200
    return render(request, "voting/appeal.html", context, status=status)


def _send(request: HttpRequest, round_: Round, text: str) -> HttpResponse:
    try:
        make_appeal(user=request.user, round_=round_, text=text)
    except NothingToAppeal:
        return redirect(_about(round_)["back"])
    except AppealThere:
        messages.warning(request, _("You have appealed already; one appeal is enough."))
    else:
        messages.success(request, _("Your appeal is with our staff."))
    return redirect(request.path)


def _why(taken: VoteEvent) -> Intervention | None:
    """The intervention that took the vote."""
    rows = Intervention.objects.filter(
        round=taken.round_id, kind=taken.reason, votes__voter=taken.voter, votes__changed=True
    )
    return rows.order_by("-decided_at").first()


def _about(round_: Round) -> dict[str, Any]:
    about = round_.proposal or round_
    return {"round": round_, "title": str(about), "back": about.get_absolute_url()}


@require_safe
@public_page
def removals(request: HttpRequest, pk: int) -> HttpResponse:
    """What is held or was annulled in a round, why, and how the count changed."""
    round_ = find_round(request, pk)
    statements = statements_of(round_) if round_.shows_results else []
    context = {"removals": removals_of(round_.pk), "statements": statements, **_about(round_)}
    return render(request, "voting/removals.html", context)
